//! Inputs and the answers to them, from standards and from other implementations.

pub mod curve25519;
pub mod nist256;
pub mod nist384;
pub mod rsa;
pub mod symmetric;
