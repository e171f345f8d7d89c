//! Where Rust begins, and what an image may do.
//!
//! The linker chooses: it gives one of the functions that are exported here the name `main`.
#![expect(unsafe_code, reason = "functions are exported by name")]

use portable::primitives as families;

use crate::{hal, handshake, primitives};

unsafe extern "C" {
    fn main();
}

/// Called by the start code, once the memory is as Rust expects it.
#[unsafe(no_mangle)]
extern "C" fn entered() -> ! {
    // SAFETY: linked to a function of this file.
    unsafe { main() };
    hal::exit(0)
}

/// Measures `BearSSL`'s operations.
#[cfg(target_arch = "xtensa")]
#[unsafe(no_mangle)]
extern "C" fn main_bearssl() {
    primitives::run(crate::bearssl::run);
}

/// Measures X25519 and Ed25519.
#[unsafe(no_mangle)]
extern "C" fn main_curve25519() {
    primitives::run(families::curve25519);
}

/// Measures a whole handshake.
#[unsafe(no_mangle)]
extern "C" fn main_handshake() {
    handshake::run();
}

/// Measures P-256 as embedded-tls has it.
#[unsafe(no_mangle)]
extern "C" fn main_embedded_tls() {
    primitives::run(families::embedded_tls);
}

/// Measures ML-KEM-768.
#[unsafe(no_mangle)]
extern "C" fn main_mlkem() {
    primitives::run(families::mlkem);
}

/// Measures P-256.
#[unsafe(no_mangle)]
extern "C" fn main_p256() {
    primitives::run(families::p256);
}

/// Measures P-384.
#[unsafe(no_mangle)]
extern "C" fn main_p384() {
    primitives::run(families::p384);
}

/// Measures RSA.
#[unsafe(no_mangle)]
extern "C" fn main_rsa() {
    primitives::run(families::rsa);
}

/// Measures ciphers, hashes and authentication codes.
#[unsafe(no_mangle)]
extern "C" fn main_symmetric() {
    primitives::run(families::symmetric);
}
