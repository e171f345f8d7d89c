//! Who may come in, and what strangers can do to the rest.

use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::os::unix::ffi::OsStrExt as _;

use crate::client::{Client, LogIn};
use crate::program::{
    PATIENCE, Program, place, read_to_end, refused, refused_with, resident_bytes,
};

/// Connections that do nothing but be there.
const CROWD: usize = 3_000;

#[test]
fn what_is_missing_in_the_arguments_is_said() {
    for (arguments, expected) in [
        (&[][..], "nothing was asked for"),
        (&["--mqtt", "0.0.0.0:0"], "add --allow-remote"),
        (&["--mqtt", "0.0.0.0:0", "--allow-remote"], "NODELAB_TOKEN"),
        (&["--tls", "0.0.0.0:0", "--allow-remote"], "--allow-from"),
        (&["--mqtt", "1883x"], "expected one such as 127.0.0.1:1883"),
        (
            &["--tls", "0", "--certificate", "expird"],
            "did you mean \"expired\"?",
        ),
        (
            &["--tls", "0", "--mutual", "--certificate", "expired"],
            "leave out",
        ),
        (&["--certificate", "expired"], "--tls <ADDRESS>"),
        (&["--link", "lossy"], "--listen <ADDRESS>"),
        (
            &["--link", "perfect", "--listen", "0", "--upstream", "1"],
            "expected one of",
        ),
        (
            &["--mqtt", "0", "--mqtt-user", "ann"],
            "there is no password",
        ),
        (
            &["--mqtt", "0", "--token-file", "/no/such/file"],
            "read the token",
        ),
        (
            &["--mqtts", "0", "--ca-out", "/no/such/folder/ca.pem"],
            "write /no/such",
        ),
        (&["--mqtts", "0", "--name", "no name"], "no host name"),
    ] {
        let (code, said) = refused(arguments);
        assert_eq!(code, Some(3), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

#[test]
fn an_address_that_is_taken_is_named() {
    let program = Program::serve(&["--mqtt", "0"]);
    let address = program.address("mqtt").to_string();
    let (code, said) = refused(&["--mqtt", &address]);
    assert_eq!(code, Some(3));
    assert!(said.contains(&format!("open mqtt at {address}")), "{said}");
}

#[test]
fn a_secret_that_is_empty_or_unfit_is_no_permission() {
    let empty = place("empty-password");
    std::fs::write(&empty, "\n").unwrap();
    let weak = place("weak-password");
    std::fs::write(&weak, "x\n").unwrap();
    let [empty, weak] = [&empty, &weak].map(|path| path.to_str().expect("text"));
    let of = |file| ["--mqtt-user", "ann", "--mqtt-password-file", file];
    for (address, file, expected) in [("0", empty, "is empty"), ("0.0.0.0:0", weak, "too weak")] {
        let arguments = [&["--allow-remote", "--mqtt", address][..], &of(file)].concat();
        let (code, said) = refused(&arguments);
        assert_eq!(code, Some(3), "{said}");
        assert!(said.contains(expected), "{said}");
    }
    let no_text = [0xFF; 20];
    for (name, value, expected) in [
        ("NODELAB_TOKEN", &b""[..], "$NODELAB_TOKEN is empty"),
        ("NODELAB_TOKEN", &no_text, "take the token: expected"),
        (
            "NODELAB_MQTT_PASSWORD",
            b"",
            "$NODELAB_MQTT_PASSWORD is empty",
        ),
        ("NODELAB_MQTT_PASSWORD", &no_text, "whose is it?"),
    ] {
        let (code, said) = refused_with((name, OsStr::from_bytes(value)), &["--mqtt", "0"]);
        assert_eq!(code, Some(3), "{name}: {said}");
        assert!(said.contains(expected), "{name}: {said}");
    }
}

#[test]
fn other_machines_come_in_by_token_or_by_address() {
    let arguments = [
        "--mqtt",
        "0.0.0.0:0",
        "--tls",
        "0.0.0.0:0",
        "--allow-remote",
        "--allow-from",
    ];
    let (own, secret) = (own_address(), "0123456789abcdef");
    let token = ("NODELAB_TOKEN", secret);
    let program = Program::serve_with(token, &[&arguments[..], &[&own.to_string()]].concat());
    program.wait_for("WARNING: mqtt takes its secret in clear text");
    let knock = |program: &Program, service| {
        let address = SocketAddr::new(own, program.address(service).port());
        let stream = TcpStream::connect(address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("not zero");
        stream
    };
    for (credentials, expected) in [
        (None, 4),
        (Some(("nodelab", "0123456789abcdeX")), 4),
        (Some(("nodelab", secret)), 0),
    ] {
        let how = LogIn {
            credentials,
            will: None,
        };
        let (_, code) = Client::log_in(knock(&program, "mqtt"), "c", &how);
        assert_eq!(code, expected, "{credentials:?}");
    }
    let mut stream = knock(&program, "tls");
    stream
        .write_all(b"GET / HTTP/1.1\r\n\r\n")
        .expect("it is let in");
    assert!(!read_to_end(&mut stream).is_empty(), "an alert");

    // 198.51.100.1 is nobody's (RFC 5737). This machine always may by a loopback address.
    let program = Program::serve_with(token, &[&arguments[..], &["198.51.100.1"]].concat());
    for service in ["mqtt", "tls"] {
        if own.is_loopback() {
            break;
        }
        assert!(read_to_end(&mut knock(&program, service)).is_empty());
        program.wait_for("not among --allow-from");
    }
    let how = LogIn {
        credentials: Some(("nodelab", secret)),
        will: None,
    };
    assert_eq!(Client::log_in(program.connect("mqtt"), "c", &how).1, 0);
}

/// Returns an address by which other machines reach this one; loopback if there is none.
fn own_address() -> IpAddr {
    // Nothing is sent: the system only chooses the way, and with it the address.
    let chosen = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("198.51.100.1:9")?;
        socket.local_addr()
    });
    chosen.map_or(Ipv4Addr::LOCALHOST.into(), |address| address.ip())
}

#[test]
fn garbage_is_cut_off_and_the_rest_keeps_working() {
    let program = Program::serve(&["--mqtt", "0", "--mqtts", "0", "--tls", "0"]);
    for service in ["mqtt", "mqtts", "tls"] {
        for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0xFF; 3_000], &[0; 100]] {
            let mut stream = program.connect(service);
            stream.write_all(garbage).ok();
            // TLS may answer with an alert before it closes.
            assert!(read_to_end(&mut stream).len() < 100, "{service}");
        }
    }
    assert_eq!(log_in(&program), 0);
    program.wait_for("malformed record");
    program.wait_for("cut off: ");
}

