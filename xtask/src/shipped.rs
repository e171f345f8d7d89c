//! Built files that are committed, so that those who use them need no compiler for them.
//!
//! Owns the record beside each: which compiler made the file, its hash, and one over everything
//! that it was built from. Does not know how a file is built, nor what it is for.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::cross::CrossError;
use crate::root::root;
use crate::tidy::Tree;

/// A built file that is committed. Paths are from the repository's root.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shipped {
    /// The file.
    pub(crate) file: &'static str,
    /// What it was built from, and by whom.
    pub(crate) record: &'static str,
    /// The command that builds it anew.
    pub(crate) remedy: &'static str,
    /// Prefixes of everything that it is built from.
    pub(crate) sources: &'static [&'static str],
}

/// What a record says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Record {
    /// What made the file, in words.
    pub(crate) compiler: String,
    /// The file's hash.
    pub(crate) image: String,
    /// The hash over its sources.
    pub(crate) sources: String,
}

impl Shipped {
    /// Puts a file that was just built in place, and writes what it was built from.
    ///
    /// # Errors
    ///
    /// [`CrossError::Failed`] when a file cannot be read or written.
    pub(crate) fn replace(&self, bytes: &[u8], compiler: &str) -> Result<(), CrossError> {
        let root = root();
        let tree = Tree::read(&root).map_err(|error| CrossError::of_file(&root, &error))?;
        let record = json!({
            "compiler": compiler,
            "image": hash(bytes),
            "sources": self.digest(&tree),
        });
        write(&root.join(self.file), bytes)?;
        write(&root.join(self.record), format!("{record:#}\n").as_bytes())
    }

    /// Reads the file and its record.
    ///
    /// # Errors
    ///
    /// [`CrossError::Failed`] when one of them cannot be read, and when the file is not the one
    /// that the record names.
    pub(crate) fn read(&self) -> Result<(Vec<u8>, Record), CrossError> {
        let read = |path: &str| {
            let path = root().join(path);
            fs::read(&path).map_err(|error| CrossError::of_file(&path, &error))
        };
        let bytes = read(self.file)?;
        let record = Record::of(&String::from_utf8_lossy(&read(self.record)?));
        match record.filter(|record| record.image == hash(&bytes)) {
            Some(record) => Ok((bytes, record)),
            None => Err(CrossError::Failed(format!(
                "{} is not the file that {} names: run `{}`",
                self.file, self.record, self.remedy
            ))),
        }
    }

    /// Returns a hash over everything that the file is built from: 128-bit XXH3 over each path
    /// and content, in order of paths.
    pub(crate) fn digest(&self, tree: &Tree) -> String {
        let mut hasher = Xxh3::new();
        let is_source = |path: &str| self.sources.iter().any(|prefix| path.starts_with(prefix));
        for file in tree.files.iter().filter(|file| is_source(&file.path)) {
            for part in [&file.path, &file.text] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part.as_bytes());
            }
        }
        format!("{:032x}", hasher.digest128())
    }
}

impl Record {
    /// Reads a record's text; `None` if it is not one.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let word = |key: &str| value[key].as_str().map(str::to_owned);
        Some(Self {
            compiler: word("compiler")?,
            image: word("image")?,
            sources: word("sources")?,
        })
    }
}

fn hash(bytes: &[u8]) -> String {
    format!("{:032x}", xxh3_128(bytes))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), CrossError> {
    let folder = path.parent().unwrap_or(path);
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, bytes));
    written.map_err(|error| CrossError::of_file(path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: Shipped = Shipped {
        file: "a.bin",
        record: "a.json",
        remedy: "make a",
        sources: &["node-core/src/"],
    };

    #[test]
    fn a_digest_moves_with_each_source_and_with_nothing_else() {
        let of = |files: &[(&str, &str)]| SHIPPED.digest(&Tree::of(files));
        let base = of(&[("node-core/src/a.rs", "ab"), ("sim/src/b.rs", "c")]);
        assert_eq!(
            base,
            of(&[("node-core/src/a.rs", "ab"), ("sim/src/b.rs", "d")])
        );
        assert_ne!(base, of(&[("node-core/src/a.rs", "a")]));
        assert_ne!(base, of(&[("node-core/src/ab.rs", "ab")]));
    }

    #[test]
    fn a_record_has_all_of_its_words() {
        let text = r#"{"compiler": "c", "image": "i", "sources": "s"}"#;
        let record = Record::of(text).unwrap();
        assert_eq!(
            (record.compiler.as_str(), record.image.as_str()),
            ("c", "i")
        );
        assert_eq!(Record::of(r#"{"sources": "s"}"#), None);
        assert_eq!(Record::of(""), None);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let error = SHIPPED.read().unwrap_err();
        assert!(error.to_string().contains("a.bin"), "{error}");
    }
}
