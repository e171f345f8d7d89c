//! Goal: any bytes on any layer end in a drop or a closed connection, never in a panic, a hang
//! or a lost reading.
//!
//! Method: frames of a running node are changed on the air for five minutes, both ways, from
//! the first scan on; then nothing is changed any more, and every reading has to arrive.

use std::collections::BTreeSet;
use std::sync::Arc;

use node_core::{Config, Event, ReportConfig, Text, UnixTime};
use proptest::prelude::*;

use crate::analog::{Esp32c3AdcSpec, Esp8266AdcSpec, Tmp36Spec};
use crate::board::{Diagram, Wiring};
use crate::broker::BrokerSpec;
use crate::environment::Profile;
use crate::id::NodeId;
use crate::observe::{Observation, Observer};
use crate::radio::WifiSpec;
use crate::rng::{EntityId, Purpose, Rng};
use crate::spec::{NodeSpec, WorldSpec};
use crate::stack::tls::{Chip, Stack, TlsSettings, TlsSpec};
use crate::stack::{Mangler, NetworkSpec, RealSpec, SecuritySpec, UnsetClock};
use crate::time::{SimSpan, SimTime};
use crate::units::Celsius;
use crate::world::World;

const NOISE_ENDS: SimTime = SimTime::from_nanos(300_000_000_000);
const END: SimTime = SimTime::from_nanos(1_500_000_000_000);
/// Events of a run; a world that cannot get past a moment has many more.
const EVENTS_MAX: u64 = 2_000_000;

/// What was sampled, and what arrived.
#[derive(Default)]
struct Ledger {
    taken: Vec<(SimTime, u32)>,
    acked: BTreeSet<u32>,
}

impl Observer for Ledger {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the rest is no concern here"
    )]
    fn on_event(&mut self, at: SimTime, _node: NodeId, what: &Observation<'_>) {
        match what {
            Observation::Node(Event::PublishAcked { sequence, .. }) => {
                self.acked.insert(*sequence);
            }
            Observation::Node(Event::ReadingTaken(reading)) => {
                self.taken.push((at, reading.sequence));
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn noise_on_every_layer_loses_no_reading(
        seed in any::<u64>(),
        share_ppm in 1_000_u32..400_000,
        kind in 0_u8..4,
    ) {
        survives(seed, share_ppm, kind);
    }
}

/// In each of these, something forged was believed for too long: alerts behind a goodbye, the
/// time, the address of the broker.
#[test]
fn what_noise_once_broke_stays_whole() {
    for (seed, share_ppm) in [
        (15_735_142_377_825_514_603, 178_429),
        (6_235_330_337_542_485_581, 370_700),
        (16_731_900_098_157_124_782, 143_695),
    ] {
        survives(seed, share_ppm, 1);
    }
}

fn survives(seed: u64, share_ppm: u32, kind: u8) {
    let mut world = World::new(&spec(seed, kind));
    let mut ledger = Ledger::default();
    set_noise(&mut world, Some(share_ppm), &mut ledger);
    run(&mut world, NOISE_ENDS, &mut ledger);
    set_noise(&mut world, None, &mut ledger);
    run(&mut world, END, &mut ledger);
    assert!(ledger.taken.len() > 20);
    for (at, sequence) in &ledger.taken {
        let due = at.after(SimSpan::from_secs(180)) < END;
        assert!(
            !due || ledger.acked.contains(sequence),
            "{sequence} of {at} is lost"
        );
    }
}

fn run(world: &mut World, until: SimTime, ledger: &mut Ledger) {
    while world.step_before(until, ledger).is_some() {
        assert!(
            world.events() < EVENTS_MAX,
            "the world hangs at {}",
            world.now()
        );
    }
}

fn set_noise(world: &mut World, share_ppm: Option<u32>, ledger: &mut Ledger) {
    let (now, seed) = (world.now(), world.seed);
    world.with_device(NodeId(0), ledger, |device, around| {
        device.act_on_path(now, around, |path, _| {
            path.mangler = share_ppm.map(|share_ppm| Mangler {
                luck: Rng::derive(seed ^ 0x5EED, EntityId::World, Purpose::Path),
                share_ppm,
            });
        });
    });
}

fn spec(seed: u64, kind: u8) -> WorldSpec {
    let settings = match kind {
        0 => None,
        1 => Some(TlsSettings::of(Stack::BearSsl, Chip::Esp8266At160)),
        2 => Some(TlsSettings::of(Stack::MbedTls, Chip::Esp32C3At160)),
        _ => Some(TlsSettings::of(Stack::MicroPython, Chip::Esp8266At80)),
    };
    let security = settings.map(|settings| SecuritySpec {
        tls: TlsSpec::new(settings).expect("the defaults fit together"),
        unset_clock: UnsetClock::Epoch1970,
        waits_for_time: true,
    });
    WorldSpec {
        broker: BrokerSpec::default(),
        epoch: Some(UnixTime::from_millis(1_780_000_000_000)),
        faults: Vec::new(),
        interventions: Vec::new(),
        network: NetworkSpec::good(),
        node: node(),
        nodes: 1,
        real: Some(RealSpec::new(WifiSpec::good())),
        security,
        seed,
        temperature: Profile::Constant(Celsius(22.0)),
    }
}

fn node() -> NodeSpec {
    let diagram = include_str!("../../../boards/nodemcu/diagram.json");
    let diagram = Diagram::from_json(diagram).expect("the shipped diagram is valid");
    let text = "placeholder";
    NodeSpec {
        boot: (SimSpan::ZERO, SimSpan::ZERO),
        calibrate: vec![Celsius(20.0)],
        client_id: "node-{node}".to_owned(),
        clock_drift_ppb: (0, 0),
        clock_offset_us: (0, 0),
        config: Config {
            report: Some(ReportConfig {
                client_id: Text::new(text).expect("it is short"),
                topic: Text::new(text).expect("it is short"),
                ..ReportConfig::default()
            }),
            ..Config::default()
        },
        core: crate::emulator::Core::Native,
        esp32c3: Esp32c3AdcSpec::default(),
        esp8266: Esp8266AdcSpec::default(),
        power: None,
        ideal: false,
        sensor: Tmp36Spec::default(),
        supply: None,
        topic: "room/{node}/temperature".to_owned(),
        watchdog: None,
        wiring: Arc::new(Wiring::new(&diagram).expect("its wiring is valid")),
    }
}
