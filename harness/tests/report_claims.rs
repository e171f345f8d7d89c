//! Reports name every claim that did not hold, each once.

mod support;

use std::fs;
use std::path::PathBuf;

use support::{Run, nodelab};

/// Five claims that fail in each of 25 worlds, most of them again and again, and one that holds.
const BROKEN: &str = "name: Nothing holds
version: 1
x-nodelab:
  duration: 20min
  seeds: 25
  expect:
    - error-at-most: 0.01 °C
    - reading-between: 90..95 °C
    - serial: 'Godot'
    - queue-at-most: 32
    - never: { serial: 'C' }
    - published-at-least: 1000000
steps:
  - wait-serial: TMP36
";

fn run(name: &str, arguments: &[&str]) -> (Run, String) {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let text = BROKEN.replace(
        "  expect:",
        "  node: { publish: { topic: room/1/temperature } }\n  expect:",
    );
    fs::write(&path, text).expect("the folder for tests can be written");
    let path = path.to_str().expect("a path in UTF-8");
    let run = nodelab(&[&["run", path][..], arguments].concat());
    assert_eq!(run.code, Some(1), "{}", run.err);
    (run, path.to_owned())
}

#[test]
fn github_has_an_annotation_for_each_claim_at_its_line() {
    let (run, path) = run("github.test.yaml", &["--report", "github"]);
    let errors = run.out.lines().filter(|line| line.starts_with("::error"));
    let mut places: Vec<u32> = errors
        .map(|line| {
            assert!(line.ends_with("%0Ain 25 of 25 worlds"), "{line}");
            let line = line.split(",line=").nth(1).expect("there is a line");
            line.split(',').next().and_then(|n| n.parse().ok())
        })
        .map(|line| line.expect("a number"))
        .collect();
    places.sort_unstable();
    assert_eq!(places, [8, 9, 10, 12, 13], "{path}");
    assert!(run.out.contains("4 times or more, first at 00:0"));
    assert!(!run.out.contains("no annotation"), "{}", run.out);
}

#[test]
fn github_counts_the_claims_that_have_no_annotation() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("many.test.yaml");
    let claims = "    - error-at-most: 0.01 °C\n".repeat(12);
    let text = format!(
        "name: n\nversion: 1\nx-nodelab:\n  duration: 10min\n  expect:\n{claims}steps: \
         []\n"
    );
    fs::write(&path, text).expect("the folder for tests can be written");
    let path = path.to_str().expect("a path in UTF-8");
    let run = nodelab(&["run", path, "--report", "github"]);
    assert_eq!(run.out.matches("::error file=").count(), 10, "{}", run.out);
    assert!(run.out.contains("%0A2 more claims that did not hold"));
}

#[test]
fn text_tells_one_world_in_full_and_the_others_in_a_line_each() {
    let (run, path) = run("text.test.yaml", &["--serial", "never"]);
    let blocks = run.out.matches("      expected ").count();
    assert_eq!(blocks, 3, "{}", run.out);
    assert!(run.out.contains("      repeats  4 times or more"));
    assert!(run.out.contains(" more violations of this run:\n"));
    for claim in [
        "error-at-most",
        "reading-between",
        "serial",
        "never",
        "published-at-least",
    ] {
        assert!(run.out.contains(claim), "{claim}: {}", run.out);
    }
    let further = run
        .out
        .lines()
        .filter(|line| line.starts_with("FAIL  seed"));
    let further: Vec<&str> = further.collect();
    assert_eq!(further.len(), 20, "{}", run.out);
    for (line, seed) in further.iter().zip(2..) {
        let replay = format!("nodelab run {path} --seed {seed} --until ");
        assert!(line.contains(&replay), "{line}");
        assert!(line.contains(" and 4 more claims · "), "{line}");
    }
    assert!(run.out.contains("and 4 more worlds of this scenario"));
}

#[test]
fn a_page_lists_what_is_claimed_and_how_it_stood() {
    let (run, _) = run("page.test.yaml", &["--report", "html=-", "--jobs", "1"]);
    let page = &run.out;
    let claims = page
        .split("<h4>Claims</h4>")
        .nth(1)
        .expect("there is a list");
    let claims = claims.split("</ul>").next().expect("it ends");
    assert_eq!(claims.matches("<li class=\"failed\">").count(), 5);
    assert_eq!(claims.matches("<li class=\"passed\">").count(), 2);
    assert!(claims.contains("<code>error-at-most: 0.01 °C</code>"));
    assert!(claims.contains("line 8 · in 25 of 25 worlds; with seed 1: 4 times or more"));
    let card = page
        .split("What did not hold")
        .nth(1)
        .expect("there is a card");
    let card = card.split("</article>").next().expect("it ends");
    for claim in [
        "error-at-most",
        "reading-between",
        "Godot",
        "never",
        "published-at-least",
    ] {
        assert!(card.contains(claim), "{claim}: {card}");
    }
}
