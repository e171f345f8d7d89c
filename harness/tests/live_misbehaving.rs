//! Goal: whatever a broker does, the user is told in one line, and no reading is lost.
//!
//! Method: brokers on the loopback interface that follow a script, connection by connection: the
//! first ones misbehave, the last one behaves. Nothing here needs more than this repository.

#[path = "live/collector.rs"]
mod collector;
#[path = "live/scripted.rs"]
mod scripted;

use std::time::Duration;

use collector::{Folder, live, order, reading};
use nodelab::live::{Order, Plan, PlanError, Profile, SecretSource};
use scripted::{Act, Scripted};

/// Readings that each test takes.
const READINGS: u32 = 4;

/// Runs one node against a broker that plays these acts, one for each connection, and then
/// behaves; returns the troubles that were told.
fn played(name: &str, acts: &[Act]) -> (collector::Seen, nodelab::live::NodeSummary) {
    let folder = Folder::new(name);
    let broker = Scripted::start(acts.to_vec());
    let (summary, seen) = live(&order(&broker.url(), &folder, READINGS));
    assert!(summary.is_complete(), "{summary:?} {:?}", seen.troubles);
    let node = summary.nodes[0].clone();
    assert_eq!(node.taken, u64::from(READINGS));
    // What the broker holds is what was taken: nothing lost, nothing made up.
    let published = broker.published();
    let mut held: Vec<(u32, i32)> = published
        .iter()
        .map(|(_, payload, _)| reading(payload))
        .collect();
    held.dedup();
    let taken = seen
        .taken
        .iter()
        .map(|((_, sequence), value)| (*sequence, *value));
    assert!(held.iter().copied().eq(taken), "{held:?} {:?}", seen.taken);
    (seen, node)
}

#[test]
fn a_broker_that_behaves_gets_every_reading_once() {
    let (seen, node) = played("behaves", &[]);
    assert!(seen.troubles.is_empty(), "{:?}", seen.troubles);
    assert_eq!((node.sessions, node.sent_again, node.failures), (1, 0, 0));
}

#[test]
fn garbage_is_called_garbage() {
    let (seen, _) = played("garbage", &[Act::Garbage]);
    assert!(seen.has_trouble("not MQTT"), "{:?}", seen.troubles);
}

#[test]
fn a_broker_that_says_nothing_is_given_up() {
    let (seen, _) = played("stalls", &[Act::Stall]);
    assert!(seen.has_trouble("silent"), "{:?}", seen.troubles);
}

#[test]
fn a_broker_that_hangs_up_at_once_is_named() {
    let (seen, _) = played("hangs-up", &[Act::HangUp]);
    assert!(
        seen.has_trouble(", without answering CONNECT"),
        "{:?}",
        seen.troubles
    );
}

#[test]
fn a_refusal_is_told_in_the_words_of_mqtt() {
    let (seen, node) = played("refuses", &[Act::Refuse(4), Act::Refuse(5), Act::Refuse(3)]);
    for words in [
        "bad user name or password",
        "not authorized",
        "server unavailable",
    ] {
        assert!(seen.has_trouble(words), "{words}: {:?}", seen.troubles);
    }
    assert_eq!(node.sessions, 1);
}

#[test]
fn a_malformed_answer_is_no_acceptance() {
    let (seen, _) = played("malformed", &[Act::Say(&[0x20, 0x02, 0x02, 0x00])]);
    assert!(seen.has_trouble("not MQTT"), "{:?}", seen.troubles);
    let (seen, _) = played("out-of-turn", &[Act::Say(&[0xD0, 0x00])]);
    assert!(seen.has_trouble("may not come here"), "{:?}", seen.troubles);
}

#[test]
fn a_broker_that_takes_readings_and_never_acknowledges_loses_none() {
    let (seen, node) = played("half-open", &[Act::Deaf, Act::Deaf]);
    assert!(seen.has_trouble("silent"), "{:?}", seen.troubles);
    assert_eq!(node.sessions, 3);
}

#[test]
fn a_connection_that_breaks_before_the_acknowledgement_loses_nothing() {
    let (_, node) = played("breaks", &[Act::BreakAtPublish, Act::BreakAtPublish]);
    assert_eq!(node.sessions, 3);
    assert!(node.sent_again >= 1, "{node:?}");
}

#[test]
fn a_flood_is_passed_over_and_readings_go_on() {
    let (_, node) = played("flood", &[Act::Flood { quality: 0 }]);
    assert!(node.ignored > 0, "{node:?}");
}

#[test]
fn a_flood_that_asks_for_answers_is_survived() {
    let (_, node) = played("flood-1", &[Act::Flood { quality: 1 }]);
    assert!(node.sessions >= 1, "{node:?}");
}

#[test]
fn what_takes_tls_for_a_joke_is_told_apart() {
    for (name, act, words) in [
        ("tls-garbage", Act::Garbage, "does not speak TLS"),
        ("tls-stall", Act::Stall, "said nothing in TLS"),
        ("tls-hang-up", Act::HangUp, "in the middle of TLS"),
    ] {
        let folder = Folder::new(name);
        let broker = Scripted::start(vec![act; 100]);
        let url = broker.url().replace("mqtt://", "mqtts://");
        let mut order = order(&url, &folder, 1);
        order.grace = Duration::from_secs(2);
        let (summary, seen) = live(&order);
        assert!(seen.has_trouble(words), "{words}: {:?}", seen.troubles);
        assert!(!summary.is_complete() && summary.is_conserved());
        assert_eq!(summary.nodes[0].waiting.len(), 1, "the reading still waits");
    }
}

