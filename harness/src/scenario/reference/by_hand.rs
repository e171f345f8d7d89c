//! The keys of what hands did in a session.
//!
//! Owns their documentation alone.

use crate::scenario::reference::{Section, key};

/// What hands did.
pub static BY_HAND: Section = Section {
    name: "x-nodelab.by-hand",
    keys: &[
        key(
            "faults",
            [
                "list, as `x-nodelab.faults`",
                "none",
                "What was broken; nothing else that is drawn is moved by it.",
            ],
        ),
        key(
            "temperature",
            ["list", "none", "Temperatures at which the air was held."],
        ),
        key(
            "serial",
            ["list", "none", "What was typed at serial ports."],
        ),
    ],
};

/// Air that is held at a temperature.
pub static HELD: Section = Section {
    name: "x-nodelab.by-hand.temperature[]",
    keys: &[
        key("at", ["duration", "", "From when on."]),
        key(
            "hold",
            [
                "temperature, -100 °C to 200 °C",
                "",
                "The air at every sensor, whatever the weather.",
            ],
        ),
    ],
};

/// Bytes that are typed.
pub static TYPED: Section = Section {
    name: "x-nodelab.by-hand.serial[]",
    keys: &[
        key("at", ["duration", "", "When."]),
        key("node", ["node number, from 0", "0", "At which node."]),
        key("write", ["text, or a list of bytes", "", "What is typed."]),
    ],
};
