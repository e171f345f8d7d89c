//! Pictures of the terminal UI, drawn into memory: the same scene is the same picture.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nodelab::prepare;
use nodelab::tui::{Choice, Palette, Studio, svg};
use nodelab_sim::SimTime;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::KeyCode;
use ratatui::style::Color;

const COLOURS: Palette = Palette { has_colours: true };
const MONO: Palette = Palette { has_colours: false };
const SMALL: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (120, 40);

fn scenario(path: &str) -> Choice {
    // Names in pictures do not depend on where the repository is.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = fs::read_to_string(root.join(path)).expect("it is shipped");
    let boards = root.join("boards").display().to_string();
    let text = text
        .replace("../../boards", &boards)
        .replace("../boards", &boards);
    let (prepared, _) = prepare::prepare_text(&text, path).expect("it is valid");
    Choice::scenario(prepared, None)
}

fn living_room(size: (u16, u16), palette: Palette) -> Studio {
    let choice = scenario("scenarios/tui/living-room.test.yaml");
    Studio::new(vec![choice], size, palette)
}

fn at(seconds: f64) -> SimTime {
    let ns = std::time::Duration::from_secs_f64(seconds).as_nanos();
    SimTime::from_nanos(ns.try_into().expect("tests are short"))
}

fn rows(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    let row = |y| {
        let cells = (0..area.width).map(|x| buffer[(x, y)].symbol());
        cells.collect::<String>().trim_end().to_owned()
    };
    (0..area.height).map(row).collect()
}

fn picture(studio: &mut Studio) -> String {
    rows(studio.picture()).join("\n")
}

#[test]
fn at_the_beginning_everything_says_that_it_waits() {
    insta::assert_snapshot!(picture(&mut living_room(SMALL, COLOURS)));
}

#[test]
fn a_running_world_fills_every_panel() {
    let mut studio = living_room(SMALL, COLOURS);
    studio.go_to(at(700.0));
    insta::assert_snapshot!("running_80x24", picture(&mut studio));
    studio.resize(120, 40);
    insta::assert_snapshot!("running_120x40", picture(&mut studio));
}

#[test]
fn a_handshake_is_shown_message_by_message() {
    let mut studio = living_room(LARGE, COLOURS);
    studio.go_to(at(4.9));
    insta::assert_snapshot!(picture(&mut studio));
}

#[test]
fn a_fault_is_on_the_status_line_and_in_the_log() {
    let mut studio = living_room(SMALL, COLOURS);
    studio.go_to(at(930.0));
    let picture = picture(&mut studio);
    assert!(
        picture.contains("⚠ access point down for 30.0 s"),
        "{picture}"
    );
    insta::assert_snapshot!(picture);
}

#[test]
fn a_fleet_is_a_map_that_keys_move_in() {
    let mut studio = Studio::new(
        vec![scenario("scenarios/scale/thousand-nodes.test.yaml")],
        LARGE,
        COLOURS,
    );
    studio.press(KeyCode::Char('f'));
    studio.go_to(at(62.0));
    studio.press(KeyCode::Down);
    studio.press(KeyCode::Char(']'));
    insta::assert_snapshot!("fleet_120x40", picture(&mut studio));
    studio.press(KeyCode::Char('m'));
    studio.resize(80, 24);
    insta::assert_snapshot!("fleet_80x24_by_error", picture(&mut studio));
}

#[test]
fn the_help_overlay_names_every_key() {
    let mut studio = living_room(SMALL, COLOURS);
    studio.press(KeyCode::Char('?'));
    insta::assert_snapshot!(picture(&mut studio));
}