#[test]
fn nobody_at_the_door_is_told_and_the_reading_waits() {
    let folder = Folder::new("nobody");
    let broker = Scripted::start(Vec::new());
    let url = broker.url();
    drop(broker);
    let mut order = order(&url, &folder, 2);
    order.grace = Duration::from_secs(1);
    let (summary, seen) = live(&order);
    assert!(seen.has_trouble("nobody listens"), "{:?}", seen.troubles);
    assert_eq!(summary.nodes[0].waiting.len(), 2);
}

#[test]
fn a_queue_that_overflows_drops_for_a_reason_and_adds_up() {
    let folder = Folder::new("overflow");
    let broker = Scripted::start(Vec::new());
    let url = broker.url();
    drop(broker);
    let mut order = order(&url, &folder, 40);
    order.interval = Some(Duration::from_millis(100));
    order.grace = Duration::ZERO;
    let (summary, _) = live(&order);
    let node = &summary.nodes[0];
    assert_eq!(
        (node.taken, node.waiting.len(), node.dropped_count()),
        (40, 32, 8)
    );
    assert!(summary.is_conserved() && !summary.is_complete());
}

#[test]
fn losant_is_never_sent_more_than_it_takes_even_after_an_outage() {
    let folder = Folder::new("losant");
    // The first sessions leave a queue that would go out in a burst.
    let broker = Scripted::start(vec![Act::Stall, Act::Stall]);
    let mut order = order(&broker.url(), &folder, 4);
    order.profile = Profile::Losant;
    order.devices = vec!["5f1e0c2a9d3b4e0007a1b2c3".to_owned()];
    order.user = Some("key".to_owned());
    order.password = SecretSource::File(folder.write("secret", "swordfish\n"));
    order.interval = Some(Duration::from_millis(520));
    order.grace = Duration::from_secs(8);
    let (summary, seen) = live(&order);
    assert!(summary.is_complete(), "{summary:?} {:?}", seen.troubles);
    let published = broker.published();
    assert_eq!(published.len(), 4);
    for (topic, payload, _) in &published {
        assert_eq!(topic, "losant/5f1e0c2a9d3b4e0007a1b2c3/state");
        assert!(
            payload.starts_with("{\"data\":{\"temperature\":"),
            "{payload}"
        );
    }
    for pair in published.windows(2) {
        let gap = pair[1].2.saturating_duration_since(pair[0].2);
        assert!(gap >= Duration::from_millis(480), "{gap:?}");
    }
    let greeting = broker.greeting();
    assert_eq!(greeting.client_id, "5f1e0c2a9d3b4e0007a1b2c3");
    assert_eq!(greeting.username.as_deref(), Some("key"));
    assert_eq!(greeting.password.as_deref(), Some("swordfish"));
    assert!(greeting.clean_session, "Losant keeps no sessions");
    assert!(!greeting.has_will, "Losant takes no retained messages");
}

fn refused(order: &Order) -> String {
    match Plan::new(order) {
        Err(PlanError::Arguments(errors)) => errors.join("\n"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_a_service_would_refuse_is_refused_before_the_first_byte() {
    let folder = Folder::new("refused");
    let secret = folder.write("secret", "swordfish\n");
    let url = "mqtts://localhost:8883";
    let with = |profile, change: &dyn Fn(&mut Order)| {
        let mut order = Order::new(url.parse().unwrap());
        order.profile = profile;
        change(&mut order);
        refused(&order)
    };
    let losant = |order: &mut Order| {
        order.devices = vec!["5f1e".to_owned()];
        order.user = Some("key".to_owned());
        order.password = SecretSource::File(secret.clone());
        order.interval = Some(Duration::from_millis(400));
    };
    let cases = [
        (with(Profile::Losant, &losant), "30 messages in 15 s"),
        (with(Profile::Losant, &|_| {}), "--device"),
        (with(Profile::Aws, &|_| {}), "--cert and --key"),
        (
            with(Profile::Azure, &|order| {
                order.devices = vec!["d".to_owned()]
            }),
            "--sas-key-file",
        ),
        (with(Profile::HiveMq, &|_| {}), "--password-file"),
        (
            with(Profile::Plain, &|order| order.key = Some(secret.clone())),
            "go together",
        ),
        (
            with(Profile::Plain, &|order| order.nodes = Some(1_001)),
            "1 to 1000",
        ),
        (
            with(Profile::Plain, &|order| {
                order.topic = Some("a/#".to_owned())
            }),
            "no topic",
        ),
        (
            with(Profile::Plain, &|order| {
                order.nodes = Some(2);
                order.topic = Some("room/temperature".to_owned());
            }),
            "two nodes publish",
        ),
        (
            with(Profile::Plain, &|order| {
                order.nodes = Some(2);
                order.devices = vec!["same".to_owned()];
            }),
            "two nodes are called",
        ),
        (
            with(Profile::Plain, &|order| {
                order.password = SecretSource::File(secret.clone());
            }),
            "without a user name",
        ),
        (
            with(Profile::Plain, &|order| {
                order.interval = Some(Duration::from_millis(50))
            }),
            "100ms to 7d",
        ),
    ];
    for (words, expected) in cases {
        assert!(words.contains(expected), "{expected}: {words}");
        assert!(!words.contains("swordfish"), "{words}");
    }
}

#[test]
fn azure_is_not_spoken_to_without_tls() {
    let mut order = Order::new("mqtt://hub.azure-devices.net".parse().unwrap());
    order.profile = Profile::Azure;
    order.devices = vec!["node-0".to_owned()];
    assert!(refused(&order).contains("TLS alone"));
}
