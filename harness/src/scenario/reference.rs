//! Every key of the `x-nodelab` block: what it accepts, its default, what it does.
//!
//! Owns the list that a file's keys are checked against, so a key that is not documented here
//! is not accepted either. Does not know how values are read.

mod by_hand;
mod network;
mod network_faults;
mod surroundings;
mod tls;
mod trials;

pub use by_hand::{BY_HAND, HELD, TYPED};
pub use network::{BURST, DHCP, DNS, POWER_SAVE, SHADOWING, STATION, WIFI};
pub use network_faults::{ATTACK, CHANNEL_CHANGED, DEAUTHENTICATED, LASTING, TIME_WRONG};
pub use surroundings::{BROKER, DIURNAL, ENVIRONMENT, POWER, RAMP, RANDOM_WALK, STEP, TEMPERATURE};
pub use tls::TLS;
pub use trials::{
    ACCESS_POINT_DOWN, ALERT, BROKER_DOWN, CLOCK_DRIFT, CLOCK_JUMP, EXPECT, FAULT, LINK_LOSS,
    NEVER, POWER_CUT, RESET, SENSOR_FAULT,
};

/// The keys of one mapping.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// Where it stands, as a path from the file's top.
    pub name: &'static str,
    /// Its keys, in the order of the reference page.
    pub keys: &'static [Key],
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// Accepted values, with unit and range.
    pub accepts: &'static str,
    /// What holds without it; empty where it must be given.
    pub default: &'static str,
    /// What it does.
    pub about: &'static str,
}

/// Declares a key: name, accepted values, default, what it does.
const fn key(name: &'static str, [accepts, default, about]: [&'static str; 3]) -> Key {
    Key {
        name,
        accepts,
        default,
        about,
    }
}

/// Every section, in the order of the reference page.
pub static SECTIONS: [&Section; 58] = [
    &EXTENSION,
    &NODE,
    &QUEUE,
    &BACKOFF,
    &PUBLISH,
    &SENSOR,
    &AIR,
    &ADC,
    &CLOCK,
    &POWER,
    &ENVIRONMENT,
    &TEMPERATURE,
    &DIURNAL,
    &RAMP,
    &RANDOM_WALK,
    &STEP,
    &WIFI,
    &BURST,
    &DHCP,
    &DNS,
    &POWER_SAVE,
    &SHADOWING,
    &STATION,
    &TLS,
    &BROKER,
    &FAULT,
    &ACCESS_POINT_DOWN,
    &BROKER_DOWN,
    &CLOCK_DRIFT,
    &CLOCK_JUMP,
    &LINK_LOSS,
    &POWER_CUT,
    &RESET,
    &SENSOR_FAULT,
    &ATTACK,
    &CHANNEL_CHANGED,
    &DEAUTHENTICATED,
    &TIME_WRONG,
    &LASTING[0],
    &LASTING[1],
    &LASTING[2],
    &LASTING[3],
    &LASTING[4],
    &LASTING[5],
    &LASTING[6],
    &LASTING[7],
    &LASTING[8],
    &LASTING[9],
    &LASTING[10],
    &LASTING[11],
    &LASTING[12],
    &LASTING[13],
    &BY_HAND,
    &HELD,
    &TYPED,
    &EXPECT,
    &ALERT,
    &NEVER,
];

