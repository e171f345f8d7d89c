//! Which shortened words a name may hold.
//!
//! Owns the list of shortenings that have a longer form. A word that the book's glossary
//! defines is allowed.

use crate::tidy::purity::words_of;
use crate::tidy::source::{Source, identifiers};
use crate::tidy::tree::{Finding, Tree};

/// Shortenings, and what to write.
const SHORT: [(&str, &str); 13] = [
    ("addr", "address"),
    ("btn", "button"),
    ("cnt", "count"),
    ("conn", "connection"),
    ("ctx", "context"),
    ("idx", "index"),
    ("mgr", "manager"),
    ("msg", "message"),
    ("pkt", "packet"),
    ("req", "request"),
    ("resp", "response"),
    ("tmp", "temporary"),
    ("val", "value"),
];
const GLOSSARY: &str = "docs/src/glossary.md";

/// Finds shortened words in names that a file declares.
pub(crate) fn no_shortened_words(tree: &Tree) -> Vec<Finding> {
    let glossary = tree.file(GLOSSARY).map_or("", |file| file.text.as_str());
    let allowed = |word: &str| glossary.contains(&format!("| `{word}` |"));
    let mut findings = Vec::new();
    for file in tree.rust("") {
        for (line, code) in Source::of(&file.text).code() {
            for name in declared(code) {
                let words = words_of(name);
                let short = SHORT
                    .iter()
                    .find(|(short, _)| words.iter().any(|word| word == short) && !allowed(short));
                if let Some((short, long)) = short {
                    let message = format!("`{name}`: write `{long}` for `{short}`");
                    findings.push(Finding::at(&file.path, line, message));
                }
            }
        }
    }
    findings
}

/// Returns the names that a line of code introduces.
fn declared(code: &str) -> Vec<&str> {
    const KEYWORDS: [&str; 10] = [
        "const", "enum", "fn", "let", "mod", "mut", "static", "struct", "trait", "type",
    ];
    let names: Vec<(usize, &str)> = identifiers(code).collect();
    let mut declared = Vec::new();
    for (index, (at, name)) in names.iter().enumerate() {
        let previous = index.checked_sub(1).map(|before| names[before].1);
        let after = code[at + name.len()..].trim_start();
        let is_field = after.starts_with(": ") && !after.starts_with("::");
        if previous.is_some_and(|word| KEYWORDS.contains(&word)) || is_field {
            declared.push(*name);
        }
    }
    declared
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shortening_is_found_where_it_is_declared() {
        for (short, _) in SHORT {
            for code in [
                format!("let {short} = 1;"),
                format!("let mut next_{short} = 1;"),
                format!("fn a({short}: u8) {{}}"),
                format!("    pub last_{short}: u8,"),
            ] {
                assert_eq!(count(&code, ""), 1, "{code}");
            }
        }
    }

    #[test]
    fn names_of_others_may_be_used() {
        assert_eq!(count("let a = socket.addr(msg::b);", ""), 0);
    }

    #[test]
    fn the_glossary_allows_a_word() {
        assert_eq!(count("let addr = 1;", "| `addr` | an address |"), 0);
    }

    fn count(code: &str, glossary: &str) -> usize {
        let tree = Tree::of(&[("a.rs", code), (GLOSSARY, glossary)]);
        no_shortened_words(&tree).len()
    }
}
