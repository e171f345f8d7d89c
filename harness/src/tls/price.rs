//! What the operations of a handshake take on a device with a library.
//!
//! Owns the sum of operations times counts, and the two libraries that were not counted. Does not
//! know the link, the battery, or which handshake it is.

use super::axis::{Device, Library};
use super::calibration::Cpi;
use super::skip::SkipReason;
use super::table::{Operation, Table};

/// Calls of one operation, and the bytes that they handle together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Demand {
    /// What is done.
    pub operation: Operation,
    /// How often.
    pub calls: u64,
    /// On how many bytes, where a length matters.
    pub bytes: u64,
}

/// What demands come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bill {
    /// Instructions; `None` where only cycles are published.
    pub instructions: Option<u64>,
    /// Seconds of the processor, at least and at most.
    pub seconds: (f64, f64),
    /// The deepest stack of any one operation, in bytes; `None` where none was counted.
    pub stack_bytes: Option<u64>,
}

/// Cycles of an ECDSA verification on P-256 with mbedTLS: 267.1 ms at 240 MHz without the
/// accelerator, 302.1 ms with it (esp-idf pull request 19027, on an ESP32-S3).
const MBED_TLS_P256_VERIFY: (f64, f64) = (0.2671 * 240e6, 0.3021 * 240e6);
/// Cycles of one on P-384: 575 ms at 240 MHz (the same).
const MBED_TLS_P384_VERIFY: (f64, f64) = (0.575 * 240e6, 0.575 * 240e6);
/// What signing, a key pair or an agreement take of a verification, at least and at most: half,
/// because it multiplies one point for two; and 194 ms of 267.1 ms, where signing was timed
/// (esp-idf issue 1177, on an ESP32).
const MBED_TLS_ONE_OF_VERIFY: (f64, f64) = (0.5, 194.0 / 267.1);
/// Cycles of a multiplication on X25519 with mbedTLS: "100 ms or so" at 240 MHz (esp32.io forum,
/// topic 23830, on an ESP32-S2).
const MBED_TLS_X25519_CYCLES: f64 = 0.1 * 240e6;

/// Prices demands.
///
/// # Errors
///
/// [`SkipReason::NotCounted`] when the table of the device lacks one of the operations,
/// [`SkipReason::AxTlsHasNoEcdhe`] for axTLS, which no cell fits.
pub fn price(demands: &[Demand], device: Device, library: Library) -> Result<Bill, SkipReason> {
    match library {
        Library::AxTls => Err(SkipReason::AxTlsHasNoEcdhe),
        Library::BearSsl | Library::EmbeddedTls | Library::RustCrypto => {
            counted(demands, device, library)
        }
        Library::MbedTls => scaled(demands, device),
    }
}

fn counted(demands: &[Demand], device: Device, library: Library) -> Result<Bill, SkipReason> {
    let mut instructions = 0_u64;
    let mut stack_bytes = 0;
    for demand in demands {
        let cost = cost(*demand, device, library)?;
        instructions = instructions.saturating_add(cost.0);
        stack_bytes = stack_bytes.max(cost.1);
    }
    Ok(Bill {
        instructions: Some(instructions),
        seconds: Cpi::of(device).seconds(instructions, device),
        stack_bytes: Some(stack_bytes),
    })
}

/// Returns instructions and stack of one demand.
pub(super) fn cost(
    demand: Demand,
    device: Device,
    library: Library,
) -> Result<(u64, u64), SkipReason> {
    let row = Table::of(device).row(library, demand.operation);
    let row = row.ok_or(SkipReason::NotCounted)?;
    let instructions = row.instructions(demand.calls, demand.bytes);
    Ok((instructions, row.stack_bytes.unwrap_or(0)))
}

/// Prices mbedTLS in cycles: curves by what is published for it, and the rest at `RustCrypto`'s
/// instructions.
fn scaled(demands: &[Demand], device: Device) -> Result<Bill, SkipReason> {
    let hertz = f64::from(device.megahertz()) * 1e6;
    let mut cycles = (0.0, 0.0);
    let mut rest = 0_u64;
    for demand in demands {
        let (instructions, _) = cost(*demand, device, Library::MbedTls)?;
        let Some((low, high)) = mbed_tls_cycles(demand.operation) else {
            rest = rest.saturating_add(instructions);
            continue;
        };
        let (low, high) = (low * float(demand.calls), high * float(demand.calls));
        cycles = (cycles.0 + low, cycles.1 + high);
    }
    let (low, high) = Cpi::of(device).seconds(rest, device);
    Ok(Bill {
        instructions: None,
        seconds: (low + cycles.0 / hertz, high + cycles.1 / hertz),
        // Its own code was not counted.
        stack_bytes: None,
    })
}

