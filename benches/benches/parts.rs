//! Parts on the hot path: the event queue, a conversion judged, a packet written, a file read.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use node_core::mqtt::{Incoming, Message, Session};
use node_core::sensor::{Burst, Sensor};
use node_core::{AdcCode, Filter, Instant, Qos, ReportConfig, SensorConfig, Text, Writer};
use nodelab_sim::{Class, EntityId, EventKey, EventQueue, NodeId, Purpose, Rng, SimTime};

/// Events pending in the queue's bench: two for each of 10⁵ nodes.
const PENDING: u32 = 200_000;

fn queue(criterion: &mut Criterion) {
    let mut queue = EventQueue::new();
    let mut rng = Rng::derive(1, EntityId::World, Purpose::Link);
    let mut key = |after: SimTime, seq| EventKey {
        at: SimTime::from_nanos(after.as_nanos() + rng.up_to(60_000_000_000)),
        class: Class::Delivery,
        target: NodeId(0),
        source: NodeId(0),
        seq,
    };
    for seq in 0..PENDING {
        queue.push(key(SimTime::ZERO, seq), [0_u64; 5]);
    }
    let mut seq = PENDING;
    criterion.bench_function("queue_push_pop", |bencher| {
        bencher.iter(|| {
            let (popped, payload) = queue.pop().expect("as many are pushed as popped");
            seq = seq.wrapping_add(1);
            queue.push(key(popped.at, seq), payload);
        });
    });
}

fn sensor(criterion: &mut Criterion) {
    let config = SensorConfig::default();
    let mut sensor = Sensor::new();
    let mut burst = Burst::new();
    for code in [239, 240, 241, 240] {
        burst.push(AdcCode(code));
    }
    criterion.bench_function("sensor_judge", |bencher| {
        bencher.iter(|| sensor.judge(black_box(&config), Filter::Mean, black_box(&burst)));
    });
}

fn mqtt(criterion: &mut Criterion) {
    let client_id = Text::new("node-1").expect("it is short");
    let config = ReportConfig {
        client_id,
        ..ReportConfig::default()
    };
    let (now, mut session, mut buffer) = (Instant::ZERO, Session::new(), [0; 736]);
    session.open(now, &config, &mut Writer::new(&mut buffer));
    let mut connack: &[u8] = &[0x20, 2, 0, 0];
    session.read(now, &mut connack, &mut Writer::new(&mut buffer));
    let message = Message {
        payload: b"25.0",
        qos: Qos::AtLeastOnce,
        retain: false,
        topic: "room/1",
    };
    criterion.bench_function("mqtt_publish_and_ack", |bencher| {
        bencher.iter(|| {
            let mut out = Writer::new(&mut buffer);
            let sent = session
                .publish(now, &message, &mut out)
                .expect("the last one was acked");
            let [high, low] = sent.packet_id.expect("QoS 1 has one").get().to_be_bytes();
            let puback = [0x40, 2, high, low];
            let answer = session.read(now, &mut &puback[..], &mut out);
            assert!(matches!(answer, Some(Ok(Incoming::Acked { .. }))));
        });
    });
}

fn scenario(criterion: &mut Criterion) {
    let text = include_str!("../../scenarios/wifi/lossy.test.yaml");
    criterion.bench_function("scenario_parse", |bencher| {
        bencher.iter(|| nodelab::scenario::parse(black_box(text), "lossy.test.yaml").is_ok());
    });
}

criterion_group!(benches, queue, sensor, mqtt, scenario);
criterion_main!(benches);
