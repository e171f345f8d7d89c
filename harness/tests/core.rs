//! A run does not depend on the core that its nodes run on.
//!
//! Method: shipped scenarios, as they are and with every node on an emulated RV32IMC core. One
//! byte that a node sends at another time, or a reading that waits longer, changes the digest.

use std::path::Path;

use nodelab::prepare::prepare;
use nodelab::run::{Limits, run_world};
use nodelab::scenario::CoreChoice;

/// What nodes do in all states: reading, joining, sending, power, faults, clocks, both networks.
const SCENARIOS: [&str; 12] = [
    "broker/restart",
    "clock/jump",
    "cloud/losant",
    "first-reading",
    "network/lossy",
    "network/tls-1-3",
    "power/cut-with-full-queue",
    "power/leave-for-rare-readings",
    "power/reset",
    "sensor/breaks-and-heals",
    "tutorial/interval-takes-effect",
    "wifi/lossy",
];

#[test]
fn digests_do_not_depend_on_the_core() {
    for name in SCENARIOS {
        let path = format!(
            "{}/../scenarios/{name}.test.yaml",
            env!("CARGO_MANIFEST_DIR")
        );
        let (mut prepared, _) = prepare(Path::new(&path)).expect("a shipped scenario");
        let seed = prepared.scenario.extension.seed;
        let mut digest_on = |core| {
            prepared.scenario.extension.node.core = core;
            let run = run_world(&prepared, seed, Limits::default());
            let run = run.unwrap_or_else(|error| panic!("{name}: {error}"));
            (run.digest, run.status)
        };
        let native = digest_on(CoreChoice::Native);
        assert_eq!(digest_on(CoreChoice::Riscv32imc), native, "{name}");
    }
}
