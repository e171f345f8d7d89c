//! What a shipped scenario looks like.
//!
//! Owns length, name and ending. `nodelab check` judges everything else.

use crate::tidy::tree::{Finding, Tree};

/// Lines a scenario may have at most.
const LINES: usize = 60;

/// Finds scenarios that are too long, have no name of their own, or that no one would run.
pub(crate) fn are_short_and_named(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut names: Vec<(&str, &str)> = Vec::new();
    for file in tree.below("scenarios/") {
        if !file.has_extension("yaml") && !file.has_extension("yml") {
            continue;
        }
        let mut report = |message: String| findings.push(Finding::at(&file.path, 0, message));
        if !file.path.ends_with(".test.yaml") {
            report("a scenario's file ends in `.test.yaml`".to_owned());
        }
        let count = file.text.lines().count();
        if count > LINES {
            report(format!(
                "{count} lines, {LINES} are allowed; one claim each"
            ));
        }
        let name = file
            .text
            .lines()
            .find_map(|line| line.strip_prefix("name:"));
        let name = name.map(|name| name.trim().trim_matches(['\'', '"']));
        match name.filter(|name| !name.is_empty()) {
            None => report("no `name`, which states the claim".to_owned()),
            Some(name) => {
                if let Some((_, other)) = names.iter().find(|(known, _)| *known == name) {
                    report(format!("{other} has the same name"));
                }
                names.push((name, &file.path));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_scenario_is_found() {
        let text = |lines: usize| format!("name: a\n{}", "# b\n".repeat(lines - 1));
        assert_eq!(count(&[("scenarios/a.test.yaml", &text(60))]), 0);
        assert_eq!(count(&[("scenarios/a.test.yaml", &text(61))]), 1);
    }

    #[test]
    fn a_scenario_needs_a_name_of_its_own() {
        assert_eq!(count(&[("scenarios/a.test.yaml", "version: 1\n")]), 1);
        assert_eq!(count(&[("scenarios/a.test.yaml", "name: ''\n")]), 1);
        let same = [
            ("scenarios/a.test.yaml", "name: a\n"),
            ("scenarios/b.test.yaml", "name: 'a'\n"),
        ];
        assert_eq!(count(&same), 1);
    }

    #[test]
    fn a_scenario_has_the_ending_that_a_folder_is_searched_for() {
        assert_eq!(count(&[("scenarios/a.yaml", "name: a\n")]), 1);
        assert_eq!(count(&[("scenarios/room.csv", "0,20\n")]), 0);
    }

    fn count(files: &[(&str, &str)]) -> usize {
        are_short_and_named(&Tree::of(files)).len()
    }
}
