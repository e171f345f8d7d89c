//! Espressif's tool for images.
//!
//! Owns where it is looked for, the two spellings of its commands, and what it must say of an
//! image. Does not know what is in the image.

use std::path::Path;
use std::process::Command;

use crate::cross::CrossError;
use crate::root::root;

/// Where `.ci/run` installs it, from the repository's root.
const OWN: &str = "target/esptool/bin/esptool";
/// Its names on PATH: since version 5, and before.
const NAMES: [&str; 2] = ["esptool", "esptool.py"];
/// The oldest major version that knows the chip and prints what is looked for here.
const MAJOR_MIN: u32 = 4;
const INSTALL: &str = "python3 -m venv target/esptool && \
                       target/esptool/bin/pip install esptool==5.6.0";

/// The tool, found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Esptool {
    program: String,
    major: u32,
}

/// What the tool says of an image that it accepts.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Opinion {
    /// Which tool, and its version.
    pub(super) tool: String,
    /// SHA-256 of the image, as it is written into it.
    pub(super) hash: String,
}

impl Esptool {
    /// Finds it.
    pub(super) fn find() -> Result<Self, CrossError> {
        let own = root().join(OWN).display().to_string();
        let names = [own.as_str(), NAMES[0], NAMES[1]];
        let found = names.iter().find_map(|name| Self::ask(name));
        let looked = format!("looked for {OWN} and on PATH for {}", NAMES.join(" and "));
        match found {
            Some(tool) if tool.major >= MAJOR_MIN => Ok(tool),
            Some(tool) => Err(CrossError::Missing(format!(
                "{} is version {}, {MAJOR_MIN} is needed\n  install it: {INSTALL}",
                tool.program, tool.major
            ))),
            None => Err(CrossError::Missing(format!(
                "esptool is not installed; {looked}\n  install it: {INSTALL}"
            ))),
        }
    }

    fn ask(program: &str) -> Option<Self> {
        let output = Command::new(program).arg("version").output().ok()?;
        let major = major(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self {
            program: program.to_owned(),
            major,
        })
    }

    /// Makes an image of a linked file.
    pub(super) fn convert(&self, elf: &Path, image: &Path) -> Result<(), CrossError> {
        // 4 MB of flash in DIO mode is what every board with this chip can do; the bootloader
        // reads it from its own header anyway.
        let arguments = ["elf2image", "-fm", "dio", "-ff", "80m", "-fs", "4MB", "-o"];
        self.run(&arguments, image, Some(elf)).map(drop)
    }

    /// Has an image judged.
    pub(super) fn judge(&self, image: &Path) -> Result<Opinion, CrossError> {
        let arguments: &[&str] = if self.major >= 5 {
            &["image-info"]
        } else {
            &["image_info", "--version", "2"]
        };
        let said = self.run(arguments, image, None)?;
        let hash = approved(&said).map_err(|why| {
            CrossError::Failed(format!("esptool refuses {}: {why}", image.display()))
        })?;
        Ok(Opinion {
            tool: format!("esptool {}", self.major),
            hash,
        })
    }

    fn run(&self, words: &[&str], file: &Path, last: Option<&Path>) -> Result<String, CrossError> {
        let mut command = Command::new(&self.program);
        command.args(["--chip", "esp32c3"]).args(words).arg(file);
        command.args(last);
        let output = command
            .output()
            .map_err(|error| CrossError::Failed(format!("{}: {error}", self.program)))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            Ok(said)
        } else {
            let what = format!("{} {}", self.program, words.join(" "));
            // It complains on either stream.
            Err(CrossError::Failed(format!(
                "{what} ended with {}:\n{said}{}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            )))
        }
    }
}

/// Reads the major version out of `esptool v5.6.0` or `esptool.py v4.7.0`.
fn major(said: &str) -> Option<u32> {
    let version = said
        .split_whitespace()
        .find_map(|word| word.strip_prefix('v').filter(|rest| rest.contains('.')))?;
    version.split('.').next()?.parse().ok()
}

/// Returns the hash of an image that is as the bootloader wants it, or what is wrong with it.
fn approved(said: &str) -> Result<String, String> {
    let value = |name: &str| {
        let mut lines = said.lines().map(str::trim);
        let line = lines.find_map(|line| line.strip_prefix(name));
        line.map(str::trim).ok_or(format!("it states no `{name}`"))
    };
    let checksum = value("Checksum:")?;
    if !checksum.ends_with("(valid)") {
        return Err(format!("its checksum is {checksum}"));
    }
    let hash = value("Validation hash:")?;
    let hash = hash
        .strip_suffix("(valid)")
        .ok_or(format!("its hash is {hash}"))?;
    // Without a descriptor the bootloader of ESP-IDF 5 starts no image.
    let project = value("Project name:")?;
    if project != crate::c3::NAME {
        return Err(format!("it calls itself {project}"));
    }
    Ok(hash.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "Image size: 5 bytes\nChecksum: 0x5f (valid)\n\
                        Validation hash: 00ff (valid)\nProject name: nodelab-esp32c3\n";

    #[test]
    fn both_ways_to_say_a_version_are_read() {
        assert_eq!(major("esptool v5.6.0\n5.6.0\n"), Some(5));
        assert_eq!(major("esptool.py v4.7.0\n4.7.0\n"), Some(4));
        assert_eq!(major("no such thing"), None);
    }

    #[test]
    fn a_good_image_states_its_hash() {
        assert_eq!(approved(GOOD), Ok("00ff".to_owned()));
    }

    #[test]
    fn whatever_is_wrong_with_an_image_is_named() {
        for (from, to, expected) in [
            (
                "0x5f (valid)",
                "0x5f (invalid - calculated 0x60)",
                "checksum",
            ),
            ("00ff (valid)", "00ff (invalid)", "hash"),
            ("Validation hash", "Hash", "states no"),
            ("nodelab-esp32c3", "arduino-lib-builder", "calls itself"),
        ] {
            let why = approved(&GOOD.replace(from, to));
            assert!(why.is_err_and(|why| why.contains(expected)), "{to}");
        }
    }
}
