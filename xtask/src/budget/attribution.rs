//! Which crate each byte of code belongs to.
//!
//! Owns the rule: a function belongs to node-core if its mangled name names the crate, be it
//! because node-core defines it or because node-core is what a generic function of `core` was
//! made for. Literals lie in front of the function that loads them, and count to it.

use crate::cross::Elf;

/// How node-core is spelt in a mangled name (Rust's v0 mangling: length, then name).
const NODE_CORE: &str = "9node_core";
/// How this interface's own crate is spelt.
const C_ABI: &str = "11node_core_c";
/// What the interface's functions begin with.
const C_PREFIX: &str = "node_core_";

/// Whose code it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Owner {
    /// The border to C.
    CAbi,
    /// node-core.
    NodeCore,
    /// `core`, `compiler_builtins` and remedies.
    Runtime,
}

/// A function, with the literals in front of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Function {
    /// Its mangled name.
    pub(super) name: String,
    /// Its bytes, literals counted.
    pub(super) bytes: u32,
    /// Whose it is.
    pub(super) owner: Owner,
}

/// Returns the functions of an image, largest first.
pub(super) fn functions(elf: &Elf) -> Vec<Function> {
    let mut functions = Vec::new();
    for section in elf.sections.iter().filter(|s| s.loaded && s.code) {
        let end = section.address.saturating_add(section.size);
        let mut inside: Vec<_> = elf
            .symbols
            .iter()
            .filter(|symbol| symbol.function && symbol.size > 0)
            .filter(|symbol| (section.address..end).contains(&symbol.address))
            .collect();
        inside.sort_by_key(|symbol| (symbol.address, symbol.size));
        // Aliases are one function with several names.
        inside.dedup_by_key(|symbol| symbol.address);
        let mut from = section.address;
        for symbol in inside {
            let to = symbol.address.saturating_add(symbol.size);
            functions.push(Function {
                name: symbol.name.clone(),
                bytes: to.saturating_sub(from),
                owner: owner(&symbol.name),
            });
            from = from.max(to);
        }
    }
    functions.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
    functions
}

/// Adds up the bytes of one owner.
pub(super) fn total(functions: &[Function], owner: Owner) -> u32 {
    let own = functions.iter().filter(|function| function.owner == owner);
    own.map(|function| function.bytes).sum()
}

fn owner(name: &str) -> Owner {
    if name.starts_with(C_PREFIX) || name.contains(C_ABI) {
        Owner::CAbi
    } else if names_crate(name, NODE_CORE) {
        Owner::NodeCore
    } else {
        Owner::Runtime
    }
}

/// Returns whether a mangled name has this crate, and not one whose length ends in the digit.
fn names_crate(name: &str, spelt: &str) -> bool {
    name.match_indices(spelt).any(|(at, _)| {
        let before = name[..at].chars().next_back();
        before.is_some_and(|c| !c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cross::{Section, Symbol};

    #[test]
    fn names_tell_whose_a_function_is() {
        let cases = [
            ("node_core_init", Owner::CAbi),
            (
                "_RNvMNtCs7xq_11node_core_c6configNtB2_10NodeConfig4read",
                Owner::CAbi,
            ),
            (
                "_RNvMNtCsi0a_9node_core4nodeNtB2_4Node3new",
                Owner::NodeCore,
            ),
            // A generic function of `core`, made for node-core.
            (
                "_RINvNtCs4C1_4core5slice4sorthECsi0a_9node_core",
                Owner::NodeCore,
            ),
            ("_RNvNtCs4C1_4core9panicking9panic_fmt", Owner::Runtime),
            ("memcpy", Owner::Runtime),
            ("_RNvCsi0a_19node_core5thing", Owner::Runtime),
        ];
        for (name, expected) in cases {
            assert_eq!(owner(name), expected, "{name}");
        }
    }

    #[test]
    fn literals_count_to_the_function_behind_them() {
        let elf = image(&[("node_core_a", 108, 20), ("_RNvCs1_9node_core1b", 140, 60)]);
        let functions = functions(&elf);
        let sizes: Vec<(&str, u32)> = functions
            .iter()
            .map(|function| (function.name.as_str(), function.bytes))
            .collect();
        assert_eq!(sizes, [("_RNvCs1_9node_core1b", 72), ("node_core_a", 28)]);
        assert_eq!(total(&functions, Owner::NodeCore), 72);
        assert_eq!(total(&functions, Owner::CAbi), 28);
    }

    #[test]
    fn aliases_count_once() {
        let elf = image(&[("memcpy", 100, 50), ("_RNvCs1_3mem6memcpy", 100, 50)]);
        assert_eq!(total(&functions(&elf), Owner::Runtime), 50);
    }

    fn image(functions: &[(&str, u32, u32)]) -> Elf {
        let symbol = |(name, address, size): &(&str, u32, u32)| Symbol {
            name: (*name).to_owned(),
            address: *address,
            size: *size,
            function: true,
        };
        Elf {
            sections: vec![Section {
                name: ".text".to_owned(),
                address: 100,
                size: 100,
                loaded: true,
                code: true,
                ..Section::default()
            }],
            symbols: functions.iter().map(symbol).collect(),
        }
    }
}
