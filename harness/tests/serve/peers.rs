//! Programs of others: mosquitto's clients and OpenSSL's.
//!
//! Method: each is run as a user would, with a limit to its time; what it prints is what counts.

use std::process::{Command, Stdio};
use std::thread;

use crate::program::{Program, place};

/// Seconds that a program of others may take.
const LIMIT: &str = "20";

/// Runs a program to its end with nothing to read; returns all that it printed, and whether it
/// was content.
fn run(program: &str, arguments: &[&str]) -> (String, bool) {
    let mut command = Command::new("timeout");
    command.args([LIMIT, program]).args(arguments);
    let output = command.stdin(Stdio::null()).output();
    let output = output.expect("it is installed");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    (said, output.status.success())
}

/// Runs one of mosquitto's clients, which has to be content.
fn mosquitto(program: &str, port: u16, arguments: &[&str]) -> String {
    let port = port.to_string();
    let all = [
        &["-h", "localhost", "-V", "mqttv311", "-p", &port],
        arguments,
    ]
    .concat();
    let (said, content) = run(program, &all);
    assert!(content, "{program} {arguments:?}: {said}");
    said
}

#[test]
#[ignore = "needs mosquitto_pub and mosquitto_sub; `cargo xtask test serve-peers` runs it"]
fn mosquittos_clients_publish_subscribe_and_leave_wills() {
    let ca = place("peers-ca.pem");
    let ca = ca.to_str().unwrap();
    let program = Program::serve(&["--mqtt", "0", "--mqtts", "0", "--ca-out", ca]);
    let doors = [
        (program.address("mqtt").port(), vec![]),
        (program.address("mqtts").port(), vec!["--cafile", ca]),
    ];
    for (port, how) in &doors {
        for qos in ["0", "1"] {
            let topic = format!("t/{port}/{qos}");
            let own = topic.clone();
            let subscribe = [&how[..], &["-t", &own, "-q", qos, "-C", "1", "-v"]].concat();
            let subscribe: Vec<String> = subscribe.iter().map(ToString::to_string).collect();
            let port = *port;
            let reader = thread::spawn(move || {
                let subscribe: Vec<&str> = subscribe.iter().map(String::as_str).collect();
                mosquitto("mosquitto_sub", port, &subscribe)
            });
            program.wait_for(&format!("subscribed to {topic} with QoS {qos}"));
            let publish = [&how[..], &["-t", &topic, "-q", qos, "-m", "21.5"]].concat();
            mosquitto("mosquitto_pub", port, &publish);
            assert_eq!(reader.join().expect("no panic"), format!("{topic} 21.5\n"));
        }
        let keep = [
            &how[..],
            &["-t", "kept", "-r", "-q", "1", "-m", "for later"],
        ]
        .concat();
        mosquitto("mosquitto_pub", *port, &keep);
        let read = [&how[..], &["-t", "kept", "-C", "1"]].concat();
        assert_eq!(mosquitto("mosquitto_sub", *port, &read), "for later\n");
    }
    let port = doors[0].0.to_string();
    let will = ["-h", "localhost", "-p", &port, "-i", "mortal", "-t", "x"];
    let will = [
        &will[..],
        &[
            "--will-topic",
            "w",
            "--will-payload",
            "dead",
            "--will-qos",
            "1",
        ],
    ];
    let mortal = Command::new("mosquitto_sub").args(will.concat()).spawn();
    let mut mortal = mortal.expect("it is installed");
    program.wait_for("\"mortal\" subscribed to x");
    mortal.kill().expect("it runs");
    mortal.wait().expect("it was started");
    program.wait_for("will of \"mortal\": w \"dead\" with QoS 1");
}

#[test]
#[ignore = "needs mosquitto_pub; `cargo xtask test serve-peers` runs it"]
fn mosquittos_client_refuses_an_authority_that_it_does_not_know() {
    let [one, other] = ["one", "other"].map(|name| place(&format!("peers-{name}.pem")));
    let program = Program::serve(&["--mqtts", "0", "--ca-out", one.to_str().unwrap()]);
    let stranger = Program::serve(&["--mqtts", "0", "--ca-out", other.to_str().unwrap()]);
    let port = program.address("mqtts").port().to_string();
    let how = [
        "-h",
        "localhost",
        "-p",
        &port,
        "-t",
        "t",
        "-m",
        "m",
        "--cafile",
    ];
    let (_, content) = run(
        "mosquitto_pub",
        &[&how[..], &[one.to_str().unwrap()]].concat(),
    );
    assert!(content);
    let (said, content) = run(
        "mosquitto_pub",
        &[&how[..], &[other.to_str().unwrap()]].concat(),
    );
    assert!(!content, "{said}");
    program.wait_for("handshake failed: the client sent the alert unknown_ca");
    drop(stranger);
}

/// Connects with OpenSSL, which checks everything; returns what it says.
fn s_client(program: &Program, ca: &str, arguments: &[&str]) -> String {
    let address = program.address("tls").to_string();
    let always = ["s_client", "-connect", &address, "-CAfile", ca];
    let check = ["-verify_hostname", "localhost", "-verify_return_error"];
    run("openssl", &[&always[..], &check, arguments].concat()).0
}

