//! Whole worlds: a fleet for an hour, and one node for a day.

use std::hint::black_box;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nodelab::prepare::{Prepared, prepare};
use nodelab::run::{Limits, run_world};
use nodelab::verdict::Status;

fn prepared(file: &str, nodes: u32) -> Prepared {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("scenarios")
        .join(file);
    let (mut prepared, _) = prepare(&path).expect("the bench's own scenario is valid");
    prepared.scenario.extension.nodes = nodes;
    prepared
}

/// Readings of a node a minute for an hour.
const READINGS: u64 = 60;

fn fleet(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fleet_hour");
    group.sample_size(10);
    for nodes in [1_000, 10_000] {
        let mut world = prepared("fleet-10000.yaml", nodes);
        // The claim is for ten thousand.
        world.scenario.extension.expect.truncate(1);
        group.throughput(Throughput::Elements(u64::from(nodes) * READINGS));
        group.bench_function(BenchmarkId::from_parameter(nodes), |bencher| {
            bencher.iter(|| {
                let outcome = run_world(black_box(&world), 1, Limits::default());
                let outcome = outcome.expect("no core is emulated");
                assert_eq!(outcome.status, Status::Passed);
                outcome.digest
            });
        });
    }
    group.finish();
}

fn node_day(criterion: &mut Criterion) {
    let world = prepared("node-day.yaml", 1);
    criterion.bench_function("node_day", |bencher| {
        bencher.iter(|| run_world(black_box(&world), 1, Limits::default()).map(|run| run.digest));
    });
}

criterion_group!(benches, fleet, node_day);
criterion_main!(benches);
