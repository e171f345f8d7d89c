//! `nodelab tls` as its users meet it.

mod support;

use insta::assert_snapshot;
use serde_json::Value;

use support::{Run, nodelab};

/// Cells that are few and quick, and differ in everything.
const FEW: &str =
    "--cell auth=p256 --cell intermediates=0 --cell mutual=false --cell aead=aes128gcm";

fn tls(arguments: &str) -> Run {
    let mut words = vec!["tls"];
    words.extend(arguments.split_whitespace());
    nodelab(&words)
}

fn rows(arguments: &str) -> Vec<Value> {
    let run = tls(&format!("{arguments} --format json"));
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{arguments}");
    let rows: Value = serde_json::from_str(&run.out).expect("JSON");
    rows.as_array().expect("an array").clone()
}

#[test]
fn help_shows_every_key_and_examples() {
    let parts = ["", "advise ", "calibrate ", "compare ", "plot ", "trace "].map(|command| {
        let run = tls(&format!("{command}--help"));
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
        format!("$ nodelab tls {command}--help\n{}", run.out)
    });
    assert_snapshot!("help_tls", parts.join("\n"));
}

#[test]
fn the_core_table_reads_well_in_every_format() {
    for format in ["table", "markdown", "csv"] {
        let run = tls(&format!("--format {format}"));
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
        assert_snapshot!(format!("core_{format}"), run.out);
    }
    // All of it is long; one cell shows every key.
    let run =
        tls("--cell 1.3,kx=p256,auth=p256,mode=full,intermediates=0,mutual=false --format json");
    assert_snapshot!("one_cell_json", run.out);
}

#[test]
fn every_row_has_the_promised_keys() {
    let rows = rows("");
    assert!((40..=48).contains(&rows.len()), "{} cells", rows.len());
    for row in &rows {
        let skipped = !row["skipped"].is_null();
        for key in ["protocol", "auth", "mode", "kx", "aead"] {
            assert!(row[key].is_string(), "{key} in {row}");
        }
        assert!(
            row["intermediates"].is_u64() && row["mutual"].is_boolean(),
            "{row}"
        );
        for key in [
            "bytes_up",
            "bytes_down",
            "flights",
            "records",
            "round_trips",
        ] {
            assert_eq!(row[key].is_null(), skipped, "{key} in {row}");
        }
        for device in row["devices"].as_array().expect("an array") {
            let skipped = device["skipped"].is_string();
            for key in [
                "seconds_low",
                "seconds_high",
                "millijoules_low",
                "millijoules_high",
            ] {
                assert_eq!(device[key].is_f64(), !skipped, "{key} in {device}");
            }
            let keys = device.as_object().expect("an object");
            assert!(keys.contains_key("instructions") && keys.contains_key("ram_bytes"));
        }
    }
    assert!(
        rows.iter()
            .any(|row| row["skipped"] == "x25519mlkem768-needs-tls-1.3")
    );
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let one = tls(&format!("{FEW} --jobs 1 --format json"));
    let many = tls(&format!("{FEW} --jobs 7 --format json"));
    assert_eq!(one.code, Some(0));
    assert_eq!(one.out, many.out);
    let other = tls(&format!("{FEW} --jobs 7 --format json --seed 2"));
    assert_ne!(one.out, other.out, "another seed draws other bytes");
}

#[test]
fn stateless_tickets_eat_what_resumption_saves_in_bytes() {
    let cell = "--full --cell 1.3,auth=p256,kx=x25519,aead=aes128gcm,intermediates=1,mutual=true";
    let rows = rows(&format!("{cell} --cell mode=full --cell mode=ticket"));
    let [full, resumed] = &rows[..] else {
        panic!("two cells: {rows:?}");
    };
    let bytes = |row: &Value| {
        let number = |value: &Value| value.as_u64().expect("a number");
        let ticket = number(&row["tickets"]["bytes_down"]);
        (
            number(&row["bytes_up"]) + number(&row["bytes_down"]),
            ticket,
        )
    };
    let (full, resumed) = (bytes(full), bytes(resumed));
    assert!(
        full.1 > 900,
        "a ticket holds the node's certificates: {full:?}"
    );
    let all = |(handshake, ticket)| handshake + ticket;
    assert!(all(resumed) * 10 > all(full) * 6, "{resumed:?} of {full:?}");
}