#[test]
#[ignore = "needs openssl; `cargo xtask test serve-peers` runs it"]
fn openssl_says_of_each_certificate_what_is_wrong_with_it() {
    let ca = place("openssl-ca.pem");
    let ca = ca.to_str().unwrap();
    for (certificate, expected) in [
        ("genuine", "Verify return code: 0 (ok)"),
        ("expired", "certificate has expired"),
        ("leaf-as-ca", "invalid CA certificate"),
        ("look-alike-ca", "unable to get local issuer certificate"),
        ("not-yet-valid", "certificate is not yet valid"),
        // OpenSSL 1.1.1 writes "self signed".
        ("self-signed", "signed certificate"),
        ("unknown-ca", "unable to get local issuer certificate"),
        ("wrong-name", "ostname mismatch"),
        // OpenSSL 1.1.1 writes "unsupported".
        ("wrong-purpose", "certificate purpose"),
    ] {
        for version in ["1.2", "1.3"] {
            let how = ["--tls-version", version, "--certificate", certificate];
            let program = Program::serve(&[&["--tls", "0", "--ca-out", ca][..], &how].concat());
            let said = s_client(&program, ca, &[]);
            assert!(said.contains(expected), "{certificate}, {version}: {said}");
            let line = program.wait_for("tls   #1 ");
            assert!(line.contains("connected"), "{line}");
            if certificate == "genuine" {
                program.wait_for(&format!("TLS {version}, "));
            } else {
                let line = program.wait_for("handshake failed: the client sent the alert");
                assert!(line.contains("as it should"), "{line}");
            }
        }
    }
}

#[test]
#[ignore = "needs openssl; `cargo xtask test serve-peers` runs it"]
fn openssl_speaks_both_versions_with_every_key_and_resumes() {
    let ca = place("openssl-keys-ca.pem");
    let ca = ca.to_str().unwrap();
    let session = place("openssl-session.pem");
    let session = session.to_str().unwrap();
    for key in ["p256", "p384", "ed25519", "rsa2048", "rsa4096"] {
        let how = ["--tls", "0", "--ca-out", ca, "--key", key];
        let program = Program::serve(&how);
        for version in ["-tls1_2", "-tls1_3"] {
            let said = s_client(&program, ca, &[version]);
            assert!(said.contains("Verify return code: 0 (ok)"), "{key}: {said}");
        }
    }
    let program = Program::serve(&["--tls", "0", "--ca-out", ca, "--banner", "hello"]);
    for version in ["-tls1_2", "-tls1_3"] {
        // Tickets of TLS 1.3 come after the handshake: the banner is waited for.
        let first = until_banner(&program, ca, &[version, "-sess_out", session]);
        assert!(first.contains("New, "), "{version}: {first}");
        let second = until_banner(&program, ca, &[version, "-sess_in", session]);
        assert!(second.contains("Reused, "), "{version}: {second}");
    }
    program.wait_for("TLS 1.2, ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, resumed");
    let ended = program.stop("-TERM");
    assert!(
        ended.out.contains("2 full handshakes, 2 resumed"),
        "{}",
        ended.out
    );
}

/// Keeps OpenSSL connected until the banner has come, then closes its input.
fn until_banner(program: &Program, ca: &str, arguments: &[&str]) -> String {
    use std::io::{BufRead as _, BufReader};
    let address = program.address("tls").to_string();
    let mut command = Command::new("timeout");
    command.args([
        LIMIT, "openssl", "s_client", "-connect", &address, "-CAfile", ca,
    ]);
    let command = command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command
        .stderr(Stdio::null())
        .spawn()
        .expect("it is installed");
    let mut said = String::new();
    let out = BufReader::new(child.stdout.take().expect("it is piped"));
    for line in out.lines().map_while(Result::ok) {
        said.push_str(&line);
        said.push('\n');
        if line.starts_with("hello") {
            // At the end of its input it says goodbye.
            drop(child.stdin.take());
        }
    }
    child.wait().expect("it was started");
    said
}

#[test]
#[ignore = "needs openssl; `cargo xtask test serve-peers` runs it"]
fn openssl_notices_each_misbehaviour() {
    let ca = place("openssl-rude-ca.pem");
    let ca = ca.to_str().unwrap();
    for (how, expected) in [
        ("alert", "handshake failure"),
        ("garbage", "wrong version number"),
        ("oversized-record", "length"),
        ("tampered-handshake", "error"),
        ("close", "unexpected eof|errno=0|eof"),
        ("reset", "errno=104"),
    ] {
        let arguments = ["--tls", "0", "--ca-out", ca, "--behave", how];
        let program = Program::serve(&arguments);
        let said = s_client(&program, ca, &[]);
        let found = expected.split('|').any(|text| said.contains(text));
        assert!(found, "{how}: {said}");
    }
}
