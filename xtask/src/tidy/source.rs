//! A Rust file, split into code and comments.
//!
//! Owns just enough of the language to tell code, comments and literals apart, so that a rule
//! about code is not fooled by a comment. Does not parse: rules work on lines and words.

use std::iter::Peekable;
use std::str::Chars;

/// One line of a file.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Line {
    /// The code; what strings and characters hold is left out, their quotes are kept.
    pub(crate) code: String,
    /// The comments, slashes included.
    pub(crate) comment: String,
}

/// A Rust file.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Its lines.
    pub(crate) lines: Vec<Line>,
    /// Index of the line where the tests at the bottom begin; the number of lines without any.
    tests_from: usize,
}

impl Source {
    /// Splits a file.
    pub(crate) fn of(text: &str) -> Self {
        let mut splitter = Splitter {
            rest: text.chars().peekable(),
            lines: vec![Line::default()],
        };
        splitter.split();
        let lines = splitter.lines;
        let starts_tests = |pair: &[Line]| {
            pair[0].code.trim() == "#[cfg(test)]" && pair[1].code.trim_start().starts_with("mod ")
        };
        let tests_from = lines
            .windows(2)
            .position(starts_tests)
            .unwrap_or(lines.len());
        Self { lines, tests_from }
    }

    /// Returns line numbers, from 1, and code, without the tests at the bottom.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.lines[..self.tests_from].iter().enumerate();
        lines.map(|(index, line)| (index + 1, line.code.as_str()))
    }

    /// Returns line numbers, from 1, and comments, tests included.
    pub(crate) fn comments(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.lines.iter().enumerate();
        lines
            .filter(|(_, line)| !line.comment.is_empty())
            .map(|(index, line)| (index + 1, line.comment.as_str()))
    }
}

/// Returns the identifiers of a piece of code, with their byte offsets.
pub(crate) fn identifiers(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c == '_' || c.is_alphanumeric();
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + code[rest..].find(is_part)?;
        let length = code[start..].find(|c| !is_part(c));
        let end = length.map_or(code.len(), |length| start + length);
        rest = end;
        Some((start, &code[start..end]))
    })
}

struct Splitter<'a> {
    rest: Peekable<Chars<'a>>,
    lines: Vec<Line>,
}