#[test]
fn ml_kem_adds_its_key_and_its_ciphertext() {
    let rows = rows(&format!("{FEW} --full --cell 1.3,mode=full"));
    let of = |kx: &str, key: &str| {
        let row = rows.iter().find(|row| row["kx"] == kx).expect("a row");
        row[key].as_u64().expect("a number")
    };
    let more = |key| of("x25519mlkem768", key) - of("x25519", key);
    assert_eq!((more("bytes_up"), more("bytes_down")), (1_184, 1_088));
}

#[test]
fn comparisons_say_what_changes_and_why() {
    for (name, cells) in [
        ("compare_kx", "1.3 1.3,kx=x25519mlkem768"),
        (
            "compare_ticket",
            "1.3,mutual=true 1.3,mutual=true,mode=ticket",
        ),
        ("compare_same", "1.2 1.2"),
    ] {
        let run = tls(&format!("compare {cells}"));
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{cells}");
        assert_snapshot!(name, run.out);
    }
    let run = tls("compare 1.3 1.3,auth=rsa2048 --format json");
    let parsed: Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(parsed["changed"][0]["key"], "auth");
    let devices = parsed["devices"].as_array().expect("an array");
    let marked = |one: &Value| one["a"].is_null() == one["a_basis"].is_null();
    assert!(devices.iter().all(marked), "{devices:?}");
}

#[test]
fn advice_for_programs_marks_every_figure() {
    let run = tls("advise --format json --top 1");
    let parsed: Value = serde_json::from_str(&run.out).expect("JSON");
    let choice = &parsed["choices"][0];
    assert_eq!(choice["joules_a_day_basis"], "modelled");
    for figure in [
        "instructions",
        "seconds",
        "connected_seconds",
        "millijoules",
    ] {
        let basis = &choice["full"][format!("{figure}_basis")];
        assert!(basis.is_string(), "{figure}: {basis}");
    }
}

#[test]
fn advice_follows_what_the_server_demands() {
    for (demand, expected) in [
        ("--server mutual=true", "mutual=true"),
        ("--server mode=ticket", "mode=full"),
        ("--server auth=rsa2048", "auth=rsa2048"),
    ] {
        let run = tls(&format!("advise {demand} --top 1"));
        assert_eq!(run.code, Some(0), "{}", run.err);
        let cell = run.out.lines().find(|line| line.contains("cell: "));
        assert!(
            cell.is_some_and(|cell| cell.contains(expected)),
            "{demand}: {}",
            run.out
        );
    }
}

