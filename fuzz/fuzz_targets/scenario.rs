//! Any text as a scenario gives a scenario or messages, never a panic.
//!
//! Owns nothing: the reader decides. Text that is not UTF-8 is refused before it gets here.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = nodelab::scenario::parse(text, "fuzz.test.yaml");
    let _ = nodelab::scenario::strict_validate(text);
});
