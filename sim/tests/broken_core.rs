//! Goal: an emulated core that ends stops its world, which says where and why.
//!
//! Method: the shipped image, with the first instruction of its program replaced.

mod support;

use nodelab_sim::broker::BrokerSpec;
use nodelab_sim::environment::{Profile, RandomWalk};
use nodelab_sim::stack::NetworkSpec;
use nodelab_sim::{Core, CoreImage, DigestObserver, NodeId, SimTime, World, WorldSpec};
use support::node;

const MINUTE: SimTime = SimTime::from_nanos(60_000_000_000);
const IMAGE: &[u8] = include_bytes!("../../firmware/images/riscv32imc.elf");

/// Where an ELF file says where in it the first segment lies: behind its header, and the kind of
/// the segment.
const SEGMENT_OFFSET: usize = 52 + 4;
/// `ecall`: a call, and nothing in `a7` that says which.
const ECALL: [u8; 4] = [0x73, 0, 0, 0];

#[test]
fn a_core_that_ends_stops_the_world_and_says_where_and_why() {
    let mut world = World::new(&world(broken()));
    let mut observer = DigestObserver::new();
    world.run_until(MINUTE, &mut observer);
    let events = world.events();
    let failure = world.failure().expect("no node can boot").clone();
    assert_eq!(failure.fault.why, "made an unknown call, 0");
    assert_eq!(failure.fault.pc, 0x1_0004);
    assert!(failure.at > SimTime::ZERO && failure.at < MINUTE);
    // The other node would have booted later.
    assert_eq!(world.step_before(MINUTE, &mut observer), None);
    assert_eq!(world.events(), events);
    assert_eq!(world.standing(failure.node), None);
    assert_eq!(world.queued(failure.node), []);
    let (node, at) = (failure.node.0, failure.at);
    assert_eq!(
        failure.to_string(),
        format!("the emulated core of node {node} made an unknown call, 0, at {at}, pc 0x00010004")
    );
}

#[test]
fn a_world_whose_cores_go_on_has_no_failure() {
    let mut world = World::new(&world(IMAGE.to_vec()));
    world.run_until(MINUTE, &mut DigestObserver::new());
    assert_eq!(world.failure(), None);
    assert!(world.standing(NodeId(0)).is_some());
}

fn broken() -> Vec<u8> {
    let mut elf = IMAGE.to_vec();
    let offset = elf[SEGMENT_OFFSET..].first_chunk().expect("a header");
    let offset = usize::try_from(u32::from_le_bytes(*offset)).expect("it is small");
    elf[offset..][..ECALL.len()].copy_from_slice(&ECALL);
    elf
}

fn world(image: Vec<u8>) -> WorldSpec {
    let mut node = node();
    node.core = Core::Riscv32(CoreImage::new(image).expect("its header is as it was"));
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
        seed: 1,
        temperature: Profile::RandomWalk(RandomWalk::default()),
    }
}
