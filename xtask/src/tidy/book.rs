//! Whether the book hangs together.
//!
//! Owns the table of contents, links between pages, and what a code block must say about
//! itself. `mdbook` is not needed for any of it.

use crate::book::blocks;
use crate::tidy::tree::{Finding, Tree};

const PAGES: &str = "docs/src/";
const SUMMARY: &str = "docs/src/SUMMARY.md";
/// The file that turns pages with Rust into doctests.
const DOCTESTS: &str = "harness/src/book.rs";

/// Finds pages that the table of contents leaves out.
pub(crate) fn summary_lists_every_page(tree: &Tree) -> Vec<Finding> {
    let listed: Vec<String> = tree.file(SUMMARY).map_or_else(Vec::new, |summary| {
        let links = links(&summary.text).into_iter();
        links
            .filter_map(|(_, link)| resolve(SUMMARY, &link))
            .collect()
    });
    let pages = tree.below(PAGES).filter(|file| file.has_extension("md"));
    pages
        .filter(|file| file.path != SUMMARY && !listed.contains(&file.path))
        .map(|file| Finding::at(&file.path, 0, "not in the table of contents, SUMMARY.md"))
        .collect()
}

/// Finds links in Markdown files that lead to no file.
pub(crate) fn links_lead_somewhere(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for page in tree.files.iter().filter(|file| file.has_extension("md")) {
        for (line, link) in links(&page.text) {
            let Some(target) = resolve(&page.path, &link) else {
                continue;
            };
            let folder = format!("{}/", target.trim_end_matches('/'));
            let exists = tree.file(&target).is_some()
                || tree.others.contains(&target)
                || tree.below(&folder).next().is_some();
            if !exists {
                let message = format!("`{link}` leads to no file");
                findings.push(Finding::at(&page.path, line, message));
            }
        }
    }
    findings
}

/// Finds code blocks that do not name their language: rustdoc would take them for Rust.
pub(crate) fn blocks_name_a_language(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for page in tree.files.iter().filter(|file| file.has_extension("md")) {
        let bare = blocks(&page.text)
            .into_iter()
            .filter(|block| block.language.is_empty());
        findings.extend(bare.map(|block| {
            Finding::at(
                &page.path,
                block.line,
                "name the language of the block, `text` if none",
            )
        }));
    }
    findings
}

/// Finds pages that show Rust which nobody compiles.
pub(crate) fn rust_pages_are_doctests(tree: &Tree) -> Vec<Finding> {
    let doctests = tree.file(DOCTESTS).map_or("", |file| file.text.as_str());
    let pages = tree.below(PAGES).filter(|file| {
        blocks(&file.text)
            .iter()
            .any(|block| block.language.starts_with("rust"))
    });
    pages
        .filter(|page| !doctests.contains(&format!("../../{}", page.path)))
        .map(|page| {
            let message = format!("shows Rust; include the page in {DOCTESTS}");
            Finding::at(&page.path, 0, message)
        })
        .collect()
}

/// Returns the targets of a page's links, with their lines; links in code are left out.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    let mut in_block = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        }
        if in_block {
            continue;
        }
        for (at, _) in line.match_indices("](") {
            if let Some(end) = line[at..].find(')') {
                links.push((index + 1, line[at + 2..at + end].to_owned()));
            }
        }
    }
    links
}

/// Returns the path that a link of a page leads to, or `None` if it leaves the project.
fn resolve(page: &str, link: &str) -> Option<String> {
    let path = link.split('#').next().unwrap_or_default();
    if path.is_empty() || path.contains("://") || path.starts_with("mailto:") {
        return None;
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_outside_the_contents_is_found() {
        let page = ("docs/src/models/a.md", "# A\n");
        let rule = summary_lists_every_page;
        assert_eq!(count(rule, &[page, (SUMMARY, "- [A](models/a.md)\n")]), 0);
        assert_eq!(count(rule, &[page, (SUMMARY, "- [B](b.md)\n")]), 1);
    }

    #[test]
    fn a_link_to_nothing_is_found() {
        let here = (
            "docs/src/models/a.md",
            "[b](../b.md#part) [c](https://c.d/e) [f](#f)\n",
        );
        let rule = links_lead_somewhere;
        assert_eq!(count(rule, &[here]), 1);
        assert_eq!(count(rule, &[here, ("docs/src/b.md", "")]), 0);
    }

    #[test]
    fn a_link_may_lead_to_a_folder() {
        let files = [("README.md", "[docs](docs/)\n"), ("docs/src/a.md", "")];
        assert_eq!(count(links_lead_somewhere, &files), 0);
    }

    #[test]
    fn a_block_without_a_language_is_found() {
        assert_eq!(
            count(blocks_name_a_language, &[("a.md", "```\nls\n```\n")]),
            1
        );
        assert_eq!(
            count(blocks_name_a_language, &[("a.md", "```text\nls\n```\n")]),
            0
        );
    }

    #[test]
    fn rust_in_the_book_must_be_compiled() {
        let page = ("docs/src/a.md", "```rust\nlet a = 1;\n```\n");
        let rule = rust_pages_are_doctests;
        assert_eq!(count(rule, &[page]), 1);
        let list = (DOCTESTS, "include_str!(\"../../docs/src/a.md\")");
        assert_eq!(count(rule, &[page, list]), 0);
    }

    fn count(rule: fn(&Tree) -> Vec<Finding>, files: &[(&str, &str)]) -> usize {
        rule(&Tree::of(files)).len()
    }
}
