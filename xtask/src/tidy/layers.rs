//! Which module may import which.
//!
//! Owns the order of the modules of `sim`, and the two directions that `harness` forbids.
//!
//! ```text
//! units → time, id → rng → event → queue → { environment board analog clock radio stack
//!                                        broker power fault … } → device → world
//! ```
//!
//! An import points left. Modules between the braces may know one another, but never in a ring.

use std::collections::BTreeMap;

use crate::tidy::source::{Source, identifiers};
use crate::tidy::tree::{File, Finding, Tree};

const SIM: &str = "sim/src/";
const HARNESS: &str = "harness/src/";
/// Place of the modules between the braces.
const PEERS: u8 = 5;
/// Place of each module of `sim` on the line. A module that is not here is a finding.
const PLACES: [(&str, u8); 29] = [
    ("adversary", PEERS),
    ("analog", PEERS),
    ("board", PEERS),
    ("broker", PEERS),
    ("capture", PEERS),
    ("check", PEERS),
    ("clock", PEERS),
    ("device", 6),
    ("digest", PEERS),
    ("emulator", PEERS),
    ("environment", PEERS),
    ("event", 3),
    ("fault", PEERS),
    ("frontend", PEERS),
    ("id", 1),
    ("intervention", PEERS),
    ("lives", PEERS),
    ("observe", PEERS),
    ("power", PEERS),
    ("queue", 4),
    ("radio", PEERS),
    ("rng", 2),
    ("span", 3),
    ("spec", PEERS),
    ("stack", PEERS),
    ("time", 1),
    ("units", 0),
    ("workbench", PEERS),
    ("world", 7),
];
/// Modules of `harness`, and what they must not know.
const FORBIDDEN: [(&str, &[&str]); 2] = [
    ("run", &["report", "tui"]),
    ("scenario", &["report", "run", "tui"]),
];

/// One mention of a module of the same crate.
#[derive(Debug, Eq, PartialEq)]
struct Mention {
    line: usize,
    module: String,
}

/// Finds imports in `sim` that point right, rings among peers, and modules without a place.
pub(crate) fn sim_points_left(tree: &Tree) -> Vec<Finding> {
    let exports = exports(tree, SIM);
    let mut findings = Vec::new();
    let mut known_by: BTreeMap<String, Vec<(String, String, usize)>> = BTreeMap::new();
    for file in modules_of(tree, SIM) {
        let own = module_of(file, SIM);
        let Some(here) = place(own) else {
            let message = format!("`{own}` has no place in the order; give it one in layers.rs");
            findings.push(Finding::at(&file.path, 0, message));
            continue;
        };
        for mention in mentions(file, &exports) {
            let module = mention.module;
            if module == own {
                continue;
            }
            match place(&module) {
                Some(there) if there > here || (there == here && here != PEERS) => {
                    let message = format!("`{own}` imports `{module}`, which lies to its right");
                    findings.push(Finding::at(&file.path, mention.line, message));
                }
                Some(PEERS) if here == PEERS => {
                    let edge = (module, file.path.clone(), mention.line);
                    known_by.entry(own.to_owned()).or_default().push(edge);
                }
                _ => {}
            }
        }
    }
    findings.extend(rings(&known_by));
    findings
}

/// Finds imports in `harness` that point from a scenario to its run, or from a run to a report.
pub(crate) fn harness_points_down(tree: &Tree) -> Vec<Finding> {
    let exports = exports(tree, HARNESS);
    let mut findings = Vec::new();
    for file in modules_of(tree, HARNESS) {
        let own = module_of(file, HARNESS);
        let Some((_, forbidden)) = FORBIDDEN.iter().find(|(module, _)| *module == own) else {
            continue;
        };
        for mention in mentions(file, &exports) {
            if forbidden.contains(&mention.module.as_str()) {
                let message = format!("`{own}` must not know `{}`", mention.module);
                findings.push(Finding::at(&file.path, mention.line, message));
            }
        }
    }
    findings
}

/// Returns the Rust files of a crate that belong to a module.
fn modules_of<'a>(tree: &'a Tree, root: &'a str) -> impl Iterator<Item = &'a File> {
    tree.shipped(root)
        .filter(|file| !matches!(module_of(file, root), "lib" | "main"))
}

/// Returns the top module that a file belongs to.
fn module_of<'a>(file: &'a File, root: &str) -> &'a str {
    let path = file.path.strip_prefix(root).unwrap_or(&file.path);
    let first = path.split('/').next().unwrap_or(path);
    first.strip_suffix(".rs").unwrap_or(first)
}

fn place(module: &str) -> Option<u8> {
    let found = PLACES.iter().find(|(name, _)| *name == module);
    found.map(|(_, place)| *place)
}

/// Returns the names that `lib.rs` passes on, with the module each comes from.
fn exports(tree: &Tree, root: &str) -> BTreeMap<String, String> {
    let mut exports = BTreeMap::new();
    let Some(lib) = tree.file(&format!("{root}lib.rs")) else {
        return exports;
    };
    let code: Vec<String> = Source::of(&lib.text)
        .code()
        .map(|(_, code)| code.to_owned())
        .collect();
    for item in code.join(" ").split(';') {
        let Some((_, path)) = item.split_once("pub use ") else {
            continue;
        };
        let mut names = identifiers(path).map(|(_, name)| name);
        if let Some(module) = names.next() {
            exports.extend(names.map(|name| (name.to_owned(), module.to_owned())));
        }
    }
    exports
}

