//! Goal: what a user reads about a malformed scenario helps to mend it.
//!
//! Method: one snapshot per kind of mistake, to be reviewed as prose.

use nodelab::diagnostic::{Colour, render_all};
use nodelab::scenario::parse;

/// Returns everything that is said about a scenario text.
fn messages(text: &str) -> String {
    let found = match parse(text, "room.test.yaml") {
        Ok((_, warnings)) => warnings,
        Err(diagnostics) => diagnostics,
    };
    render_all(&found, Colour::Plain)
}

/// Returns what is said about the contents of an `x-nodelab` block.
fn about_block(block: &str) -> String {
    let block = block.trim_end().replace('\n', "\n  ");
    messages(&format!(
        "name: A claim\nversion: 1\nx-nodelab:\n  {block}\nsteps: []\n"
    ))
}

/// Returns what is said about a list of steps.
fn about_steps(steps: &str) -> String {
    messages(&format!("name: A claim\nversion: 1\nsteps:\n{steps}"))
}

#[test]
fn misspelt_keys_find_their_name() {
    insta::assert_snapshot!(about_block(
        "node: { sampel-interval: 60s, Publish: off }\nwifi: { losss: 2%, colour: red }\nseedz: 4\n"
    ));
}

#[test]
fn values_without_a_unit_say_which_to_write() {
    insta::assert_snapshot!(about_block(
        "duration: 30\nenvironment: { temperature: 22 }\nwifi: { loss: 2 }\nclock: { drift: 50 }\n"
    ));
}

#[test]
fn values_with_a_wrong_unit_show_the_forms() {
    insta::assert_snapshot!(about_block(
        "duration: 5m\nenvironment: { temperature: 72 F }\nsupply: 3.3 volts\nboot: 20s..5s\n"
    ));
}

#[test]
fn values_out_of_range_show_the_range() {
    insta::assert_snapshot!(about_block(
        "nodes: 0\nseeds: 1.5\nnode:\n  oversample: 17\n  \
         sample-interval: 8 d\nwifi: { loss: 120% }\n"
    ));
}

#[test]
fn words_that_are_no_option_show_the_options() {
    insta::assert_snapshot!(about_block(
        "ideal: yes\nnode: { filter: medain }\nsensor: { grade: H, air: water }\n"
    ));
}

#[test]
fn cores_that_no_world_has_say_where_they_run() {
    insta::assert_snapshot!(about_block("node: { core: lx106 }\n"));
    insta::assert_snapshot!(about_block("node: { core: riscv }\n"));
    insta::assert_snapshot!(about_block("node: { core: esp32c3 }\n"));
    insta::assert_snapshot!(about_block("nodes: 10000\nnode: { core: riscv32imc }\n"));
}

#[test]
fn calibration_points_must_differ() {
    insta::assert_snapshot!(about_block("node: { calibrate: [25 °C, 25.0 °C] }\n"));
}

#[test]
fn publishing_is_checked_as_mqtt_wants_it() {
    insta::assert_snapshot!(about_block(
        "node:\n  publish:\n    topic: room/+/temperature\n    qos: 2\n    password: secret\n    \
         client-id: a-name-far-too-long-for-the-forty-eight-bytes-of-a-node\n"
    ));
}

#[test]
fn faults_name_when_whom_and_what() {
    insta::assert_snapshot!(about_block(
        "faults:\n  - { acces-point-down: { for: 5s } }\n  - { at: 5s, node: 1, reset: {} }\n  \
         - { at: 5s, node: 0, broker-down: {} }\n  \
         - { at: 5s, reset: {}, power-cut: { for: 1s } }\n  \
         - reset\n"
    ));
}

#[test]
fn times_must_lie_inside_the_run() {
    insta::assert_snapshot!(about_block(
        "duration: 10min\nnode: { publish: {} }\nfaults:\n  \
         - { at: 40min, reset: {} }\n  - { at: 5min, access-point-down: { for: 2min..4min } }\n\
         by-hand: { temperature: [{ at: 10min, hold: 30 °C }], serial: [{ at: 1h, write: x }] }\n\
         expect:\n  - converges-within: 10min\n  - acked-within: 2h\n"
    ));
}

#[test]
fn claims_about_delivery_need_publishing() {
    insta::assert_snapshot!(about_block(
        "expect:\n  - acked-within: 10s\n  - published-at-least: 3\n  - never: rebooted\n  \
         - never: serial\n  \
         - { readings-lost: 0, queue-at-most: 3 }\n  - sensor-fault: broken\n"
    ));
}

#[test]
fn claims_about_energy_need_books_and_a_battery() {
    insta::assert_snapshot!(about_block(
        "expect:\n  - energy-per-reading-at-most: 200 mJ\n  - battery-life-at-least: 1d\n"
    ));
    insta::assert_snapshot!(about_block(
        "power: { battery: 2500, board: nodemuc, clock: 240 MHz, supply: 1 V }\n"
    ));
}

