//! From a tree back to text.
//!
//! Owns how values are laid out and quoted. What a file says beyond its values is lost: comments,
//! anchors, the style of its author.

use crate::scenario::scalar::{Meaning, javascript_number, resolve};
use crate::scenario::tree::{Kind, Node, Scalar};

/// A collection that fits into so many characters is written in one line.
const LINE_MAX: usize = 88;
/// A key that is longer than this is announced, since an implicit one may have 1024 characters
/// (YAML 1.2.2 §7.4).
const KEY_MAX: usize = 256;
/// Levels that are always written as blocks, so that a file looks like one that was written.
const BLOCKS: usize = 2;

/// A value that can be written.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Values in order.
    List(Vec<Self>),
    /// Keys with values, in order.
    Map(Vec<(Self, Self)>),
    /// Text that stands for a number, a boolean or null.
    Plain(String),
    /// Text that means itself.
    Text(String),
}

impl Value {
    /// Copies a node.
    #[must_use]
    pub fn of(node: &Node) -> Self {
        match &node.kind {
            Kind::Mapping(entries) => Self::Map(
                entries
                    .iter()
                    .map(|entry| (Self::of(&entry.key), Self::of(&entry.value)))
                    .collect(),
            ),
            Kind::Scalar(scalar) => Self::of_scalar(scalar),
            Kind::Sequence(items) => Self::List(items.iter().map(|item| Self::of(item)).collect()),
        }
    }

    /// Builds text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Builds a number.
    #[must_use]
    pub fn number(number: impl std::fmt::Display) -> Self {
        Self::Plain(number.to_string())
    }

    /// Builds a mapping of one key.
    #[must_use]
    pub fn map<const N: usize>(entries: [(&str, Self); N]) -> Self {
        Self::Map(
            entries
                .into_iter()
                .map(|(key, value)| (Self::text(key), value))
                .collect(),
        )
    }

    /// Returns the value of a key, which is added as null when it is not there; anything but a
    /// mapping becomes one.
    pub fn entry(&mut self, key: &str) -> &mut Self {
        if !matches!(self, Self::Map(_)) {
            *self = Self::Map(Vec::new());
        }
        let Self::Map(entries) = self else {
            unreachable!("it was made one above")
        };
        let is_it = |(name, _): &(Self, Self)| matches!(name, Self::Text(name) if name == key);
        let at = entries.iter().position(is_it).unwrap_or_else(|| {
            entries.push((Self::text(key), Self::Plain("null".to_owned())));
            entries.len() - 1
        });
        &mut entries[at].1
    }

    /// Returns the value of a key that is there.
    pub fn find(&mut self, key: &str) -> Option<&mut Self> {
        let Self::Map(entries) = self else {
            return None;
        };
        let mut entries = entries.iter_mut();
        entries.find_map(|(name, value)| {
            matches!(name, Self::Text(name) if name == key).then_some(value)
        })
    }

    /// Adds items to a list; anything else becomes one.
    pub fn extend(&mut self, items: Vec<Self>) {
        if let Self::List(list) = self {
            list.extend(items);
        } else {
            *self = Self::List(items);
        }
    }

    /// Returns it as a document.
    #[must_use]
    pub fn emit(&self) -> String {
        let mut out = String::new();
        self.block(0, &mut out);
        out
    }

    fn of_scalar(scalar: &Scalar) -> Self {
        let Scalar { text, meaning } = scalar;
        match (meaning, resolve(text)) {
            (Meaning::Text, _) => Self::Text(text.clone()),
            // The same number need not be equal to itself.
            (Meaning::Number(_), Meaning::Number(_)) => Self::Plain(text.clone()),
            (Meaning::Number(number), _) => Self::Plain(javascript_number(*number)),
            (Meaning::Bool(value), _) => Self::Plain(value.to_string()),
            (Meaning::Null, _) => Self::Plain("null".to_owned()),
        }
    }

    /// Writes it from the beginning of a line, at a level of nesting.
    fn block(&self, level: usize, out: &mut String) {
        let indent = "  ".repeat(level);
        match self {
            Self::List(items) if !items.is_empty() => {
                for item in items {
                    out.push_str(&indent);
                    out.push('-');
                    item.beside(level, out);
                }
            }
            Self::Map(entries) if !entries.is_empty() => {
                for (key, value) in entries {
                    out.push_str(&indent);
                    let name = key.flow();
                    let is_simple = matches!(key, Self::Plain(_) | Self::Text(_));
                    if is_simple && name.len() <= KEY_MAX {
                        out.push_str(&name);
                    } else {
                        out.push_str("? ");
                        out.push_str(&name);
                        out.push('\n');
                        out.push_str(&indent);
                    }
                    out.push(':');
                    value.beside(level, out);
                }
            }
            Self::List(_) | Self::Map(_) | Self::Plain(_) | Self::Text(_) => {
                out.push_str(&indent);
                out.push_str(&self.flow());
                out.push('\n');
            }
        }
    }

