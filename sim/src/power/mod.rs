//! What a board draws from its battery, in exact integers, by state and by cause.
