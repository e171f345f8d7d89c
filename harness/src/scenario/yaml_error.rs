//! How wokwi-cli's YAML reader words its complaints.
//!
//! Owns the text of its parse errors and warnings: message, place, quoted line. What the two
//! readers call a syntax error is the same; how they word it is not always.

use crate::diagnostic::SourceFile;
use crate::scenario::compose::{TreeError, TreeErrorKind};
use crate::scenario::tree::{BYTES_MAX, DEPTH_MAX, NODES_MAX, UnknownTag};
use crate::scenario::wokwi::{ErrorClass, StrictError};

/// What is thrown once aliases stand for too much.
pub(crate) const EXCESSIVE_ALIASES: &str =
    "Excessive alias count indicates a resource exhaustion attack";
/// Characters of a quoted line at most.
const QUOTED_MAX: usize = 80;

/// Returns the error that is thrown: the first one.
pub(crate) fn first(file: &SourceFile, errors: &[TreeError]) -> StrictError {
    let Some(error) = errors.first() else {
        unreachable!("a document that cannot be composed has an error");
    };
    if let Some(message) = reference_error(&error.kind) {
        return StrictError {
            class: ErrorClass::Reference,
            message,
            span: error.span,
        };
    }
    let message = match &error.kind {
        TreeErrorKind::DuplicateKey { .. } => "Map keys must be unique".to_owned(),
        TreeErrorKind::SeveralDocuments => "Source contains multiple documents; \
             please use YAML.parseAllDocuments()"
            .to_owned(),
        TreeErrorKind::Syntax(what) if what.starts_with("simple key expect") => {
            "Implicit map keys need to be followed by map values".to_owned()
        }
        TreeErrorKind::Syntax(what) => what.clone(),
        TreeErrorKind::ForbiddenCharacter(c) => {
            format!("Control character U+{:04X}", u32::from(*c))
        }
        TreeErrorKind::TooDeep => format!("More than {DEPTH_MAX} levels"),
        TreeErrorKind::TooLong => format!("More than {BYTES_MAX} bytes"),
        TreeErrorKind::CircularAlias
        | TreeErrorKind::TooManyNodes
        | TreeErrorKind::UnknownAlias(_) => format!("More than {NODES_MAX} values"),
    };
    StrictError {
        class: ErrorClass::YamlParse,
        message: placed(file, &message, error.span.start, 1),
        span: error.span,
    }
}

/// Returns the error that has no place, because it comes from resolving aliases.
fn reference_error(kind: &TreeErrorKind) -> Option<String> {
    match kind {
        TreeErrorKind::UnknownAlias(name) => Some(format!(
            "Unresolved alias (the anchor must be set before the alias): {name}"
        )),
        TreeErrorKind::CircularAlias => {
            Some("This should not happen: Alias anchor was not resolved?".to_owned())
        }
        TreeErrorKind::TooManyNodes => Some(EXCESSIVE_ALIASES.to_owned()),
        TreeErrorKind::DuplicateKey { .. }
        | TreeErrorKind::ForbiddenCharacter(_)
        | TreeErrorKind::SeveralDocuments
        | TreeErrorKind::Syntax(_)
        | TreeErrorKind::TooDeep
        | TreeErrorKind::TooLong => None,
    }
}

/// Returns the warning about a tag that nobody knows.
pub(crate) fn warning(file: &SourceFile, tag: &UnknownTag) -> String {
    let (at, width) = (tag.span.start, file.slice(tag.span).chars().count());
    let message = placed(file, &format!("Unresolved tag: {}", tag.tag), at, width);
    format!("[TAG_RESOLVE_FAILED] YAMLWarning: {message}")
}

/// Adds the place, and the line with a mark below; a mark at a line's start shows the line
/// before as well.
fn placed(file: &SourceFile, message: &str, at: usize, width: usize) -> String {
    let position = file.position(at);
    let mut lines = file
        .text()
        .split('\n')
        .skip(position.line.saturating_sub(2));
    let before = if position.line > 1 {
        lines.next()
    } else {
        None
    };
    let line = lines.next().unwrap_or("").trim_end_matches('\r');
    let indent = position.column - 1;
    let at_start = line.chars().take(indent).all(|c| c == ' ');
    let context = match before.filter(|_| at_start) {
        Some(before) => format!("{}\n", quoted(before)),
        None => String::new(),
    };
    let mark = "^".repeat(width.clamp(1, QUOTED_MAX));
    let indent = " ".repeat(indent.min(QUOTED_MAX - 1));
    let (number, column) = (position.line, position.column);
    let line = quoted(line);
    format!("{message} at line {number}, column {column}:\n\n{context}{line}\n{indent}{mark}\n")
}

fn quoted(line: &str) -> String {
    if line.chars().count() <= QUOTED_MAX {
        return line.to_owned();
    }
    line.chars().take(QUOTED_MAX - 1).chain(['…']).collect()
}
