//! Mistakes in what a user wrote, and how they look on a screen.
//!
//! Owns where text lies in a file, and the picture: file, line and column, the line quoted,
//! what was read, what was expected, what to do. Does not know what the text means.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// Errors, and warnings, shown for one file at most: whoever has more starts at the top anyway.
pub const DIAGNOSTICS_MAX: usize = 64;

/// A piece of a source file, in bytes.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Byte after the last one.
    pub end: usize,
}

/// A place in a source file as people count: both from 1, the column in characters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// A file's name and text; cheap to clone.
#[derive(Clone)]
pub struct SourceFile(Arc<Source>);

struct Source {
    name: String,
    text: String,
    /// Offset of each line's first byte.
    lines: Vec<usize>,
}

/// How bad it is. Variant order is meaning: worst first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, and probably means something else.
    Warning,
}

/// One mistake, or one thing that is probably a mistake.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    severity: Severity,
    message: String,
    file: SourceFile,
    span: Option<Span>,
    expected: String,
    advice: Vec<String>,
}

/// Colour of the rendered text.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Colour {
    /// ANSI colours, for terminals.
    Ansi,
    /// Plain text, for files and pipes.
    #[default]
    Plain,
}

/// Everything found wrong in one file so far.
#[derive(Debug)]
pub struct Problems {
    file: SourceFile,
    found: Vec<Diagnostic>,
    errors: usize,
    warnings: usize,
}

impl SourceFile {
    /// Takes a file's name, as the user gave it, and its text.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0)
            .chain(breaks.map(|(at, _)| at + 1))
            .collect();
        Self(Arc::new(Source {
            name: name.into(),
            text,
            lines,
        }))
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Returns the text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Returns the text of a span, empty when it is none of this file.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.0.text.get(span.start..span.end).unwrap_or("")
    }

    /// Returns the line of a byte, from 1.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        self.0.lines.partition_point(|start| *start <= offset)
    }

    /// Returns line and column of a byte.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let line = self.line(offset);
        let start = self.0.lines[line - 1];
        let before = self.0.text.get(start..offset).unwrap_or("");
        Position {
            line,
            column: before.chars().count() + 1,
        }
    }

    /// Returns the place of one character, or the end of its line; both counted from 1.
    #[must_use]
    pub fn span_of(&self, line: usize, column: usize) -> Span {
        let text = &self.0.text;
        let start = self
            .0
            .lines
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or(text.len());
        let rest = text.get(start..).unwrap_or("").lines().next().unwrap_or("");
        let mut places = rest.char_indices().skip(column.saturating_sub(1));
        let (offset, width) = places
            .next()
            .map_or((rest.len(), 0), |(at, c)| (at, c.len_utf8()));
        Span {
            start: start + offset,
            end: start + offset + width,
        }
    }

    /// Starts an error at a place in this file.
    #[must_use]
    pub fn error(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, self, Some(span), message.into())
    }

    /// Starts an error about this file as a whole.
    #[must_use]
    pub fn failure(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, self, None, message.into())
    }

    /// Starts a warning at a place in this file.
    #[must_use]
    pub fn warning(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, self, Some(span), message.into())
    }

    /// Returns the part of a span that lies on its first line, as a range that can be drawn.
    fn drawable(&self, span: Span) -> Range<usize> {
        let text = self.text();
        let mut start = span.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = span.end.clamp(start, text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let first = &text[start..end];
        let width = first.find(['\n', '\r']).unwrap_or(first.len());
        start..start + width
    }
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SourceFile").field(&self.0.name).finish()
    }
}

impl Diagnostic {
    fn new(severity: Severity, file: &SourceFile, span: Option<Span>, message: String) -> Self {
        Self {
            severity,
            message,
            file: file.clone(),
            span,
            expected: String::new(),
            advice: Vec::new(),
        }
    }

    /// Says what was expected at this place.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = expected.into();
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice.push(advice.into());
        self
    }

    /// Returns how bad it is.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns what is wrong, in one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns where it is, unless it concerns the whole file.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.span.map(|span| self.file.position(span.start))
    }

    /// Returns the picture: message, place, quoted line, expectation and advice.
    #[must_use]
    pub fn render(&self, colour: Colour) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let message = printable(&self.message);
        let expected = printable(&self.expected);
        let title = match self.span {
            Some(_) => message,
            None => format!("{}: {message}", printable(self.file.name())),
        };
        let mut group = Group::with_title(level.primary_title(title));
        if let Some(span) = self.span {
            let mark = AnnotationKind::Primary.span(self.file.drawable(span));
            let mark = if expected.is_empty() {
                mark
            } else {
                mark.label(expected)
            };
            group = group.element(
                Snippet::source(self.file.text())
                    .path(self.file.name())
                    .annotation(mark),
            );
        } else if !expected.is_empty() {
            group = group.element(Level::NOTE.message(expected));
        }
        for advice in &self.advice {
            group = group.element(Level::HELP.message(printable(advice)));
        }
        let renderer = match colour {
            Colour::Ansi => Renderer::styled(),
            Colour::Plain => Renderer::plain(),
        };
        renderer.render(&[group])
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Colour::Plain))
    }
}

