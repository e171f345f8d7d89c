//! Goal: against a broker that is not ours no reading is lost, and what is wrong is told.
//!
//! Method: Debian's mosquitto on the loopback interface, with TLS, with client certificates, with
//! passwords, with certificates that prove nothing, and killed in the middle. What
//! `mosquitto_sub` received is compared with what nodes took.
//!
//! Tests that start mosquitto are ignored where nothing says that it is there; `cargo xtask test
//! mosquitto` runs them.

#[path = "live/collector.rs"]
mod collector;
#[path = "live/mosquitto.rs"]
mod mosquitto;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use collector::{Folder, Seen, live, order, reading};
use mosquitto::{Files, Mosquitto, Subscriber, until};
use nodelab::live::{Order, Profile, SecretSource};

/// Certificates that are valid for a day around the present.
const VALID: (i64, i64) = (-43_200, 43_200);
/// Anybody may come.
const OPEN: &str = "allow_anonymous true";

/// Compares what was received with what was taken: all of it, and nothing else.
fn received_is_taken(messages: &[(String, String)], seen: &Seen) {
    let mut received: BTreeMap<(u32, u32), i32> = BTreeMap::new();
    for (topic, payload) in messages {
        let node = topic.split('/').nth(1).and_then(|node| node.parse().ok());
        let (sequence, value) = reading(payload);
        received.insert((node.expect("a number in the topic"), sequence), value);
    }
    assert_eq!(received, seen.taken);
}

fn url(scheme: &str, broker: &Mosquitto) -> String {
    format!("{scheme}://localhost:{}", broker.port)
}

/// Runs one node that must not get through; returns what was told, and the broker's log.
fn refused(folder: &Folder, broker: &Mosquitto, change: impl FnOnce(&mut Order)) -> (Seen, String) {
    let mut order = order(&url("mqtts", broker), folder, 1);
    order.grace = Duration::from_secs(1);
    change(&mut order);
    let (summary, seen) = live(&order);
    let node = &summary.nodes[0];
    assert_eq!(
        (node.taken, node.acknowledged, node.waiting.len()),
        (1, 0, 1)
    );
    assert!(node.failures > 0);
    (seen, broker.log())
}

#[test]
#[ignore = "needs mosquitto"]
fn every_reading_of_every_node_arrives_as_it_was_taken() {
    let folder = Folder::new("plain");
    let broker = Mosquitto::start(&folder, OPEN);
    let witness = Subscriber::start(&broker, "nodelab/#");
    let mut order = order(&url("mqtt", &broker), &folder, 10);
    order.nodes = Some(5);
    let (summary, seen) = live(&order);
    assert!(summary.is_complete(), "{summary:?}");
    assert_eq!(seen.taken.len(), 50);
    assert!(seen.troubles.is_empty(), "{:?}", seen.troubles);
    received_is_taken(&witness.wait_for(50), &seen);
}

#[test]
#[ignore = "needs mosquitto"]
fn over_tls_the_broker_is_checked_and_readings_arrive() {
    let folder = Folder::new("tls");
    let files = Files::draw(&folder, 1, "localhost", VALID);
    let broker = Mosquitto::start(&folder, &format!("{}\n{OPEN}", files.listener()));
    let witness = Subscriber::start(&broker, "nodelab/#");
    let mut order = order(&url("mqtts", &broker), &folder, 5);
    order.nodes = Some(2);
    order.ca = Some(files.ca);
    let (summary, seen) = live(&order);
    assert!(summary.is_complete(), "{summary:?}");
    assert_eq!(seen.secured.len(), 2);
    assert!(
        seen.secured
            .iter()
            .all(|secured| secured.version == "TLS 1.3")
    );
    assert_eq!(summary.sum(|node| node.full.count), 2);
    received_is_taken(&witness.wait_for(10), &seen);
}