    /// Writes it behind a dash or a colon: in the same line, or as a block of its own.
    fn beside(&self, level: usize, out: &mut String) {
        let flow = self.flow();
        let is_filled = match self {
            Self::List(items) => !items.is_empty(),
            Self::Map(entries) => !entries.is_empty(),
            Self::Plain(_) | Self::Text(_) => false,
        };
        let is_long = flow.chars().count() + 2 * level > LINE_MAX;
        if is_filled && (is_long || level + 1 < BLOCKS) {
            out.push('\n');
            self.block(level + 1, out);
        } else {
            out.push(' ');
            out.push_str(&flow);
            out.push('\n');
        }
    }

    /// Returns it in one line.
    fn flow(&self) -> String {
        match self {
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Self::flow).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Map(entries) if entries.is_empty() => "{}".to_owned(),
            Self::Map(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| {
                        let name = key.flow();
                        let mark = if name.len() > KEY_MAX { "? " } else { "" };
                        format!("{mark}{name}: {}", value.flow())
                    })
                    .collect();
                format!("{{ {} }}", entries.join(", "))
            }
            Self::Plain(text) if text.is_empty() => "null".to_owned(),
            Self::Plain(text) => text.clone(),
            Self::Text(text) if needs_no_quotes(text) => text.clone(),
            Self::Text(text) => quoted(text),
        }
    }
}

/// Returns whether text means itself wherever it stands.
fn needs_no_quotes(text: &str) -> bool {
    let is_harmless =
        |character: char| character.is_alphanumeric() || " _./%°-+".contains(character);
    text.starts_with(|first: char| first.is_alphanumeric() || first == '/')
        && !text.ends_with(' ')
        && text.chars().all(is_harmless)
        && resolve(text) == Meaning::Text
}

/// Returns text in double quotes (YAML 1.2.2 §7.3.1).
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' | '°' => out.push(character),
            _ if character.is_alphanumeric() => out.push(character),
            _ => {
                let code = format!("\\U{:08x}", u32::from(character));
                out.push_str(&code);
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};

    use super::*;
    use crate::diagnostic::SourceFile;
    use crate::scenario::compose;

    fn again(text: &str) -> Value {
        let tree = compose(&SourceFile::new("emitted", text)).unwrap_or_else(|errors| {
            panic!("{errors:?} in\n{text}");
        });
        Value::of(&tree.root)
    }

    #[test]
    fn a_scenario_reads_as_one_that_was_written() {
        let text = "name: 'It works: 1'\nversion: 1\nx-nodelab:\n  duration: 30min\n  \
            faults:\n    - { at: 10min, broker-down: { for: 1min..2min } }\n  seed: 7\nsteps: []\n";
        insta::assert_snapshot!(again(text).emit(), @r#"
        name: "It works: 1"
        version: 1
        x-nodelab:
          duration: 30min
          faults: [{ at: 10min, broker-down: { for: 1min..2min } }]
          seed: 7
        steps: []
        "#);
    }

    #[test]
    fn every_shipped_scenario_comes_back_the_same() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
        let files = crate::prepare::find(&[folder]).unwrap();
        assert!(files.len() > 100);
        for file in files {
            let value = again(&std::fs::read_to_string(&file).unwrap());
            assert_eq!(again(&value.emit()), value, "{}", file.display());
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let scalars = prop_oneof![
            any::<String>().prop_map(Value::Text),
            "[-+.:#!&*?|>%@`'\"{}\\[\\], a0~\n\t]{0,12}".prop_map(Value::Text),
            prop::sample::select(vec!["true", "null", "0x1F", "-3.5e2"])
                .prop_map(|plain| Value::Plain(plain.to_owned())),
            any::<i64>().prop_map(Value::number),
        ];
        scalars.prop_recursive(5, 40, 6, |inner| {
            let keys = prop_oneof![any::<String>(), "[a-z: ]{0,6}", "k{300}"];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
                prop::collection::btree_map(keys, inner, 0..6).prop_map(|map| {
                    let entries = map.into_iter();
                    Value::Map(
                        entries
                            .map(|(key, value)| (Value::Text(key), value))
                            .collect(),
                    )
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_emitted_reads_the_same(value in values()) {
            assert_eq!(again(&value.emit()), value);
        }
    }
}