impl Splitter<'_> {
    fn split(&mut self) {
        while let Some(c) = self.rest.next() {
            match c {
                '/' if self.rest.peek() == Some(&'/') => self.line_comment(),
                '/' if self.rest.peek() == Some(&'*') => self.block_comment(),
                '"' => self.string(),
                'r' if !self.after_word() && self.starts_raw_string() => self.raw_string(),
                '\'' => self.character_or_lifetime(),
                c => self.code(c),
            }
        }
    }

    /// Adds a character to the code, or begins the next line.
    fn code(&mut self, c: char) {
        if c == '\n' {
            self.lines.push(Line::default());
        } else {
            self.last().code.push(c);
        }
    }

    fn comment(&mut self, c: char) {
        if c == '\n' {
            self.lines.push(Line::default());
        } else {
            self.last().comment.push(c);
        }
    }

    fn last(&mut self) -> &mut Line {
        if self.lines.is_empty() {
            self.lines.push(Line::default());
        }
        self.lines.last_mut().expect("there is a line at all times")
    }

    /// Returns whether the code so far ends within a word; `b` and `br` open literals themselves.
    fn after_word(&mut self) -> bool {
        let code = &self.last().code;
        let word = code
            .rsplit(|c: char| c != '_' && !c.is_alphanumeric())
            .next();
        word.is_some_and(|word| !word.is_empty() && word != "b" && word != "c")
    }

    fn line_comment(&mut self) {
        self.comment('/');
        while self.rest.peek().is_some_and(|c| *c != '\n') {
            if let Some(c) = self.rest.next() {
                self.comment(c);
            }
        }
    }

    fn block_comment(&mut self) {
        self.comment('/');
        let mut depth = 0_usize;
        let mut before = '/';
        for c in self.rest.by_ref() {
            match (before, c) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth = depth.saturating_sub(1),
                _ => {}
            }
            let line = if c == '\n' {
                self.lines.push(Line::default());
                None
            } else {
                self.lines.last_mut()
            };
            if let Some(line) = line {
                line.comment.push(c);
            }
            if depth == 0 {
                return;
            }
            before = match (before, c) {
                ('/', '*') | ('*', '/') => ' ',
                _ => c,
            };
        }
    }

    fn string(&mut self) {
        self.code('"');
        while let Some(c) = self.rest.next() {
            match c {
                '"' => break,
                '\n' => self.code('\n'),
                // Whatever is escaped does not end the string; an escaped line end is skipped.
                '\\' if self.rest.next() == Some('\n') => self.code('\n'),
                _ => {}
            }
        }
        self.code('"');
    }

    fn starts_raw_string(&self) -> bool {
        let mut ahead = self.rest.clone();
        while ahead.peek() == Some(&'#') {
            ahead.next();
        }
        ahead.peek() == Some(&'"')
    }

    fn raw_string(&mut self) {
        let mut hashes = 0_usize;
        while self.rest.next_if_eq(&'#').is_some() {
            hashes += 1;
        }
        self.rest.next();
        self.code('"');
        while let Some(c) = self.rest.next() {
            if c == '\n' {
                self.code('\n');
            }
            if c == '"' && self.ends_raw_string(hashes) {
                for _ in 0..hashes {
                    self.rest.next();
                }
                break;
            }
        }
        self.code('"');
    }

    fn ends_raw_string(&self, hashes: usize) -> bool {
        let ahead = self.rest.clone();
        ahead.take(hashes).filter(|c| *c == '#').count() == hashes
    }

    /// Skips what a character literal holds; a lifetime stays as it is.
    fn character_or_lifetime(&mut self) {
        self.code('\'');
        let mut ahead = self.rest.clone();
        let first = ahead.next();
        if first == Some('\\') {
            self.rest.next();
            self.rest.next();
            while self.rest.next().is_some_and(|c| c != '\'') {}
            self.code('\'');
        } else if ahead.next() == Some('\'') {
            self.rest.next();
            self.rest.next();
            self.code('\'');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_not_code() {
        let cases = [
            ("let a = 1; // b", "let a = 1; ", "// b"),
            ("a /* b /* c */ d */ e", "a  e", "/* b /* c */ d */"),
            ("\"// no\" // yes", "\"\" ", "// yes"),
            (r#"r"a\" + b"#, "\"\" + b", ""),
            ("r#\"a\"b\"# + c", "\"\" + c", ""),
            (r#""a\"b" + c"#, "\"\" + c", ""),
            ("'\"' + '/' + '\\'' + a", "'' + '' + '' + a", ""),
            ("fn f<'a>(x: &'a str)", "fn f<'a>(x: &'a str)", ""),
            ("b\"//\" + br\"//\"", "b\"\" + b\"\"", ""),
            ("for r in x", "for r in x", ""),
        ];
        for (text, code, comment) in cases {
            assert_eq!(split(text), (code.to_owned(), comment.to_owned()), "{text}");
        }
    }

    #[test]
    fn lines_are_kept_through_long_literals_and_comments() {
        let (code, comment) = split("a = \"x\ny\";\n/* p\nq */ b\nr\"m\nn\"; c");
        assert_eq!(code, "a = \"|\";|| b|\"|\"; c");
        assert_eq!(comment, "||/* p|q */||");
    }

    #[test]
    fn tests_at_the_bottom_are_told_apart() {
        let source = Source::of("use a;\n#[cfg(test)]\nmod tests {\n    use b;\n}\n");
        let code: Vec<&str> = source.code().map(|(_, code)| code).collect();
        assert_eq!(code, ["use a;"]);
    }

    #[test]
    fn identifiers_come_with_their_places() {
        let found: Vec<_> = identifiers("crate::a_b(c)").collect();
        assert_eq!(found, [(0, "crate"), (7, "a_b"), (11, "c")]);
    }

    fn split(text: &str) -> (String, String) {
        let source = Source::of(text);
        let join = |part: fn(&Line) -> &str| {
            let parts: Vec<&str> = source.lines.iter().map(part).collect();
            parts.join("|")
        };
        (join(|line| &line.code), join(|line| &line.comment))
    }
}
