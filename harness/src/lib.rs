//! The harness.

#[cfg(doctest)]
mod book;
pub mod sensor;