/// Returns the modules that the code of a file names after `crate::`.
fn mentions(file: &File, exports: &BTreeMap<String, String>) -> Vec<Mention> {
    let source = Source::of(&file.text);
    let mut found = Vec::new();
    // The braces of `use crate::{a, b::C};` may span lines: names at depth 1 are modules.
    let mut depth: Option<u32> = None;
    let mut at_start = false;
    for (line, code) in source.code() {
        let mut rest = code;
        while let Some(c) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("crate::") {
                let module = identifiers(after).next().filter(|(at, _)| *at == 0);
                if let Some((_, name)) = module {
                    found.push(mention(line, name, exports));
                } else if after.starts_with('{') {
                    (depth, at_start) = (Some(0), false);
                }
                rest = after;
                continue;
            }
            let mut skip = c.len_utf8();
            match (depth, c) {
                (Some(level), '{') => (depth, at_start) = (Some(level + 1), level == 0),
                (Some(1), '}') => depth = None,
                (Some(level), '}') => depth = Some(level - 1),
                (Some(1), ',') => at_start = true,
                (Some(1), _) if at_start && !c.is_whitespace() => {
                    at_start = false;
                    if let Some((0, name)) = identifiers(rest).next() {
                        found.push(mention(line, name, exports));
                        skip = name.len();
                    }
                }
                _ => {}
            }
            rest = &rest[skip..];
        }
    }
    found
}

fn mention(line: usize, name: &str, exports: &BTreeMap<String, String>) -> Mention {
    let module = exports.get(name).map_or(name, String::as_str).to_owned();
    Mention { line, module }
}

/// Returns a finding for each import between peers that closes a ring.
fn rings(known_by: &BTreeMap<String, Vec<(String, String, usize)>>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (own, edges) in known_by {
        for (module, path, line) in edges {
            if reaches(known_by, module, own) {
                let message = format!("`{own}` and `{module}` import one another");
                findings.push(Finding::at(path, *line, message));
            }
        }
    }
    findings
}

fn reaches(
    known_by: &BTreeMap<String, Vec<(String, String, usize)>>,
    from: &str,
    to: &str,
) -> bool {
    let mut open = vec![from];
    let mut seen = Vec::new();
    while let Some(module) = open.pop() {
        if module == to {
            return true;
        }
        if !seen.contains(&module) {
            seen.push(module);
            let edges = known_by.get(module).map_or(&[][..], Vec::as_slice);
            open.extend(edges.iter().map(|(next, _, _)| next.as_str()));
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_to_the_right_is_found_in_every_spelling() {
        let spellings = [
            "use crate::world::World;",
            "use crate::{time::SimTime, world::World};",
            "use crate::{\n    time::{A, B},\n    world,\n};",
            "fn a() -> crate::world::World { b() }",
            "use crate::World;",
        ];
        for text in spellings {
            let files = [
                ("sim/src/lib.rs", "pub use world::World;"),
                ("sim/src/rng.rs", text),
            ];
            assert_eq!(sim(&files).len(), 1, "{text}");
        }
    }

    #[test]
    fn an_import_to_the_left_is_fine() {
        let text = "use crate::{time::{world, B}, event};\nuse crate::board::Wiring;\n\
                    // use crate::world::World;\n";
        assert!(sim(&[("sim/src/device.rs", text)]).is_empty());
    }

    #[test]
    fn tests_may_look_anywhere() {
        let text = "#[cfg(test)]\nmod tests {\n    use crate::world::World;\n}\n";
        assert!(sim(&[("sim/src/rng.rs", text)]).is_empty());
    }

    #[test]
    fn peers_may_know_one_another_but_not_in_a_ring() {
        let one = ("sim/src/board/mod.rs", "use crate::analog::Source;");
        assert!(sim(&[one]).is_empty());
        let back = ("sim/src/analog/mod.rs", "use crate::fault::A;");
        let ring = ("sim/src/fault.rs", "use crate::board::B;");
        assert_eq!(sim(&[one, back, ring]).len(), 3);
    }

    #[test]
    fn a_module_without_a_place_is_found() {
        assert_eq!(sim(&[("sim/src/misc.rs", "")]).len(), 1);
    }

    #[test]
    fn a_scenario_does_not_know_its_run_nor_a_run_its_report() {
        let cases = [
            ("harness/src/scenario/parse.rs", "use crate::run::Run;", 1),
            ("harness/src/run.rs", "use crate::report::Text;", 1),
            ("harness/src/run.rs", "use crate::scenario::Scenario;", 0),
            ("harness/src/report/text.rs", "use crate::run::Run;", 0),
        ];
        for (path, text, expected) in cases {
            let found = harness_points_down(&Tree::of(&[(path, text)]));
            assert_eq!(found.len(), expected, "{path}: {text}");
        }
    }

    fn sim(files: &[(&str, &str)]) -> Vec<(String, usize)> {
        let found = sim_points_left(&Tree::of(files));
        found.into_iter().map(|f| (f.path, f.line)).collect()
    }
}
