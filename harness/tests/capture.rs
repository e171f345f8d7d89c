//! Captures and key logs, as the command line writes them.
//!
//! Tests that start tshark are ignored where nothing says that it is there; `cargo xtask test
//! tshark` runs them.

mod support;
#[path = "../../sim/tests/capture/tshark.rs"]
mod tshark;

use std::path::PathBuf;
use std::{env, fs, process};

use serde_json::Value;
use support::nodelab;
use tshark::CaptureFile;

const PLAIN: &str = "scenarios/security/eavesdropper-plain.test.yaml";
const MUTUAL: &str = "scenarios/network/mutual.test.yaml";
const TLS_1_2: &str = "scenarios/network/tls-1-2.test.yaml";
const TLS_1_3: &str = "scenarios/network/tls-1-3.test.yaml";
const MICROPYTHON: &str = "scenarios/security/no-verification-micropython.test.yaml";
/// Both forms of a capture.
const LINKS: [&str; 2] = ["ethernet", "radio"];

/// Files of one test, gone when it ends.
struct Files {
    pcap: PathBuf,
    keylog: PathBuf,
}

/// What a run wrote and said.
struct Recorded {
    capture: Vec<u8>,
    secrets: Vec<u8>,
    /// `recorded` of the JSON report.
    told: Value,
}

impl Files {
    fn new(name: &str) -> Self {
        let base = format!("nodelab-{}-{name}", process::id());
        let place = |end| env::temp_dir().join(format!("{base}.{end}"));
        Self {
            pcap: place("pcapng"),
            keylog: place("keys"),
        }
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        fs::remove_file(&self.pcap).ok();
        fs::remove_file(&self.keylog).ok();
    }
}

