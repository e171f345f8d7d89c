//! `run --trace`: what nodes were told is enough to live their lives again.
//!
//! Method: record worlds through the real binary, then replay each life on a node that stands
//! alone, and compare what it states with what it prints, and with a second recording.

mod support;

use std::fs;
use std::path::PathBuf;

use node_core::{Effect, Event, Node};
use node_wire::{Lives, Request, split};

use support::nodelab;

/// A reading, what the tutorial shows, and losses of power.
const SCENARIOS: [&str; 3] = [
    "scenarios/first-reading.test.yaml",
    "scenarios/tutorial",
    "scenarios/power",
];

#[test]
fn a_trace_is_the_same_on_one_thread_and_on_many() {
    assert_eq!(record("one", "1"), record("many", "8"));
}

#[test]
fn a_node_that_is_told_the_same_prints_the_same() {
    let path = target("first");
    let run = nodelab(&["run", SCENARIOS[0], "--serial", "always", "--trace", &path]);
    let file = fs::read(path).expect("the trace was written");
    let life = Lives::new(&file)
        .next()
        .expect("a life")
        .expect("a whole one");
    assert_eq!(
        life.name,
        "scenarios/first-reading.test.yaml seed 1 node 0 boot 0"
    );
    let printed = replay(life.requests).0;
    assert!(!printed.is_empty());
    for line in String::from_utf8(printed).expect("text").lines() {
        assert!(run.out.contains(line), "{line} is not in {}", run.out);
    }
}

#[test]
fn every_life_begins_with_a_boot_and_takes_readings() {
    let file = record("all", "2");
    let mut readings = 0;
    for life in Lives::new(&file) {
        readings += replay(life.expect("a whole life").requests).1;
    }
    assert!(readings > 100, "{readings} readings");
}

fn target(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.lives"));
    path.to_str().expect("a path in UTF-8").to_owned()
}

fn record(name: &str, jobs: &str) -> Vec<u8> {
    let path = target(name);
    let run = nodelab(
        &[
            &["run"],
            &SCENARIOS[..],
            &["--jobs", jobs, "--trace", &path],
        ]
        .concat(),
    );
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    fs::read(path).expect("the trace was written")
}

/// Lives a life again, and returns what was printed and how many readings were taken.
fn replay(requests: &[u8]) -> (Vec<u8>, u32) {
    let (mut rest, mut node, mut printed, mut readings) = (requests, None::<Node>, Vec::new(), 0);
    while let Some(frame) = split(rest).expect("legal lengths") {
        rest = frame.rest;
        match Request::decode(frame.body).expect("a request") {
            Request::Boot { config, seed, now } => {
                node = Some(Node::new(config, seed, now).expect("it ran with this"));
            }
            Request::Handle { now, input } => {
                node.as_mut().expect("it booted").handle(now, input);
            }
            Request::Dump | Request::Measure | Request::Queued => panic!("nobody asks while recording"),
        }
        let node = node.as_mut().expect("it booted");
        while let Some(effect) = node.poll() {
            match effect {
                Effect::SerialWrite(bytes) => printed.extend_from_slice(bytes),
                Effect::Event(Event::ReadingTaken(_)) => readings += 1,
                Effect::Command(_) | Effect::Event(_) | Effect::StreamWrite(_) => {}
            }
        }
    }
    assert!(rest.is_empty(), "a frame was cut");
    (printed, readings)
}
