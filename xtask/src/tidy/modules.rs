//! What `lib.rs` and `mod.rs` may hold.
//!
//! Owns the list of items that only say where things are.

use crate::tidy::source::Source;
use crate::tidy::tree::{Finding, Tree};

/// How an item may begin that names a module or passes a name on.
const ALLOWED: [&str; 3] = ["extern crate ", "mod ", "use "];

/// Finds items in module files that are not docs, `mod` or `use`.
pub(crate) fn module_files_only_list(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust("") {
        if !matches!(file.name(), "lib.rs" | "mod.rs") || !file.path.contains("/src/") {
            continue;
        }
        let source = Source::of(&file.text);
        for (line, item) in items(&source) {
            if !is_listing(&item) {
                let start: String = item.chars().take(40).collect();
                let message = format!("`{start}` belongs in a file of its own");
                findings.push(Finding::at(&file.path, line, message));
            }
        }
    }
    findings
}

/// Returns whether an item only says where things are.
fn is_listing(item: &str) -> bool {
    let start = item
        .strip_prefix("pub(crate) ")
        .or(item.strip_prefix("pub "));
    let start = start.unwrap_or(item);
    // A module with a body holds things; a `use` may group names in braces.
    let has_body = start.starts_with("mod ") && item.contains('{');
    ALLOWED.iter().any(|allowed| start.starts_with(allowed)) && !has_body
}

/// Returns the items of a file with the line each begins on, attributes left out.
fn items(source: &Source) -> Vec<(usize, String)> {
    let mut items = Vec::new();
    let mut item = String::new();
    let mut line_of_item = 0;
    let (mut depth, mut attribute) = (0_i32, 0_i32);
    for (line, code) in source.code() {
        for c in code.chars() {
            if attribute > 0 || (item.is_empty() && c == '#') {
                attribute += match c {
                    '#' if attribute == 0 => 1,
                    '[' => 1,
                    ']' if attribute == 2 => -2,
                    ']' => -1,
                    _ => 0,
                };
                continue;
            }
            if item.is_empty() && c.is_whitespace() {
                continue;
            }
            if item.is_empty() {
                line_of_item = line;
            }
            item.push(c);
            depth += match c {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            let closes = c == ';' || (c == '}' && !item.contains("use "));
            if depth == 0 && closes {
                items.push((line_of_item, std::mem::take(&mut item)));
            }
        }
        if !item.is_empty() {
            item.push(' ');
        }
    }
    if !item.is_empty() {
        items.push((line_of_item, item));
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_modules_and_names_are_allowed() {
        let text = "//! a\n#![no_std]\n#![cfg_attr(\n    not(test),\n    deny(a)\n)]\n\
                    #[cfg(test)]\nextern crate std;\nmod a;\npub mod b;\n// c\npub use a::{\n    \
                    B, C,\n};\npub(crate) use b::D;\n";
        assert_eq!(count("x/src/lib.rs", text), 0);
    }

    #[test]
    fn each_other_item_is_found_with_its_line() {
        let text = "mod a;\n\n/// A.\n#[derive(Clone)]\npub struct A {\n    b: u8,\n}\n\
                    impl A {\n    fn b() {}\n}\nconst C: u8 = 1;\nmod d {\n    use e;\n}\n";
        let tree = Tree::of(&[("x/src/a/mod.rs", text)]);
        let lines: Vec<usize> = module_files_only_list(&tree)
            .iter()
            .map(|f| f.line)
            .collect();
        assert_eq!(lines, [5, 8, 11, 12]);
    }

    #[test]
    fn other_files_hold_what_they_like() {
        assert_eq!(count("x/src/a.rs", "struct A;\n"), 0);
        assert_eq!(count("x/tests/mod.rs", "struct A;\n"), 0);
    }

    fn count(path: &str, text: &str) -> usize {
        module_files_only_list(&Tree::of(&[(path, text)])).len()
    }
}
