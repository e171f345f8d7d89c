//! The files that a client uploads, for as long as it is connected.
//!
//! Owns their number and size. Does not know what is in them, and writes nothing to the disk.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::message::{BAD_REQUEST, NOT_FOUND, Refusal, TOO_LARGE};

/// Files of one client.
pub(super) const FILES_MAX: usize = 64;
/// Bytes of all files of one client together, as they came: binary ones in Base64.
pub(super) const BYTES_MAX: usize = 24 << 20;
/// Longest name of a file, in bytes.
const NAME_MAX: usize = 256;

/// What was uploaded.
#[derive(Debug, Default)]
pub(super) struct Files(BTreeMap<String, File>);

#[derive(Debug)]
enum File {
    /// Kept in Base64, because nobody looks into it.
    Binary(String),
    Text(String),
}

impl Files {
    /// Takes a file; one of the same name is replaced.
    pub(super) fn upload(
        &mut self,
        name: String,
        text: Option<String>,
        binary: Option<String>,
    ) -> Result<(), Refusal> {
        let file = match (text, binary) {
            (Some(text), None) => File::Text(text),
            (None, Some(binary)) => {
                // Decoded once, so that what is kept is known to be right.
                let decoded = STANDARD.decode(&binary);
                let wrong = |error| format!("file:upload: {name:?} is no Base64: {error}");
                decoded.map_err(|error| Refusal::new(BAD_REQUEST, wrong(error)))?;
                File::Binary(binary)
            }
            (Some(_), Some(_)) | (None, None) => {
                let message = "file:upload: expected either \"text\" or \"binary\", a string";
                return Err(Refusal::new(BAD_REQUEST, message));
            }
        };
        if name.is_empty() || name.len() > NAME_MAX {
            let message = format!("file:upload: a name has 1 to {NAME_MAX} bytes");
            return Err(Refusal::new(BAD_REQUEST, message));
        }
        let others = self.0.iter().filter(|(other, _)| **other != name);
        let (count, bytes) = others.fold((0, 0), |(count, bytes), (_, file)| {
            (count + 1, bytes + file.len())
        });
        if count >= FILES_MAX || bytes + file.len() > BYTES_MAX {
            let message = format!(
                "file:upload: {name:?} is too much: a client may have {FILES_MAX} files and \
                 {} MiB of them",
                BYTES_MAX >> 20
            );
            return Err(Refusal::new(TOO_LARGE, message));
        }
        self.0.insert(name, file);
        Ok(())
    }

    /// Returns a file as it is downloaded.
    pub(super) fn download(&self, name: &str) -> Result<Value, Refusal> {
        match self.0.get(name) {
            None => {
                let message = format!("file:download: there is no file {name:?}");
                Err(Refusal::new(NOT_FOUND, message))
            }
            Some(File::Binary(binary)) => Ok(json!({ "binary": binary })),
            Some(File::Text(text)) => Ok(json!({ "text": text })),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Returns a file's text, if it is there and is text, however it was uploaded.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            File::Binary(binary) => {
                let bytes = STANDARD.decode(binary).expect("it was decoded before");
                String::from_utf8(bytes).ok()
            }
            File::Text(text) => Some(text.clone()),
        }
    }
}

impl File {
    const fn len(&self) -> usize {
        match self {
            Self::Binary(text) | Self::Text(text) => text.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_back_as_they_went() {
        let mut files = Files::default();
        assert_eq!(upload(&mut files, "diagram.json", Some("{}"), None), Ok(()));
        assert_eq!(upload(&mut files, "f.bin", None, Some("aGk=")), Ok(()));
        assert_eq!(files.download("diagram.json"), Ok(json!({ "text": "{}" })));
        assert_eq!(files.download("f.bin"), Ok(json!({ "binary": "aGk=" })));
        assert_eq!(files.text("f.bin").as_deref(), Some("hi"));
        assert_eq!(files.download("g").unwrap_err().code, NOT_FOUND);
    }

    #[test]
    fn too_much_is_refused_and_what_was_there_stays() {
        let mut files = Files::default();
        let half = "x".repeat(BYTES_MAX / 2);
        assert_eq!(upload(&mut files, "a", Some(&half), None), Ok(()));
        // Another under the same name takes its place.
        assert_eq!(upload(&mut files, "a", Some(&half), None), Ok(()));
        assert_eq!(upload(&mut files, "b", Some(&half), None), Ok(()));
        let refusal = upload(&mut files, "c", Some("y"), None).unwrap_err();
        assert_eq!(refusal.code, TOO_LARGE);
        assert!(files.has("a") && !files.has("c"));
        let mut files = Files::default();
        for index in 0..FILES_MAX {
            let name = index.to_string();
            assert_eq!(upload(&mut files, &name, Some(""), None), Ok(()));
        }
        assert!(upload(&mut files, "more", Some(""), None).is_err());
        assert!(upload(&mut files, "7", Some("again"), None).is_ok());
    }

    #[test]
    fn a_file_is_text_or_base64_and_has_a_name() {
        let mut files = Files::default();
        let long = "x".repeat(NAME_MAX + 1);
        for (name, text, binary) in [
            ("a", None, None),
            ("a", Some("x"), Some("aGk=")),
            ("a", None, Some("no base64!")),
            ("", Some("x"), None),
            (&long, Some("x"), None),
        ] {
            let refusal = upload(&mut files, name, text, binary).unwrap_err();
            assert_eq!(refusal.code, BAD_REQUEST, "{}", refusal.message);
        }
    }

    fn upload(
        files: &mut Files,
        name: &str,
        text: Option<&str>,
        binary: Option<&str>,
    ) -> Result<(), Refusal> {
        let own = |text: Option<&str>| text.map(str::to_owned);
        files.upload(name.to_owned(), own(text), own(binary))
    }
}
