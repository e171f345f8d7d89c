//! Reading a mapping key by key, and telling what is wrong with each.
//!
//! Owns unknown keys, missing keys and single values. Does not know which keys mean what: the
//! sections come from [`reference`](crate::scenario::reference).

use nodelab_sim::Celsius;

use crate::diagnostic::{Problems, Span};
use crate::scenario::model::Place;
use crate::scenario::quantity::{Grammar, QuantityError};
use crate::scenario::range::{Range, RangeError};
use crate::scenario::reference::Section;
use crate::scenario::scalar::{Meaning, javascript_number};
use crate::scenario::tree::{Entry, Kind, Node, shortened};

/// A mapping whose keys are all of one section.
#[derive(Debug)]
pub(crate) struct Fields<'t> {
    node: &'t Node,
    section: &'static Section,
    entries: &'t [Entry],
}

impl<'t> Fields<'t> {
    /// Opens a mapping and reports every key that its section does not have; null is empty.
    pub(crate) fn open(
        node: &'t Node,
        section: &'static Section,
        problems: &mut Problems,
    ) -> Option<Self> {
        let entries = match &node.kind {
            Kind::Mapping(entries) => entries.as_slice(),
            Kind::Scalar(scalar) if scalar.meaning == Meaning::Null => &[],
            Kind::Scalar(_) | Kind::Sequence(_) => {
                let name = section.name;
                let error = problems
                    .file()
                    .error(node.span, format!("`{name}` cannot be {}", node.describe()))
                    .expected("expected a mapping")
                    .advice(format!("known keys: {}", section.names().join(", ")));
                problems.report(error);
                return None;
            }
        };
        let fields = Self {
            node,
            section,
            entries,
        };
        for entry in entries {
            fields.judge_key(&entry.key, problems);
        }
        Some(fields)
    }

    /// Returns the value of a key.
    pub(crate) fn find(&self, key: &str) -> Option<&'t Node> {
        debug_assert!(self.section.has(key), "{key} is not in the reference");
        let entry = self
            .entries
            .iter()
            .find(|entry| entry.key.text() == Some(key))?;
        Some(&entry.value)
    }

    /// Reads the value of a key, when there is one.
    pub(crate) fn read<T>(
        &self,
        key: &str,
        problems: &mut Problems,
        read: impl FnOnce(&'t Node, &mut Problems) -> Option<T>,
    ) -> Option<T> {
        self.find(key).and_then(|node| read(node, problems))
    }

    /// Reads the value of a key that must be there.
    pub(crate) fn require<T>(
        &self,
        key: &str,
        problems: &mut Problems,
        read: impl FnOnce(&'t Node, &mut Problems) -> Option<T>,
    ) -> Option<T> {
        if let Some(node) = self.find(key) {
            return read(node, problems);
        }
        let (name, span) = (self.section.name, self.node.span);
        let accepts = self.section.accepts(key);
        let error = problems
            .file()
            .error(span, format!("`{key}` is missing in `{name}`"))
            .expected(format!("expected `{key}`: {accepts}"));
        problems.report(error);
        None
    }

    /// Returns the keys with their values, in the order of the file.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&'t Node, &'t Node)> + use<'t> {
        self.entries
            .iter()
            .map(|entry| (&*entry.key, &*entry.value))
    }

    /// Returns true for a key that the section has.
    pub(crate) fn knows(&self, key: &str) -> bool {
        self.section.has(key)
    }

    fn judge_key(&self, key: &Node, problems: &mut Problems) {
        let name = key.text().unwrap_or("");
        if key.text().is_some() && self.section.has(name) {
            return;
        }
        let place = self.section.name;
        let shown = key
            .text()
            .map_or_else(|| key.describe(), |text| format!("`{}`", shortened(text)));
        let names = self.section.names();
        let error = problems
            .file()
            .error(key.span, format!("unknown key {shown} in `{place}`"));
        let error = match suggestion(name, &names, problems) {
            Some(near) => error.expected(format!("did you mean `{near}`?")),
            None => error.expected("no such key"),
        };
        problems.report(error.advice(format!("known keys: {}", list(&names))));
    }
}

impl Section {
    /// Returns the names of the keys.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }

    fn has(&self, name: &str) -> bool {
        self.keys.iter().any(|key| key.name == name)
    }

    fn accepts(&self, name: &str) -> &'static str {
        let key = self.keys.iter().find(|key| key.name == name);
        key.map_or("", |key| key.accepts)
    }
}

