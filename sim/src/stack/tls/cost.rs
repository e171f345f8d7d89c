//! How long a chip takes for the work of an endpoint.
//!
//! Owns the tables of instructions and cycles. Does not know when the work is done, nor what
//! else the chip does meanwhile.
//!
//! ```text
//! time = Σ (operations × instructions of each) × cycles per instruction / clock
//! ```

use super::spec::{Chip, Stack};
use super::work::Work;
use crate::time::SimSpan;

/// Bytes that the figures per KiB are for.
const KIB: u64 = 1024;

/// The shortest, the likely and the longest time of the same work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Band {
    /// The shortest.
    pub least: SimSpan,
    /// What [`price`] says.
    pub likely: SimSpan,
    /// The longest.
    pub most: SimSpan,
}

/// Instructions of each operation; cycles where the source gives those.
struct Table {
    p256_keygen: u64,
    p256_agree: u64,
    x25519_keygen: u64,
    x25519_agree: u64,
    ecdsa_sign: u64,
    ecdsa_verify: u64,
    ed25519_sign: u64,
    ed25519_verify: u64,
    rsa_2048_public: u64,
    rsa_4096_public: u64,
    aes_per_kib: u64,
    chacha_per_kib: u64,
    hash_per_kib: u64,
    unit: Unit,
}

/// What the numbers of a table count.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Unit {
    /// Cycles, whatever the chip.
    Cycles,
    /// Instructions, of which each takes some cycles.
    Instructions,
}

/// `BearSSL`'s `m15` and `i15` code as the Arduino core builds it, on the lx106.
///
/// Counted by executing it: gcc 12.2 -O2, `BR_SLOW_MUL15`, QEMU's cycle counter, ±25.
/// `BearSSL` has no Ed25519; a specification that needs it is refused.
const LX106_BEARSSL: Table = Table {
    p256_keygen: 12_647_750,
    p256_agree: 18_504_975,
    x25519_keygen: 8_382_325,
    x25519_agree: 8_382_325,
    ecdsa_sign: 16_210_475,
    ecdsa_verify: 33_300_825,
    ed25519_sign: 0,
    ed25519_verify: 0,
    rsa_2048_public: 11_765_125,
    rsa_4096_public: 56_210_125,
    aes_per_kib: 412_050,
    chacha_per_kib: 90_375,
    hash_per_kib: 75_875,
    unit: Unit::Instructions,
};

/// `RustCrypto`, as embedded-tls uses it, on RV32IMC.
///
/// Counted by executing it: `opt-level = "s"`, LTO, QEMU 7.2 with `-icount shift=0`, exact.
const RV32IMC_RUSTCRYPTO: Table = Table {
    p256_keygen: 6_511_257,
    p256_agree: 6_499_648,
    x25519_keygen: 3_495_045,
    x25519_agree: 3_651_049,
    ecdsa_sign: 7_972_408,
    ecdsa_verify: 13_520_076,
    ed25519_sign: 3_560_024,
    ed25519_verify: 3_577_932,
    rsa_2048_public: 6_824_899,
    rsa_4096_public: 26_097_770,
    aes_per_kib: 286_268,
    chacha_per_kib: 74_755,
    hash_per_kib: 96_636,
    unit: Unit::Instructions,
};

/// mbedTLS in ESP-IDF: cycles, scaled from the one figure that is published for it.
///
/// ECDSA verification on P-256 takes 267.1 ms at 240 MHz without the accelerator (esp-idf pull
/// request 19027, ESP32-S3): 64.1 million cycles. The other operations on P-256 keep the ratio
/// they have in [`RV32IMC_RUSTCRYPTO`]. X25519: "100 ms or so" at 240 MHz (esp32.io forum,
/// topic 23830, ESP32-S2). Everything else is [`RV32IMC_RUSTCRYPTO`] at 2.4 cycles each.
/// No figure for the ESP32-C3 is published.
const MBEDTLS: Table = Table {
    p256_keygen: 30_870_000,
    p256_agree: 30_815_000,
    x25519_keygen: 24_000_000,
    x25519_agree: 24_000_000,
    ecdsa_sign: 37_797_000,
    ecdsa_verify: 64_100_000,
    ed25519_sign: 0,
    ed25519_verify: 0,
    rsa_2048_public: 16_380_000,
    rsa_4096_public: 62_635_000,
    aes_per_kib: 687_000,
    chacha_per_kib: 179_400,
    hash_per_kib: 231_900,
    unit: Unit::Cycles,
};