/// Returns the cycles of one operation on curves, at least and at most.
fn mbed_tls_cycles(operation: Operation) -> Option<(f64, f64)> {
    let one_of = |verify: (f64, f64)| {
        let (least, most) = MBED_TLS_ONE_OF_VERIFY;
        (verify.0 * least, verify.1 * most)
    };
    match operation {
        Operation::P256Agree | Operation::P256Keygen | Operation::P256Sign => {
            Some(one_of(MBED_TLS_P256_VERIFY))
        }
        Operation::P256Verify => Some(MBED_TLS_P256_VERIFY),
        Operation::P384Sign => Some(one_of(MBED_TLS_P384_VERIFY)),
        Operation::P384Verify => Some(MBED_TLS_P384_VERIFY),
        Operation::X25519Agree | Operation::X25519Keygen => {
            Some((MBED_TLS_X25519_CYCLES, MBED_TLS_X25519_CYCLES))
        }
        Operation::Aes128GcmOpen
        | Operation::Aes128GcmSeal
        | Operation::Aes256GcmOpen
        | Operation::Aes256GcmSeal
        | Operation::ChaCha20Poly1305Open
        | Operation::ChaCha20Poly1305Seal
        | Operation::Ed25519Sign
        | Operation::Ed25519Verify
        | Operation::HmacSha256
        | Operation::HmacSha384
        | Operation::MlKem768Decapsulate
        | Operation::MlKem768Encapsulate
        | Operation::MlKem768Keygen
        | Operation::Rsa2048Private
        | Operation::Rsa2048Public
        | Operation::Rsa4096Private
        | Operation::Rsa4096Public
        | Operation::Sha256
        | Operation::Sha384 => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "below 2⁵³")]
const fn float(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::super::axis::Axis as _;
    use super::*;

    /// Libraries that have prices, and where they run.
    const PRICED: [(Device, Library); 4] = [
        (Device::Esp8266At80, Library::BearSsl),
        (Device::Esp8266At160, Library::BearSsl),
        (Device::Esp32C3At80, Library::MbedTls),
        (Device::Esp32C3At160, Library::RustCrypto),
    ];

    fn demand() -> impl Strategy<Value = Demand> {
        let operations = select(Operation::ALL.to_vec());
        (operations, 1..4_u64, 0..4_000_u64).prop_map(|(operation, calls, bytes)| Demand {
            operation,
            calls,
            bytes,
        })
    }

    proptest! {
        #[test]
        fn more_work_never_costs_less(
            demands in proptest::collection::vec(demand(), 0..12),
            more in demand(),
            (device, library) in select(PRICED.to_vec()),
        ) {
            let Ok(before) = price(&demands, device, library) else { return Ok(()) };
            let all = [&demands[..], &[more]].concat();
            let Ok(after) = price(&all, device, library) else { return Ok(()) };
            prop_assert!(before.seconds.0 <= before.seconds.1);
            prop_assert!(before.seconds.0 <= after.seconds.0);
            prop_assert!(before.seconds.1 <= after.seconds.1);
            prop_assert!(before.instructions <= after.instructions);
            prop_assert!(before.stack_bytes <= after.stack_bytes);
        }

        #[test]
        fn the_order_of_work_does_not_matter(
            mut demands in proptest::collection::vec(demand(), 0..12),
        ) {
            let of = |demands: &[Demand]| {
                price(demands, Device::Esp8266At80, Library::BearSsl).map(|bill| bill.instructions)
            };
            let forward = of(&demands);
            demands.reverse();
            prop_assert_eq!(forward, of(&demands));
        }
    }

    #[test]
    fn a_faster_clock_never_takes_longer() {
        let demands = [Operation::P256Verify, Operation::P256Agree].map(|operation| Demand {
            operation,
            calls: 1,
            bytes: 0,
        });
        let seconds = |device, library| price(&demands, device, library).unwrap().seconds;
        for (slow, fast, library) in [
            (Device::Esp8266At80, Device::Esp8266At160, Library::BearSsl),
            (Device::Esp32C3At80, Device::Esp32C3At160, Library::MbedTls),
            (
                Device::Esp32C3At80,
                Device::Esp32C3At160,
                Library::EmbeddedTls,
            ),
        ] {
            let (slow, fast) = (seconds(slow, library), seconds(fast, library));
            assert!(fast.0 < slow.0 && fast.1 < slow.1, "{library:?}");
        }
    }

    #[test]
    fn ax_tls_has_no_price() {
        for device in Device::ALL {
            assert!(price(&[], *device, Library::AxTls).is_err());
        }
    }
}