/// Reads one of a few words.
pub(crate) fn choice<T: Copy>(
    node: &Node,
    options: &[(&'static str, T)],
    problems: &mut Problems,
) -> Option<T> {
    let text = node.text().unwrap_or("");
    if let Some((_, value)) = options.iter().find(|(name, _)| *name == text) {
        return Some(*value);
    }
    let names: Vec<&str> = options.iter().map(|(name, _)| *name).collect();
    let title = match node.kind {
        Kind::Scalar(_) => format!("unknown value {}", node.quoted()),
        Kind::Mapping(_) | Kind::Sequence(_) => format!("{} is no word", node.quoted()),
    };
    let error = problems
        .file()
        .error(node.span, title)
        .expected(format!("expected one of: {}", list(&names)));
    let error = match suggestion(text, &names, problems) {
        Some(near) => error.advice(format!("did you mean `{near}`?")),
        None => error,
    };
    problems.report(error);
    None
}

/// Reads `true` or `false`.
pub(crate) fn boolean(node: &Node, problems: &mut Problems) -> Option<bool> {
    choice(node, &[("true", true), ("false", false)], problems)
}

/// Reads a whole number.
pub(crate) fn whole(node: &Node, [low, high]: [u64; 2], problems: &mut Problems) -> Option<u64> {
    if let Some(Meaning::Number(value)) = node.meaning() {
        // Every whole number up to 2⁵³ is exact; the cast saturates beyond, and cuts fractions.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "what the cast changed is refused right below"
        )]
        let (cast, back) = (value as u64, value as u64 as f64);
        if value.to_bits() == back.to_bits() && (low..=high).contains(&cast) {
            return Some(cast);
        }
    }
    let error = problems
        .file()
        .error(node.span, format!("{} does not fit here", node.describe()))
        .expected(format!("expected a whole number, {low} to {high}"));
    problems.report(error);
    None
}

/// Reads a whole number that fits 32 bits.
pub(crate) fn small(node: &Node, [low, high]: [u32; 2], problems: &mut Problems) -> Option<u32> {
    let value = whole(node, [u64::from(low), u64::from(high)], problems)?;
    u32::try_from(value).ok()
}

/// Reads a number without a unit, the bounds included.
pub(crate) fn number(node: &Node, [low, high]: [f64; 2], problems: &mut Problems) -> Option<f64> {
    if let Some(Meaning::Number(value)) = node.meaning()
        && (low..=high).contains(&value)
    {
        return Some(value);
    }
    let [low, high] = [low, high].map(javascript_number);
    let error = problems
        .file()
        .error(node.span, format!("{} does not fit here", node.describe()))
        .expected(format!("expected a number, {low} to {high}"));
    problems.report(error);
    None
}

/// Reads text of one byte at least; numbers count as the text they are written as.
pub(crate) fn text(node: &Node, bytes_max: usize, problems: &mut Problems) -> Option<String> {
    let error = match node.text() {
        Some("") | None => {
            let message = format!("{} cannot stand here", node.describe());
            problems
                .file()
                .error(node.span, message)
                .expected("expected text")
        }
        Some(_) if node.is_null() => problems
            .file()
            .error(node.span, "nothing cannot stand here")
            .expected("expected text; for the word itself write it in quotes"),
        Some(text) if text.len() > bytes_max => {
            let message = format!("this text has {} bytes", text.len());
            let expected = format!("expected {bytes_max} bytes at most");
            problems.file().error(node.span, message).expected(expected)
        }
        Some(text) if text.contains('\0') => problems
            .file()
            .error(node.span, "this text holds a NUL")
            .expected("expected text without U+0000"),
        Some(text) => return Some(text.to_owned()),
    };
    problems.report(error);
    None
}

/// Reads one quantity.
pub(crate) fn quantity<T: Copy + PartialOrd>(
    node: &Node,
    grammar: &Grammar<T>,
    problems: &mut Problems,
) -> Option<T> {
    let range = range(node, grammar, problems)?;
    if range.single().is_none() {
        let error = problems
            .file()
            .error(node.span, "a range cannot stand here")
            .expected(format!("expected {}: {}", grammar.noun, grammar.forms));
        problems.report(error);
    }
    range.single()
}

/// Reads a quantity between two bounds, the bounds included.
pub(crate) fn bounded<T: Copy + PartialOrd>(
    node: &Node,
    (grammar, [low, high]): (&Grammar<T>, [(&str, T); 2]),
    problems: &mut Problems,
) -> Option<T> {
    let value = quantity(node, grammar, problems)?;
    within(node, Range::only(value), [low, high], problems)?.single()
}

/// Reads a range between two bounds, the bounds included.
pub(crate) fn bounded_range<T: Copy + PartialOrd>(
    node: &Node,
    (grammar, bounds): (&Grammar<T>, [(&str, T); 2]),
    problems: &mut Problems,
) -> Option<Range<T>> {
    let value = range(node, grammar, problems)?;
    within(node, value, bounds, problems)
}