/// The block itself.
pub static EXTENSION: Section = Section {
    name: "x-nodelab",
    keys: &[
        key("version", ["1", "1", "Version of this block."]),
        key(
            "diagram",
            [
                "path",
                "the NodeMCU board",
                "Wiring, relative to the scenario file.",
            ],
        ),
        key(
            "duration",
            [
                "duration, 1 ms to 3650 d",
                "30 s",
                "Limit of simulated time.",
            ],
        ),
        key(
            "start",
            [
                "date and time, UTC",
                "never known; with `tls` 2026-01-01",
                "Civil time at power-on.",
            ],
        ),
        key("seed", ["0 to 2^53", "1", "Seed of the first world."]),
        key(
            "seeds",
            [
                "1 to 100000",
                "1",
                "Worlds to try, each with the next seed.",
            ],
        ),
        key(
            "ideal",
            [
                "true, false",
                "false",
                "No part-to-part spread and no noise.",
            ],
        ),
        key("nodes", ["1 to 1000000", "1", "Nodes in the world."]),
        key(
            "boot",
            [
                "duration, or range `a..b`",
                "0 s",
                "When each node is switched on, drawn per node.",
            ],
        ),
        key(
            "network",
            [
                "modelled, real",
                "modelled",
                "The network as drawn times, or as frames and bytes.",
            ],
        ),
        key(
            "supply",
            [
                "voltage, or range `a..b`, 0 V to 20 V",
                "the board's",
                "Supply of the board.",
            ],
        ),
        key(
            "tcp",
            [
                "arduino-higher-bandwidth, arduino-lower-memory, esp-radio, micropython, rtos-sdk",
                "arduino-lower-memory; esp-radio on an ESP32-C3",
                "The node's TCP stack; real networks only.",
            ],
        ),
        key(
            "tls",
            [
                "true, false, or a mapping",
                "false",
                "Protects the streams; `true` is what the board's library does by itself.",
            ],
        ),
        key("node", ["mapping", "", "The node's own parameters."]),
        key("sensor", ["mapping", "", "The TMP36."]),
        key("adc", ["mapping", "", "The converter."]),
        key("clock", ["mapping", "", "The node's clock."]),
        key(
            "power",
            [
                "mapping",
                "no books are kept",
                "Battery and board; keeps books of what each node draws.",
            ],
        ),
        key("environment", ["mapping", "", "The weather."]),
        key("wifi", ["mapping", "", "The link."]),
        key("broker", ["mapping", "", "The broker."]),
        key("faults", ["list", "none", "What goes wrong, and when."]),
        key(
            "by-hand",
            [
                "mapping",
                "nothing",
                "What hands did in a session, as `nodelab tui` saves it.",
            ],
        ),
        key("expect", ["list", "none", "What must hold in every world."]),
    ],
};

/// The node's parameters.
pub static NODE: Section = Section {
    name: "x-nodelab.node",
    keys: &[
        key(
            "sample-interval",
            ["duration, 100 ms to 7 d", "60 s", "Time between readings."],
        ),
        key("oversample", ["1 to 16", "1", "Conversions per reading."]),
        key(
            "filter",
            [
                "mean, median",
                "mean",
                "How several conversions become one.",
            ],
        ),
        key(
            "conversion",
            [
                "datasheet, tenth-of-code",
                "datasheet",
                "From code to temperature: the data sheet's rule, or a tutorial's `code / 10`.",
            ],
        ),
        key(
            "step-max",
            [
                "temperature, 0 °C to 200 °C, or off",
                "20 °C",
                "Largest believable change between readings.",
            ],
        ),
        key(
            "calibrate",
            [
                "temperature, a list of two, or off",
                "off",
                "Calibration against a reference before the run: one point or two.",
            ],
        ),
        key(
            "core",
            [
                "native, riscv32imc",
                "native",
                "What its code runs on: this computer, or an emulated ESP32-C3 core.",
            ],
        ),
        key("queue", ["mapping", "", "How unsent readings wait."]),
        key(
            "radio",
            [
                "stay, leave-when-idle",
                "stay",
                "When to leave the access point.",
            ],
        ),
        key(
            "join-timeout",
            ["duration, 1 ms to 1 h", "15 s", "How long a join may take."],
        ),
        key(
            "backoff",
            ["mapping", "", "Pauses between failed attempts."],
        ),
        key(
            "publish",
            [
                "mapping, or off",
                "off",
                "Where readings go besides the console.",
            ],
        ),
        key(
            "watchdog",
            [
                "duration, 1 ms to 1 h",
                "none",
                "Restarts a node that computes for longer; real networks only.",
            ],
        ),
    ],
};

