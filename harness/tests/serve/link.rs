//! The link, between a client and an echo of the test's own.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener};
use std::thread;

use crate::program::{PATIENCE, Program, read_exactly, read_to_end};

/// Starts somebody who says everything again; returns where.
fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || {
                let mut own = stream.try_clone().expect("a second handle");
                std::io::copy(&mut stream, &mut own).ok();
                own.shutdown(Shutdown::Write).ok();
            });
        }
    });
    address
}

fn link(preset: &str, arguments: &[&str]) -> Program {
    let upstream = echo();
    let always = ["--link", preset, "--listen", "0", "--upstream", &upstream];
    Program::serve(&[&always, arguments].concat())
}

#[test]
fn every_byte_arrives_in_order_over_any_link() {
    for preset in ["crowded", "far", "flaky-ap", "good", "ideal"] {
        let program = link(preset, &["--seed", "1"]);
        let mut client = program.connect("link");
        let sent: Vec<u8> = (0..20_000_u32)
            .flat_map(u32::to_be_bytes)
            .take(20_000)
            .collect();
        let copy = sent.clone();
        let mut writer = client.try_clone().expect("a second handle");
        let writing = thread::spawn(move || {
            writer.write_all(&copy).expect("the link reads");
            writer.shutdown(Shutdown::Write).expect("it is open");
        });
        assert!(read_to_end(&mut client) == sent, "{preset}");
        writing.join().expect("no panic");
        program.wait_for("closed after");
        let ended = program.stop("-TERM");
        assert!(
            ended.out.contains("20000 B up, 20000 B down"),
            "{}",
            ended.out
        );
    }
}

#[test]
fn on_a_bad_link_frames_are_lost_and_come_again() {
    // Bursts spoil nine frames of ten on this one: some 60 frames, and more than half again.
    let program = link("lossy", &["--seed", "2"]);
    let mut client = program.connect("link");
    let sent: Vec<u8> = (0..8_000)
        .map(|number: u32| number.to_be_bytes()[3])
        .collect();
    let mut heard = Vec::new();
    for piece in sent.chunks(500) {
        client.write_all(piece).expect("the link reads");
        heard.extend(read_exactly::<500>(&mut client));
    }
    assert!(heard == sent);
    drop(client);
    let line = program.wait_for("closed after");
    assert!(line.contains("8000 B up, 8000 B down"), "{line}");
    assert!(!line.contains(" 0 of them again"), "{line}");
}

#[test]
fn nothing_gets_through_while_it_is_down() {
    let program = link("ideal", &["--down", "0s..3s"]);
    let mut client = program.connect("link");
    client.write_all(b"late").expect("the link reads");
    assert_eq!(&read_exactly::<4>(&mut client), b"late");
    let line = {
        drop(client);
        program.wait_for("closed after")
    };
    // The first segment is sent again after 1 s and 2 s more, by when the link is up.
    assert!(!line.contains(" 0 lost and sent again"), "{line}");
}

#[test]
fn connections_are_reset_when_asked_to() {
    let program = link("ideal", &["--drop-every", "2s"]);
    let mut client = program.connect("link");
    client.set_read_timeout(Some(PATIENCE)).expect("not zero");
    let error = client.read(&mut [0; 1]).expect_err("it does not end well");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    program.wait_for("reset by --drop-every");
}

#[test]
fn an_upstream_that_is_not_there_is_named() {
    let arguments = [
        "--link",
        "ideal",
        "--listen",
        "0",
        "--upstream",
        "127.0.0.1:1",
    ];
    let program = Program::serve(&arguments);
    let mut client = program.connect("link");
    assert!(client.read(&mut [0; 1]).is_err(), "reset");
    let line = program.wait_for("127.0.0.1:1: ");
    assert!(line.contains("refused"), "{line}");
}