#[test]
fn thousands_who_say_nothing_take_little_and_disturb_nobody() {
    let program = Program::serve(&["--mqtt", "0", "--tls", "0", "--quiet"]);
    let before = resident_bytes(program.id());
    for service in ["mqtt", "tls"] {
        let address = program.address(service);
        let crowd: Vec<TcpStream> = (0..CROWD)
            .map(|_| TcpStream::connect(address).expect("there is a seat"))
            .collect();
        assert_eq!(log_in(&program), 0, "among {} others", crowd.len());
        let grown = resident_bytes(program.id()).saturating_sub(before);
        assert!(grown < 200 << 20, "{service}: {grown} bytes");
    }
}

#[test]
fn when_all_seats_are_taken_the_next_are_turned_away_until_somebody_goes() {
    // 100 files are seats for 36.
    let program = Program::serve_with_files(100, &["--mqtt", "0"]);
    program.wait_for("may open 100 files");
    let mut crowd: Vec<TcpStream> = (0..36).map(|_| program.connect("mqtt")).collect();
    let mut late = program.connect("mqtt");
    // Either is how a close looks that comes before or after what was said.
    assert!(matches!(late.read(&mut [0; 1]), Ok(0) | Err(_)));
    program.wait_for("36 connections are open");
    crowd.clear();
    for _ in 0..36 {
        program.wait_for("mqtt");
    }
    let attempts = 50;
    let came_in = (0..attempts).any(|_| {
        let mut stream = program.connect("mqtt");
        stream
            .write_all(b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01c")
            .ok();
        let mut answer = [0; 4];
        stream.read_exact(&mut answer).is_ok() && answer == [0x20, 2, 0, 0]
    });
    assert!(came_in, "none of {attempts} attempts");
}

#[test]
fn services_share_what_the_process_may_open() {
    let program = Program::serve_with_files(100, &["--mqtt", "0", "--tls", "0"]);
    let mut crowd: Vec<TcpStream> = (0..30).map(|_| program.connect("mqtt")).collect();
    // Doors do not wait for one another.
    program.wait_for("mqtt  #30 ");
    crowd.extend((0..6).map(|_| program.connect("tls")));
    let mut late = program.connect("tls");
    assert!(matches!(late.read(&mut [0; 1]), Ok(0) | Err(_)));
    let line = program.wait_for("turned ");
    let expected = "6 connections are open, and other services' take all other files (1 so far)";
    assert!(line.contains(expected), "{line}");
    drop(crowd);
}

fn log_in(program: &Program) -> u8 {
    Client::log_in(program.connect("mqtt"), "late", &LogIn::default()).1
}
