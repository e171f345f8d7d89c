//! The keys of the world around a node: weather and broker.
//!
//! Owns their documentation alone.

use crate::scenario::reference::{Section, key};

/// The weather.
pub static ENVIRONMENT: Section = Section {
    name: "x-nodelab.environment",
    keys: &[key(
        "temperature",
        [
            "temperature, or range `a..b`, or a mapping",
            "22 °C",
            "How warm it is.",
        ],
    )],
};

/// Where the charge comes from, and what of the board draws it.
pub static POWER: Section = Section {
    name: "x-nodelab.power",
    keys: &[
        key(
            "battery",
            [
                "charge, 1 mAh to 100 Ah",
                "none",
                "What is printed on the battery.",
            ],
        ),
        key(
            "self-discharge",
            [
                "share",
                "3 %",
                "What the battery loses by itself each month.",
            ],
        ),
        key(
            "usable",
            [
                "share",
                "100 %",
                "What of the battery is used before its voltage is too low.",
            ],
        ),
        key(
            "board",
            [
                "nodemcu, lolin, module",
                "the diagram's; module for an ESP32-C3",
                "Regulator and USB bridge, which draw whatever the node does.",
            ],
        ),
        key(
            "supply",
            [
                "voltage, 1.8 V to 20 V",
                "5 V before a regulator, else 3.3 V",
                "Voltage of the source, which turns charge into energy.",
            ],
        ),
        key(
            "clock",
            ["80 MHz, 160 MHz", "80 MHz", "How fast the processor runs."],
        ),
        key(
            "power-save",
            [
                "modem, none",
                "modem",
                "Whether a joined radio sleeps between beacons while nothing is expected.",
            ],
        ),
    ],
};

/// A course of temperatures; one key.
pub static TEMPERATURE: Section = Section {
    name: "x-nodelab.environment.temperature",
    keys: &[
        key(
            "constant",
            ["temperature, or range `a..b`", "", "Always the same."],
        ),
        key("step", ["mapping", "", "A jump."]),
        key("ramp", ["mapping", "", "A straight line."]),
        key("diurnal", ["mapping", "", "A sine over the day."]),
        key(
            "random-walk",
            ["mapping", "", "A random walk between bounds."],
        ),
        key(
            "trace",
            ["path", "", "A CSV file of seconds and degrees Celsius."],
        ),
    ],
};

/// A sine over the day.
pub static DIURNAL: Section = Section {
    name: "x-nodelab.environment.temperature.diurnal",
    keys: &[
        key("mean", ["temperature, or range `a..b`", "", "Middle."]),
        key(
            "swing",
            [
                "temperature, or range `a..b`, from 0 °C",
                "",
                "Largest distance from the middle.",
            ],
        ),
        key(
            "peak",
            [
                "duration below 24 h",
                "15 h",
                "Warmest moment, after midnight.",
            ],
        ),
    ],
};

/// A straight line.
pub static RAMP: Section = Section {
    name: "x-nodelab.environment.temperature.ramp",
    keys: &[
        key("from", ["temperature, or range `a..b`", "", "Before."]),
        key("to", ["temperature, or range `a..b`", "", "After."]),
        key(
            "start",
            ["duration, or range `a..b`", "0 s", "When it begins."],
        ),
        key(
            "for",
            ["duration, or range `a..b`", "", "How long it takes."],
        ),
    ],
};

/// A random walk.
pub static RANDOM_WALK: Section = Section {
    name: "x-nodelab.environment.temperature.random-walk",
    keys: &[
        key(
            "start",
            ["temperature, or range `a..b`", "", "At the beginning."],
        ),
        key(
            "sigma",
            [
                "temperature, or range `a..b`, from 0 °C",
                "",
                "Deviation after one hour.",
            ],
        ),
        key("low", ["temperature", "-40 °C", "Lower bound."]),
        key("high", ["temperature", "125 °C", "Upper bound."]),
    ],
};

/// A jump.
pub static STEP: Section = Section {
    name: "x-nodelab.environment.temperature.step",
    keys: &[
        key("from", ["temperature, or range `a..b`", "", "Before."]),
        key("to", ["temperature, or range `a..b`", "", "After."]),
        key("at", ["duration, or range `a..b`", "", "When."]),
    ],
};

/// The broker.
pub static BROKER: Section = Section {
    name: "x-nodelab.broker",
    keys: &[
        key(
            "latency",
            [
                "duration, or range `a..b`",
                "the simulator's",
                "Time until it answers.",
            ],
        ),
        key(
            "max-sessions",
            ["1 to 1000000", "no limit", "Sessions at once."],
        ),
        key(
            "refuse",
            [
                "bad-credentials, identifier-rejected, not-authorized, protocol-version, \
             server-unavailable",
                "nobody",
                "Refuses every session.",
            ],
        ),
        key("username", ["text", "none", "User name that it demands."]),
        key("password", ["text", "none", "Password that it demands."]),
    ],
};