#[test]
#[ignore = "needs mosquitto"]
fn a_broker_that_asks_for_a_certificate_gets_one_or_says_so() {
    let folder = Folder::new("mutual");
    let files = Files::draw(&folder, 1, "localhost", VALID);
    let lines = format!(
        "{}\n{OPEN}\nrequire_certificate true\nuse_identity_as_username true",
        files.listener()
    );
    let broker = Mosquitto::start(&folder, &lines);
    let mut order = order(&url("mqtts", &broker), &folder, 3);
    order.ca = Some(files.ca.clone());
    order.certificate = Some(files.client.0.clone());
    order.key = Some(files.client.1.clone());
    let (summary, seen) = live(&order);
    assert!(summary.is_complete(), "{summary:?} {:?}", seen.troubles);

    let (seen, log) = refused(&folder, &broker, |order| order.ca = Some(files.ca.clone()));
    assert!(seen.has_trouble("--cert and --key"), "{:?}", seen.troubles);
    assert_eq!(log.matches("New client connected").count(), 1, "{log}");

    // A certificate of another authority is none.
    let other = Files::draw(&folder, 2, "localhost", VALID);
    let (seen, _) = refused(&folder, &broker, |order| {
        order.ca = Some(files.ca.clone());
        order.certificate = Some(other.client.0.clone());
        order.key = Some(other.client.1.clone());
    });
    assert!(
        seen.has_trouble("does not accept our certificate"),
        "{:?}",
        seen.troubles
    );
}

#[test]
#[ignore = "needs mosquitto"]
fn who_proves_nothing_hears_nothing_of_mqtt() {
    let folder = Folder::new("untrusted");
    let good = Files::draw(&folder, 1, "localhost", VALID);
    let stranger = Files::draw(&folder, 2, "localhost", VALID);
    let expired = Files::draw(&folder, 3, "localhost", (-7_200, -3_600));
    let early = Files::draw(&folder, 4, "localhost", (3_600, 7_200));
    let named = Files::draw(&folder, 5, "broker.example", VALID);
    for (shown, trusted, words) in [
        // Its authority has the name of the one that is trusted, but not its key.
        (&stranger, &good, "not that of the authority we trust"),
        (&expired, &expired, "it has expired"),
        (&early, &early, "it is not valid yet"),
        (
            &named,
            &named,
            "it is for broker.example, not for localhost",
        ),
    ] {
        let broker = Mosquitto::start(&folder, &format!("{}\n{OPEN}", shown.listener()));
        fs::remove_file(folder.0.join("mosquitto.log")).ok();
        let (seen, log) = refused(&folder, &broker, |order| {
            order.ca = Some(trusted.ca.clone())
        });
        assert!(seen.has_trouble(words), "{words}: {:?}", seen.troubles);
        assert!(seen.secured.is_empty());
        assert!(!log.contains("New client connected"), "{log}");
        assert!(!log.contains("CONNECT"), "{log}");
    }
    // Without a file of authorities those of the machine count, which do not know this one.
    let broker = Mosquitto::start(&folder, &format!("{}\n{OPEN}", good.listener()));
    let trusts_host = Path::new("/etc/ssl/certs/ca-certificates.crt").exists();
    if trusts_host {
        let (seen, _) = refused(&folder, &broker, |_| {});
        assert!(
            seen.has_trouble("nobody we trust signed it"),
            "{:?}",
            seen.troubles
        );
    }
}

/// Makes mosquitto's file of passwords for the user `me`.
fn password_file(folder: &Folder, password: &str) -> String {
    let path = folder.0.join("passwords");
    let made = Command::new("mosquitto_passwd")
        .args(["-b", "-c"])
        .arg(&path)
        .args(["me", password])
        .status();
    assert!(made.expect("mosquitto_passwd starts").success());
    format!("allow_anonymous false\npassword_file {}", path.display())
}

