//! What the core and the simulator must not touch.
//!
//! Owns the checks behind the invariants of the architecture: no transport in `node-core`, no
//! machine in `sim`, one place that decides order, one place that drives a node.

use crate::tidy::source::{Source, identifiers};
use crate::tidy::tree::{Finding, Tree};

/// Names that reach out of the simulated world.
const OUTSIDE: [&str; 13] = [
    "Instant::now",
    "OsRng",
    "SystemTime",
    "File::open",
    "from_os_rng",
    "getrandom",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "thread_rng",
    "env!",
];
/// The one file that may order events.
const ORDER: &str = "sim/src/event.rs";

/// Finds transports that `node-core` names in its code; its docs may speak of them.
pub(crate) fn core_names_no_transport(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.shipped("node-core/src/") {
        for (line, code) in Source::of(&file.text).code() {
            for (_, name) in identifiers(code) {
                let named = words_of(name)
                    .iter()
                    .any(|word| word == "tls" || word == "tcp");
                if named {
                    let message = format!("`{name}`: node-core ends at the plaintext stream");
                    findings.push(Finding::at(&file.path, line, message));
                }
            }
        }
    }
    findings
}

/// Finds dependencies of `node-core`.
pub(crate) fn core_has_no_dependency(tree: &Tree) -> Vec<Finding> {
    let Some(manifest) = tree.file("node-core/Cargo.toml") else {
        return Vec::new();
    };
    let mut section = "";
    let mut findings = Vec::new();
    for (index, line) in manifest.text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            section = line;
        }
        let inside = matches!(section, "[dependencies]" | "[build-dependencies]")
            || section.starts_with("[dependencies.")
            || section.starts_with("[target.");
        if inside && line.contains('=') && !line.starts_with('#') {
            let message = "node-core takes no dependency";
            findings.push(Finding::at(&manifest.path, index + 1, message));
        }
    }
    findings
}

/// Finds clocks, randomness, files and environment in `sim`.
pub(crate) fn sim_touches_nothing(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.shipped("sim/src/") {
        for (line, code) in Source::of(&file.text).code() {
            for outside in OUTSIDE.iter().filter(|name| names(code, name)) {
                let message = format!("`{outside}` reaches out of the simulated world");
                findings.push(Finding::at(&file.path, line, message));
            }
        }
    }
    findings
}

/// Finds hand-written order anywhere in `sim` but in one file.
pub(crate) fn one_file_orders_events(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.shipped("sim/src/").filter(|file| file.path != ORDER) {
        for (line, code) in Source::of(&file.text).code() {
            let implements = ["Ord for ", "PartialOrd for "].iter().any(|order| {
                code.split_once("impl")
                    .is_some_and(|(_, rest)| rest.contains(order))
            });
            if implements {
                let message = format!("only {ORDER} decides order");
                findings.push(Finding::at(&file.path, line, message));
            }
        }
    }
    findings
}

/// Finds a second file in `sim` that feeds a node.
pub(crate) fn one_file_drives_the_node(tree: &Tree) -> Vec<Finding> {
    let mut callers = Vec::new();
    for file in tree.shipped("sim/src/") {
        let source = Source::of(&file.text);
        let mut lines = source.code();
        let call =
            lines.find(|(_, code)| names(code, "node.handle(") || names(code, "Node::handle"));
        callers.extend(call.map(|(line, _)| (&file.path, line)));
    }
    if callers.len() < 2 {
        return Vec::new();
    }
    let message = "a second file calls `Node::handle`; one drives the node for all";
    callers
        .into_iter()
        .map(|(path, line)| Finding::at(path, line, message))
        .collect()
}

/// Returns whether code holds `name` as words of its own.
fn names(code: &str, name: &str) -> bool {
    let is_part = |c: char| c == '_' || c.is_alphanumeric();
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + name.len()..].chars().next();
        let open_end = !name.ends_with(is_part);
        before.is_none_or(|c| !is_part(c)) && (open_end || after.is_none_or(|c| !is_part(c)))
    })
}

/// Returns the words of an identifier, in lower case.
pub(super) fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut previous = '_';
    for c in name.chars() {
        if c == '_' || (c.is_uppercase() && !previous.is_uppercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c != '_') {
            word.extend(c.to_lowercase());
        }
        previous = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_may_speak_of_tcp_but_not_name_it() {
        let rule = core_names_no_transport;
        assert_eq!(
            count(rule, &[("node-core/src/a.rs", "struct TlsStream;")]),
            1
        );
        assert_eq!(
            count(rule, &[("node-core/src/a.rs", "fn open_tcp() {}")]),
            1
        );
        assert_eq!(
            count(
                rule,
                &[("node-core/src/a.rs", "// over TCP or tls\nlet subtlsx = 1;")]
            ),
            0
        );
    }

    #[test]
    fn the_core_takes_no_dependency() {
        let bare = "[dependencies]\n\n[dev-dependencies]\nproptest = \"1\"\n";
        let path = "node-core/Cargo.toml";
        assert_eq!(count(core_has_no_dependency, &[(path, bare)]), 0);
        for section in ["[dependencies]", "[target.'cfg(unix)'.dependencies]"] {
            let text = format!("{section}\nlibm = \"1\"\n");
            assert_eq!(
                count(core_has_no_dependency, &[(path, &text)]),
                1,
                "{section}"
            );
        }
    }

    #[test]
    fn the_simulator_reaches_for_nothing_outside() {
        for outside in OUTSIDE {
            let text = format!("let a = {outside}::b();\n");
            assert!(
                count(sim_touches_nothing, &[("sim/src/a.rs", &text)]) >= 1,
                "{outside}"
            );
            let text = format!("// {outside}\n#[cfg(test)]\nmod tests {{\n    {outside}\n}}\n");
            assert_eq!(
                count(sim_touches_nothing, &[("sim/src/a.rs", &text)]),
                0,
                "{outside}"
            );
        }
        assert_eq!(
            count(sim_touches_nothing, &[("harness/src/a.rs", "use std::fs;")]),
            0
        );
    }

    #[test]
    fn only_one_file_orders_events() {
        let text = "impl Ord for A {}\nimpl<T> PartialOrd for B<T> {}\n";
        assert_eq!(count(one_file_orders_events, &[("sim/src/a.rs", text)]), 2);
        assert_eq!(count(one_file_orders_events, &[(ORDER, text)]), 0);
        assert_eq!(
            count(
                one_file_orders_events,
                &[("sim/src/a.rs", "#[derive(Ord)]")]
            ),
            0
        );
    }

    #[test]
    fn only_one_file_drives_the_node() {
        let call = "self.node.handle(now, input);\nnode.handle(now, other);\n";
        let one = ("sim/src/device.rs", call);
        assert_eq!(count(one_file_drives_the_node, &[one]), 0);
        assert_eq!(
            count(one_file_drives_the_node, &[one, ("sim/src/world.rs", call)]),
            2
        );
        let other = ("sim/src/world.rs", "device.handle(now);");
        assert_eq!(count(one_file_drives_the_node, &[one, other]), 0);
    }

    #[test]
    fn names_are_split_into_words() {
        assert_eq!(words_of("open_TcpStream2"), ["open", "tcp", "stream2"]);
        assert_eq!(words_of("TLS"), ["tls"]);
    }

    fn count(rule: fn(&Tree) -> Vec<Finding>, files: &[(&str, &str)]) -> usize {
        rule(&Tree::of(files)).len()
    }
}
