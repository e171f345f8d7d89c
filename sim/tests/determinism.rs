//! Goal: a world is a function of its specification, and nodes keep their own luck.
//!
//! Method: worlds of a few nodes with every kind of trouble, built from the shipped board.
//! Streams of observations are compared node by node.

mod support;

use std::collections::BTreeMap;

use nodelab_sim::analog::Tmp36Fault;
use nodelab_sim::broker::BrokerSpec;
use nodelab_sim::environment::{Profile, RandomWalk};
use nodelab_sim::stack::NetworkSpec;
use nodelab_sim::{
    Celsius, Checkers, Core, CoreImage, Digest, DigestObserver, Fault, Intervention, NodeId,
    Observation, Observer, ScheduledFault, ScheduledIntervention, SimSpan, SimTime, SpanRange,
    Victims, World, WorldSpec,
};
use support::node;

const HOUR: SimTime = SimTime::from_nanos(3_600_000_000_000);

/// The node as it ships for emulated cores.
const IMAGE: &[u8] = include_bytes!("../../firmware/images/riscv32imc.elf");

/// What each node saw, said and suffered, in order.
#[derive(Default)]
struct Streams(BTreeMap<NodeId, Vec<String>>);

impl Observer for Streams {
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        let line = format!("{at} {what:?}");
        self.0.entry(node).or_default().push(line);
    }
}

#[test]
fn the_same_world_happens_again() {
    let spec = world(5, 1);
    assert_eq!(digest(&spec), digest(&spec));
}

#[test]
fn another_seed_is_another_world() {
    assert_ne!(digest(&world(5, 1)), digest(&world(5, 2)));
}

#[test]
fn a_node_more_changes_nothing_for_the_others() {
    let (few, more) = (streams(&world(3, 7)), streams(&world(6, 7)));
    for node in (0..3).map(NodeId) {
        assert!(few[&node].len() > 200, "node {} did little", node.0);
        for (place, line) in few[&node].iter().enumerate() {
            assert_eq!(
                Some(line),
                more[&node].get(place),
                "node {}, {place}",
                node.0
            );
        }
        assert_eq!(few[&node].len(), more[&node].len());
    }
}

#[test]
fn a_misfortune_of_one_node_is_its_own() {
    let (calm, mut struck) = (world(3, 7), world(3, 7));
    struck.faults.push(ScheduledFault {
        at: at_minute(45),
        fault: Fault::Reset,
        lasts: None,
        victims: Victims::Nodes(vec![NodeId(2)]),
    });
    let (calm, struck) = (streams(&calm), streams(&struck));
    assert_eq!(calm[&NodeId(0)], struck[&NodeId(0)]);
    assert_eq!(calm[&NodeId(1)], struck[&NodeId(1)]);
    assert_ne!(calm[&NodeId(2)], struck[&NodeId(2)]);
}

#[test]
fn charge_and_time_are_conserved_through_an_hour_of_trouble() {
    /// Checks a run, and counts what was told about charge.
    struct Watch(Checkers, usize, usize);
    impl Observer for Watch {
        fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
            self.1 += usize::from(matches!(what, Observation::Billed(_)));
            self.2 += usize::from(matches!(what, Observation::Drained(_)));
            self.0.on_event(at, node, what);
        }
    }
    let spec = world(3, 5);
    let capacity = spec.node.config.queue.capacity;
    let mut watch = Watch(Checkers::new(3, capacity, None).with_books(3), 0, 0);
    let mut world = World::new(&spec);
    world.run_until(HOUR, &mut watch);
    world.finish(&mut watch);
    assert_eq!(watch.0.finish(HOUR), []);
    assert!(watch.1 > 300, "{} bills", watch.1);
    // Three at the end, and one when the power of node 0 went.
    assert_eq!(watch.2, 4);
}

#[test]
fn the_order_in_which_faults_are_listed_does_not_matter() {
    let (forwards, mut backwards) = (world(4, 3), world(4, 3));
    backwards.faults.reverse();
    assert_eq!(digest(&forwards), digest(&backwards));
}

/// Hands that reach in while the world runs leave the same traces as a plan that knew of them.
#[test]
fn what_is_decided_on_the_way_is_what_was_planned() {
    let (mut planned, open) = (world(3, 5), world(3, 5));
    let cut = |at: u64, lasts| ScheduledFault {
        at: at_minute(at),
        fault: Fault::PowerCut,
        lasts,
        victims: Victims::Nodes(vec![NodeId(1)]),
    };
    let warm = ScheduledIntervention {
        at: at_minute(21),
        what: Intervention::HoldTemperature(Celsius(35.5)),
    };
    let typed = ScheduledIntervention {
        at: at_minute(34),
        what: Intervention::TypeSerial {
            node: NodeId(2),
            bytes: b"read\n".to_vec(),
        },
    };
    planned.faults.push(cut(10, Some(SimSpan::from_secs(180))));
    planned.interventions = vec![warm.clone(), typed.clone()];

    let mut observer = DigestObserver::new();
    let mut running = World::new(&open);
    running.run_until(at_minute(9), &mut observer);
    let fault = running.add_fault(cut(10, None));
    running.run_until(at_minute(12), &mut observer);
    running.end_added_fault(fault, at_minute(13));
    running.run_until(at_minute(20), &mut observer);
    running.add_intervention(warm);
    running.run_until(at_minute(33), &mut observer);
    running.add_intervention(typed);
    running.run_until(HOUR, &mut observer);
    assert_eq!(observer.digest(), digest(&planned));
    assert_ne!(observer.digest(), digest(&open));
}