#[test]
fn rows_are_sorted_by_what_they_show() {
    let run = tls("--cell 1.3,mode=full --device esp32c3-160 --sort seconds --format table");
    let cells = |line: &str| {
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let rows = run.out.lines().map(cells);
    let highest = rows.filter_map(|row| {
        let band = row.iter().find(|cell| cell.starts_with(['?', '~']))?;
        band.rsplit('–').next()?.parse::<f64>().ok()
    });
    let highest: Vec<f64> = highest.collect();
    assert!(highest.len() > 10, "{}", run.out);
    assert!(highest.is_sorted(), "{highest:?}");
}

#[test]
fn traces_are_in_order_and_repeat() {
    let run = tls("trace 1.3,kx=p256");
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert_snapshot!("trace", run.out);
    assert_eq!(run.out, tls("trace kx=p256").out);
    let run = tls("trace 1.2,mode=session-id --format json");
    let parsed: Value = serde_json::from_str(&run.out).expect("JSON");
    let operations = parsed["operations"].as_array().expect("an array");
    assert!(operations.iter().all(|one| one["operation"].is_string()));
}

#[test]
fn advice_for_an_esp8266_on_batteries_can_be_followed() {
    let run =
        tls("advise --device esp8266-80 --battery 2500mAh --connections-per-day 24 --ram 36000");
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert_snapshot!("advise_esp8266", run.out);
}

#[test]
fn advice_for_an_esp32_c3_with_post_quantum_wishes_says_what_is_missing() {
    let run = tls("advise --device esp32c3-160 --post-quantum wish --floor 128 --top 2");
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert_snapshot!("advise_c3", run.out);
    let run = tls("advise --device esp32c3-160 --post-quantum must --format json");
    let parsed: Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(parsed["choices"].as_array().map(Vec::len), Some(0));
    assert!(parsed["post_quantum"]["missing"].is_array());
}

#[test]
fn advice_obeys_every_constraint() {
    let run = tls(
        "advise --device esp8266-160 --server auth=rsa2048 --server protocol=1.2 \
                   --mutual false --link gprs --format json --top 9",
    );
    let parsed: Value = serde_json::from_str(&run.out).expect("JSON");
    let choices = parsed["choices"].as_array().expect("an array");
    assert!(!choices.is_empty());
    for choice in choices {
        let cell = choice["full"]["cell"].as_str().expect("text");
        assert!(cell.starts_with("protocol=1.2,auth=rsa2048,"), "{cell}");
        assert!(
            choice["joules_a_day_low"].is_null(),
            "a modem's draw is not modelled"
        );
    }
    let run = tls("advise --device esp8266-160 --ram 1000 --format json");
    let parsed: Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(parsed["choices"].as_array().map(Vec::len), Some(0));
}

#[test]
fn the_plot_is_a_picture_with_both_devices() {
    let out = std::env::temp_dir().join(format!("nodelab-tls-{}.svg", std::process::id()));
    let run = tls(&format!("plot --out {}", out.display()));
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let svg = std::fs::read_to_string(&out).expect("it was written");
    std::fs::remove_file(&out).expect("it can be removed");
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    for words in [
        "ESP8266 at 80 MHz",
        "ESP32-C3 at 160 MHz",
        "prefers-color-scheme: dark",
    ] {
        assert!(svg.contains(words), "{words}");
    }
    let run = tls("plot --out /no/such/folder/tls.svg");
    assert_eq!((run.code, run.out.as_str()), (Some(3), ""));
}

#[test]
fn the_book_shows_what_the_commands_print() {
    let book = |name: &str| {
        let path = support::root().join("docs/src").join(name);
        std::fs::read_to_string(path).expect("it is committed")
    };
    let again = "see the end of docs/src/tls-lab.md for how to make it again";
    let table = tls("--format markdown").out;
    let page = format!("# The table of the TLS lab\n\n{table}");
    assert!(book("tls-table.md") == page, "the table: {again}");
    let out = std::env::temp_dir().join(format!("nodelab-book-{}.svg", std::process::id()));
    tls(&format!("plot --out {}", out.display()));
    let svg = std::fs::read_to_string(&out).expect("it was written");
    std::fs::remove_file(&out).expect("it can be removed");
    assert!(book("images/tls-lab.svg") == svg, "the plot: {again}");
}

#[test]
fn wrong_arguments_are_invalid_input_and_name_what_is_right() {
    let cases = [
        "--cell auth=p265",
        "--cell kx=kyber",
        "--cell p256",
        "--cell chain=2",
        "--device esp32",
        "--stack wolfssl",
        "--link wifi",
        "--format html",
        "--sort time",
        "--tickets 3",
        "--cell auth=p384 --cell mode=hrr",
        "trace 1.2,kx=x25519mlkem768",
        "compare 1.3",
        "advise --floor 256",
        "advise --battery lots",
    ];
    let told: Vec<String> = cases
        .into_iter()
        .map(|arguments| {
            let run = tls(arguments);
            assert_eq!((run.code, run.out.as_str()), (Some(3), ""), "{arguments}");
            format!("$ nodelab tls {arguments}\n{}", run.err.trim_end())
        })
        .collect();
    assert_snapshot!("wrong_tls", told.join("\n\n"));
}
