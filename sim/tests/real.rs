//! Goal: a node on a network of frames and bytes does what it does on a modelled one.
//!
//! Method: small worlds with a real path, observed event by event.

mod support;

use std::collections::BTreeMap;

use node_core::{Event, UnixTime};
use nodelab_sim::broker::BrokerSpec;
use nodelab_sim::environment::Profile;
use nodelab_sim::radio::WifiSpec;
use nodelab_sim::stack::tls::{Chip, Stack, TlsSettings, TlsSpec};
use nodelab_sim::stack::{NetworkSpec, RealSpec, SecuritySpec, UnsetClock};
use nodelab_sim::{
    Celsius, Fault, NodeId, Observation, Observer, ScheduledFault, SimSpan, SimTime, Victims,
    World, WorldSpec,
};
use support::node;

/// What happened, in lines.
#[derive(Default)]
struct Story {
    lines: Vec<String>,
    acked: u32,
    frames: BTreeMap<&'static str, u32>,
}

impl Observer for Story {
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        match what {
            Observation::Node(Event::PublishAcked { .. }) => self.acked += 1,
            Observation::Frame { .. } => *self.frames.entry("frames").or_default() += 1,
            _ => {}
        }
        if !matches!(what, Observation::Secret(_)) {
            self.lines.push(format!("{at} {} {what:?}", node.0));
        }
    }
}

#[test]
fn a_plain_node_publishes_over_the_air() {
    let mut story = Story::default();
    World::new(&world(1, 1, None)).run_until(seconds(200), &mut story);
    assert!(story.acked >= 3, "{}", story.acked);
}

#[test]
fn a_protected_node_publishes_over_the_air() {
    let mut story = Story::default();
    World::new(&world(1, 1, Some(security()))).run_until(seconds(200), &mut story);
    assert!(story.acked >= 3, "{}", story.acked);
}

#[test]
fn loss_beyond_the_radios_outlasts_the_faults_that_add_to_it() {
    let acked = |loss_ppm: u32| {
        let mut spec = world(1, 1, None);
        spec.real.as_mut().expect("it is real").loss_ppm = loss_ppm;
        spec.faults = vec![ScheduledFault {
            at: seconds(1),
            fault: Fault::LinkLoss { loss_ppm: 10_000 },
            lasts: Some(SimSpan::from_secs(1)),
            victims: Victims::All,
        }];
        let mut story = Story::default();
        World::new(&spec).run_until(seconds(200), &mut story);
        story.acked
    };
    assert!(acked(0) >= 3);
    assert_eq!(acked(1_000_000), 0);
}

fn security() -> SecuritySpec {
    let settings = TlsSettings::of(Stack::BearSsl, Chip::Esp8266At80);
    SecuritySpec {
        tls: TlsSpec::new(settings).expect("the defaults fit together"),
        unset_clock: UnsetClock::Epoch1970,
        waits_for_time: true,
    }
}

const fn seconds(seconds: u64) -> SimTime {
    SimTime::from_nanos(seconds * 1_000_000_000)
}

fn world(nodes: u32, seed: u64, security: Option<SecuritySpec>) -> WorldSpec {
    let mut node = node();
    node.boot = (SimSpan::ZERO, SimSpan::ZERO);
    WorldSpec {
        broker: BrokerSpec::default(),
        epoch: Some(UnixTime::from_millis(1_780_000_000_000)),
        faults: Vec::new(),
        network: NetworkSpec::good(),
        node,
        nodes,
        real: Some(RealSpec::new(WifiSpec::good())),
        security,
        seed,
        temperature: Profile::Constant(Celsius(22.0)),
    }
}