#[test]
#[ignore = "needs mosquitto"]
fn a_wrong_password_is_refused_and_the_right_one_is_never_shown() {
    let folder = Folder::new("password");
    let files = Files::draw(&folder, 1, "localhost", VALID);
    let lines = format!(
        "{}\n{}",
        files.listener(),
        password_file(&folder, "swordfish")
    );
    let broker = Mosquitto::start(&folder, &lines);
    let wrong = folder.write("wrong", "halibut-93\n");
    let (seen, _) = refused(&folder, &broker, |order| {
        order.ca = Some(files.ca.clone());
        order.user = Some("me".to_owned());
        order.password = SecretSource::File(wrong.clone());
    });
    assert!(
        seen.has_trouble("refused the session: not authorized"),
        "{:?}",
        seen.troubles
    );

    // The program itself, once by a file and once by the environment.
    let right = folder.write("right", "swordfish\n");
    for (file, expected) in [(Some(&right), 0), (Some(&wrong), 1), (None, 0)] {
        let mut command = program(&broker, &folder);
        command.args(["--user", "me", "--readings", "1", "--grace", "1s"]);
        command.arg("--ca").arg(&files.ca);
        match file {
            Some(file) => command.arg("--password-file").arg(file),
            None => command.env("NODELAB_PASSWORD", "swordfish"),
        };
        let output = command.output().expect("the program starts");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert_eq!(output.status.code(), Some(expected), "{said}");
        assert!(
            !said.contains("swordfish") && !said.contains("halibut"),
            "{said}"
        );
    }
}

/// Returns the program, told of a broker with TLS.
fn program(broker: &Mosquitto, folder: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nodelab"));
    command.arg("live").arg(folder.hasty());
    command.args(["--broker", &url("mqtts", broker)]);
    command.env_remove("NODELAB_PASSWORD");
    command
}

/// mosquitto acknowledges before it saves: a message for a witness who is away would be gone with
/// the process although nobody did anything wrong. It is therefore killed while the witness is
/// there, who is sent each message before its sender gets the acknowledgement; and when it may
/// say goodbye, it saves.
#[test]
#[ignore = "needs mosquitto"]
fn a_broker_that_dies_and_comes_back_costs_no_reading() {
    const READINGS: u32 = 30;
    const NODES: u32 = 3;
    let folder = Folder::new("killed");
    let files = Files::draw(&folder, 1, "localhost", VALID);
    let mut broker = Mosquitto::start(&folder, &format!("{}\n{OPEN}", files.listener()));
    let witness = Arc::new(Subscriber::start(&broker, "nodelab/#"));
    let mut order = order(&url("mqtts", &broker), &folder, READINGS);
    order.nodes = Some(NODES);
    order.ca = Some(files.ca);
    order.grace = Duration::from_secs(15);
    let seen_by = Arc::clone(&witness);
    // Twice in the middle of readings it is gone, and away for a second.
    let killer = thread::spawn(move || {
        for (mark, end) in [
            (15, Mosquitto::kill as fn(&mut Mosquitto)),
            (45, Mosquitto::end),
        ] {
            until("readings arrive", || seen_by.messages().len() >= mark);
            end(&mut broker);
            pause(Duration::from_secs(1));
            broker.run();
        }
        broker
    });
    let (summary, seen) = live(&order);
    let broker = killer.join().expect("the broker came back");
    assert!(summary.is_complete(), "{summary:?} {:?}", seen.troubles);
    let wanted = READINGS * NODES;
    assert_eq!(seen.taken.len(), wanted as usize);
    for node in &summary.nodes {
        assert!(node.sessions >= 3, "{node:?}");
    }
    received_is_taken(&witness.wait_for(wanted as usize), &seen);
    drop(broker);
}

#[expect(
    clippy::disallowed_methods,
    reason = "a real broker is away for real time"
)]
fn pause(span: Duration) {
    thread::sleep(span);
}

