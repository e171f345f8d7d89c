//! A document as a tree in which every node knows its place.
//!
//! Owns the shape and the look-ups. Does not know scenarios: the same tree locates mistakes in
//! a `diagram.json`, since JSON is YAML as well.

use std::rc::Rc;

use crate::diagnostic::{SourceFile, Span};
use crate::scenario::scalar::{Meaning, javascript_number, resolve};

/// Bytes of a file at most, 1 MiB.
pub const BYTES_MAX: usize = 1 << 20;
/// Nesting at most; aliases count as what they stand for.
pub const DEPTH_MAX: usize = 48;
/// Nodes at most; aliases count as what they stand for, so that a "YAML bomb" stays small.
pub const NODES_MAX: usize = 100_000;

/// Places of one anchored value at most, multiplied through nested anchors: the default of npm
/// `yaml`, which wokwi-cli reads with.
pub const ALIASES_MAX: usize = 100;

/// One document.
#[derive(Clone, Debug)]
pub struct Tree {
    /// What was written, for quoting.
    pub file: SourceFile,
    /// The outermost node.
    pub root: Rc<Node>,
    /// Tags that nobody knows; they are ignored, and deserve a warning.
    pub unknown_tags: Vec<UnknownTag>,
    /// The first alias beyond [`ALIASES_MAX`].
    pub alias_excess: Option<Span>,
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it stands; behind an alias, where the anchor stands.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
    /// Nodes in here, aliases expanded, itself included.
    pub(super) weight: usize,
    /// Levels in here, 1 for a scalar.
    pub(super) height: usize,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Keys with values, in the order of the file.
    Mapping(Vec<Entry>),
    /// A single value.
    Scalar(Scalar),
    /// Values in order.
    Sequence(Vec<Rc<Node>>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key: mostly a scalar, though YAML allows anything.
    pub key: Rc<Node>,
    /// The value; null when nothing was written.
    pub value: Rc<Node>,
}

/// A single value.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// The text, quotes and escapes resolved.
    pub text: String,
    /// What it means under the core schema.
    pub meaning: Meaning,
}

/// A tag that the core schema does not have.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownTag {
    /// The tag in full.
    pub tag: String,
    /// Where it stands.
    pub span: Span,
}

/// One step from a node to a node inside it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Segment<'a> {
    /// The n-th value of a sequence, from 0.
    Index(usize),
    /// The value of a key.
    Key(&'a str),
}

impl Tree {
    /// Returns the place of the last node that exists on a path from the root.
    #[must_use]
    pub fn locate_nearest(&self, path: &[Segment<'_>]) -> Option<Span> {
        (0..=path.len())
            .rev()
            .find_map(|length| self.locate(&path[..length]))
    }

    /// Returns the place of the node that a path from the root leads to.
    #[must_use]
    pub fn locate(&self, path: &[Segment<'_>]) -> Option<Span> {
        let mut node = &self.root;
        for segment in path {
            node = match (segment, &node.kind) {
                (Segment::Index(index), Kind::Sequence(items)) => items.get(*index)?,
                (Segment::Key(key), Kind::Mapping(entries)) => {
                    &entries
                        .iter()
                        .find(|entry| entry.key.text() == Some(key))?
                        .value
                }
                _ => return None,
            };
        }
        Some(node.span)
    }
}

impl Node {
    /// Returns the text of a scalar.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(&scalar.text),
            Kind::Mapping(_) | Kind::Sequence(_) => None,
        }
    }

    /// Returns the meaning of a scalar.
    #[must_use]
    pub const fn meaning(&self) -> Option<Meaning> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(scalar.meaning),
            Kind::Mapping(_) | Kind::Sequence(_) => None,
        }
    }

    /// Returns the text of a scalar that means text, not a number, boolean or null.
    #[must_use]
    pub fn string(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(scalar) if scalar.meaning == Meaning::Text => Some(&scalar.text),
            Kind::Scalar(_) | Kind::Mapping(_) | Kind::Sequence(_) => None,
        }
    }

    /// Returns true when nothing was written, or `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.meaning() == Some(Meaning::Null)
    }

    /// Returns the value of a key of a mapping.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&Self> {
        let Kind::Mapping(entries) = &self.kind else {
            return None;
        };
        let entry = entries.iter().find(|entry| entry.key.text() == Some(key))?;
        Some(&entry.value)
    }

    /// Returns what it is, for messages: "a list", "the number 5".
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::Mapping(_) => "a mapping".to_owned(),
            Kind::Sequence(_) => "a list".to_owned(),
            Kind::Scalar(Scalar { text, meaning }) => match meaning {
                Meaning::Bool(value) => format!("`{value}`"),
                Meaning::Null => "nothing".to_owned(),
                Meaning::Number(value) => format!("the number {}", javascript_number(*value)),
                Meaning::Text if text.is_empty() => "an empty text".to_owned(),
                Meaning::Text if resolve(text) != Meaning::Text => {
                    format!("the text `{}`", shortened(text))
                }
                Meaning::Text => format!("`{}`", shortened(text)),
            },
        }
    }

    /// Returns a scalar as it is written, in back quotes; for anything else what it is.
    #[must_use]
    pub fn quoted(&self) -> String {
        match self.text().filter(|text| !text.is_empty()) {
            Some(text) => format!("`{}`", shortened(text)),
            None => self.describe(),
        }
    }
}

/// Returns the text, or its beginning when it is long.
#[must_use]
pub(crate) fn shortened(text: &str) -> String {
    const SHOWN_MAX: usize = 40;
    match text.char_indices().nth(SHOWN_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
