//! Goal: a board that stands alone reads what it reads in a world.
//!
//! Method: worlds of two nodes on the shipped board, whose conversions are asked for again.

mod support;

use nodelab_sim::analog::{RadioActivity, Tmp36Fault};
use nodelab_sim::broker::BrokerSpec;
use nodelab_sim::environment::Profile;
use nodelab_sim::stack::NetworkSpec;
use nodelab_sim::{
    Celsius, Conversion, NodeId, Observation, Observer, SimSpan, SimTime, Workbench, World,
    WorldSpec,
};
use support::node;

/// The conversions of one node.
struct Conversions(NodeId, Vec<(SimTime, Conversion)>);

impl Observer for Conversions {
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        if let (true, Observation::Converted(conversion)) = (node == self.0, what) {
            self.1.push((at, *conversion));
        }
    }
}

#[test]
fn a_board_alone_reads_what_it_reads_in_a_world() {
    for (seed, id) in [(1, NodeId(0)), (2, NodeId(1)), (3, NodeId(0))] {
        let spec = world(seed);
        let mut seen = Conversions(id, Vec::new());
        World::new(&spec).run_until(second(10 * 60), &mut seen);
        let mut alone = Workbench::new(&spec, id);
        alone.switch_on(SimTime::ZERO.after(alone.boot()));
        // The nodes of this world never use their radio.
        for (at, conversion) in &seen.1 {
            assert_eq!(alone.convert(*at, RadioActivity::Off), *conversion);
        }
        assert!(seen.1.len() > 9, "{} conversions", seen.1.len());
    }
}

#[test]
fn a_held_temperature_arrives_with_the_packages_lag_and_is_given_back() {
    let mut spec = world(1);
    spec.node.ideal = true;
    let read = |alone: &mut Workbench, at| {
        let conversion = alone.convert(second(at), RadioActivity::Listening);
        (
            f64::from(conversion.output.0) / 1e4 - 50.0,
            conversion.truth.0,
        )
    };
    let mut alone = switched_on(&spec);
    let (before, truth) = read(&mut alone, 1);
    assert!((before - 25.0).abs() < 2.5 && truth == 25_000, "{before}");
    alone.hold_temperature(second(2), Celsius(65.0));
    let (soon, truth) = read(&mut alone, 3);
    assert!(soon - before < 5.0 && truth == 65_000, "{soon}");
    // A moment that is past counts as the latest one.
    assert_eq!(read(&mut alone, 0).1, 65_000);
    let (late, _) = read(&mut alone, 3_600);
    assert!((late - before - 40.0).abs() < 2.0, "{late}");
    alone.release_temperature(second(3_601));
    let (back, truth) = read(&mut alone, 9_000);
    assert!((back - before).abs() < 0.5 && truth == 25_000, "{back}");
}

#[test]
fn a_broken_sensor_reads_otherwise_until_it_is_mended() {
    let mut alone = switched_on(&world(1));
    let code = |alone: &mut Workbench| alone.convert(second(1), RadioActivity::Off).code.0;
    let healthy = code(&mut alone);
    alone.change_sensor(Tmp36Fault::ShortToGround);
    assert!(code(&mut alone) < 10);
    alone.change_sensor(Tmp36Fault::None);
    assert!(code(&mut alone).abs_diff(healthy) < 8);
}

fn switched_on(spec: &WorldSpec) -> Workbench {
    let mut alone = Workbench::new(spec, NodeId(0));
    alone.switch_on(SimTime::ZERO);
    alone
}

fn second(s: u64) -> SimTime {
    SimTime::ZERO.after(SimSpan::from_secs(s))
}

fn world(seed: u64) -> WorldSpec {
    let mut node = node();
    node.config.report = None;
    WorldSpec {
        broker: BrokerSpec::default(),
        epoch: None,
        faults: Vec::new(),
        interventions: Vec::new(),
        network: NetworkSpec::lossy(),
        node,
        nodes: 2,
        real: None,
        security: None,
        seed,
        temperature: Profile::Constant(Celsius(25.0)),
    }
}
