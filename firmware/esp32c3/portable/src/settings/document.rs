//! A TOML document whose mistakes have places.
//!
//! Owns lines and columns, missing keys and unknown ones. Does not know which keys there are.

use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::settings::error::{Place, SettingsError};

type Result<T> = core::result::Result<T, SettingsError>;

/// The text of a file, to find lines in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct File<'a> {
    pub(crate) name: &'a str,
    pub(crate) text: &'a str,
}

/// One table, and which of its keys were asked for.
#[derive(Debug)]
pub(crate) struct Section<'a> {
    file: File<'a>,
    /// Its own name with a dot behind; empty at the top.
    prefix: String,
    offset: usize,
    table: &'a DeTable<'a>,
    asked: BTreeSet<&'static str>,
}

/// One value.
#[derive(Debug)]
pub(crate) struct Value<'a> {
    file: File<'a>,
    key: String,
    found: &'a Spanned<DeValue<'a>>,
}

impl<'a> File<'a> {
    /// Parses the text.
    pub(crate) fn parse(self) -> Result<Spanned<DeTable<'a>>> {
        DeTable::parse(self.text).map_err(|error| SettingsError {
            place: self.place(error.span().map_or(0, |span| span.start)),
            key: String::new(),
            read: "what is not TOML".to_owned(),
            expected: error.message().to_owned(),
        })
    }

    fn place(self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Place {
            file: self.name.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl<'a> Section<'a> {
    /// Opens the document.
    pub(crate) const fn top(file: File<'a>, table: &'a DeTable<'a>) -> Self {
        Self {
            file,
            prefix: String::new(),
            offset: 0,
            table,
            asked: BTreeSet::new(),
        }
    }

    /// Returns the value of `key`, if it is there.
    pub(crate) fn optional(&mut self, key: &'static str) -> Option<Value<'a>> {
        self.asked.insert(key);
        Some(Value {
            file: self.file,
            key: format!("{}{key}", self.prefix),
            found: self.table.get(key)?,
        })
    }

    /// Returns the value of `key`, or the mistake that it is missing.
    pub(crate) fn required(&mut self, key: &'static str, expected: &str) -> Result<Value<'a>> {
        self.optional(key)
            .ok_or_else(|| self.missing(key, expected))
    }

    /// Returns the mistake that `key` is missing.
    pub(crate) fn missing(&self, key: &str, expected: &str) -> SettingsError {
        SettingsError {
            place: self.file.place(self.offset),
            key: format!("{}{key}", self.prefix),
            read: "nothing".to_owned(),
            expected: expected.to_owned(),
        }
    }

    /// Refuses keys that nobody asked for.
    pub(crate) fn finish(self) -> Result<()> {
        let unknown = self
            .table
            .keys()
            .find(|key| !self.asked.contains(key.get_ref().as_ref()));
        unknown.map_or(Ok(()), |key| {
            let known: Vec<&str> = self.asked.iter().copied().collect();
            Err(SettingsError {
                place: self.file.place(key.span().start),
                key: format!("{}{}", self.prefix, key.get_ref()),
                read: "a key that means nothing".to_owned(),
                expected: one_of(&known),
            })
        })
    }
}

impl<'a> Value<'a> {
    /// Returns the mistake that this value is not what was `expected`.
    pub(crate) fn wrong(&self, expected: &str) -> SettingsError {
        let read = match self.found.get_ref() {
            DeValue::Array(_) => "a list".to_owned(),
            DeValue::Boolean(value) => format!("`{value}`"),
            DeValue::Datetime(value) => format!("`{value}`"),
            DeValue::Float(value) => format!("`{}`", value.as_str()),
            DeValue::Integer(value) => format!("`{}`", value.as_str()),
            DeValue::String(value) => format!("{:?}", value.as_ref()),
            DeValue::Table(_) => "a table".to_owned(),
        };
        self.mistake(read, expected)
    }

    /// Returns a mistake in this value that is told in other words than the value itself.
    pub(crate) fn mistake(&self, read: String, expected: &str) -> SettingsError {
        SettingsError {
            place: self.file.place(self.found.span().start),
            key: self.key.clone(),
            read,
            expected: expected.to_owned(),
        }
    }

    /// Returns the text, if it is one.
    pub(crate) fn as_text(&self) -> Option<&'a str> {
        self.found.get_ref().as_str()
    }

    /// Returns the text.
    pub(crate) fn text(&self, expected: &str) -> Result<&'a str> {
        self.as_text().ok_or_else(|| self.wrong(expected))
    }

    /// Returns what `read` makes of the text.
    pub(crate) fn parsed<T>(
        &self,
        expected: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T> {
        let value = self.as_text().and_then(read);
        value.ok_or_else(|| self.wrong(expected))
    }

    /// Returns what the text is the name of.
    pub(crate) fn named<T: Copy>(&self, names: &[(&str, T)]) -> Result<T> {
        let words: Vec<String> = names.iter().map(|(name, _)| format!("{name:?}")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.parsed(&one_of(&words), |text| {
            let found = names.iter().find(|(name, _)| *name == text);
            found.map(|(_, value)| *value)
        })
    }

    /// Returns a whole number that fits `T`.
    pub(crate) fn integer<T: TryFrom<i64>>(&self, expected: &str) -> Result<T> {
        let number = self.found.get_ref().as_integer();
        number
            .and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok())
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| self.wrong(expected))
    }

    /// Returns true or false.
    pub(crate) fn boolean(&self) -> Result<bool> {
        let value = self.found.get_ref().as_bool();
        value.ok_or_else(|| self.wrong("`true` or `false`"))
    }

    /// Returns the table.
    pub(crate) fn section(&self, expected: &str) -> Result<Section<'a>> {
        let table = self.found.get_ref().as_table();
        Ok(Section {
            file: self.file,
            prefix: format!("{}.", self.key),
            offset: self.found.span().start,
            table: table.ok_or_else(|| self.wrong(expected))?,
            asked: BTreeSet::new(),
        })
    }
}

/// Returns `a`, `a or b`, `a, b or c`.
fn one_of(words: &[&str]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [word] => (*word).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
