//! The converter of the ESP8266, with the arithmetic of its PHY and SDK.
//!
//! ```text
//! TOUT ─ gain, offset, noise ─► 8 × 11 bits ─ (sum + 8) >> 4 ─► t ─ · 12 / 11, clamp ─► code
//! ```
//!
//! Owns everything between the TOUT pin and the code that `system_adc_read` returns. Does not
//! know of dividers or sensors, nor what the code is taken for.

use node_core::AdcCode;
use tmp36_model::interpolate;

use crate::analog::{RadioActivity, Source};
use crate::rng::Rng;
use crate::time::SimSpan;

/// Largest corrected sample, 11 bits.
const SAMPLE_MAX: u16 = 2047;
/// Samples per volt at TOUT: 2048 over 12/11 V. `ESP8266_RTOS_SDK` `driver/adc.c` explains
/// the 12/11: the converter was designed for a full scale of 1.0 V and works at more.
const SAMPLES_PER_VOLT: f64 = 2048.0 * 11.0 / 12.0;
/// Samples per count of a 10-bit code: 2, and the 12/11 of the SDK undone.
const SAMPLES_PER_COUNT: f64 = 2.0 * 11.0 / 12.0;
/// What the SDK returns while the converter is set up to measure its own supply: init data
/// byte 107 is 0xFF (esp8266/Arduino `core_esp8266_phy.cpp`, micropython/micropython #2186).
const CODE_MISCONFIGURED: u16 = 65_535;

/// Gain between chips: ±5 % (esp8266.com viewtopic p=75911).
const GAIN_SPREAD: f64 = 0.05;
/// Offset between chips: 0 to 13 counts (bbs.espressif.com t=2430, arduino.stackexchange 88112).
const OFFSET_MAX_COUNTS: f64 = 13.0;
/// By how much codes are lower while the modem sleeps: 299 asleep, 305 awake
/// (`chaeplin/esp8266_and_arduino` #3). Other boards were seen to move the other way.
const SLEEP_SHIFT_COUNTS: f64 = 6.0;
/// One read in 500 is off while Wi-Fi runs at normal power (esp8266.com viewtopic t=21466).
const SPIKE_PPM: u32 = 2_000;
/// A spike is off by this much at most, to either side; that all sizes are equally likely is
/// unsourced.
const SPIKE_MAX_COUNTS: f64 = 30.0;
/// Noise by source resistance: ohms to standard deviation, in samples of 11 bits.
///
/// The source (esp8266.com viewtopic t=21466, ESP-12F, 500 reads each) gives the rms of the
/// *codes*: 0.45, 0.75, 1.03, 1.58, 1.97 and 2.05 counts. Rounding to codes adds its own share, so
/// these are the deviations before it that give those after it, on average over the range.
const NOISE_SAMPLES: [(f64, f64); 6] = [
    (0.0, 0.559),
    (1_000.0, 1.211),
    (10_000.0, 1.762),
    (47_000.0, 2.806),
    (100_000.0, 3.535),
    (220_000.0, 3.684),
];

/// A read while the modem is awake (`chaeplin/esp8266_and_arduino` #3).
const READ_TIME_AWAKE: SimSpan = SimSpan::from_micros(40);
/// A read while the modem sleeps: the call wakes the PHY and puts it back.
const READ_TIME_ASLEEP: SimSpan = SimSpan::from_micros(384);

/// What is known of a converter before it is drawn.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Esp8266AdcSpec {
    /// Nominal gain, no offset, noise, spikes or shift; default off.
    pub ideal: bool,
    /// Init data byte 107 is 0xFF, so every read returns 65535; default off.
    pub misconfigured: bool,
    /// The SDK's last step; default [`SdkScaling::Clamp1024`].
    pub sdk: SdkScaling,
}

/// What the SDK makes of the 10-bit result.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SdkScaling {
    /// · 12/11, 1023 at most: `ESP8266_RTOS_SDK`.
    Clamp1023,
    /// · 12/11, 1024 at most: every NONOS SDK since 2.0.0, so `MicroPython` and Arduino.
    #[default]
    Clamp1024,
    /// As it is: the SDK of Arduino core 2.3.0 (esp8266/Arduino #2672).
    None,
}

/// One ESP8266's converter.
#[derive(Clone, Copy, Debug)]
pub struct Esp8266Adc {
    gain: f32,
    offset_counts: f32,
    spec: Esp8266AdcSpec,
}

impl Esp8266Adc {
    /// Returns how this chip differs from a perfect one, in words.
    #[must_use]
    pub fn describe_part(&self) -> String {
        let (gain, offset) = ((self.gain - 1.0) * 100.0, self.offset_counts);
        format!("gain {gain:+.2} %, offset {offset:+.1} codes")
    }

