//! Any text as a diagram gives a diagram or messages, never a panic.
//!
//! Owns nothing: the reader decides. What is accepted is followed as far as the wiring.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nodelab_sim::board::Diagram;

fuzz_target!(|text: &str| {
    let _ = Diagram::parse(text);
});
