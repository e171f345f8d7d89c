//! The harness.

#[cfg(doctest)]
mod book;
pub mod sensor;
pub mod diagnostic;
pub mod scenario;
pub mod explain;