#[test]
fn each_form_of_the_network_has_its_own_keys() {
    insta::assert_snapshot!(about_block(
        "node: { watchdog: 3s }\nwifi: { channel: 3 }\ntcp: esp-radio\ntls: true\nfaults:\n  \
         - { at: 5s, dhcp-silent: { for: 5s } }\n  - { at: 5s, attack: garbage }\nexpect:\n  \
         - confidential: true\n"
    ));
    insta::assert_snapshot!(about_block(
        "network: real\nwifi: { join: 3s, channel: 14, distance: 5, power-save: deep, \
         cache: [adress], dns: { name: a_b } }\nnodes: 3\nfaults:\n  \
         - { at: 5s, node: 1, beacons-lost: { for: 5s } }\n  \
         - { at: 5s, attack: { impostor: unknown, kind: garbage } }\nexpect:\n  \
         - alert: unknown-ca\n  - alert: {}\n  - tls-failure: untrusted\n  \
         - first-publish-between: 4s\n"
    ));
    insta::assert_snapshot!(about_block(
        "network: real\ntls: { verify: sometimes, versions: 1.1, intermediates: 4, \
         server-name: a b }\n"
    ));
    insta::assert_snapshot!(about_block(
        "network: real\nfaults:\n  - { at: 5s, attack: impostor }\n  \
         - { at: 5s, attack: { kind: drip, for: 5 } }\n  - { at: 5s, attack: tampered }\n"
    ));
    insta::assert_snapshot!(about_block("network: { kind: real }\ntls: yes please\n"));
}

#[test]
fn courses_of_temperature_are_checked() {
    insta::assert_snapshot!(about_block(
        "environment: { temperature: { ramp: { from: 20 °C }, step: {} } }\n"
    ));
    insta::assert_snapshot!(about_block(
        "environment: { temperature: { ramp: { from: 20 °C } } }\n"
    ));
}

#[test]
fn a_block_that_is_no_mapping_lists_the_keys() {
    insta::assert_snapshot!(about_block("[60s]\n"));
}

#[test]
fn unknown_steps_find_their_name() {
    insta::assert_snapshot!(about_steps(
        "  - wait-seriall: BOOT\n  - wifi-down: 10s\n  - just text\n  - name: label only\n"
    ));
}

#[test]
fn two_commands_in_a_step_say_which_would_run() {
    insta::assert_snapshot!(about_steps("  - wait-serial: BOOT\n    delay: 300ms\n"));
}

#[test]
fn delays_need_a_unit_that_steps_know() {
    insta::assert_snapshot!(about_steps(
        "  - delay: 500\n  - delay: 5min\n  - delay: [1s]\n"
    ));
}

#[test]
fn slips_that_wokwi_fails_on_are_warned_about() {
    insta::assert_snapshot!(about_steps(
        "  - expect-pin: { part-id: esp, name: D4, expected: 1 }\n  \
         - expect-pin: { part-id: esp, name: D4, value: high }\n  \
         - set-control: { part-id: t1, control: temperature, value: '85' }\n"
    ));
}

#[test]
fn incomplete_steps_name_what_is_missing() {
    insta::assert_snapshot!(about_steps(
        "  - expect-pin: { name: D4, value: 2 }\n  - set-control: { part-id: t1, value: hot }\n  \
         - write-serial: [104, 300]\n  - take-screenshot: { part-id: lcd }\n  \
         - touch: { part-id: lcd, x: 1, y: '2' }\n  - wait-serial:\n"
    ));
}

#[test]
fn a_bad_head_is_told_key_by_key() {
    insta::assert_snapshot!(messages("version: '1'\nstep: []\nx-nodelabs: {}\n"));
}

#[test]
fn duplicate_keys_point_at_both_lines() {
    insta::assert_snapshot!(messages("name: a\nversion: 1\nname: b\nsteps: []\n"));
}

#[test]
fn yaml_that_is_none_points_at_the_place() {
    insta::assert_snapshot!(messages(
        "name: a\nversion: 1\nsteps:\n\t- wait-serial: x\n"
    ));
    insta::assert_snapshot!(messages("name: 'a\nversion: 1\n"));
    insta::assert_snapshot!(messages("name: a: b\nversion: 1\n"));
    insta::assert_snapshot!(messages("name: a\nversion 1\nsteps: []\n"));
    insta::assert_snapshot!(messages("name: *star\nversion: 1\n"));
    insta::assert_snapshot!(messages("name: a\nsteps: [1, 2\n"));
}

#[test]
fn a_second_document_is_pointed_at() {
    insta::assert_snapshot!(messages("name: a\nversion: 1\nsteps: []\n---\nmore: 1\n"));
}

#[test]
fn what_is_no_scenario_at_all_says_so() {
    insta::assert_snapshot!(messages(""));
    insta::assert_snapshot!(messages("[1, 2]"));
}
