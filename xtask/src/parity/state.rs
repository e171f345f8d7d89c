//! What a node holds, from its `Debug` form: a value for each path, and which values differ.
//!
//! Owns the reading of `{:#?}`. Does not know a node's fields.

use std::collections::BTreeMap;

/// The values of a node by their paths, in order of appearance.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Held(Vec<(String, String)>);

/// A value that is not the same on both sides; `None` where one side has no such path.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Difference {
    /// Where it is, as `queue.readings.3.value`.
    pub(crate) path: String,
    /// What the host has.
    pub(crate) host: Option<String>,
    /// What the core has.
    pub(crate) core: Option<String>,
}

/// A value that was opened and holds others.
struct Open {
    path: String,
    /// Values without a name so far.
    unnamed: usize,
}

impl Held {
    /// Reads the text that `{:#?}` makes.
    pub(crate) fn read(text: &str) -> Self {
        let mut values = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        for line in text.lines() {
            let line = line.trim();
            let line = line.strip_suffix(',').unwrap_or(line);
            if matches!(line, "}" | "]" | ")") {
                open.pop();
                continue;
            }
            let (path, value) = place(line, open.last_mut());
            let opened = value.strip_suffix(['{', '[', '(']).map(str::trim_end);
            // A text in quotes ends with its quote, whatever it holds.
            values.push((path.clone(), opened.unwrap_or(value).to_owned()));
            if opened.is_some() {
                open.push(Open { path, unnamed: 0 });
            }
        }
        Self(values)
    }

    /// Returns what differs, in the order of the host's values, then of the core's.
    pub(crate) fn differences(&self, core: &Self) -> Vec<Difference> {
        let of = |held: &Self| held.0.iter().cloned().collect::<BTreeMap<String, String>>();
        let (hosts, cores) = (of(self), of(core));
        let additional = core.0.iter().filter(|(path, _)| !hosts.contains_key(path));
        let paths = self.0.iter().chain(additional);
        paths
            .map(|(path, _)| Difference {
                path: path.clone(),
                host: hosts.get(path).cloned(),
                core: cores.get(path).cloned(),
            })
            .filter(|difference| difference.host != difference.core)
            .collect()
    }
}

/// Returns the path of a line's value, and the value.
fn place<'a>(line: &'a str, parent: Option<&mut Open>) -> (String, &'a str) {
    let Some(parent) = parent else {
        return (String::new(), line);
    };
    let is_name = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let named = line.split_once(": ").filter(|(name, _)| is_name(name));
    let (name, value) = if let Some((name, value)) = named {
        (name.to_owned(), value)
    } else {
        parent.unnamed += 1;
        ((parent.unnamed - 1).to_string(), line)
    };
    let path = if parent.path.is_empty() {
        name
    } else {
        format!("{}.{name}", parent.path)
    };
    (path, value)
}

#[cfg(test)]
mod tests {
    use node_core::{Config, Instant, Node, ReportConfig, Text};

    use super::*;

    fn node(seed: u64) -> Node {
        let report = ReportConfig {
            client_id: Text::new("a: {").unwrap(),
            topic: Text::new("t").unwrap(),
            ..ReportConfig::default()
        };
        let config = Config {
            report: Some(report),
            ..Config::default()
        };
        Node::new(config, seed, Instant::ZERO).unwrap()
    }

    #[test]
    fn only_what_differs_is_named_with_its_path() {
        let held = |node: &Node| Held::read(&format!("{node:#?}"));
        let one = held(&node(1));
        assert_eq!(one.differences(&held(&node(1))), []);
        let differences = one.differences(&held(&node(2)));
        let paths: Vec<&str> = differences.iter().map(|d| d.path.as_str()).collect();
        assert_eq!(paths, ["rng.0"]);
    }

    #[test]
    fn variants_and_lists_are_compared_by_place() {
        let host =
            "A {\n    x: Some(\n        1,\n    ),\n    y: [\n        1,\n        2,\n    ],\n}";
        let core = "A {\n    x: None,\n    y: [\n        1,\n        3,\n    ],\n}";
        let differences = Held::read(host).differences(&Held::read(core));
        let text: Vec<String> = differences
            .iter()
            .map(|d| format!("{} {:?} {:?}", d.path, d.host, d.core))
            .collect();
        assert_eq!(
            text,
            [
                "x Some(\"Some\") Some(\"None\")",
                "x.0 Some(\"1\") None",
                "y.1 Some(\"2\") Some(\"3\")",
            ]
        );
    }
}