/// Reads a range of quantities, or a single one.
pub(crate) fn range<T: Copy + PartialOrd>(
    node: &Node,
    grammar: &Grammar<T>,
    problems: &mut Problems,
) -> Option<Range<T>> {
    let Some(text) = node.text().filter(|_| !node.is_null()) else {
        let message = format!("{} is not {}", node.describe(), grammar.noun);
        let error = problems.file().error(node.span, message);
        problems.report(error.expected(format!("expected {}", grammar.forms)));
        return None;
    };
    let error = match Range::read(text, grammar) {
        Ok(range) => return Some(range),
        Err(RangeError::Inverted) => problems
            .file()
            .error(
                node.span,
                format!("the range `{}` is upside down", shortened(text)),
            )
            .expected("expected the smaller value first"),
        Err(RangeError::Quantity(why)) => {
            let message = format!("`{}` is not {}: {why}", shortened(text), grammar.noun);
            let error = problems.file().error(node.span, message);
            let error = error.expected(format!("expected {}", grammar.forms));
            match advice(text, why, grammar.noun) {
                Some(advice) => error.advice(advice),
                None => error,
            }
        }
    };
    problems.report(error);
    None
}

/// Returns where a node stands.
pub(crate) fn place(node: &Node, problems: &Problems) -> Place {
    place_of(node.span, problems)
}

/// Returns a place with its line.
pub(crate) fn place_of(span: Span, problems: &Problems) -> Place {
    let line = problems.file().line(span.start);
    Place { line, span }
}

/// Returns names as a list for a message.
pub(crate) fn list(names: &[&str]) -> String {
    names.join(", ")
}

/// Returns the name that a misspelt one was probably meant to be, while it can be shown.
pub(crate) fn suggestion<'n>(
    written: &str,
    names: &[&'n str],
    problems: &Problems,
) -> Option<&'n str> {
    // The search costs more than all other reading, and a hostile file holds many names.
    if problems.is_full() {
        return None;
    }
    closest(written, names)
}

/// Returns the nearest name, if it is near at all.
pub(crate) fn closest<'n>(written: &str, names: &[&'n str]) -> Option<&'n str> {
    const WRITTEN_MAX: usize = 40;
    if written.is_empty() || written.len() > WRITTEN_MAX {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace(['_', ' '], "-");
    let written = plain(written);
    let limit = written.chars().count() / 3;
    names
        .iter()
        .map(|name| (distance(&written, &plain(name)), *name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

fn within<T: Copy + PartialOrd>(
    node: &Node,
    range: Range<T>,
    [(low_text, low), (high_text, high)]: [(&str, T); 2],
    problems: &mut Problems,
) -> Option<Range<T>> {
    if low <= range.low() && range.high() <= high {
        return Some(range);
    }
    let error = problems
        .file()
        .error(
            node.span,
            format!("`{}` is out of range", node.text().unwrap_or("")),
        )
        .expected(format!("expected {low_text} to {high_text}"));
    problems.report(error);
    None
}

fn advice(text: &str, why: QuantityError, noun: &str) -> Option<String> {
    let text = shortened(text.trim());
    match (why, noun) {
        (QuantityError::NoUnit, "a temperature") => Some(format!("write `{text} °C`")),
        (QuantityError::NoUnit, "a duration") => Some(format!("write `{text} s` or `{text} ms`")),
        (QuantityError::NoUnit, "a share") => Some(format!("write `{text} %`")),
        (QuantityError::NoUnit, "a deviation") => Some(format!("write `{text} ppm`")),
        (QuantityError::NoUnit, "a charge") => Some(format!("write `{text} mAh`")),
        (QuantityError::NoUnit, "an energy") => Some(format!("write `{text} mJ`")),
        (QuantityError::NoUnit, "a voltage") => Some(format!("write `{text} V`")),
        (QuantityError::UnknownUnit, "a duration") if text.ends_with('m') => {
            Some(format!("for minutes write `{text}in`"))
        }
        _ => None,
    }
}

/// Returns how many letters differ (Levenshtein), a swap of neighbours counting as one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1)
                .min(row[j - 1] + 1)
                .min(rows[i - 1][j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

/// Returns the nearest thousandth of a degree.
#[expect(
    clippy::cast_possible_truncation,
    reason = "quantities end at ±10⁹, rounded here"
)]
pub(crate) fn milli_celsius(value: Celsius) -> node_core::MilliCelsius {
    node_core::MilliCelsius(libm::round(value.0 * 1_000.0) as i32)
}

/// Returns a temperature for a message.
pub(crate) fn show_celsius(value: Celsius) -> String {
    format!("{} °C", javascript_number(value.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_find_their_neighbour() {
        let names = ["sample-interval", "oversample", "filter", "publish"];
        assert_eq!(closest("sampel-interval", &names), Some("sample-interval"));
        assert_eq!(closest("sample_interval", &names), Some("sample-interval"));
        assert_eq!(closest("Filter", &names), Some("filter"));
        assert_eq!(closest("temperature", &names), None);
        assert_eq!(closest("", &names), None);
    }

    #[test]
    fn a_swap_counts_as_one_change() {
        assert_eq!(distance("sampel", "sample"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
