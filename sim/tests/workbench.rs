//! Goal: a board alone on a workbench is the one that a world of the same seed has.
//!
//! Method: nodes that report to nobody, so that their radios stay off, are watched in a world;
//! boards of the same seed are asked at the same times.

mod support;

use nodelab_sim::analog::RadioActivity;
use nodelab_sim::broker::BrokerSpec;
use nodelab_sim::environment::{Diurnal, Profile};
use nodelab_sim::stack::NetworkSpec;
use nodelab_sim::{
    Conversion, NodeId, NodeSpec, Observation, Observer, SimSpan, SimTime, Workbench, World,
    WorldSpec,
};

#[derive(Default)]
struct Conversions(Vec<(NodeId, SimTime, Conversion)>);

impl Observer for Conversions {
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        if let Observation::Converted(conversion) = what {
            self.0.push((node, at, *conversion));
        }
    }
}

#[test]
fn the_board_is_the_one_that_a_world_of_the_same_seed_has() {
    let mut node: NodeSpec = support::node();
    node.config.report = None;
    node.clock_drift_ppb = (-15_000, 15_000);
    let world = WorldSpec {
        broker: BrokerSpec::default(),
        epoch: None,
        faults: Vec::new(),
        interventions: Vec::new(),
        network: NetworkSpec::good(),
        node,
        nodes: 3,
        real: None,
        security: None,
        seed: 5,
        temperature: Profile::Diurnal(Diurnal::default()),
    };
    let mut seen = Conversions::default();
    World::new(&world).run_until(SimTime::ZERO.after(SimSpan::from_secs(3_600)), &mut seen);
    for id in (0..world.nodes).map(NodeId) {
        let mut board = Workbench::new(&world, id);
        board.switch_on(SimTime::ZERO.after(board.boot()));
        let its: Vec<_> = seen.0.iter().filter(|(of, _, _)| *of == id).collect();
        assert!(its.len() >= 50, "{}", its.len());
        for (_, at, conversion) in its {
            assert_eq!(board.convert(*at, RadioActivity::Off), *conversion);
        }
    }
}