/// How unsent readings wait.
pub static QUEUE: Section = Section {
    name: "x-nodelab.node.queue",
    keys: &[
        key("capacity", ["1 to 32", "32", "Readings kept."]),
        key(
            "drop",
            [
                "oldest, newest",
                "oldest",
                "Which one goes when one more comes.",
            ],
        ),
    ],
};

/// Pauses between attempts.
pub static BACKOFF: Section = Section {
    name: "x-nodelab.node.backoff",
    keys: &[
        key("base", ["duration, 1 ms to 1 h", "1 s", "First pause."]),
        key("cap", ["duration, base to 1 d", "60 s", "Longest pause."]),
    ],
};

/// Where readings go.
pub static PUBLISH: Section = Section {
    name: "x-nodelab.node.publish",
    keys: &[
        key(
            "topic",
            [
                "text, 80 bytes",
                "nodelab/{node}/temperature; with losant losant/<client-id>/state",
                "Topic; `{node}` is the node's number.",
            ],
        ),
        key("qos", ["0, 1", "1", "Quality of service."]),
        key(
            "format",
            [
                "plain, json, losant, senml, home-assistant",
                "plain",
                "What a payload looks like.",
            ],
        ),
        key(
            "client-id",
            [
                "text, 48 bytes",
                "node-{node}",
                "Identifier towards the broker.",
            ],
        ),
        key("username", ["text, 96 bytes", "none", "User name."]),
        key(
            "password",
            ["text, 160 bytes", "none", "Password; needs a user name."],
        ),
        key(
            "keep-alive",
            [
                "duration in whole seconds, 0 s to 65535 s",
                "60 s",
                "Longest silence.",
            ],
        ),
        key(
            "clean-session",
            [
                "true, false",
                "false",
                "Asks the broker to forget old sessions.",
            ],
        ),
        key(
            "commands",
            ["true, false", "false", "Subscribes to commands."],
        ),
        key(
            "status",
            [
                "true, false",
                "false",
                "Keeps online/offline in `<topic>/status`.",
            ],
        ),
        key(
            "response-timeout",
            [
                "duration, 1 ms to 1 h",
                "10 s",
                "How long the broker may take.",
            ],
        ),
    ],
};

/// The sensor.
pub static SENSOR: Section = Section {
    name: "x-nodelab.sensor",
    keys: &[
        key("grade", ["F, G", "G", "Grade of accuracy."]),
        key(
            "air",
            [
                "still, oil, or a mapping",
                "still",
                "What surrounds the package.",
            ],
        ),
    ],
};

/// What surrounds the package.
pub static AIR: Section = Section {
    name: "x-nodelab.sensor.air",
    keys: &[key("moving", ["speed, 0 m/s to 50 m/s", "", "Moving air."])],
};

/// The converter.
pub static ADC: Section = Section {
    name: "x-nodelab.adc",
    keys: &[
        key(
            "sdk",
            [
                "none, clamp-1024, clamp-1023",
                "clamp-1024",
                "Where the SDK ends codes.",
            ],
        ),
        key(
            "misconfigured",
            [
                "true, false",
                "false",
                "Measures its own supply: code 65535.",
            ],
        ),
        key(
            "attenuation",
            [
                "0dB, 2.5dB, 6dB, 11dB",
                "11dB",
                "Input range of an ESP32-C3.",
            ],
        ),
    ],
};

/// The node's clock.
pub static CLOCK: Section = Section {
    name: "x-nodelab.clock",
    keys: &[
        key(
            "drift",
            [
                "deviation, or range `a..b`, ±10 %",
                "the crystal's",
                "Rate error, drawn per node.",
            ],
        ),
        key(
            "offset",
            [
                "signed duration, or range `a..b`",
                "0 s",
                "Lead at boot, drawn per node.",
            ],
        ),
    ],
};
