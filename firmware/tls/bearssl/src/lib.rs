//! Names where `BearSSL`'s C comes from. Nothing is built from this package: `cargo metadata` says
//! where its dependency lies, and xtask hands the C to GCC.
#![no_std]
