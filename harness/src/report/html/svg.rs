//! The few shapes that pictures are made of, as text of SVG.
//!
//! Owns how numbers and words are written so that they can stand in a page. Does not know scales.

use std::fmt::Write as _;

/// Writes words so that they stand in text or in a quoted attribute and mean nothing but
/// themselves. Control characters, which XML and HTML forbid, become U+FFFD.
pub(super) fn escaped(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for character in words.chars() {
        match character {
            '&' => out.push_str("&#38;"),
            '<' => out.push_str("&#60;"),
            '>' => out.push_str("&#62;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(printable(character)),
        }
    }
    out
}

/// Returns the character, or U+FFFD where no document may hold it.
pub(super) fn printable(character: char) -> char {
    let is_space = matches!(character, '\n' | '\t');
    // Marks that turn the direction of text could make it read as what it is not.
    let turns = matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let is_no_character = matches!(character, '\u{FFFE}' | '\u{FFFF}');
    if (character.is_control() && !is_space) || turns || is_no_character {
        char::REPLACEMENT_CHARACTER
    } else {
        character
    }
}

/// Writes a coordinate: to a tenth, without a tenth that is zero.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0" } else { text }.to_owned()
}

/// The outline of a shape.
#[derive(Clone, Debug, Default)]
pub(super) struct Path {
    text: String,
}

impl Path {
    /// Goes on with a straight line, or begins if there is nothing yet.
    pub(super) fn to(&mut self, x: f64, y: f64) {
        let command = if self.text.is_empty() { 'M' } else { 'L' };
        self.command(command, x, y);
    }

    /// Begins anew elsewhere.
    pub(super) fn jump(&mut self, x: f64, y: f64) {
        self.command('M', x, y);
    }

    /// Draws a dot: a line without length has round ends, whatever the scale.
    pub(super) fn dot(&mut self, x: f64, y: f64) {
        self.jump(x, y);
        self.text.push_str("h0");
    }

    /// Goes along and then up or down, as values do that hold until they change.
    pub(super) fn step(&mut self, x: f64, y: f64) {
        let (x, y) = (number(x), number(y));
        write!(self.text, "H{x}V{y}").expect("a string takes any text");
    }

    /// Closes the outline.
    pub(super) fn close(&mut self) {
        if !self.text.is_empty() {
            self.text.push('Z');
        }
    }

    /// Returns the element, which is nothing for no outline.
    pub(super) fn element(&self, class: &str) -> String {
        if self.text.is_empty() {
            return String::new();
        }
        format!("<path class=\"{class}\" d=\"{}\"/>", self.text)
    }

    fn command(&mut self, command: char, x: f64, y: f64) {
        let (x, y) = (number(x), number(y));
        write!(self.text, "{command}{x} {y}").expect("a string takes any text");
    }
}

/// Returns a rectangle.
pub(super) fn rect(class: &str, (x, y): (f64, f64), (width, height): (f64, f64)) -> String {
    let (x, y, width, height) = (number(x), number(y), number(width), number(height));
    format!("<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>")
}

/// Returns a straight line.
pub(super) fn line(class: &str, from: (f64, f64), to: (f64, f64)) -> String {
    let mut path = Path::default();
    path.to(from.0, from.1);
    path.to(to.0, to.1);
    path.element(class)
}

/// Returns words; `anchor` is `start`, `middle` or `end`.
pub(super) fn text(class: &str, (x, y): (f64, f64), anchor: &str, words: &str) -> String {
    let (x, y, words) = (number(x), number(y), escaped(words));
    format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{words}</text>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_mean_nothing_but_themselves() {
        let words = "<script>'&\"\u{0}\u{1b}[1m]]>\u{202e}";
        assert_eq!(
            escaped(words),
            "&#60;script&#62;&#39;&#38;&#34;\u{fffd}\u{fffd}[1m]]&#62;\u{fffd}"
        );
    }

    #[test]
    fn coordinates_are_short() {
        assert_eq!([1.04, 2.0, -0.04, 0.25].map(number), ["1", "2", "0", "0.2"]);
    }
}