#[test]
fn a_terminal_that_is_too_small_is_told_so() {
    let mut studio = living_room((60, 10), COLOURS);
    insta::assert_snapshot!(picture(&mut studio), @r"
    nodelab needs 80×24 characters; this terminal has 60×10.
    Make it larger or its font smaller. q quits.
    ");
}

#[test]
fn several_scenarios_are_chosen_from_a_list() {
    let paths = [
        "scenarios/tui/living-room.test.yaml",
        "scenarios/first-reading.test.yaml",
    ];
    let mut studio = Studio::new(paths.map(scenario).to_vec(), SMALL, COLOURS);
    insta::assert_snapshot!("list", picture(&mut studio));
    studio.press(KeyCode::Down);
    studio.press(KeyCode::Enter);
    studio.go_to(at(3.0));
    assert!(picture(&mut studio).contains("A TMP36 at 25 °C reads 25.0 °C"));
}

#[test]
fn without_colours_the_same_is_said_and_nothing_is_coloured() {
    for seconds in [0.0, 8.7, 700.0, 930.0] {
        let (mut coloured, mut plain) = (living_room(LARGE, COLOURS), living_room(LARGE, MONO));
        coloured.go_to(at(seconds));
        plain.go_to(at(seconds));
        let plain = plain.picture();
        assert_eq!(rows(coloured.picture()), rows(plain), "at {seconds} s");
        let colours = |cell: &ratatui::buffer::Cell| (cell.fg, cell.bg);
        let plain_only = |cell| colours(cell) == (Color::Reset, Color::Reset);
        assert!(plain.content.iter().all(plain_only), "at {seconds} s");
    }
}

#[test]
fn only_the_sixteen_colours_of_every_terminal_are_used() {
    let mut studio = living_room(LARGE, COLOURS);
    studio.go_to(at(930.0));
    let is_basic = |colour| !matches!(colour, Color::Indexed(_) | Color::Rgb(..));
    let cells = &studio.picture().content;
    assert!(
        cells
            .iter()
            .all(|cell| is_basic(cell.fg) && is_basic(cell.bg))
    );
}

#[test]
fn a_recording_looks_as_the_run_did() {
    let file = temporary("recording.ndjson");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let run = Command::new(env!("CARGO_BIN_EXE_nodelab"))
        .args([
            "run",
            "scenarios/tui/living-room.test.yaml",
            "--until",
            "00:20:00",
            "--record",
        ])
        .arg(&file)
        .current_dir(root)
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    for seconds in [0.0, 8.7, 930.0, 1_100.0, 20.0] {
        let mut live = living_room(SMALL, COLOURS);
        let recording = Choice::recording(file.clone(), None);
        let mut replayed = Studio::new(vec![recording], SMALL, COLOURS);
        live.go_to(at(seconds));
        replayed.go_to(at(seconds));
        let (live, replayed) = (rows(live.picture()), rows(replayed.picture()));
        // The title says what it is, and the last row which keys there are.
        assert!(replayed[0].contains("recording"));
        assert_eq!(live[1..23], replayed[1..23], "at {seconds} s");
    }
    fs::remove_file(file).unwrap();
}

#[test]
fn a_recording_cannot_be_changed() {
    let file = temporary("unchanged.ndjson");
    fs::write(&file, include_str!("data/events.ndjson")).unwrap();
    let mut studio = Studio::new(vec![Choice::recording(file.clone(), None)], SMALL, COLOURS);
    studio.press(KeyCode::Char('a'));
    let picture = picture(&mut studio);
    assert!(
        picture.contains("a recording cannot be changed"),
        "{picture}"
    );
    fs::remove_file(file).unwrap();
}

#[test]
fn a_file_that_is_no_recording_is_told_so() {
    let file = temporary("nonsense.ndjson");
    fs::write(&file, "nonsense\n").unwrap();
    let mut studio = Studio::new(vec![Choice::recording(file.clone(), None)], SMALL, COLOURS);
    let picture = picture(&mut studio);
    assert!(
        picture.contains("line 1 is no line of the stream"),
        "{picture}"
    );
    fs::remove_file(file).unwrap();
}

#[test]
fn going_back_shows_what_was_and_forgets_nothing_that_was_done() {
    let mut studio = living_room(SMALL, COLOURS);
    studio.go_to(at(300.0));
    studio.press(KeyCode::Char('u'));
    studio.go_to(at(400.0));
    let first = rows(studio.picture());
    assert!(
        first.iter().any(|row| row.contains("⚠ sensor fault")),
        "{first:?}"
    );
    studio.go_to(at(200.0));
    let before = rows(studio.picture());
    assert!(
        !before.iter().any(|row| row.contains("sensor fault")),
        "{before:?}"
    );
    studio.go_to(at(400.0));
    // The last but one says what was done, once.
    assert_eq!(rows(studio.picture())[1..22], first[1..22]);
}

#[test]
fn what_is_done_while_time_stands_still_waits_and_can_be_taken_back() {
    let mut studio = living_room(LARGE, COLOURS);
    studio.go_to(at(100.0));
    studio.press(KeyCode::Char('p'));
    let waiting = picture(&mut studio);
    assert!(
        waiting.contains("power cut of node 0, as soon as time goes on"),
        "{waiting}"
    );
    studio.press(KeyCode::Char('p'));
    let back = picture(&mut studio);
    assert!(back.contains("taken back: power cut of node 0"), "{back}");
    assert!(!back.contains('◆'), "{back}");
    studio.go_to(at(110.0));
    let after = picture(&mut studio);
    assert!(!after.contains("⚠ power cut"), "{after}");
    studio.press(KeyCode::Char('p'));
    studio.go_to(at(111.0));
    let cut = picture(&mut studio);
    assert!(cut.contains("✗ no power"), "{cut}");
}

#[test]
fn what_the_scenario_broke_is_not_broken_again() {
    let mut studio = living_room(LARGE, COLOURS);
    studio.go_to(at(930.0));
    studio.press(KeyCode::Char('a'));
    let picture = picture(&mut studio);
    assert!(
        picture.contains("already down by the scenario"),
        "{picture}"
    );
}

#[test]
fn a_list_is_filtered_by_typing_and_q_goes_back_to_it() {
    let paths = [
        "scenarios/tui/living-room.test.yaml",
        "scenarios/first-reading.test.yaml",
    ];
    let mut studio = Studio::new(paths.map(scenario).to_vec(), SMALL, COLOURS);
    assert!(picture(&mut studio).contains("1/2 scenarios"));
    studio.type_text("/FIRST-");
    let found = picture(&mut studio);
    assert!(
        found.contains("1/1 scenarios that hold `FIRST-`, 2 in all"),
        "{found}"
    );
    studio.press(KeyCode::Enter);
    studio.go_to(at(3.0));
    assert!(picture(&mut studio).contains("A TMP36 at 25 °C reads 25.0 °C"));
    studio.press(KeyCode::Char('q'));
    assert!(picture(&mut studio).contains("1/1 scenarios"));
    studio.press(KeyCode::Esc);
    assert!(picture(&mut studio).contains("2/2 scenarios"));
}

#[test]
fn letters_typed_at_the_console_are_no_keys_until_esc() {
    let mut studio = living_room(LARGE, COLOURS);
    studio.go_to(at(100.0));
    studio.press(KeyCode::Char('i'));
    for _ in 0..2 {
        studio.type_text("help");
        studio.press(KeyCode::Enter);
    }
    studio.type_text("p");
    let typing = picture(&mut studio);
    assert!(typing.contains("Esc ends typing"), "{typing}");
    studio.press(KeyCode::Esc);
    studio.go_to(at(110.0));
    let after = picture(&mut studio);
    assert!(!after.contains("power cut"), "{after}");
    assert!(after.contains("> i: type here"), "{after}");
}

#[test]
fn what_is_saved_runs_to_the_digest_that_is_shown() {
    let file = temporary("saved.test.yaml");
    fs::remove_file(&file).ok();
    let mut studio = living_room((200, 30), COLOURS);
    studio.go_to(at(100.0));
    studio.press(KeyCode::Char('a'));
    studio.go_to(at(160.0));
    studio.press(KeyCode::Char('a'));
    studio.type_text("++ut");
    studio.type_text("31.5");
    studio.press(KeyCode::Enter);
    studio.type_text("istatus");
    studio.press(KeyCode::Enter);
    studio.press(KeyCode::Esc);
    studio.go_to(at(400.0));
    studio.type_text("pubr");
    studio.press(KeyCode::Char('s'));
    for _ in 0..200 {
        studio.press(KeyCode::Backspace);
    }
    studio.type_text(file.to_str().unwrap());
    studio.press(KeyCode::Enter);
    let shown = picture(&mut studio);
    let digest = shown
        .split("digest ")
        .nth(1)
        .and_then(|rest| rest.get(..32));
    let digest = digest.unwrap_or_else(|| panic!("no digest in\n{shown}"));
    let run = Command::new(env!("CARGO_BIN_EXE_nodelab"))
        .arg("run")
        .arg(&file)
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&run.stdout);
    assert!(report.contains(digest), "{digest} not in\n{report}");
    // What is there already is left alone.
    let text = fs::read_to_string(&file).unwrap();
    studio.press(KeyCode::Char('s'));
    for _ in 0..200 {
        studio.press(KeyCode::Backspace);
    }
    studio.type_text(file.to_str().unwrap());
    studio.press(KeyCode::Enter);
    assert!(picture(&mut studio).contains("exists: name another file"));
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    fs::remove_file(file).unwrap();
}

