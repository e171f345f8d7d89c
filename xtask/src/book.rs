//! Whether the scenarios that the book and the README show are valid.
//!
//! Owns how code blocks are taken out of a page. Does not know what makes a scenario valid:
//! `nodelab check` decides.

use std::fs;

use crate::root::{cargo, root};
use crate::tidy::Tree;

/// Where the extracted scenarios are put, below the repository's root.
const FOLDER: &str = "target/book-scenarios";

/// One fenced block of a page.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Block {
    /// The words after the fence, as `rust` or `yaml`; empty if there are none.
    pub(crate) language: String,
    /// Line of the opening fence, from 1.
    pub(crate) line: usize,
    /// What stands between the fences.
    pub(crate) text: String,
}

/// Writes each complete scenario of the book to a file and has nodelab check them all.
pub(crate) fn check() -> Result<(), String> {
    let tree = Tree::read(&root()).map_err(|error| error.to_string())?;
    let folder = root().join(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    }
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let mut count = 0_usize;
    for file in tree.files.iter().filter(|file| is_page(&file.path)) {
        for block in scenarios(&file.text) {
            let page = file.path.replace(['/', '.'], "-");
            let name = format!("{page}-line-{}.test.yaml", block.line);
            fs::write(folder.join(name), block.text).map_err(|error| error.to_string())?;
            count += 1;
        }
    }
    if count == 0 {
        return Err("the book shows no scenario".to_owned());
    }
    let status = cargo(&["run", "--release", "--quiet", "--", "check", FOLDER]).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("nodelab check ended with {status}")),
        Err(error) => Err(format!("cargo did not start: {error}")),
    }
}

/// Returns whether a file shows scenarios to readers.
fn is_page(path: &str) -> bool {
    path == "README.md" || path.starts_with("docs/src/")
}

/// Returns the blocks of a page that are whole scenarios.
fn scenarios(page: &str) -> Vec<Block> {
    let mut blocks = blocks(page);
    blocks.retain(|block| block.language == "yaml" && block.text.starts_with("name:"));
    blocks
}

/// Returns the fenced blocks of a page.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in page.lines().enumerate() {
        let fence = line.trim_start().strip_prefix("```");
        match (open.take(), fence) {
            (None, Some(language)) => {
                open = Some(Block {
                    language: language.trim().to_owned(),
                    line: index + 1,
                    text: String::new(),
                });
            }
            (Some(block), Some(_)) => found.push(block),
            (Some(mut block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    found.extend(open);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "Text\n```yaml\nname: a\nversion: 1\n```\n\n```sh\nls\n```\n\
                        ```yaml\nfaults: []\n```\n";

    #[test]
    fn only_whole_scenarios_are_taken() {
        let found = scenarios(PAGE);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text, "name: a\nversion: 1\n");
        assert_eq!(found[0].line, 2);
    }

    #[test]
    fn a_fence_that_never_closes_is_still_a_block() {
        let found = blocks("```rust\nlet a = 1;\n");
        assert_eq!(found[0].language, "rust");
        assert_eq!(found[0].text, "let a = 1;\n");
    }
}
