//! `nodelab wifi` as its users meet it.

mod support;

use insta::assert_snapshot;
use serde_json::Value;

use support::nodelab;

#[test]
fn help_shows_what_is_computed() {
    let run = nodelab(&["wifi", "--help"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert_snapshot!("help_wifi", run.out);
}

#[test]
fn tables_read_alike_for_people_and_programs() {
    for (name, arguments) in [
        ("11g_five_stations", "--standard 11g --stations 5 --open"),
        ("11n_one_station", "--payload 64"),
        ("11b_csv", "--standard 11b --short-preamble --format csv"),
        ("mcs7_json", "--rate mcs7 --stations 50 --format json"),
    ] {
        let mut words = vec!["wifi"];
        words.extend(arguments.split(' '));
        let run = nodelab(&words);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{arguments}");
        assert_snapshot!(name, run.out);
    }
}

#[test]
fn json_has_the_airtimes_of_the_standard() {
    let run = nodelab(&["wifi", "--standard", "11b", "--open", "--format", "json"]);
    let rows: Value = serde_json::from_str(&run.out).expect("JSON");
    let airtimes: Vec<f64> = rows
        .as_array()
        .expect("an array")
        .iter()
        .map(|row| row["airtime_us"].as_f64().expect("a number"))
        .collect();
    assert_eq!(airtimes, [12_794.0, 6_594.0, 2_685.0, 1_568.0]);
    assert!(
        rows[3]["goodput_mbps"]
            .as_f64()
            .is_some_and(|mbps| (6.0..6.2).contains(&mbps))
    );
}

#[test]
fn two_runs_print_the_same() {
    let arguments = ["wifi", "--standard", "11g", "--stations", "20"];
    assert_eq!(nodelab(&arguments).out, nodelab(&arguments).out);
}

#[test]
fn wrong_arguments_are_invalid_input_and_name_what_is_right() {
    let cases = [
        "--standard 11ac",
        "--standard 11g --rate 5.5",
        "--rate 54",
        "--stations 0",
        "--payload 3000",
        "--standard 11g --short-preamble",
    ];
    let told: Vec<String> = cases
        .into_iter()
        .map(|arguments| {
            let mut words = vec!["wifi"];
            words.extend(arguments.split(' '));
            let run = nodelab(&words);
            assert_eq!((run.code, run.out.as_str()), (Some(3), ""), "{arguments}");
            format!("$ nodelab wifi {arguments}\n{}", run.err.trim_end())
        })
        .collect();
    assert_snapshot!("wrong", told.join("\n\n"));
}
