//! What comments must and must not say.
//!
//! Owns heads of files, left-over work, code in comments and talk about changes. Each check is
//! conservative: it would rather miss a breach than accuse a good sentence.

use crate::tidy::source::Source;
use crate::tidy::tree::{Finding, Tree};

/// Words that mark work to be done.
const MARKS: [&str; 4] = ["TODO", "FIXME", "XXX", "HACK"];
/// Talk about an earlier state of the code. Written in two halves, so that this file passes
/// its own rule.
const CHANGES: [(&str, &str); 9] = [
    ("no ", "longer"),
    ("instead of the ", "old"),
    ("used ", "to be"),
    ("now ", "uses"),
    ("we ", "now"),
    ("was ", "changed"),
    ("has been ", "changed"),
    ("refactored ", "to"),
    ("formerly", ""),
];

/// Finds Rust files that do not open with a `//!` sentence.
pub(crate) fn every_file_has_a_head(tree: &Tree) -> Vec<Finding> {
    let bare = tree.rust("").filter(|file| {
        let first = file.text.lines().next().unwrap_or_default();
        first.strip_prefix("//! ").is_none_or(str::is_empty)
    });
    bare.map(|file| Finding::at(&file.path, 1, "the file does not open with `//! …`"))
        .collect()
}

/// Finds marks of left-over work that name no issue.
pub(crate) fn todos_have_an_issue(tree: &Tree) -> Vec<Finding> {
    each_comment(tree, |comment| {
        let words = comment.trim_start_matches(['/', '!', '*', ' ']);
        let marked = MARKS.iter().find(|mark| {
            words.starts_with(*mark)
                || comment.contains(&format!("{mark}:"))
                || comment.contains(&format!("{mark}("))
        })?;
        let has_issue = comment
            .split('#')
            .skip(1)
            .any(|after| after.starts_with(|c: char| c.is_ascii_digit()));
        (!has_issue).then(|| format!("{marked} without the number of an issue, as in #12"))
    })
}

/// Finds code in comments.
pub(crate) fn hold_no_code(tree: &Tree) -> Vec<Finding> {
    each_comment(tree, |comment| {
        let text = comment.strip_prefix("//")?;
        // Docs may show code, and `//=` quotes a standard.
        if text.starts_with(['/', '!', '=']) {
            return None;
        }
        let text = text.trim();
        let statement = text.ends_with(';') && ["=", "(", "use "].iter().any(|s| text.contains(s));
        let opens = text.ends_with('{') || matches!(text, "}" | "})" | "});");
        let attribute = text.starts_with("#[") && text.ends_with(']');
        (statement || opens || attribute).then(|| "code in a comment; delete it".to_owned())
    })
}

/// Finds comments that tell what the code was before.
pub(crate) fn describe_the_code(tree: &Tree) -> Vec<Finding> {
    each_comment(tree, |comment| {
        let comment = comment.to_lowercase();
        let phrases = CHANGES.map(|(first, second)| format!("{first}{second}"));
        let phrase = phrases.iter().find(|phrase| comment.contains(*phrase))?;
        Some(format!(
            "`{phrase}` tells a change; describe the code as it is"
        ))
    })
}

/// Returns what `judge` says about the comments of every Rust file.
fn each_comment(tree: &Tree, judge: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust("") {
        for (line, comment) in Source::of(&file.text).comments() {
            if let Some(message) = judge(comment) {
                findings.push(Finding::at(&file.path, line, message));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_head_is_found() {
        assert_eq!(count(every_file_has_a_head, "//! Owns a.\n"), 0);
        assert_eq!(count(every_file_has_a_head, "use a;\n"), 1);
        assert_eq!(count(every_file_has_a_head, "//! \nuse a;\n"), 1);
        assert_eq!(count(every_file_has_a_head, ""), 1);
    }

    #[test]
    fn left_over_work_needs_an_issue() {
        for mark in MARKS {
            let bare = format!("//! a\n// {mark}: later\n");
            let known = format!("//! a\n// {mark}(#12): later\n");
            assert_eq!(count(todos_have_an_issue, &bare), 1, "{mark}");
            assert_eq!(count(todos_have_an_issue, &known), 0, "{mark}");
        }
        assert_eq!(count(todos_have_an_issue, "let a = \"TODO: b\";"), 0);
    }

    #[test]
    fn code_in_a_comment_is_found() {
        let codes = [
            "let a = b;",
            "if a {",
            "}",
            "call(a);",
            "use a::b;",
            "#[inline]",
        ];
        for code in codes {
            assert_eq!(count(hold_no_code, &format!("// {code}\n")), 1, "{code}");
            assert_eq!(count(hold_no_code, &format!("/// {code}\n")), 0, "{code}");
        }
    }

    #[test]
    fn a_sentence_is_not_code() {
        let sentences = [
            "It holds; see below.",
            "(half away from zero)",
            "a = b, rounded down.",
        ];
        for text in sentences {
            assert_eq!(count(hold_no_code, &format!("// {text}\n")), 0, "{text}");
        }
    }

    #[test]
    fn each_tale_of_a_change_is_found() {
        for (first, second) in CHANGES {
            let text = format!("/// It {first}{second} a list.\n");
            assert_eq!(count(describe_the_code, &text), 1, "{text}");
        }
        assert_eq!(count(describe_the_code, "// Nodes know nothing.\n"), 0);
    }

    fn count(rule: fn(&Tree) -> Vec<Finding>, text: &str) -> usize {
        rule(&Tree::of(&[("a.rs", text)])).len()
    }
}