#[test]
fn when_the_scenarios_time_is_over_nothing_can_be_done() {
    let mut studio = living_room(SMALL, COLOURS);
    studio.press(KeyCode::End);
    studio.press(KeyCode::Char('a'));
    let picture = picture(&mut studio);
    assert!(picture.contains("✓ passed"), "{picture}");
    assert!(picture.contains("the scenario's time is over"), "{picture}");
}

/// Draws the pictures of the documentation; where they are not the same, `UPDATE_PICTURES=1` in
/// the environment writes them anew.
#[test]
fn the_pictures_of_the_documentation_are_current() {
    let mut outage = living_room(LARGE, COLOURS);
    outage.go_to(at(1_031.88));
    check_picture(
        "tui.svg",
        outage.picture(),
        "nodelab tui scenarios/tui/living-room.test.yaml",
        "One node after an access point restarted: temperatures, link, TLS handshake, energy, \
         log, console and broker",
    );
    let thousand = scenario("scenarios/scale/thousand-nodes.test.yaml");
    let mut fleet = Studio::new(vec![thousand], LARGE, COLOURS);
    fleet.press(KeyCode::Char('f'));
    fleet.go_to(at(36.0));
    for key in [KeyCode::Down, KeyCode::Down, KeyCode::Char(']')] {
        fleet.press(key);
    }
    check_picture(
        "tui-fleet.svg",
        fleet.picture(),
        "nodelab tui scenarios/scale/thousand-nodes.test.yaml",
        "A thousand nodes as a map: who is on, linked, connected",
    );
}

fn check_picture(name: &str, buffer: &Buffer, title: &str, description: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs/src/images")
        .join(name);
    let drawn = svg(buffer, title, description);
    if std::env::var_os("UPDATE_PICTURES").is_some() {
        fs::write(&path, &drawn).expect("the picture can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == drawn,
        "{} is not current: UPDATE_PICTURES=1 cargo test -p nodelab --test tui pictures",
        path.display()
    );
}

fn temporary(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("nodelab-tui-{}-{name}", std::process::id()))
}
