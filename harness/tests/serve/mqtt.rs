//! The broker, with the tests' own clients.

use std::io::Write as _;
use std::sync::Arc;

use tokio_rustls::rustls::version;

use crate::client::{Client, LogIn, secure, trusting};
use crate::program::{Program, place, read_to_end, resident_bytes};

const ANYBODY: LogIn<'static> = LogIn {
    credentials: None,
    will: None,
};

#[test]
fn messages_wills_and_retained_messages_reach_subscribers() {
    let program = Program::serve(&["--mqtt", "0"]);
    let (mut reader, code) = Client::log_in(program.connect("mqtt"), "reader", &ANYBODY);
    assert_eq!(code, 0);
    reader.subscribe("room/#");
    let will = LogIn {
        will: Some(("room/state", "lost")),
        ..ANYBODY
    };
    let (mut writer, _) = Client::log_in(program.connect("mqtt"), "writer", &will);
    writer.publish("room/1", "21.5", true);
    assert_eq!(reader.next(), ("room/1".to_owned(), "21.5".to_owned()));
    drop(writer);
    assert_eq!(reader.next(), ("room/state".to_owned(), "lost".to_owned()));
    let (mut late, _) = Client::log_in(program.connect("mqtt"), "late", &ANYBODY);
    late.subscribe("room/1");
    assert_eq!(late.next(), ("room/1".to_owned(), "21.5".to_owned()));

    program.wait_for("\"writer\" published room/1 \"21.5\" with QoS 1, retained");
    program.wait_for("will of \"writer\": room/state \"lost\" with QoS 1");
    let ended = program.stop("-TERM");
    assert_eq!(ended.code, Some(0), "{}", ended.out);
    assert!(ended.out.contains("SIGTERM"), "{}", ended.out);
    let summary = "mqtt  3 connections, 1 messages received, 3 sent";
    assert!(ended.out.contains(summary), "{}", ended.out);
}

#[test]
fn one_broker_is_behind_both_doors_and_tls_is_real() {
    let ca = place("mqtts-ca.pem");
    let program = Program::serve(&[
        "--mqtt",
        "0",
        "--mqtts",
        "0",
        "--ca-out",
        ca.to_str().unwrap(),
    ]);
    for versions in [&version::TLS12, &version::TLS13] {
        let config = Arc::new(trusting(&ca, &[versions]));
        for name in ["localhost", "127.0.0.1"] {
            let stream = secure(program.connect("mqtts"), &config, name).expect("trusted");
            let (mut reader, code) = Client::log_in(stream, "reader", &ANYBODY);
            assert_eq!(code, 0);
            reader.subscribe("t");
            let (mut writer, _) = Client::log_in(program.connect("mqtt"), "writer", &ANYBODY);
            writer.publish("t", "hello", false);
            assert_eq!(reader.next().1, "hello");
        }
        let refused = secure(program.connect("mqtts"), &config, "example.org");
        let why = refused.expect_err("another name");
        assert!(why.contains("not valid for name"), "{why}");
    }
    program.wait_for("TLS 1.2, ECDHE_ECDSA_WITH_AES_");
    program.wait_for("handshake failed: the client sent the alert");
}

#[test]
fn a_token_is_a_password_and_a_user_may_have_another() {
    let token = "0123456789abcdef";
    let program = Program::serve_with(("NODELAB_TOKEN", token), &["--mqtt", "0"]);
    for (credentials, expected) in [
        (None, 4),
        (Some(("nodelab", "0123456789abcdeX")), 4),
        (Some(("nodelab", token)), 0),
    ] {
        let how = LogIn {
            credentials,
            ..ANYBODY
        };
        let (_, code) = Client::log_in(program.connect("mqtt"), "c", &how);
        assert_eq!(code, expected, "{credentials:?}");
    }
    let ended = program.stop("-INT");
    assert!(!ended.out.contains(token), "it is never shown");
    assert!(ended.out.contains("2 refused"), "{}", ended.out);

    let file = place("password");
    std::fs::write(&file, "let me in\n").unwrap();
    let own = [
        "--mqtt-user",
        "ann",
        "--mqtt-password-file",
        file.to_str().unwrap(),
    ];
    let program = Program::serve(&[&["--mqtt", "0"][..], &own].concat());
    let how = LogIn {
        credentials: Some(("ann", "let me in")),
        ..ANYBODY
    };
    assert_eq!(Client::log_in(program.connect("mqtt"), "c", &how).1, 0);
}

#[test]
fn a_packet_of_16_000_filters_is_cut_off_and_takes_no_memory() {
    let program = Program::serve(&["--mqtt", "0", "--quiet"]);
    let (mut writer, _) = Client::log_in(program.connect("mqtt"), "writer", &ANYBODY);
    for topic in 0..200 {
        writer.publish(&format!("room/{topic}"), "21.5", true);
    }
    let before = resident_bytes(program.id());
    let (mut greedy, _) = Client::log_in(program.connect("mqtt"), "greedy", &ANYBODY);
    let filters = [0, 1, b'#', 0].repeat(16_000);
    // Its length is 64 002 bytes (MQTT 3.1.1 §2.2.3).
    let packet = [&[0x82, 0x82, 0xF4, 0x03, 0, 1][..], &filters].concat();
    greedy.stream.write_all(&packet).expect("the broker reads");
    assert!(read_to_end(&mut greedy.stream).is_empty());
    let grown = resident_bytes(program.id()).saturating_sub(before);
    assert!(grown < 32 << 20, "{grown} bytes");
    writer.publish("room/1", "21.6", true);
    let ended = program.stop("-TERM");
    let summary = "1 cut off for breaking the protocol";
    assert!(ended.out.contains(summary), "{}", ended.out);
}
