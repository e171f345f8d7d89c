//! The public operation of RSA, as verifying a signature of PKCS #1 v1.5 needs it.
//!
//! On numbers of fixed size, which need no heap. The `rsa` crate computes with the same library,
//! but keeps its parameters in an `Arc`, which neither core can count: both lack compare-and-swap.
//! The known answers are signatures of OpenSSL 3 over "nodelab", with SHA-256.

use core::hint::black_box;

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U64, U2048, U4096};

use crate::meter::{Meter, each, holds};
use crate::vectors::rsa::{MODULUS_2048, MODULUS_4096, SIGNATURE_2048, SIGNATURE_4096, encoded};

/// The usual exponent, and how many bits it has.
const EXPONENT: U64 = U64::from_u32(65_537);
const EXPONENT_BITS: u32 = 17;

/// Measures RSA.
pub fn run(meter: &mut impl Meter) {
    holds(meter, each("rsa2048-public"), || {
        let modulus = Odd::new(U2048::from_be_slice(black_box(&MODULUS_2048)));
        let signature = U2048::from_be_slice(black_box(&SIGNATURE_2048));
        let Some(modulus) = modulus.into_option() else {
            return false;
        };
        let parameters = FixedMontyParams::new_vartime(modulus);
        let base = FixedMontyForm::new(&signature, &parameters);
        let padded = base.pow_bounded_exp(&EXPONENT, EXPONENT_BITS).retrieve();
        padded == U2048::from_be_slice(&encoded::<256>())
    });
    holds(meter, each("rsa4096-public"), || {
        let modulus = Odd::new(U4096::from_be_slice(black_box(&MODULUS_4096)));
        let signature = U4096::from_be_slice(black_box(&SIGNATURE_4096));
        let Some(modulus) = modulus.into_option() else {
            return false;
        };
        let parameters = FixedMontyParams::new_vartime(modulus);
        let base = FixedMontyForm::new(&signature, &parameters);
        let padded = base.pow_bounded_exp(&EXPONENT, EXPONENT_BITS).retrieve();
        padded == U4096::from_be_slice(&encoded::<512>())
    });
}