#[test]
#[ignore = "needs mosquitto"]
fn home_assistant_learns_of_a_node_and_of_its_end() {
    let folder = Folder::new("home-assistant");
    let broker = Mosquitto::start(&folder, OPEN);
    let mut order = order(&url("mqtt", &broker), &folder, 2);
    order.profile = Profile::HomeAssistant;
    let (summary, seen) = live(&order);
    assert!(summary.is_complete(), "{summary:?} {:?}", seen.troubles);
    // What is retained tells who comes later.
    let witness = Subscriber::start(&broker, "#");
    let messages = witness.wait_for(2);
    let topics: Vec<&str> = messages.iter().map(|(topic, _)| topic.as_str()).collect();
    let discovery = "homeassistant/sensor/nodelab-0/temperature/config";
    assert_eq!(topics, [discovery, "nodelab/0/temperature/status"]);
    let config: serde_json::Value = serde_json::from_str(&messages[0].1).expect("JSON");
    assert_eq!(config["dev_cla"], "temperature");
    assert_eq!(messages[1].1, "offline");
}

#[test]
#[ignore = "needs mosquitto"]
fn azure_hears_user_name_and_token_in_its_own_form() {
    let folder = Folder::new("azure");
    let files = Files::draw(&folder, 1, "localhost", VALID);
    let broker = Mosquitto::start(&folder, &format!("{}\n{OPEN}", files.listener()));
    let witness = Subscriber::start(&broker, "devices/#");
    let mut order = order(&url("mqtts", &broker), &folder, 2);
    order.profile = Profile::Azure;
    order.ca = Some(files.ca);
    order.devices = vec!["node-0".to_owned()];
    order.sas_key = SecretSource::File(folder.write("sas", "c3dvcmRmaXNo\n"));
    let (summary, seen) = live(&order);
    assert!(summary.is_complete(), "{summary:?} {:?}", seen.troubles);
    let user = "u'localhost/node-0/?api-version=2021-04-12'";
    until("the log is written", || broker.log().contains(user));
    let topic = "devices/node-0/messages/events/$.ct=application%2Fjson&$.ce=utf-8";
    for (of, _) in witness.wait_for(2) {
        assert_eq!(of, topic);
    }
}

#[test]
#[ignore = "needs mosquitto"]
fn a_signal_ends_a_run_in_good_order() {
    let folder = Folder::new("signal");
    let files = Files::draw(&folder, 1, "localhost", VALID);
    let broker = Mosquitto::start(&folder, &format!("{}\n{OPEN}", files.listener()));
    for signal in ["INT", "TERM"] {
        let mut command = program(&broker, &folder);
        command
            .arg("--ca")
            .arg(&files.ca)
            .args(["--nodes", "2", "--report", "json"]);
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.expect("the program starts");
        let out = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut lines = out.lines().map_while(Result::ok);
        let shown = lines
            .by_ref()
            .filter(|line| line.contains("Degrees Celsius"))
            .take(6)
            .count();
        assert_eq!(shown, 6, "readings are printed");
        let sent = Command::new("kill")
            .args([&format!("-{signal}"), &child.id().to_string()])
            .status();
        assert!(sent.expect("kill starts").success());
        let rest: Vec<String> = lines.collect();
        let status = child.wait().expect("it was started");
        let json: String = rest
            .into_iter()
            .filter(|line| !line.starts_with("node "))
            .collect();
        let json: serde_json::Value = serde_json::from_str(&json).expect("a summary");
        assert_eq!(status.code(), Some(0), "{json}");
        assert_eq!(json["complete"], true);
        assert!(json["taken"].as_u64() >= Some(6), "{json}");
    }
    // Who leaves in good order says so (MQTT 3.1.1 §3.14).
    until("four farewells", || {
        broker.log().matches("Received DISCONNECT").count() >= 4
    });
}

#[test]
fn what_is_not_valid_is_told_without_repeating_secrets() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nodelab"));
    command.args(["live", "--broker", "mqtts://me:swordfish@broker.example"]);
    let output = command.output().expect("the program starts");
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("--password-file") && !said.contains("swordfish"),
        "{said}"
    );
    assert!(output.stdout.is_empty());
}
