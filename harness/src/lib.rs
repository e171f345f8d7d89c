//! The harness.

#[cfg(doctest)]
mod book;
