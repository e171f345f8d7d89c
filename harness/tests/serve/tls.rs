//! The TLS endpoint, with rustls over ring as the client.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, HandshakeKind, version};

use crate::client::{Secure, secure, showing, trusting};
use crate::program::{Program, place, read_exactly};

/// Starts an endpoint, and returns it with a client's settings that trust it.
fn endpoint(name: &str, arguments: &[&str]) -> (Program, Arc<ClientConfig>) {
    let ca = place(&format!("{name}-ca.pem"));
    let always = ["--tls", "0", "--ca-out", ca.to_str().expect("UTF-8")];
    let program = Program::serve(&[&always, arguments].concat());
    let config = trusting(&ca, &[&version::TLS12, &version::TLS13]);
    (program, Arc::new(config))
}

fn hello(stream: &mut Secure) {
    stream.write_all(b"hello").expect("it reads");
    assert_eq!(&read_exactly::<5>(stream), b"hello");
}

/// Uses a connection; returns how it went wrong, with handshake and all.
fn trouble(program: &Program, config: &Arc<ClientConfig>) -> Option<String> {
    let mut stream = match secure(program.connect("tls"), config, "localhost") {
        Ok(stream) => stream,
        Err(why) => return Some(why),
    };
    let said = stream.write_all(b"hello").and_then(|()| {
        let mut all = Vec::new();
        let mut buffer = [0; 5];
        while all.len() < 5 {
            let count = stream.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            all.extend_from_slice(&buffer[..count]);
        }
        Ok(all)
    });
    match said {
        Ok(all) if all == b"hello" => None,
        Ok(all) => Some(format!("heard {all:?}")),
        Err(error) => Some(error.to_string()),
    }
}

#[test]
fn an_honest_endpoint_echoes_resumes_and_says_what_was_negotiated() {
    for (versions, line) in [
        ("1.2", "TLS 1.2, ECDHE_ECDSA_WITH_AES_"),
        ("1.3", "TLS 1.3, TLS_AES_"),
    ] {
        let name = format!("honest-{versions}");
        let arguments = ["--tls-version", versions, "--banner", "nodelab"];
        let (program, config) = endpoint(&name, &arguments);
        for (turn, expected) in [(0, HandshakeKind::Full), (1, HandshakeKind::Resumed)] {
            let mut stream = secure(program.connect("tls"), &config, "localhost").unwrap();
            assert_eq!(&read_exactly::<9>(&mut stream), b"nodelab\r\n");
            hello(&mut stream);
            assert_eq!(stream.conn.handshake_kind(), Some(expected), "{turn}");
            stream.conn.send_close_notify();
            stream.flush().expect("it reads");
            assert_eq!(stream.read(&mut [0; 1]).expect("close_notify"), 0);
        }
        program.wait_for(line);
        program.wait_for(", full, in ");
        program.wait_for(", resumed, in ");
        let ended = program.stop("-TERM");
        let summary = "tls   2 connections: 1 full handshakes, 1 resumed, 0 failed";
        assert!(ended.out.contains(summary), "{}", ended.out);
    }
}

#[test]
fn each_certificate_is_refused_for_its_own_fault() {
    for (certificate, expected) in [
        ("genuine", None),
        ("expired", Some("certificate expired")),
        ("leaf-as-ca", Some("CaUsedAsEndEntity|EndEntityUsedAsCa")),
        ("look-alike-ca", Some("BadSignature")),
        ("not-yet-valid", Some("not valid yet")),
        ("self-signed", Some("UnknownIssuer")),
        ("unknown-ca", Some("UnknownIssuer")),
        ("wrong-name", Some("not valid for name")),
        (
            "wrong-purpose",
            Some("extended key usage|not allowed|purpose"),
        ),
    ] {
        let (program, config) = endpoint(certificate, &["--certificate", certificate]);
        let seen = trouble(&program, &config);
        match (&seen, expected) {
            (None, None) => {}
            (Some(seen), Some(expected)) => {
                let found = expected.split('|').any(|text| seen.contains(text));
                assert!(found, "{certificate}: {seen}");
                let line = program.wait_for("handshake failed");
                assert!(line.contains("the client sent the alert"), "{line}");
            }
            _ => panic!("{certificate}: {seen:?}"),
        }
    }
}

