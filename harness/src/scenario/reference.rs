//! Every key of the `x-nodelab` block: what it accepts, its default, what it does.
//!
//! Owns the list that a file's keys are checked against, so a key that is not documented here
//! is not accepted either. Does not know how values are read.

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
pub static SECTIONS: [&Section; 28] = [
    &EXTENSION,
    &NODE,
    &QUEUE,
    &BACKOFF,
    &PUBLISH,
    &SENSOR,
    &AIR,
    &ADC,
    &CLOCK,
    &ENVIRONMENT,
    &TEMPERATURE,
    &DIURNAL,
    &RAMP,
    &RANDOM_WALK,
    &STEP,
    &WIFI,
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
    &EXPECT,
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
                "never known",
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
            "supply",
            [
                "voltage, or range `a..b`, 0 V to 20 V",
                "the board's",
                "Supply of the board.",
            ],
        ),
        key("node", ["mapping", "", "The node's own parameters."]),
        key("sensor", ["mapping", "", "The TMP36."]),
        key("adc", ["mapping", "", "The converter."]),
        key("clock", ["mapping", "", "The node's clock."]),
        key("environment", ["mapping", "", "The weather."]),
        key("wifi", ["mapping", "", "The link."]),
        key("broker", ["mapping", "", "The broker."]),
        key("faults", ["list", "none", "What goes wrong, and when."]),
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

/// The link.
pub static WIFI: Section = Section {
    name: "x-nodelab.wifi",
    keys: &[
        key(
            "preset",
            [
                "good, lossy, far, crowded, flaky-ap",
                "good",
                "A typical link.",
            ],
        ),
        key(
            "join",
            [
                "duration, or range `a..b`",
                "the preset's",
                "Time of a join.",
            ],
        ),
        key(
            "latency",
            [
                "duration, or range `a..b`",
                "the preset's",
                "Time of a frame, one way.",
            ],
        ),
        key(
            "loss",
            [
                "share, or range `a..b`",
                "the preset's",
                "Share of the frames lost.",
            ],
        ),
        key(
            "password",
            [
                "right, wrong",
                "right",
                "Whether the node knows the password.",
            ],
        ),
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
            "converges-within",
            [
                "duration",
                "",
                "After the last fault healed, everything is delivered so soon.",
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
