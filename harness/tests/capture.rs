//! Captures and key logs, as the command line writes them.

mod support;

use std::env;

use support::nodelab;

#[test]
fn a_capture_of_several_worlds_is_refused_before_anything_runs() {
    let file = env::temp_dir().join("nodelab-refused.pcapng");
    let path = file.display().to_string();
    let run = nodelab(&["run", "scenarios/wifi", "--pcap", &path]);
    assert_eq!(run.code, Some(3));
    assert!(run.err.contains("a capture holds one world"), "{}", run.err);
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
