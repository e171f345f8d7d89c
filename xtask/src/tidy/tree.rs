//! The files that the rules look at.
//!
//! Owns which files belong to the project: what git tracks or would track, or, in a tarball
//! without git, everything that is not built. Does not know any rule.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, str};

/// Folders that hold built or found things, for a tree without git.
const SKIPPED: [&str; 5] = [
    ".git",
    "target",
    "docs/book",
    "fuzz/corpus",
    "fuzz/artifacts",
];
/// Folders within folders that are followed at most.
const DEPTH_MAX: usize = 32;

/// A text file.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// Path from the root, with forward slashes.
    pub(crate) path: String,
    /// Its content.
    pub(crate) text: String,
}

/// All text files of the project, sorted by path.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    /// The files.
    pub(crate) files: Vec<File>,
    /// Paths of files that hold no text, such as pictures.
    pub(crate) others: Vec<String>,
}

/// A place where a rule is broken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Finding {
    /// Path from the root.
    pub(crate) path: String,
    /// Line from 1, or 0 for the file as a whole.
    pub(crate) line: usize,
    /// What was found, and what to do.
    pub(crate) message: String,
}

impl Finding {
    /// Builds a finding about one line; line 0 is the file as a whole.
    pub(crate) fn at(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            message: message.into(),
        }
    }
}

impl Tree {
    /// Reads the project at `root`. Of files that are not UTF-8 only the path is kept.
    pub(crate) fn read(root: &Path) -> io::Result<Self> {
        let mut paths = if root.join(".git").exists() {
            tracked(root)?
        } else {
            let mut paths = Vec::new();
            walk(root, Path::new(""), 0, &mut paths)?;
            paths
        };
        paths.sort();
        paths.dedup();
        let mut files = Vec::with_capacity(paths.len());
        let mut others = Vec::new();
        for path in paths {
            let full = root.join(&path);
            // Deleted files are still in the index; links are read where they lead.
            if !full.symlink_metadata().is_ok_and(|found| found.is_file()) {
                continue;
            }
            match String::from_utf8(fs::read(full)?) {
                Ok(text) => files.push(File { path, text }),
                Err(_) => others.push(path),
            }
        }
        Ok(Self { files, others })
    }

    /// Builds a tree of literal files.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        };
        Self {
            others: Vec::new(),
            files: files.iter().map(file).collect(),
        }
    }

    /// Returns the files whose path starts with `prefix`.
    pub(crate) fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a File> {
        self.files
            .iter()
            .filter(move |file| file.path.starts_with(prefix))
    }

    /// Returns the Rust files whose path starts with `prefix`.
    pub(crate) fn rust<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a File> {
        self.below(prefix).filter(|file| file.has_extension("rs"))
    }

    /// Returns the Rust files below `prefix` that are part of what ships: without modules that
    /// their parent declares for tests only.
    pub(crate) fn shipped<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a File> {
        self.rust(prefix).filter(|file| !self.is_for_tests(file))
    }

    /// Returns the file at `path`.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Returns whether the parent module declares the file under `#[cfg(test)]`.
    fn is_for_tests(&self, file: &File) -> bool {
        let folder = file.path.strip_suffix(file.name()).unwrap_or_default();
        let module = file.name().trim_end_matches(".rs");
        let declares = |parent: &File| {
            let lines: Vec<&str> = parent.text.lines().map(str::trim).collect();
            let declaration = format!("mod {module};");
            lines
                .windows(2)
                .any(|pair| pair[0] == "#[cfg(test)]" && pair[1].ends_with(declaration.as_str()))
        };
        let parents = ["lib.rs", "main.rs", "mod.rs"];
        let mut found = parents
            .iter()
            .filter_map(|name| self.file(&format!("{folder}{name}")));
        found.any(declares)
    }
}

impl File {
    /// Returns whether the path ends in a dot and `extension`.
    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|found| found == extension)
    }

    /// Returns the last part of the path.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// Returns what git tracks, and what it would track.
fn tracked(root: &Path) -> io::Result<Vec<String>> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other("git ls-files failed"));
    }
    let names = output.stdout.split(|byte| *byte == 0);
    Ok(names
        .filter_map(|name| str::from_utf8(name).ok())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect())
}

fn walk(root: &Path, folder: &Path, depth: usize, paths: &mut Vec<String>) -> io::Result<()> {
    if depth > DEPTH_MAX {
        return Err(io::Error::other(format!(
            "{} is nested deeper than {DEPTH_MAX} folders",
            folder.display()
        )));
    }
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let path: PathBuf = folder.join(entry.file_name());
        let name = path.to_string_lossy().replace('\\', "/");
        let kind = entry.file_type()?;
        if kind.is_dir() && !SKIPPED.contains(&name.as_str()) {
            walk(root, &path, depth + 1, paths)?;
        } else if kind.is_file() {
            paths.push(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root::root;

    #[test]
    fn the_project_finds_itself_with_and_without_git() {
        let tree = Tree::read(&root()).expect("the project is readable");
        assert!(tree.file("xtask/src/tidy/tree.rs").is_some());
        let mut paths = Vec::new();
        walk(&root().join("xtask"), Path::new(""), 0, &mut paths).expect("readable");
        assert!(paths.contains(&"src/tidy/tree.rs".to_owned()));
    }

    #[test]
    fn a_module_for_tests_does_not_ship() {
        let tree = Tree::of(&[
            (
                "sim/src/lib.rs",
                "mod a;\n#[cfg(test)]\npub(crate) mod measure;\n",
            ),
            ("sim/src/a.rs", ""),
            ("sim/src/measure.rs", ""),
        ]);
        let paths: Vec<&str> = tree
            .shipped("sim/")
            .map(|file| file.path.as_str())
            .collect();
        assert_eq!(paths, ["sim/src/lib.rs", "sim/src/a.rs"]);
    }

    #[test]
    fn built_files_do_not_belong_to_the_project() {
        let mut paths = Vec::new();
        walk(&root(), Path::new(""), 0, &mut paths).expect("readable");
        assert!(paths.iter().all(|path| !path.starts_with("target/")));
        assert!(paths.contains(&"Cargo.toml".to_owned()));
    }
}
