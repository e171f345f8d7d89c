//! How wokwi-cli's YAML reader words its complaints.
//!
//! Owns the text of its parse errors and warnings: message, place, quoted line. What the two
//! readers call a syntax error is the same; how they word it is not always.

use crate::diagnostic::{SourceFile, Span};
use crate::scenario::compose::{TreeError, TreeErrorKind};
use crate::scenario::tree::{BYTES_MAX, DEPTH_MAX, NODES_MAX, UnknownTag};
use crate::scenario::wokwi::{ErrorClass, StrictError};

/// Characters of a quoted line at most.
const QUOTED_MAX: usize = 80;

/// Returns the error that is thrown: the first one.
pub(crate) fn first(file: &SourceFile, errors: &[TreeError]) -> StrictError {
    let Some(error) = errors.first() else {
        unreachable!("a document that cannot be composed has an error");
    };
    let message = match &error.kind {
        TreeErrorKind::DuplicateKey { .. } => "Map keys must be unique".to_owned(),
        TreeErrorKind::SeveralDocuments => "Source contains multiple documents; \
             please use YAML.parseAllDocuments()"
            .to_owned(),
        TreeErrorKind::Syntax(what) => what.clone(),
        TreeErrorKind::ForbiddenCharacter(c) => {
            format!("Control character U+{:04X}", u32::from(*c))
        }
        TreeErrorKind::CircularAlias => "Alias inside the node it stands for".to_owned(),
        TreeErrorKind::TooDeep => format!("More than {DEPTH_MAX} levels"),
        TreeErrorKind::TooLong => format!("More than {BYTES_MAX} bytes"),
        TreeErrorKind::TooManyNodes => {
            format!("More than {NODES_MAX} values, aliases included")
        }
    };
    StrictError {
        class: ErrorClass::YamlParse,
        message: placed(file, &message, error.span),
        span: error.span,
    }
}

/// Returns the warning about a tag that nobody knows.
pub(crate) fn warning(file: &SourceFile, tag: &UnknownTag) -> String {
    let message = placed(file, &format!("Unresolved tag: {}", tag.tag), tag.span);
    format!("[TAG_RESOLVE_FAILED] YAMLWarning: {message}")
}

/// Adds the place, and the line with a mark below.
fn placed(file: &SourceFile, message: &str, span: Span) -> String {
    let position = file.position(span.start);
    let line = file.text().lines().nth(position.line - 1).unwrap_or("");
    let quoted: String = line.chars().take(QUOTED_MAX).collect();
    let marked = file
        .slice(span)
        .lines()
        .next()
        .unwrap_or("")
        .chars()
        .count();
    let mark = "^".repeat(marked.clamp(1, QUOTED_MAX));
    let indent = " ".repeat(position.column.min(QUOTED_MAX) - 1);
    let (line, column) = (position.line, position.column);
    format!("{message} at line {line}, column {column}:\n\n{quoted}\n{indent}{mark}\n")
}
