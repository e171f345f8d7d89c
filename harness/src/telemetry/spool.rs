//! The streams of many worlds in one file, in the order in which reports tell them.
//!
//! Owns the file, and one beside it for each world that is not yet its turn. Memory stays small
//! however much happens.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use super::{LinesWriter, Listener};

/// A file of streams.
#[derive(Debug)]
pub struct Spool {
    path: PathBuf,
    /// Whether one world is all there is: it writes to the file itself.
    is_single: bool,
}

impl Spool {
    /// Creates the file for so many worlds, empty.
    ///
    /// # Errors
    ///
    /// What failed, with the path, in words.
    pub fn create(path: &Path, worlds: usize) -> Result<Self, String> {
        match File::create(path) {
            Ok(_) => Ok(Self {
                path: path.to_owned(),
                is_single: worlds == 1,
            }),
            Err(error) => {
                let path = path.display();
                Err(format!("failed to create the event file {path}: {error}"))
            }
        }
    }

    /// Returns what writes down world number `index`.
    ///
    /// # Errors
    ///
    /// The file of the world could not be created.
    pub(crate) fn listener(&self, index: usize) -> io::Result<Box<dyn Listener>> {
        let path = self.part(index);
        let file = if self.is_single {
            File::options().append(true).open(&path)
        } else {
            File::create(&path)
        };
        let file = file.map_err(|error| named(&path, &error))?;
        Ok(Box::new(LinesWriter::new(BufWriter::new(file))))
    }

    /// Adds world number `index` to the file; the one before it was added.
    ///
    /// # Errors
    ///
    /// The file could not be written.
    pub(crate) fn add(&self, index: usize) -> io::Result<()> {
        if self.is_single {
            return Ok(());
        }
        let part = self.part(index);
        let copied = File::open(&part).and_then(|mut from| {
            let mut to = File::options().append(true).open(&self.path)?;
            io::copy(&mut from, &mut to)
        });
        copied.map_err(|error| named(&self.path, &error))?;
        fs::remove_file(&part).map_err(|error| named(&part, &error))
    }

    /// Removes what world number `index` left, if it was not finished.
    pub(crate) fn discard(&self, index: usize) {
        if !self.is_single {
            // What is not there need not be removed.
            fs::remove_file(self.part(index)).ok();
        }
    }

    fn part(&self, index: usize) -> PathBuf {
        if self.is_single {
            return self.path.clone();
        }
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".part-{index}"));
        PathBuf::from(name)
    }
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
