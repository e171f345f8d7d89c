//! Any text as a diagram gives a diagram or messages, never a panic.
//!
//! Owns nothing: the reader decides. What is accepted is followed as far as the wiring.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nodelab_sim::board::{Diagram, Wiring};

fuzz_target!(|text: &str| {
    if let Ok(diagram) = Diagram::from_json(text) {
        let _ = Wiring::new(&diagram).map(|wiring| wiring.problems().len());
    }
});