/// Returns how long a chip likely takes for work, without any wait for the network.
#[must_use]
pub fn price(work: &Work, chip: Chip, stack: Stack) -> SimSpan {
    price_band(work, chip, stack).likely
}

/// Returns between which times the work of a chip lies.
///
/// The ESP8266's figure is fitted to published connection times, and its band is their rounding.
/// The ESP32-C3's comes from one measured program whose code did not fit the cache; small loops
/// may run at half of it.
#[must_use]
pub fn price_band(work: &Work, chip: Chip, stack: Stack) -> Band {
    let table = match stack {
        Stack::BearSsl | Stack::MicroPython => &LX106_BEARSSL,
        Stack::EmbeddedTls | Stack::RustCrypto => &RV32IMC_RUSTCRYPTO,
        Stack::MbedTls => &MBEDTLS,
    };
    let count = table.count(work);
    let span = |cycles_per_hundred: u64| {
        let hundred = match table.unit {
            Unit::Cycles => 100,
            Unit::Instructions => cycles_per_hundred,
        };
        // Rounded down to a nanosecond: count · CPI/100 · 1000 / MHz.
        SimSpan::from_nanos(count.saturating_mul(hundred) * 10 / chip.megahertz())
    };
    let (least, likely, most) = chip.cycles_per_hundred_instructions();
    Band {
        least: span(least),
        likely: span(likely),
        most: span(most),
    }
}

impl Table {
    fn count(&self, work: &Work) -> u64 {
        let times = |count: u32, each: u64| u64::from(count) * each;
        let bytes = |count: u64, each: u64| count.saturating_mul(each) / KIB;
        times(work.p256.keygen, self.p256_keygen)
            + times(work.p256.agree, self.p256_agree)
            + times(work.x25519.keygen, self.x25519_keygen)
            + times(work.x25519.agree, self.x25519_agree)
            + times(work.ecdsa.sign, self.ecdsa_sign)
            + times(work.ecdsa.verify, self.ecdsa_verify)
            + times(work.ed25519.sign, self.ed25519_sign)
            + times(work.ed25519.verify, self.ed25519_verify)
            + times(work.rsa_2048.public, self.rsa_2048_public)
            + times(work.rsa_4096.public, self.rsa_4096_public)
            + self.count_scaled(work)
            + bytes(work.aes_bytes, self.aes_per_kib)
            + bytes(work.chacha_bytes, self.chacha_per_kib)
            + bytes(work.hash_bytes, self.hash_per_kib)
    }

    /// Counts what no scenario asks for, by its ratio to what the table has.
    ///
    /// P-384 takes 4.63 times as long as P-256 and ML-KEM-768 as long as half a key agreement on
    /// X25519 (`RustCrypto` on RV32IMC, counted). AES-256 has 14 rounds for 10 (FIPS 197). A
    /// private operation of RSA, in two halves of which each takes 1.2 multiplications a bit,
    /// is some 36 times a public one with its 17.
    fn count_scaled(&self, work: &Work) -> u64 {
        let times = |count: u32, each: u64| u64::from(count) * each;
        let kem = work.ml_kem_768;
        (times(work.ecdsa_p384.sign, self.ecdsa_sign)
            + times(work.ecdsa_p384.verify, self.ecdsa_verify))
            * 463
            / 100
            + times(
                kem.keygen + kem.encapsulate + kem.decapsulate,
                self.x25519_agree / 2,
            )
            + times(work.rsa_2048.private, 36 * self.rsa_2048_public)
            + times(work.rsa_4096.private, 36 * self.rsa_4096_public)
            + work
                .aes_256_bytes
                .saturating_mul(self.aes_per_kib * 14 / 10)
                / KIB
    }
}

