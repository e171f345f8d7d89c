//! The pages of the book that show Rust, as doctests.
//!
//! Owns the list of these pages; `cargo xtask tidy` finds a page that is missing. Exists only
//! while rustdoc looks for tests.

#[doc = include_str!("../../docs/src/determinism.md")]
mod determinism {}