#[test]
fn every_kind_of_key_is_shown_and_a_deep_chain_too() {
    for key in ["p256", "p384", "ed25519", "rsa2048", "rsa4096"] {
        let (program, config) = endpoint(key, &["--key", key, "--intermediates", "2"]);
        assert_eq!(trouble(&program, &config), None, "{key}");
    }
}

#[test]
fn each_misbehaviour_is_trouble_for_the_client() {
    for (how, versions) in [
        ("alert", "both"),
        ("close", "both"),
        ("downgrade", "both"),
        ("eof-without-close-notify", "both"),
        ("flood", "both"),
        ("garbage", "both"),
        ("no-common-suite", "both"),
        ("oversized-record", "both"),
        ("reset", "both"),
        ("stripped-extension", "both"),
        ("tampered-handshake", "both"),
        ("tampered-handshake", "1.2"),
        ("tampered-record", "both"),
    ] {
        let name = format!("{how}-{versions}");
        let (program, config) = endpoint(&name, &["--behave", how, "--tls-version", versions]);
        let seen = trouble(&program, &config);
        assert!(seen.is_some(), "{how} went unnoticed");
    }
}

#[test]
fn whoever_is_slow_on_purpose_keeps_the_client_waiting() {
    for how in ["stall", "truncated-flight"] {
        let (program, config) = endpoint(how, &["--behave", how]);
        let socket = program.connect("tls");
        let patience = std::time::Duration::from_millis(1_500);
        socket.set_read_timeout(Some(patience)).unwrap();
        let why = secure(socket, &config, "localhost").err();
        let why = why.expect("nothing is done in so short a time");
        assert!(why.contains("temporarily unavailable"), "{how}: {why}");
    }
}

#[test]
fn a_drip_is_one_byte_each_second() {
    let (program, config) = endpoint("drip", &["--behave", "drip"]);
    let name = ServerName::try_from("localhost").expect("a name");
    let mut client = ClientConnection::new(config, name).expect("complete");
    let mut socket = program.connect("tls");
    client.write_tls(&mut socket).expect("it reads");
    for _ in 0..3 {
        assert_eq!(socket.read(&mut [0; 100]).expect("it drips"), 1);
    }
}

#[test]
fn a_client_shows_its_certificate_where_it_has_to() {
    let own = place("client.pem");
    let arguments = ["--mutual", "--client-out", own.to_str().unwrap()];
    let (program, stranger) = endpoint("mutual", &arguments);
    let ca = place("mutual-ca.pem");
    let known = Arc::new(showing(&ca, &own));
    assert_eq!(trouble(&program, &known), None);
    program.wait_for("client certificate of node-0.nodelab.test");
    let why = trouble(&program, &stranger).expect("it has none to show");
    assert!(why.contains("CertificateRequired"), "{why}");
    program.wait_for("handshake failed: no certificate");
    let mode = std::os::unix::fs::PermissionsExt::mode(&own.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "nobody else reads the key");
}

#[test]
fn a_seed_repeats_the_keys_and_says_that_they_are_not_secret() {
    let root = |name: &str, seed: &str| {
        let (program, _) = endpoint(name, &["--seed", seed]);
        program.wait_for("WARNING: every key follows from --seed");
        let text = std::fs::read_to_string(place(&format!("{name}-ca.pem"))).unwrap();
        // Dates follow the clock; what comes before them, the serial number, does not.
        text.lines().nth(1).expect("a line of letters").to_owned()
    };
    assert_eq!(root("seed-1", "5"), root("seed-2", "5"));
    assert_ne!(root("seed-1", "5"), root("seed-3", "6"));
}

#[test]
fn whoever_is_sent_away_at_the_end_did_not_leave() {
    let program = Program::serve(&["--tls", "0", "--behave", "close"]);
    let gone = program.connect("tls");
    program.wait_for("#1 ");
    drop(gone);
    program.wait_for("#1 left before it said anything");
    let _stays = program.connect("tls");
    program.wait_for("#2 ");
    let ended = program.stop("-TERM");
    let expected = "#2 closed before it said anything: everything ends";
    assert!(ended.out.contains(expected), "{}", ended.out);
}
