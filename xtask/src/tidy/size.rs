//! How long files and lines may be.
//!
//! Owns the limits and the statistics. Functions are measured by clippy (`too_many_lines`).

use crate::tidy::tree::{File, Finding, Tree};

/// Lines a file should have at most.
const FILE_SOFT: usize = 400;
/// Lines a file may have at most, tests included.
const FILE_HARD: usize = 800;
/// What half of the files should stay below.
const MEDIAN: usize = 200;
/// Characters a line of code may have at most.
const LINE: usize = 100;
/// Endings of files whose lines are measured; prose and data wrap as they like.
const MEASURED: [&str; 3] = ["rs", "sh", "yaml"];

/// Finds Rust files that are too long to read.
pub(crate) fn files_are_short(tree: &Tree) -> Vec<Finding> {
    let length = |file: &File| file.text.lines().count();
    let long = tree.rust("").filter(|file| length(file) > FILE_HARD);
    long.map(|file| {
        let message = format!("{} lines, {FILE_HARD} are allowed; split it", length(file));
        Finding::at(&file.path, 0, message)
    })
    .collect()
}

/// Finds lines of code that do not fit the page.
pub(crate) fn lines_are_short(tree: &Tree) -> Vec<Finding> {
    let measured = tree.files.iter().filter(|file| {
        let known = MEASURED.iter().any(|ending| file.has_extension(ending));
        // The strict Wokwi battery holds other people's layout on purpose.
        (known || file.path == ".ci/run") && !file.path.starts_with("harness/tests/wokwi/")
    });
    let mut findings = Vec::new();
    for file in measured {
        for (index, line) in file.text.lines().enumerate() {
            let length = line.chars().count();
            // An address cannot be broken.
            let is_address = line.split_whitespace().any(|word| {
                (word.contains("http://") || word.contains("https://")) && word.len() > LINE / 2
            });
            if length > LINE && !is_address {
                let message = format!("{length} characters, {LINE} are allowed");
                findings.push(Finding::at(&file.path, index + 1, message));
            }
        }
    }
    findings
}

/// Returns remarks that fail nothing.
pub(crate) fn notes(tree: &Tree) -> Vec<String> {
    let mut sizes: Vec<(usize, &str)> = tree
        .rust("")
        .map(|file| (file.text.lines().count(), file.path.as_str()))
        .collect();
    sizes.sort_unstable();
    let mut notes: Vec<String> = sizes
        .iter()
        .filter(|(lines, _)| *lines > FILE_SOFT)
        .map(|(lines, path)| format!("note: {path} has {lines} lines, {FILE_SOFT} are enough"))
        .collect();
    if let Some((median, _)) = sizes.get(sizes.len() / 2) {
        let verdict = if *median > MEDIAN { "above" } else { "within" };
        notes.push(format!(
            "{} Rust files, median {median} lines, {verdict} the {MEDIAN} wanted",
            sizes.len()
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_over_the_hard_limit_is_found() {
        let tree = |lines: usize| {
            let text = "//! a\n".repeat(lines);
            files_are_short(&Tree::of(&[("a.rs", &text)])).len()
        };
        assert_eq!((tree(800), tree(801)), (0, 1));
    }

    #[test]
    fn a_line_is_measured_in_characters() {
        let line = |length: usize| {
            let text = "°".repeat(length);
            lines_are_short(&Tree::of(&[("a.rs", &text), ("a.md", &text)])).len()
        };
        assert_eq!((line(100), line(101)), (0, 1));
    }

    #[test]
    fn only_a_long_address_may_stick_out() {
        let address = format!("// https://{}", "a".repeat(100));
        let short = format!("// https://a.b {}", "a".repeat(100));
        assert!(lines_are_short(&Tree::of(&[("a.rs", &address)])).is_empty());
        assert_eq!(lines_are_short(&Tree::of(&[("a.rs", &short)])).len(), 1);
    }

    #[test]
    fn long_files_and_the_median_are_noted() {
        let long = "a\n".repeat(401);
        let notes = notes(&Tree::of(&[("a.rs", "a\n"), ("b.rs", &long)]));
        assert_eq!(notes[0], "note: b.rs has 401 lines, 400 are enough");
        assert_eq!(
            notes[1],
            "2 Rust files, median 401 lines, above the 200 wanted"
        );
    }
}