    /// Draws one chip of its kind, from the same number of draws for every spec.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "24 bits are enough for a part's spread"
    )]
    pub fn draw(spec: &Esp8266AdcSpec, rng: &mut Rng) -> Self {
        let gain = rng.uniform(1.0 - GAIN_SPREAD, 1.0 + GAIN_SPREAD) as f32;
        let offset_counts = rng.uniform(0.0, OFFSET_MAX_COUNTS) as f32;
        let (gain, offset_counts) = if spec.ideal {
            (1.0, 0.0)
        } else {
            (gain, offset_counts)
        };
        Self {
            gain,
            offset_counts,
            spec: *spec,
        }
    }

    /// Converts what the TOUT pin shows.
    ///
    /// The noise of the eight samples is drawn once, as that of their mean; the samples are then
    /// equal, and the chain is the SDK's to the last bit. An open pin, "an undefined state"
    /// (Espressif FAQ), reads anything; an ideal one reads 0.
    pub fn read(&self, tout: Source, radio: RadioActivity, rng: &mut Rng) -> AdcCode {
        if self.spec.misconfigured {
            return AdcCode(CODE_MISCONFIGURED);
        }
        let exact = tout.open.0 * SAMPLES_PER_VOLT * f64::from(self.gain);
        let samples = if self.spec.ideal {
            exact
        } else if tout.resistance.0.is_infinite() {
            rng.uniform(0.0, f64::from(SAMPLE_MAX) + 1.0)
        } else {
            exact + self.error(tout.resistance.0, radio, rng)
        };
        AdcCode(self.spec.sdk.scale(ten_bits([truncated(samples); 8])))
    }

    /// Returns how long one read takes.
    #[must_use]
    pub const fn read_time(radio: RadioActivity) -> SimSpan {
        match radio {
            RadioActivity::Listening | RadioActivity::Transmitting => READ_TIME_AWAKE,
            RadioActivity::Off => READ_TIME_ASLEEP,
        }
    }

    /// Draws how far one read is off, in samples.
    fn error(&self, resistance_ohm: f64, radio: RadioActivity, rng: &mut Rng) -> f64 {
        let mut counts = f64::from(self.offset_counts);
        match radio {
            RadioActivity::Listening | RadioActivity::Transmitting => {
                if rng.chance_ppm(SPIKE_PPM) {
                    counts += rng.uniform(-SPIKE_MAX_COUNTS, SPIKE_MAX_COUNTS);
                }
            }
            RadioActivity::Off => counts -= SLEEP_SHIFT_COUNTS,
        }
        let noise = interpolate(&NOISE_SAMPLES, resistance_ohm) * rng.gaussian();
        counts * SAMPLES_PER_COUNT + noise
    }
}

impl SdkScaling {
    const fn scale(self, ten_bits: u16) -> u16 {
        let (scaled, max) = match self {
            Self::Clamp1023 => (ten_bits * 12 / 11, 1023),
            Self::Clamp1024 => (ten_bits * 12 / 11, 1024),
            Self::None => (ten_bits, 1024),
        };
        if scaled > max { max } else { scaled }
    }
}

/// Returns eight samples of 11 bits as one result of 10, `test_tout` of the NONOS SDK: 0 to 1024.
fn ten_bits(samples: [u16; 8]) -> u16 {
    (samples.iter().sum::<u16>() + 8) >> 4
}

