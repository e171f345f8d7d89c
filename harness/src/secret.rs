//! Passwords and keys: where they come from, and that nobody sees them.
//!
//! Owns the type that is never printed. Secrets come from files or the environment, never from
//! arguments: those every process of the machine can read.

use std::env;
use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Longest secret: as long as MQTT lets a password be (3.1.1 §3.1.3.5).
const SECRET_BYTES_MAX: u64 = 65_535;

/// Bytes that are not to be shown.
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(Vec<u8>);

/// Where a secret is to be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SecretSource {
    /// A file; the line end behind the secret does not belong to it.
    File(PathBuf),
    /// A variable of the environment, if it is set.
    Variable(&'static str),
}

impl Secret {
    /// Keeps a secret.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// Returns the bytes, for whoever has to hand them over.
    pub(crate) fn reveal(&self) -> &[u8] {
        &self.0
    }

    /// Returns true when there is nothing to hide.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl SecretSource {
    /// Reads the secret; `None` when the variable is not set. `fill` completes a file's path.
    ///
    /// # Errors
    ///
    /// What cannot be read, and why; never what was read.
    pub fn read(&self, fill: impl Fn(&Path) -> PathBuf) -> Result<Option<Secret>, String> {
        let (bytes, whose) = match self {
            Self::File(path) => {
                let path = fill(path);
                (read_file(&path)?, path.display().to_string())
            }
            Self::Variable(name) => match env::var_os(name) {
                Some(value) => (value.into_encoded_bytes(), format!("${name}")),
                None => return Ok(None),
            },
        };
        let kept = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let kept = kept.strip_suffix(b"\r").unwrap_or(kept);
        if kept.is_empty() {
            return Err(format!("{whose} is empty; expected a secret on one line"));
        }
        Ok(Some(Secret::new(kept)))
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let failed = |error| format!("failed to read {}: {error}", path.display());
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    let mut limited = file.take(SECRET_BYTES_MAX + 1);
    limited.read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > SECRET_BYTES_MAX {
        return Err(format!(
            "{} is longer than {SECRET_BYTES_MAX} bytes; expected a secret on one line",
            path.display()
        ));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::{fs, process};

    use super::*;

    fn written(name: &str, bytes: &[u8]) -> PathBuf {
        let path = env::temp_dir().join(format!("nodelab-secret-{}-{name}", process::id()));
        fs::write(&path, bytes).unwrap();
        path
    }

    #[test]
    fn a_secret_is_never_shown() {
        let shown = format!(
            "{:?} {:#?}",
            Secret::new("swordfish"),
            Secret::new("swordfish")
        );
        assert!(
            !shown.contains("sword") && !shown.contains("115"),
            "{shown}"
        );
    }

    #[test]
    fn one_line_end_is_not_part_of_a_secret() {
        for (name, text, expected) in [
            ("lf", &b"a b\n"[..], &b"a b"[..]),
            ("crlf", b"a b\r\n", b"a b"),
            ("none", b" a", b" a"),
            ("two", b"a\n\n", b"a\n"),
        ] {
            let path = written(name, text);
            let read = SecretSource::File(path.clone()).read(Path::to_path_buf);
            fs::remove_file(path).unwrap();
            assert_eq!(read.unwrap().unwrap().reveal(), expected, "{name}");
        }
    }

    #[test]
    fn what_cannot_be_a_secret_is_refused_without_showing_it() {
        let empty = written("empty", b"\n");
        let long = written("long", &vec![b'x'; 70_000]);
        for path in [&empty, &long, &PathBuf::from("/nowhere/at/all")] {
            let words = SecretSource::File(path.clone()).read(Path::to_path_buf);
            let words = words.unwrap_err();
            assert!(words.contains(&path.display().to_string()), "{words}");
            assert!(!words.contains("xx"), "{words}");
        }
        fs::remove_file(empty).unwrap();
        fs::remove_file(long).unwrap();
    }

    #[test]
    fn a_variable_may_be_missing() {
        let source = SecretSource::Variable("NODELAB_NO_SUCH_VARIABLE");
        assert_eq!(source.read(Path::to_path_buf), Ok(None));
    }
}