impl Chip {
    /// Returns the clock in megahertz.
    #[must_use]
    pub const fn megahertz(self) -> u64 {
        match self {
            Self::Esp32C3At160 | Self::Esp8266At160 => 160,
            Self::Esp32C3At80 | Self::Esp8266At80 => 80,
        }
    }

    /// Returns the least, likely and most cycles of a hundred instructions.
    ///
    /// ESP8266: 1.6, fitted to the eight connection times of the TLS page of tasmota/docs.
    /// ESP32-C3: mlkem-c-embedded issue 50 measured 2.3 to 2.5 at 80 MHz and 3.0 to 3.4 at
    /// 160 MHz, where flash does not speed up with the core; 1.2 is an assumed floor.
    const fn cycles_per_hundred_instructions(self) -> (u64, u64, u64) {
        match self {
            Self::Esp32C3At160 => (120, 320, 340),
            Self::Esp32C3At80 => (120, 240, 250),
            Self::Esp8266At160 | Self::Esp8266At80 => (150, 160, 170),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::tls::work::{ExchangeWork, RsaWork, SignatureWork};

    /// Joining a stream and symmetric work, in seconds; fitted together with 1.6 cycles.
    const NETWORK_S: f64 = 0.15;

    #[test]
    fn the_model_meets_every_published_connection_time() {
        // The TLS page of tasmota/docs: rounded to 0.1 s. Operations are read off the suites.
        let mutual = Work {
            p256: ExchangeWork {
                keygen: 1,
                agree: 1,
            },
            ecdsa: SignatureWork { sign: 1, verify: 0 },
            ..Work::default()
        };
        let with_rsa = |work: Work, public| Work {
            rsa_2048: RsaWork { private: 0, public },
            ..work
        };
        let points = [
            (with_rsa(Work::default(), 1), 0.4, 0.3),
            (with_rsa(Work::default(), 2), 0.7, 0.4),
            (with_rsa(mutual, 1), 1.3, 0.7),
            (with_rsa(mutual, 3), 1.8, 1.0),
        ];
        for (work, at_80, at_160) in points {
            for (chip, published) in [(Chip::Esp8266At80, at_80), (Chip::Esp8266At160, at_160)] {
                let model = price(&work, chip, Stack::BearSsl).as_secs_f64() + NETWORK_S;
                let off: f64 = model - published;
                assert!(
                    off.abs() < 0.1,
                    "{work:?} on {chip:?}: {model} for {published}"
                );
            }
        }
    }

    #[test]
    fn a_handshake_costs_what_the_whole_program_was_counted_to_cost() {
        // embedded-tls 0.19 on RV32IMC, P-256, no intermediate, one record: 41 264 698
        // instructions by executing it; the table prices its parts.
        let work = Work {
            p256: ExchangeWork {
                keygen: 1,
                agree: 1,
            },
            ecdsa: SignatureWork { sign: 0, verify: 2 },
            ..Work::default()
        };
        let instructions = RV32IMC_RUSTCRYPTO.count(&work);
        assert!(
            (39_000_000..41_264_698).contains(&instructions),
            "{instructions}"
        );
    }

    #[test]
    fn a_band_holds_its_likely_value_and_scales_with_the_clock() {
        let work = Work {
            ecdsa: SignatureWork { sign: 1, verify: 1 },
            ..Work::default()
        };
        for (stack, fast, slow) in [
            (Stack::BearSsl, Chip::Esp8266At160, Chip::Esp8266At80),
            (Stack::EmbeddedTls, Chip::Esp32C3At160, Chip::Esp32C3At80),
            (Stack::MbedTls, Chip::Esp32C3At160, Chip::Esp32C3At80),
        ] {
            let band = price_band(&work, slow, stack);
            assert!(
                band.least <= band.likely && band.likely <= band.most,
                "{stack:?}"
            );
            assert!(price(&work, fast, stack) < band.likely, "{stack:?}");
        }
        let none = price(&Work::default(), Chip::Esp8266At80, Stack::BearSsl);
        assert_eq!(none, SimSpan::ZERO);
    }
}
