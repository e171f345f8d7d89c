//! The keys of what goes wrong, and of what must hold.
//!
//! Owns their documentation alone.

use crate::scenario::reference::{Section, key};

/// A fault: `at`, whom, and one of the others.
pub static FAULT: Section = Section {
    name: "x-nodelab.faults[]",
    keys: &[
        key("at", ["duration, or range `a..b`", "", "When it strikes."]),
        key(
            "node",
            ["node number, from 0", "all nodes", "Whom it strikes."],
        ),
        key(
            "nodes",
            ["list of node numbers", "all nodes", "Whom it strikes."],
        ),
        key(
            "access-point-down",
            ["mapping", "", "The access point is off."],
        ),
        key("broker-down", ["mapping", "", "The broker is off."]),
        key(
            "clock-drift",
            ["mapping", "", "Clocks run at another rate."],
        ),
        key("clock-jump", ["mapping", "", "Clocks jump."]),
        key("link-loss", ["mapping", "", "Frames are lost."]),
        key(
            "power-cut",
            ["mapping", "", "Nodes lose power, and boot afterwards."],
        ),
        key("reset", ["nothing", "", "Nodes restart at once."]),
        key("sensor", ["mapping", "", "Sensors break."]),
    ],
};

/// The access point is off.
pub static ACCESS_POINT_DOWN: Section = Section {
    name: "x-nodelab.faults[].access-point-down",
    keys: &[key("for", ["duration, or range `a..b`", "", "How long."])],
};

/// The broker is off.
pub static BROKER_DOWN: Section = Section {
    name: "x-nodelab.faults[].broker-down",
    keys: &[
        key("for", ["duration, or range `a..b`", "", "How long."]),
        key(
            "keep-sessions",
            ["true, false", "true", "Whether it remembers sessions."],
        ),
    ],
};

/// Clocks run at another rate.
pub static CLOCK_DRIFT: Section = Section {
    name: "x-nodelab.faults[].clock-drift",
    keys: &[
        key(
            "drift",
            ["deviation, or range `a..b`, ±10 %", "", "How much faster."],
        ),
        key(
            "for",
            ["duration, or range `a..b`", "to the end", "How long."],
        ),
    ],
};

/// Clocks jump.
pub static CLOCK_JUMP: Section = Section {
    name: "x-nodelab.faults[].clock-jump",
    keys: &[key(
        "by",
        ["signed duration, or range `a..b`", "", "How far ahead."],
    )],
};

/// Frames are lost.
pub static LINK_LOSS: Section = Section {
    name: "x-nodelab.faults[].link-loss",
    keys: &[
        key(
            "loss",
            [
                "share, or range `a..b`",
                "100 %",
                "Share of the frames lost.",
            ],
        ),
        key("for", ["duration, or range `a..b`", "", "How long."]),
    ],
};

/// Nodes lose power.
pub static POWER_CUT: Section = Section {
    name: "x-nodelab.faults[].power-cut",
    keys: &[key("for", ["duration, or range `a..b`", "", "How long."])],
};

/// Nodes restart.
pub static RESET: Section = Section {
    name: "x-nodelab.faults[].reset",
    keys: &[],
};

/// Sensors break.
pub static SENSOR_FAULT: Section = Section {
    name: "x-nodelab.faults[].sensor",
    keys: &[
        key(
            "fault",
            ["open, short, short-to-supply, stuck, none", "", "How."],
        ),
        key(
            "for",
            ["duration, or range `a..b`", "to the end", "How long."],
        ),
    ],
};

/// Claims, one per list item.
pub static EXPECT: Section = Section {
    name: "x-nodelab.expect[]",
    keys: &[
        key(
            "acked-within",
            [
                "duration",
                "",
                "Every reading is acknowledged so soon, while no fault is active.",
            ],
        ),
        key(
            "battery-life-at-least",
            [
                "duration",
                "",
                "Every battery lasts so long at the run's average current; needs `power.battery`.",
            ],
        ),
        key(
            "converges-within",
            [
                "duration",
                "",
                "After the last fault healed, everything is delivered so soon.",
            ],
        ),
        key(
            "energy-per-reading-at-most",
            [
                "energy",
                "",
                "No node draws more for each reading handed over, from power-on to the end.",
            ],
        ),
        key(
            "error-at-most",
            ["temperature", "", "No reading is further from the truth."],
        ),
        key("never", ["one of a list", "", "Something never happens."]),
        key(
            "published-at-least",
            ["number", "", "So many readings are published."],
        ),
        key("queue-at-most", ["0 to 32", "", "No queue is ever longer."]),
        key(
            "reading-between",
            [
                "temperature, or range `a..b`",
                "",
                "Every reading lies in the range.",
            ],
        ),
        key(
            "readings-lost",
            ["number", "", "At most so many readings are lost."],
        ),
        key(
            "sensor-fault",
            [
                "no-signal, above-range, saturated, misconfigured, impossible-step, no-answer",
                "",
                "The sensor is found faulty for this reason at least once.",
            ],
        ),
        key("serial", ["text", "", "The text appears on a console."]),
    ],
};

/// What must never happen, where it takes a value.
pub static NEVER: Section = Section {
    name: "x-nodelab.expect[].never",
    keys: &[key(
        "serial",
        ["text", "", "The text never appears on a console."],
    )],
};