fn record(name: &str, scenario: &str, link: &str) -> Recorded {
    let files = Files::new(name);
    let [pcap, keylog] = [&files.pcap, &files.keylog].map(|file| file.display().to_string());
    let run = nodelab(&[
        "run",
        scenario,
        "--seed",
        "1",
        "--pcap",
        &pcap,
        "--pcap-link",
        link,
        "--keylog",
        &keylog,
        "--report",
        "json",
        "--serial",
        "never",
    ]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    let report: Value = serde_json::from_str(&run.out).expect("the report is JSON");
    Recorded {
        capture: fs::read(&files.pcap).expect("the capture was written"),
        secrets: fs::read(&files.keylog).expect("the key log was written"),
        told: report["scenarios"][0]["recorded"].clone(),
    }
}

/// Checks that tshark reads, with the file alone, what the report says is in it.
fn tshark_agrees(name: &str, scenario: &str) {
    for link in LINKS {
        let recorded = record(&format!("{name}-{link}"), scenario, link);
        let file = CaptureFile::new(&format!("{name}-{link}"), &recorded.capture);
        file.is_spotless();
        let said = |key: &str| {
            recorded.told["capture"][key]
                .as_u64()
                .expect("it is counted")
        };
        let sum = |filter: &str, field: &str| {
            let rows = file.fields(filter, &[field]).concat();
            let each = rows
                .iter()
                .map(|text| text.parse::<u64>().expect("a length"));
            (rows.len() as u64, each.sum::<u64>())
        };
        assert_eq!(sum("frame", "frame.len"), (said("frames"), said("bytes")));
        assert_eq!(
            sum("tcp", "tcp.len"),
            (said("tcp_segments"), said("tcp_bytes"))
        );
        assert_eq!(file.count("tls", "tls.record.length"), said("tls_records"));
        let published = file.count("mqtt.msgtype == 3", "mqtt.topic");
        assert_eq!(published, said("mqtt_messages"));
        assert!(published >= 20, "{published}");
        if said("tls_records") == 0 {
            assert_eq!(file.count("mqtt", "mqtt.msgtype"), said("mqtt_packets"));
        } else {
            assert_eq!(said("mqtt_packets"), 0);
        }
    }
}

#[test]
#[ignore = "needs tshark: cargo xtask test tshark"]
fn tshark_counts_what_the_report_says_of_plain_mqtt() {
    tshark_agrees("plain", PLAIN);
}

#[test]
#[ignore = "needs tshark: cargo xtask test tshark"]
fn tshark_decrypts_tls_1_2_and_counts_what_the_report_says() {
    tshark_agrees("tls-1-2", TLS_1_2);
}

#[test]
#[ignore = "needs tshark: cargo xtask test tshark"]
fn tshark_decrypts_tls_1_3_and_counts_what_the_report_says() {
    tshark_agrees("tls-1-3", TLS_1_3);
}

#[test]
#[ignore = "needs tshark: cargo xtask test tshark"]
fn tshark_decrypts_mutual_tls_and_counts_what_the_report_says() {
    tshark_agrees("mutual", MUTUAL);
}

#[test]
fn two_runs_write_the_same_capture_and_the_same_secrets() {
    for link in LINKS {
        let [one, two] =
            ["one", "two"].map(|name| record(&format!("{name}-{link}"), TLS_1_3, link));
        assert!(one.capture == two.capture && one.secrets == two.secrets);
        assert!(one.capture.starts_with(&[0x0A, 0x0D, 0x0D, 0x0A]));
    }
}

#[test]
fn the_report_counts_the_secrets_of_the_key_log() {
    let recorded = record("counted", TLS_1_3, "ethernet");
    let secrets = String::from_utf8(recorded.secrets).expect("a key log is text");
    assert!(secrets.contains("CLIENT_TRAFFIC_SECRET_0 "), "{secrets}");
    let lines = secrets.lines().count() as u64;
    assert_eq!(recorded.told["keylog"]["secrets"], lines);
    let plain = record("uncounted", PLAIN, "ethernet");
    assert!(plain.secrets.is_empty());
    assert_eq!(plain.told["keylog"]["secrets"], 0);
}

#[test]
fn the_text_report_names_the_capture_below_its_scenario() {
    let files = Files::new("text");
    let [pcap, keylog] = [&files.pcap, &files.keylog].map(|file| file.display().to_string());
    let run = nodelab(&[
        "run", PLAIN, "--seed", "1", "--pcap", &pcap, "--keylog", &keylog, "--serial", "never",
    ]);
    let out = run.out.replace(&pcap, "CAPTURE").replace(&keylog, "KEYLOG");
    insta::assert_snapshot!(out);
}

#[test]
fn a_path_that_cannot_be_written_ends_the_command_before_the_run() {
    for (option, what) in [("--pcap", "the capture"), ("--keylog", "the key log")] {
        let run = nodelab(&["run", PLAIN, "--seed", "1", option, "no-such-folder/file"]);
        assert_eq!(run.code, Some(3), "{}", run.err);
        assert!(run.out.is_empty(), "{}", run.out);
        let wanted = format!("error: failed to create {what} no-such-folder/file");
        assert!(run.err.starts_with(&wanted), "{}", run.err);
    }
}

#[test]
fn a_dash_is_no_file() {
    let run = nodelab(&["run", PLAIN, "--seed", "1", "--pcap", "-"]);
    assert_eq!(run.code, Some(3));
    assert!(run.err.contains("name a file"), "{}", run.err);
    assert!(run.out.is_empty());
}

#[test]
fn a_capture_and_a_key_log_need_two_files() {
    let run = nodelab(&["run", PLAIN, "--seed", "1", "--pcap", "x", "--keylog", "x"]);
    assert_eq!(run.code, Some(3));
    assert!(run.err.contains("the same file"), "{}", run.err);
}

#[test]
fn layers_of_shipped_scenarios_add_up_and_fit_100_columns() {
    for scenario in [PLAIN, TLS_1_2, TLS_1_3, MUTUAL, MICROPYTHON] {
        let text = nodelab(&["explain", "layers", scenario]);
        assert_eq!(text.code, Some(0), "{}", text.err);
        for line in text.out.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
        let json = nodelab(&["explain", "layers", scenario, "--format", "json"]);
        let told: Value = serde_json::from_str(&json.out).expect("it is JSON");
        let sum = |list: &str| -> u64 {
            let all = told[list].as_array().expect("it is a list");
            all.iter().filter_map(|one| one["bytes"].as_u64()).sum()
        };
        assert_eq!(sum("layers"), told["bytes"]);
        assert_eq!(sum("frames"), told["bytes"]);
        // One reading in one record in one segment: nothing else travels with it.
        assert!(!json.out.contains("other bytes"), "{}", json.out);
        assert_eq!(told["tls"].is_null(), scenario == PLAIN);
        let visible = &told["eavesdropper"]["searched"][0]["visible"];
        assert_eq!(*visible, Value::Bool(scenario == PLAIN));
    }
}

#[test]
fn layers_of_micropython_are_those_of_cbc_and_prove_nothing() {
    let run = nodelab(&["explain", "layers", MICROPYTHON]);
    insta::assert_snapshot!(run.out);
}

#[test]
fn a_capture_of_several_worlds_is_refused_before_anything_runs() {
    let file = env::temp_dir().join("nodelab-refused.pcapng");
    let path = file.display().to_string();
    let run = nodelab(&["run", "scenarios/wifi", "--pcap", &path]);
    assert_eq!(run.code, Some(3));
    assert!(
        run.err.contains("such a file holds one world"),
        "{}",
        run.err
    );
    assert!(run.err.contains("--seed"), "{}", run.err);
    assert!(run.out.is_empty() && !file.exists());
}

#[test]
fn a_modelled_network_is_named_and_nothing_runs() {
    let file = env::temp_dir().join("nodelab-modelled.pcapng");
    let path = file.display().to_string();
    let scenario = "scenarios/wifi/link-loss.test.yaml";
    let run = nodelab(&["run", scenario, "--seed", "1", "--pcap", &path]);
    assert_eq!(run.code, Some(3));
    assert!(run.err.contains(scenario), "{}", run.err);
    assert!(run.err.contains("network: real"), "{}", run.err);
    assert!(run.out.is_empty() && !file.exists());
}

#[test]
fn layers_of_a_modelled_network_are_not_explained() {
    let run = nodelab(&["explain", "layers", "scenarios/wifi/link-loss.test.yaml"]);
    assert_eq!(run.code, Some(3));
    assert!(run.err.contains("network: real"), "{}", run.err);
}

#[test]
fn a_form_without_a_capture_is_refused() {
    let run = nodelab(&["run", "scenarios", "--pcap-link", "radio"]);
    assert_eq!(run.code, Some(3));
    assert!(run.err.contains("--pcap"), "{}", run.err);
}
