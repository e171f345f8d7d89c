//! Goal: strict mode agrees with wokwi-cli 0.26.1 on every file of the battery.
//!
//! Method: `wokwi/EXPECTED.tsv` holds what the real client did with each file. What it decides
//! without a device is compared here; rows that a device decides must pass validation and reach
//! the step that decides them.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use nodelab::scenario::{ControlValue, PinValue, StepCommand, StrictScenario, strict_validate};

/// Rows whose verdict needs a device: what it prints, answers, or never does.
const DEVICE_DECIDES: [&str; 2] = ["20-bad-part.yaml", "22-timeout.yaml"];

struct Row {
    file: String,
    exit: i32,
    output: String,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/wokwi")
}

fn rows() -> Vec<Row> {
    let table = fs::read_to_string(folder().join("EXPECTED.tsv")).expect("the table is there");
    let row = |line: &str| {
        let mut columns = line.splitn(3, '\t').map(str::to_owned);
        let mut column = || columns.next().expect("three columns");
        Row {
            file: column(),
            exit: column().parse().expect("an exit code"),
            output: column(),
        }
    };
    table.lines().skip(1).map(row).collect()
}

fn validate(file: &str) -> Result<StrictScenario, String> {
    let text = fs::read_to_string(folder().join(file)).expect("the case is there");
    strict_validate(&text).map_err(|error| error.to_string())
}

/// Returns the error that validation or the steps themselves end with.
fn static_failure(file: &str) -> Option<String> {
    match validate(file) {
        Err(error) => Some(error),
        Ok(scenario) => {
            let failure = scenario
                .steps
                .into_iter()
                .find_map(|step| step.command.err());
            failure.map(|error| error.to_string())
        }
    }
}

#[test]
fn every_file_has_its_row_and_every_row_its_file() {
    let files: BTreeSet<String> = fs::read_dir(folder())
        .expect("the battery is there")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name.split('.').next_back() == Some("yaml"))
        .collect();
    let rows: BTreeSet<String> = rows().into_iter().map(|row| row.file).collect();
    assert_eq!(files, rows);
}

#[test]
fn every_static_verdict_is_that_of_wokwi_cli() {
    for row in rows() {
        let failure = static_failure(&row.file);
        if row.exit == 0 || DEVICE_DECIDES.contains(&row.file.as_str()) {
            assert_eq!(failure, None, "{}", row.file);
            continue;
        }
        let failure = failure.unwrap_or_else(|| panic!("{} passes", row.file));
        // The table writes line breaks as bars and ends after the first lines.
        let first = row.output.split('|').next().expect("an output");
        assert_eq!(failure.lines().next(), Some(first), "{}", row.file);
        assert_eq!(row.exit, 1, "{}", row.file);
    }
}

#[test]
fn successes_name_their_scenario_as_the_client_prints_it() {
    for row in rows()
        .into_iter()
        .filter(|row| row.exit == 0 && row.output.starts_with('['))
    {
        let name = validate(&row.file).expect("it passes").name;
        let printed = format!("[{name}] Scenario completed successfully");
        let shortened = row.output.starts_with("[proposal sample]");
        assert!(
            shortened || row.output.starts_with(&printed),
            "{}: {printed}",
            row.file
        );
    }
}

#[test]
fn unknown_tags_warn_with_their_place() {
    let warnings = validate("26-tag.yaml").expect("it passes").warnings;
    let row = rows()
        .into_iter()
        .find(|row| row.file == "26-tag.yaml")
        .expect("a row");
    let first = warnings[0].lines().next().expect("a line").to_owned();
    assert!(row.output.contains(&first), "{first}");
    assert!(warnings[1].contains("line 5, co"), "{}", warnings[1]);
}

#[test]
fn only_the_first_registered_command_of_a_step_runs() {
    let steps = validate("38-handler-order.yaml").expect("it passes").steps;
    assert!(matches!(steps[0].command, Ok(StepCommand::Delay(_))));
    let steps = validate("10-two-commands.yaml").expect("it passes").steps;
    assert!(matches!(steps[0].command, Ok(StepCommand::Delay(_))));
}

#[test]
fn commands_carry_what_a_device_needs() {
    let steps = validate("08-expect-pin-value.yaml")
        .expect("it passes")
        .steps;
    let expected = StepCommand::ExpectPin {
        part: "esp".to_owned(),
        pin: "2".to_owned(),
        value: PinValue::Level(true),
    };
    assert_eq!(steps[1].command, Ok(expected));
    let steps = validate("20-bad-part.yaml").expect("it passes").steps;
    let expected = StepCommand::SetControl {
        part: "nopart".to_owned(),
        control: "x".to_owned(),
        value: ControlValue::Number(1.0),
    };
    assert_eq!(steps[0].command, Ok(expected));
    let steps = validate("14-wait-number.yaml").expect("it passes").steps;
    assert_eq!(
        steps[0].command,
        Ok(StepCommand::WaitSerial("3".to_owned()))
    );
}