#[test]
fn worlds_that_take_turns_do_not_touch_each_other() {
    let (spec, other) = (world(4, 3), world(2, 9));
    let alone = (digest(&spec), digest(&other));
    // Built and stepped alternately, so that anything shared would show.
    let (mut second, mut first) = (World::new(&other), World::new(&spec));
    let (mut of_first, mut of_second) = (DigestObserver::new(), DigestObserver::new());
    loop {
        let one = first.step_before(HOUR, &mut of_first);
        let two = second.step_before(HOUR, &mut of_second);
        if one.or(two).is_none() {
            break;
        }
    }
    assert_eq!((of_first.digest(), of_second.digest()), alone);
}

#[test]
fn a_core_changes_nothing_but_what_is_counted() {
    /// Keeps the digest, and what each node computed so far.
    struct Watch(DigestObserver, BTreeMap<NodeId, u64>);
    impl Observer for Watch {
        fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
            self.0.on_event(at, node, what);
            if let Observation::Computed { instructions } = *what {
                let before = self.1.insert(node, instructions).unwrap_or(0);
                assert!(instructions > before, "a loss of power lost count");
            }
        }
    }
    let mut spec = world(4, 3);
    let native = digest(&spec);
    spec.node.core = Core::Riscv32(CoreImage::new(IMAGE.to_vec()).unwrap());
    let mut watch = Watch(DigestObserver::new(), BTreeMap::new());
    let mut world = World::new(&spec);
    world.run_until(HOUR, &mut watch);
    assert_eq!(watch.0.digest(), native);
    world.finish(&mut watch);
    assert_eq!(watch.1.len(), 4);
}

#[test]
fn a_core_that_ends_stops_the_world_and_is_named() {
    // The first instruction of the code, which begins with the file's second page.
    let mut broken = IMAGE.to_vec();
    broken[0x1000..0x1004].fill(0xFF);
    let mut spec = world(2, 3);
    spec.node.core = Core::Riscv32(CoreImage::new(broken).unwrap());
    let mut world = World::new(&spec);
    world.run_until(HOUR, &mut DigestObserver::new());
    let failure = world.failure().expect("no node boots").to_string();
    assert!(
        failure.starts_with("the emulated core of node "),
        "{failure}"
    );
    assert!(
        failure.contains("trapped: invalid instruction"),
        "{failure}"
    );
    assert!(failure.ends_with("pc 0x00010000"), "{failure}");
    let events = world.events();
    world.run_until(HOUR, &mut DigestObserver::new());
    assert_eq!(world.events(), events);
}

#[test]
fn pauses_between_calls_do_not_show() {
    let spec = world(4, 5);
    let (mut world, mut digest_of_steps) = (World::new(&spec), DigestObserver::new());
    for minute in 0..=60 {
        world.run_until(at_minute(minute), &mut digest_of_steps);
    }
    assert_eq!(digest_of_steps.digest(), digest(&spec));
}

fn digest(spec: &WorldSpec) -> Digest {
    let mut observer = DigestObserver::new();
    World::new(spec).run_until(HOUR, &mut observer);
    observer.digest()
}

fn streams(spec: &WorldSpec) -> BTreeMap<NodeId, Vec<String>> {
    let mut streams = Streams::default();
    World::new(spec).run_until(HOUR, &mut streams);
    streams.0
}

const fn at_minute(minute: u64) -> SimTime {
    SimTime::from_nanos(minute * 60_000_000_000)
}

/// Returns an hour of trouble: weather, a lossy link, a slow broker, and faults of all kinds.
fn world(nodes: u32, seed: u64) -> WorldSpec {
    WorldSpec {
        broker: BrokerSpec::default(),
        epoch: None,
        faults: faults(),
        interventions: Vec::new(),
        network: NetworkSpec {
            answer_time: SpanRange::from_millis(1, 50),
            ..NetworkSpec::lossy()
        },
        node: node(),
        nodes,
        real: None,
        security: None,
        seed,
        temperature: Profile::RandomWalk(RandomWalk::default()),
    }
}

fn faults() -> Vec<ScheduledFault> {
    let minutes = |minutes: u64| Some(SimSpan::from_secs(minutes * 60));
    let one = |node| Victims::Nodes(vec![NodeId(node)]);
    let jump = Fault::ClockJump { by_us: 90_000_000 };
    let broker = Fault::BrokerDown {
        keep_sessions: false,
    };
    let list = [
        (5, Fault::AccessPointDown, minutes(4), Victims::All),
        (12, Fault::PowerCut, minutes(2), one(0)),
        (18, broker, minutes(3), Victims::All),
        (25, jump, None, one(1)),
        (30, Fault::ClockDrift { ppb: 300_000 }, minutes(9), one(1)),
        (41, Fault::Sensor(Tmp36Fault::Open), minutes(5), one(0)),
        (
            50,
            Fault::LinkLoss { loss_ppm: 500_000 },
            minutes(3),
            Victims::All,
        ),
    ];
    let scheduled = |(minute, fault, lasts, victims)| ScheduledFault {
        at: at_minute(minute),
        fault,
        lasts,
        victims,
    };
    list.map(scheduled).to_vec()
}
