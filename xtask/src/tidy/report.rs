//! Runs every rule and prints what they found.
//!
//! Owns the table of rules, and the exceptions that are allowed for a while. Does not know what
//! a rule looks for.

use crate::console;
use crate::root::root;
use crate::tidy::tree::{Finding, Tree};
use crate::tidy::{
    book, comments, homes, image, layers, modules, purity, scenarios, size, text, words,
};

/// A rule: its name, and what finds its breaches.
struct Rule {
    name: &'static str,
    check: fn(&Tree) -> Vec<Finding>,
}

const RULES: [Rule; 27] = [
    rule("blanks", text::no_stray_blanks),
    rule("book-blocks", book::blocks_name_a_language),
    rule("book-doctests", book::rust_pages_are_doctests),
    rule("book-links", book::links_lead_somewhere),
    rule("book-summary", book::summary_lists_every_page),
    rule("comment-change", comments::describe_the_code),
    rule("comment-code", comments::hold_no_code),
    rule("comment-todo", comments::todos_have_an_issue),
    rule("conflicts", text::no_conflict_markers),
    rule("core-dependencies", purity::core_has_no_dependency),
    rule("core-names", purity::core_names_no_transport),
    rule("file-head", comments::every_file_has_a_head),
    rule("file-length", size::files_are_short),
    rule("harness-layers", layers::harness_points_down),
    rule("image", image::images_are_of_their_sources),
    rule("line-length", size::lines_are_short),
    rule("machine-paths", text::no_machine_paths),
    rule("module-files", modules::module_files_only_list),
    rule("node-handle", purity::one_file_drives_the_node),
    rule("order", purity::one_file_orders_events),
    rule("pages-exist", text::named_pages_exist),
    rule("private-words", text::no_private_words),
    rule("scenarios", scenarios::are_short_and_named),
    rule("sim-layers", layers::sim_points_left),
    rule("sim-purity", purity::sim_touches_nothing),
    rule("third-party", homes::each_has_one_home),
    rule("words", words::no_shortened_words),
];

/// A breach that may stay for a while. One that matches nothing is a finding itself.
#[derive(Clone, Copy)]
struct Waiver {
    rule: &'static str,
    path: &'static str,
    why: &'static str,
}

const WAIVERS: [Waiver; 0] = [];

/// Prints notes, and fails with all findings.
pub(crate) fn check_tree() -> Result<(), String> {
    let tree = Tree::read(&root()).map_err(|error| format!("cannot read the tree: {error}"))?;
    for waiver in &WAIVERS {
        console::say(&format!(
            "    waived: {} in {}: {}",
            waiver.rule, waiver.path, waiver.why
        ));
    }
    for note in size::notes(&tree) {
        console::say(&format!("    {note}"));
    }
    let findings = findings(&tree, &RULES, &WAIVERS);
    if findings.is_empty() {
        console::say(&format!(
            "    {} rules hold in {} files",
            RULES.len(),
            tree.files.len()
        ));
        return Ok(());
    }
    Err(format!(
        "{} findings\n  {}",
        findings.len(),
        findings.join("\n  ")
    ))
}

/// Runs the task.
pub(crate) fn run(_arguments: &[String]) -> Result<(), String> {
    check_tree()
}

const fn rule(name: &'static str, check: fn(&Tree) -> Vec<Finding>) -> Rule {
    Rule { name, check }
}

/// Returns what the rules found and no waiver allows, and the waivers that allow nothing.
fn findings(tree: &Tree, rules: &[Rule], waivers: &[Waiver]) -> Vec<String> {
    let mut used = vec![false; waivers.len()];
    let mut lines = Vec::new();
    for rule in rules {
        for finding in (rule.check)(tree) {
            let waived = waivers
                .iter()
                .position(|waiver| waiver.rule == rule.name && waiver.path == finding.path);
            if let Some(index) = waived {
                used[index] = true;
                continue;
            }
            let place = if finding.line == 0 {
                finding.path
            } else {
                format!("{}:{}", finding.path, finding.line)
            };
            lines.push(format!("{place}: {} [{}]", finding.message, rule.name));
        }
    }
    let idle = waivers.iter().zip(used).filter(|(_, used)| !used);
    lines.extend(idle.map(|(waiver, _)| {
        format!(
            "xtask/src/tidy/report.rs: the waiver of {} in {} allows nothing; delete it",
            waiver.rule, waiver.path
        )
    }));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        let tree = Tree::read(&root()).expect("the project is readable");
        let found = findings(&tree, &RULES, &WAIVERS);
        assert!(found.is_empty(), "\n{}\n", found.join("\n"));
    }

    #[test]
    fn rules_are_sorted_and_unique() {
        assert!(RULES.is_sorted_by(|left, right| left.name < right.name));
    }

    #[test]
    fn a_waiver_allows_its_breach_and_no_other() {
        let rules = [rule("loud", |tree| {
            let finding = |file: &crate::tidy::tree::File| Finding::at(&file.path, 1, "loud");
            tree.files.iter().map(finding).collect()
        })];
        let tree = Tree::of(&[("a", ""), ("b", "")]);
        let waiver = Waiver {
            rule: "loud",
            path: "a",
            why: "",
        };
        assert_eq!(findings(&tree, &rules, &[waiver]), ["b:1: loud [loud]"]);
    }

    #[test]
    fn a_waiver_that_allows_nothing_is_a_finding() {
        let waiver = Waiver {
            rule: "order",
            path: "gone.rs",
            why: "",
        };
        let found = findings(&Tree::of(&[]), &[], &[waiver]);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("gone.rs"));
    }
}