impl Problems {
    /// Starts with nothing wrong.
    #[must_use]
    pub const fn new(file: SourceFile) -> Self {
        Self {
            file,
            found: Vec::new(),
            errors: 0,
            warnings: 0,
        }
    }

    /// Returns the file being read.
    #[must_use]
    pub const fn file(&self) -> &SourceFile {
        &self.file
    }

    /// Notes a mistake or a doubt.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        let count = match diagnostic.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        *count += 1;
        // What is beyond the limit is counted, not kept: a hostile file cannot fill memory. Each
        // severity has its own limit, so that warnings never hide an error.
        if *count <= DIAGNOSTICS_MAX {
            self.found.push(diagnostic);
        }
    }

    /// Returns true when what comes next may not be shown anyway, and is not worth an effort.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.errors >= DIAGNOSTICS_MAX || self.warnings >= DIAGNOSTICS_MAX
    }

    /// Returns how many errors were noted, warnings aside.
    #[must_use]
    pub const fn errors(&self) -> usize {
        self.errors
    }

    /// Returns the value with the warnings, or every diagnostic in the order of the file.
    ///
    /// # Errors
    ///
    /// All diagnostics, when at least one is an error or there is no value.
    pub fn finish<T>(mut self, value: Option<T>) -> Result<(T, Vec<Diagnostic>), Vec<Diagnostic>> {
        self.found.sort_by_key(|found| (found.span, found.severity));
        match value {
            Some(value) if self.errors == 0 => Ok((value, self.found)),
            _ => {
                if self.errors > DIAGNOSTICS_MAX {
                    let message = format!("{} errors, of which the first are shown", self.errors);
                    self.found.push(self.file.failure(message));
                }
                Err(self.found)
            }
        }
    }
}

/// Renders diagnostics one below the other.
#[must_use]
pub fn render_all(diagnostics: &[Diagnostic], colour: Colour) -> String {
    let rendered: Vec<String> = diagnostics.iter().map(|one| one.render(colour)).collect();
    rendered.join("\n\n")
}

/// Replaces what would move a terminal's cursor or change its colours.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let file = SourceFile::new("f", "ab\nü°c\n");
        assert_eq!(file.position(0), Position { line: 1, column: 1 });
        let c = file.text().find('c').unwrap();
        assert_eq!(file.position(c), Position { line: 2, column: 3 });
        assert_eq!(file.position(99).line, 3);
    }

    #[test]
    fn a_diagnostic_shows_place_line_expectation_and_advice() {
        let file = SourceFile::new("room.yaml", "name: x\nversion: two\n");
        let span = Span { start: 17, end: 20 };
        let shown = file
            .error(span, "unknown version `two`")
            .expected("expected 1")
            .advice("write `version: 1`")
            .to_string();
        insta::assert_snapshot!(shown, @r"
        error: unknown version `two`
         --> room.yaml:2:10
          |
        2 | version: two
          |          ^^^ expected 1
          |
          = help: write `version: 1`
        ");
    }

    #[test]
    fn a_span_outside_the_text_is_drawn_at_its_end() {
        let file = SourceFile::new("f", "ü");
        for (start, end) in [(0, 99), (1, 1), (1, 2), (50, 40)] {
            let shown = file.error(Span { start, end }, "wrong").to_string();
            assert!(shown.contains("f:1:"), "{shown}");
        }
    }

    #[test]
    fn control_characters_never_reach_the_terminal() {
        let file = SourceFile::new("f", "\u{1b}[31m");
        let shown = file.error(Span { start: 0, end: 1 }, "a \u{1b}[31m b");
        assert!(!shown.to_string().contains('\u{1b}'));
    }

    #[test]
    fn many_warnings_do_not_hide_an_error() {
        let mut problems = Problems::new(SourceFile::new("f", "x"));
        for _ in 0..=DIAGNOSTICS_MAX {
            let warning = problems.file().warning(Span::default(), "odd");
            problems.report(warning);
        }
        let error = problems.file().error(Span::default(), "wrong");
        problems.report(error);
        let found = problems.finish(Some(())).unwrap_err();
        assert!(found.iter().any(|one| one.severity() == Severity::Error));
    }

    #[test]
    fn errors_beyond_the_limit_are_counted_but_not_kept() {
        let mut problems = Problems::new(SourceFile::new("f", "x"));
        for _ in 0..=DIAGNOSTICS_MAX {
            let error = problems.file().error(Span::default(), "wrong");
            problems.report(error);
        }
        let found = problems.finish(Some(())).unwrap_err();
        assert_eq!(found.len(), DIAGNOSTICS_MAX + 1);
    }
}
