//! The `nodelab` binary.
fn main() {}
