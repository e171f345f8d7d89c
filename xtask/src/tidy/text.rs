//! What no text file of the project may hold.
//!
//! Owns paths of single machines, names of pages that are not here, wording that only its
//! writer understands, and stray blanks.

use crate::tidy::tree::{File, Finding, Tree};

/// First folders of paths that exist on one machine only.
const MACHINE_FOLDERS: [&str; 5] = ["Users", "home", "root", "tmp", "work"];
/// Wording that refers to a talk nobody else heard. Written in two halves, so that this file
/// passes its own rule.
const PRIVATE: [(&str, &str); 8] = [
    ("as ", "requested"),
    ("as ", "instructed"),
    ("as ", "discussed"),
    ("per the ", "brief"),
    ("the brief ", "says"),
    ("the user ", "asked"),
    ("language ", "model"),
    ("on my ", "machine"),
];
/// Signs in a conflict marker of git.
const CONFLICT_MARK: usize = 7;
/// Endings of files that people write by hand.
const WRITTEN: [&str; 6] = ["md", "rs", "toml", "yaml", "json", "sh"];

/// Finds absolute paths of one machine.
pub(crate) fn no_machine_paths(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        for (index, line) in file.text.lines().enumerate() {
            for folder in MACHINE_FOLDERS {
                if names_folder(line, folder) {
                    let message = format!("a path below /{folder}, which one machine has only");
                    findings.push(Finding::at(&file.path, index + 1, message));
                }
            }
        }
    }
    findings
}

/// Finds blanks at the end of a line.
pub(crate) fn no_stray_blanks(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| is_written(file)) {
        for (index, line) in file.text.lines().enumerate() {
            if line.ends_with([' ', '\t']) {
                findings.push(Finding::at(&file.path, index + 1, "blanks at the end"));
            }
        }
    }
    findings
}

/// Finds what a merge leaves behind where both sides changed the same lines.
pub(crate) fn no_conflict_markers(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        for (index, line) in file.text.lines().enumerate() {
            let mark = line.chars().take(CONFLICT_MARK).collect::<String>();
            let ends = matches!(line.chars().nth(CONFLICT_MARK), None | Some(' '));
            if ends
                && ["<", "=", ">"]
                    .iter()
                    .any(|sign| mark == sign.repeat(CONFLICT_MARK))
            {
                findings.push(Finding::at(
                    &file.path,
                    index + 1,
                    "a merge was not finished",
                ));
            }
        }
    }
    findings
}

/// Finds Markdown files that are named and do not exist.
pub(crate) fn named_pages_exist(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let sources = tree.files.iter().filter(|file| is_written(file));
    for file in sources.filter(|file| !file.path.starts_with("xtask/src/")) {
        for (index, line) in file.text.lines().enumerate() {
            for word in line.split(|c: char| !c.is_alphanumeric() && !"./-_:".contains(c)) {
                let Some((page, _)) = word.split_once(".md") else {
                    continue;
                };
                let name = page.rsplit('/').next().unwrap_or(page);
                let known = |file: &File| file.name() == format!("{name}.md");
                if !word.contains("://") && !name.is_empty() && !tree.files.iter().any(known) {
                    let message = format!("`{word}` is not a file of this project");
                    findings.push(Finding::at(&file.path, index + 1, message));
                }
            }
        }
    }
    findings
}

/// Finds wording that refers to a talk nobody else heard.
pub(crate) fn no_private_words(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| is_written(file)) {
        for (index, line) in file.text.lines().enumerate() {
            let line = line.to_lowercase();
            for (first, second) in PRIVATE {
                let phrase = format!("{first}{second}");
                if line.contains(&phrase) {
                    let message = format!("`{phrase}` means nothing to the next reader");
                    findings.push(Finding::at(&file.path, index + 1, message));
                }
            }
        }
    }
    findings
}

fn is_written(file: &File) -> bool {
    let known = WRITTEN.iter().any(|ending| file.has_extension(ending));
    known && !file.path.starts_with("harness/tests/wokwi/")
}

/// Returns whether a line names `/folder/…` as an absolute path.
fn names_folder(line: &str, folder: &str) -> bool {
    let path = format!("/{folder}/");
    line.match_indices(&path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !"/.-_<>{}$~*+".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_path_is_found_anywhere() {
        for folder in MACHINE_FOLDERS {
            let text = format!("a\nsee \"/{folder}/x\"\n");
            let tree = Tree::of(&[("a.txt", &text)]);
            assert_eq!(no_machine_paths(&tree).len(), 1, "{folder}");
        }
    }

    #[test]
    fn addresses_and_relative_paths_are_no_machine_paths() {
        let text = "https://example.org/home/a docs/root/b $HOME/work/ ${x}/tmp/y\n";
        assert!(no_machine_paths(&Tree::of(&[("a.md", text)])).is_empty());
    }

    #[test]
    fn blanks_at_the_end_are_found_in_what_people_write() {
        let tree = Tree::of(&[("a.rs", "a \n"), ("b.md", "a\t\n"), ("c.snap", "a \n")]);
        assert_eq!(no_stray_blanks(&tree).len(), 2);
    }

    #[test]
    fn a_page_that_is_not_here_is_found() {
        let text = "See notes.md, ../docs/here.md and https://a.b/c.md.\n";
        let tree = Tree::of(&[("a.rs", text), ("docs/here.md", "")]);
        let found = named_pages_exist(&tree);
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("notes.md"));
    }

    #[test]
    fn each_private_phrase_is_found() {
        for (first, second) in PRIVATE {
            let text = format!("// Done {first}{second}.\n");
            assert_eq!(no_private_words(&Tree::of(&[("a.rs", &text)])).len(), 1);
        }
        assert!(no_private_words(&Tree::of(&[("a.rs", "// As good as new.\n")])).is_empty());
    }

    #[test]
    fn each_mark_of_an_unfinished_merge_is_found() {
        let [ours, middle, theirs] = ["<", "=", ">"].map(|sign| sign.repeat(CONFLICT_MARK));
        let text = format!("{ours} HEAD\na\n{middle}\nb\n{theirs} other\n");
        assert_eq!(no_conflict_markers(&Tree::of(&[("a.md", &text)])).len(), 3);
        let heading = "Title\n==========\n";
        assert!(no_conflict_markers(&Tree::of(&[("a.md", heading)])).is_empty());
    }
}
