//! The HTML report as its readers meet it: a file that a browser opens.
//!
//! Method: the real binary writes pages, a strict reader and, where it is installed, Chromium
//! read them. Tests that start Chromium are ignored where nothing says that it is there; `cargo
//! xtask test html-browser` runs them.

#[path = "report_html/browser.rs"]
mod browser;
#[path = "report_html/outline.rs"]
mod outline;
mod support;

use std::fs;
use std::path::PathBuf;

use insta::assert_snapshot;

use browser::{Browser, Scheme};
use outline::{check, tags};
use support::nodelab;

const FIRST: &str = "scenarios/first-reading.test.yaml";
const DAY: &str = "scenarios/sensor/calibrated-day.test.yaml";
const CELL: &str = "scenarios/power/ten-months-on-a-cell.test.yaml";
const IMPOSTOR: &str = "scenarios/security/impostor-wrong-name.test.yaml";

/// What issue 6 allows a day-long scenario.
const BYTES_MAX: usize = 2_000_000;

/// Fails, in words that would be code if a page took them so.
const HOSTILE: &str = r#"name: "A <script>alert(1)</script> & ']]>' \" onload=x \u202e name"
version: 1
x-nodelab:
  duration: 20min
  nodes: 2
  seeds: 2
  node: { publish: { topic: 'room/<img src=x>/]]>/"{node}"' } }
  faults:
    - { at: 5min, access-point-down: { for: 5min } }
  expect:
    - error-at-most: 0.1 °C
steps:
  - wait-serial: TMP36
  - write-serial: "\x01\x02<b>\x1b[31m"
"#;

fn file(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// Runs scenarios and returns the page.
fn report(name: &str, arguments: &[&str]) -> String {
    let path = file(name);
    let target = format!("html={path}");
    let mut all = vec!["run"];
    all.extend(arguments);
    all.extend(["--report", &target]);
    let run = nodelab(&all);
    assert!(matches!(run.code, Some(0 | 1)), "{}", run.err);
    fs::read_to_string(&path).expect("the report was written")
}

fn hostile(name: &str) -> String {
    let path = file(&format!("{name}.test.yaml"));
    fs::write(&path, HOSTILE).expect("the folder for tests can be written");
    path
}

#[test]
fn a_page_has_everything_in_its_place() {
    let page = report("first.html", &[IMPOSTOR, CELL, "--seeds", "1"]);
    check(&page);
    assert_snapshot!(outline::outline(&tags(&page)));
}

#[test]
fn what_others_wrote_is_text_and_nothing_else() {
    let page = report("hostile.html", &[&hostile("hostile")]);
    check(&page);
    assert!(page.contains("&#60;script&#62;alert(1)&#60;/script&#62;"));
    assert!(
        page.contains("room/&#60;img src=x&#62;"),
        "the topic is shown"
    );
    assert!(
        !page.contains('\u{202e}'),
        "nothing turns the direction of text"
    );
}

#[test]
fn what_failed_stands_on_top_with_a_command_that_shows_it_again() {
    let failing = hostile("failing");
    let page = report("failing.html", &[FIRST, &failing]);
    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("no {words}"));
    assert!(at("What did not hold") < at("<h2 id=\"contents\">"));
    assert!(at("2 of 3 worlds failed") < at("What did not hold"));
    let command = &page[at("<pre class=\"replay\"")..];
    let command = command.split("<code>").nth(1).expect("there is code");
    let command = command.split("</code>").next().expect("code ends");
    let words: Vec<&str> = command.split(' ').collect();
    assert_eq!(words[..2], ["nodelab", "run"]);
    let again = nodelab(&words[1..]);
    assert_eq!(again.code, Some(1), "{command}: {}", again.out);
}

#[test]
fn equal_runs_give_equal_files() {
    let arguments = [IMPOSTOR, FIRST, "--seeds", "3"];
    let one = report("equal-1.html", &[&arguments[..], &["--jobs", "1"]].concat());
    let two = report("equal-2.html", &[&arguments[..], &["--jobs", "4"]].concat());
    assert!(one == two, "the pages differ");
}

#[test]
fn a_day_fits_into_two_megabytes() {
    for scenario in [DAY, CELL] {
        let page = report("day.html", &[scenario, "--seeds", "1"]);
        check(&page);
        assert!(page.len() < BYTES_MAX, "{scenario}: {}", page.len());
    }
}

#[test]
fn many_worlds_are_counted_not_all_listed() {
    let page = report("many.html", &[FIRST, "--seeds", "230"]);
    check(&page);
    assert!(page.contains("230 worlds"));
    assert!(page.contains("30 more worlds are left out"));
    assert_eq!(page.matches("<section class=\"world\"").count(), 1);
}

#[test]
#[ignore = "needs Chromium"]
fn nothing_is_wider_than_a_phone_and_everything_can_be_read() {
    let failing = hostile("phone");
    let arguments = [&failing, IMPOSTOR, CELL, DAY, "--seeds", "1"];
    let page = report("phone.html", &arguments);
    let browser = Browser::new("phone");
    for (width, scheme) in [
        (360, Scheme::Light),
        (360, Scheme::Dark),
        (1_200, Scheme::Light),
        (1_200, Scheme::Dark),
    ] {
        let seen = browser.measure(&page, width, scheme);
        assert_eq!(seen.width, width, "{seen:?}");
        assert_eq!(seen.resources, 0, "{seen:?}");
        assert!(seen.checked > 500, "{seen:?}");
        assert!(seen.faint.is_empty(), "{scheme:?} at {width}: {seen:?}");
        assert_eq!(seen.is_dark, scheme == Scheme::Dark, "{seen:?}");
    }
}

#[test]
#[ignore = "needs Chromium"]
fn a_browser_draws_and_prints_it() {
    let page = report("draw.html", &[IMPOSTOR, "--seeds", "1"]);
    let browser = Browser::new("draw");
    for scheme in [Scheme::Light, Scheme::Dark] {
        let colours = browser.colours(&page, scheme);
        assert!(colours > 100, "{scheme:?}: {colours} colours");
    }
    let pages = browser.printed_pages(&page);
    assert!((2..40).contains(&pages), "{pages} pages");
}
