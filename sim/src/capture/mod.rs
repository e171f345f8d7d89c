//! What was on the air, as files that other tools open.
//!
//! Owns the formats; opens no file.
