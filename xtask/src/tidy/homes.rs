//! Where a third-party crate may be named.
//!
//! Owns the home of each crate that would otherwise spread, so that replacing one means
//! rewriting one place.

use crate::tidy::source::{Source, identifiers};
use crate::tidy::tree::{Finding, Tree};

/// A crate, and the path prefixes that may name it.
struct Home {
    library: &'static str,
    prefixes: &'static [&'static str],
}

/// Where TLS lives, and with it all cryptography.
const TLS: &[&str] = &["sim/src/stack/tls/"];
/// Crates with a fixed home.
const HOMES: [Home; 21] = [
    home("aes_gcm", TLS),
    home(
        "annotate_snippets",
        &["harness/src/diagnostic.rs", "harness/src/diagnostic/"],
    ),
    home(
        "askama",
        &["harness/src/report/html.rs", "harness/src/report/html/"],
    ),
    home("chacha20poly1305", TLS),
    home("ckb_vm", &["sim/src/emulator.rs", "sim/src/emulator/"]),
    home(
        "clap",
        &[
            "harness/src/cli.rs",
            "harness/src/cli/",
            "harness/src/main.rs",
        ],
    ),
    home(
        "clap_complete",
        &["harness/src/cli.rs", "harness/src/main.rs"],
    ),
    home("ed25519_dalek", TLS),
    home("graviola", TLS),
    home("hmac", TLS),
    home(
        "mqtt_protocol_core",
        &["sim/src/broker.rs", "sim/src/broker/"],
    ),
    home("p256", TLS),
    home("pki_types", TLS),
    home("quick_junit", &["harness/src/report/junit.rs"]),
    home("rcgen", TLS),
    home("rustls", TLS),
    home("saphyr_parser", &["harness/src/scenario/"]),
    home("sha2", TLS),
    home("smoltcp", &["sim/src/stack/"]),
    home("webpki", TLS),
    home("x25519_dalek", TLS),
];
/// Crates that live in one file, whichever it is.
const ONE_FILE: [&str; 1] = ["indicatif"];
/// Where to look; tests may use what they like.
const SOURCES: [&str; 5] = [
    "harness/src/",
    "node-core/src/",
    "node-wire/src/",
    "sim/src/",
    "xtask/src/",
];

const fn home(library: &'static str, prefixes: &'static [&'static str]) -> Home {
    Home { library, prefixes }
}

/// Finds crates that are named away from home.
pub(crate) fn each_has_one_home(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut guests: Vec<(&str, Finding)> = Vec::new();
    for file in SOURCES.iter().flat_map(|source| tree.shipped(source)) {
        for (line, code) in Source::of(&file.text).code() {
            for (at, name) in identifiers(code) {
                if !names_a_crate(code, at, name) {
                    continue;
                }
                let known = HOMES.iter().find(|home| home.library == name);
                if let Some(home) = known.filter(|home| !lives(home, &file.path)) {
                    let message = format!("`{name}` belongs in {}", home.prefixes.join(" or "));
                    findings.push(Finding::at(&file.path, line, message));
                }
                if let Some(library) = ONE_FILE.iter().find(|library| **library == name) {
                    let message = format!("`{name}` is named in more than one file");
                    guests.push((library, Finding::at(&file.path, line, message)));
                }
            }
        }
    }
    for library in ONE_FILE {
        let mut of_one = guests.iter().filter(|(name, _)| *name == library);
        let first = of_one.next().map(|(_, finding)| finding.path.as_str());
        let others = of_one.filter(|(_, finding)| Some(finding.path.as_str()) != first);
        findings.extend(others.map(|(_, finding)| finding.clone()));
    }
    findings
}

fn lives(home: &Home, path: &str) -> bool {
    home.prefixes.iter().any(|prefix| path.starts_with(prefix))
}

/// Returns whether the identifier at `at` is the first part of a path or of an attribute.
fn names_a_crate(code: &str, at: usize, name: &str) -> bool {
    let before = code[..at].trim_end();
    let after = code[at + name.len()..].trim_start();
    let starts = !before.ends_with("::") && !before.ends_with('.');
    starts && (after.starts_with("::") || before.ends_with("use"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_crate_is_found_away_from_home_and_not_at_home() {
        for home in &HOMES {
            let text = format!("use {}::Thing;\n", home.library);
            let away = [("node-core/src/a.rs", text.as_str())];
            assert_eq!(found(&away), ["node-core/src/a.rs"], "{}", home.library);
            for prefix in home.prefixes {
                let path = format!("{prefix}a.rs");
                assert!(found(&[(&path, text.as_str())]).is_empty(), "{path}");
            }
        }
    }

    #[test]
    fn a_path_in_the_middle_of_code_counts() {
        let text = "fn a() -> clap::Command { b }\n";
        assert_eq!(found(&[("harness/src/run.rs", text)]).len(), 1);
    }

    #[test]
    fn a_variable_of_the_same_name_does_not_count() {
        let text = "let clap = hands.clap();\nuse self::clap::A;\n";
        assert!(found(&[("harness/src/run.rs", text)]).is_empty());
    }

    #[test]
    fn a_crate_for_one_file_may_choose_which() {
        let text = "use indicatif::ProgressBar;\nuse indicatif::ProgressStyle;\n";
        assert!(found(&[("harness/src/a.rs", text)]).is_empty());
        let two = [("harness/src/a.rs", text), ("harness/src/b.rs", text)];
        assert_eq!(found(&two), ["harness/src/b.rs", "harness/src/b.rs"]);
    }

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let findings = each_has_one_home(&Tree::of(files));
        findings.into_iter().map(|finding| finding.path).collect()
    }
}