/// Returns what the converter makes of a voltage: it truncates, and ends at both ends.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 11 bits, rounded down"
)]
fn truncated(samples: f64) -> u16 {
    samples.max(0.0).min(f64::from(SAMPLE_MAX)) as u16
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rng::{EntityId, Purpose, Rng};
    use crate::units::{Ohms, Volts};

    #[test]
    fn the_nominal_chain_clamps_where_the_sdk_does() {
        // Volts at TOUT, then Clamp1024, Clamp1023 and no scaling.
        let cases = [
            (-0.1, [0, 0, 0]),
            (0.0, [0, 0, 0]),
            (0.234_375, [240, 240, 220]),
            (0.546_875, [559, 559, 513]),
            (0.999, [1023, 1023, 938]),
            (1.0, [1024, 1023, 939]),
            (1.031_25, [1024, 1023, 968]),
            (3.3, [1024, 1023, 1024]),
        ];
        for (volts, expected) in cases {
            let sdks = [
                SdkScaling::Clamp1024,
                SdkScaling::Clamp1023,
                SdkScaling::None,
            ];
            assert_eq!(sdks.map(|sdk| code(sdk, volts)), expected, "{volts} V");
        }
    }

    #[test]
    fn scaled_codes_are_never_eleven_modulo_twelve() {
        let mut seen = [false; 1025];
        for step in 0..20_000 {
            seen[usize::from(code(SdkScaling::Clamp1024, f64::from(step) * 55e-6))] = true;
        }
        for (code, seen) in seen.into_iter().enumerate() {
            assert_eq!(seen, code % 12 != 11, "code {code}");
        }
    }

    #[test]
    fn noise_spikes_and_offsets_keep_the_missing_codes_missing() {
        let mut rng = stream();
        for _ in 0..200 {
            let adc = Esp8266Adc::draw(&Esp8266AdcSpec::default(), &mut rng);
            for _ in 0..200 {
                let volts = Volts(rng.uniform(0.0, 1.1));
                let tout = Source {
                    open: volts,
                    resistance: Ohms(68_750.0),
                };
                let AdcCode(code) = adc.read(tout, RadioActivity::Transmitting, &mut rng);
                assert!(code <= 1024 && code % 12 != 11, "{code}");
            }
        }
    }

    #[test]
    fn a_misconfigured_converter_reads_65535_of_anything() {
        let spec = Esp8266AdcSpec {
            misconfigured: true,
            ..Esp8266AdcSpec::default()
        };
        let mut rng = stream();
        let adc = Esp8266Adc::draw(&spec, &mut rng);
        for tout in [Source::OPEN, Source::stiff(Volts(0.5))] {
            let code = adc.read(tout, RadioActivity::Off, &mut rng);
            assert_eq!(code, AdcCode(65_535));
        }
    }

    #[test]
    fn an_open_pin_reads_anything() {
        let mut rng = stream();
        let adc = Esp8266Adc::draw(&Esp8266AdcSpec::default(), &mut rng);
        let mut codes: Vec<u16> = (0..1_000)
            .map(|_| adc.read(Source::OPEN, RadioActivity::Off, &mut rng).0)
            .collect();
        codes.sort_unstable();
        assert!(
            codes[100] < 200 && codes[900] > 800,
            "{} {}",
            codes[100],
            codes[900]
        );
    }

    #[test]
    fn a_sleeping_modem_makes_reads_slow() {
        assert_eq!(
            Esp8266Adc::read_time(RadioActivity::Listening),
            SimSpan::from_micros(40)
        );
        assert_eq!(
            Esp8266Adc::read_time(RadioActivity::Transmitting),
            SimSpan::from_micros(40)
        );
        assert_eq!(
            Esp8266Adc::read_time(RadioActivity::Off),
            SimSpan::from_micros(384)
        );
    }

    proptest! {
        /// The whole chain again, in the integers of the SDK's disassembly, with u32 sums.
        #[test]
        fn the_noiseless_read_is_the_chain_of_eight_samples(microvolts in 0_u32..1_200_000) {
            // floor(V · 2048 · 11 / 12) in integers.
            let sample = (u64::from(microvolts) * 2048 * 11 / 12_000_000).min(2047);
            let sum: u64 = (0..8).map(|_| sample).sum();
            let expected = (((sum + 8) >> 4) * 12 / 11).min(1024);
            // 1 nV up, so that the float never falls below a whole sample.
            let read = code(SdkScaling::Clamp1024, f64::from(microvolts) / 1e6 + 1e-9);
            prop_assert_eq!(u64::from(read), expected);
        }

        #[test]
        fn no_voltage_panics(volts in any::<f64>(), ohms in any::<f64>(), seed in any::<u64>()) {
            let mut rng = Rng::derive(seed, EntityId::World, Purpose::Adc);
            let adc = Esp8266Adc::draw(&Esp8266AdcSpec::default(), &mut rng);
            let tout = Source { open: Volts(volts), resistance: Ohms(ohms) };
            prop_assert!(adc.read(tout, RadioActivity::Listening, &mut rng).0 <= 1024);
        }
    }

    fn code(sdk: SdkScaling, volts: f64) -> u16 {
        let spec = Esp8266AdcSpec {
            ideal: true,
            sdk,
            ..Esp8266AdcSpec::default()
        };
        let mut rng = stream();
        let adc = Esp8266Adc::draw(&spec, &mut rng);
        adc.read(
            Source::stiff(Volts(volts)),
            RadioActivity::Listening,
            &mut rng,
        )
        .0
    }

    fn stream() -> Rng {
        Rng::derive(5, EntityId::World, Purpose::Adc)
    }
}
