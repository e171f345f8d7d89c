//! How long a handshake is under way on each link.
//!
//! Owns the links' names and the arithmetic. The figures of Wi-Fi are the simulator's own; does
//! not know what a processor needs.
//!
//! ```text
//! SYN ─►        one way each: latency + jitter + bytes × byte time, and what is lost comes
//!     ◄─ SYN    again after the retransmission timeout. A flight that exceeds a window waits
//! flight 1 ─►   for one more round trip. The last flight of the node waits for nobody: the
//!     ◄─ 2      first reading rides behind it.
//! ```

use nodelab_sim::SimSpan;
use nodelab_sim::stack::NetworkSpec;
use nodelab_sim::stack::tcp::TcpProfile;

use super::axis::{Axis, Device};

/// What lies between node and broker. From near to far.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Link {
    /// No time at all.
    Loopback,
    /// A cable.
    Lan,
    /// The simulator's preset of this name.
    Good,
    /// The simulator's preset of this name.
    FlakyAp,
    /// The simulator's preset of this name.
    Crowded,
    /// The simulator's preset of this name.
    Lossy,
    /// The simulator's preset of this name.
    Far,
    /// A modem of the second generation.
    Gprs,
}

impl Axis for Link {
    const KEY: &'static str = "link";
    const ALL: &'static [Self] = &[
        Self::Loopback,
        Self::Lan,
        Self::Good,
        Self::FlakyAp,
        Self::Crowded,
        Self::Lossy,
        Self::Far,
        Self::Gprs,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Loopback => "loopback",
            Self::Lan => "lan",
            Self::Good => "good",
            Self::FlakyAp => "flaky-ap",
            Self::Crowded => "crowded",
            Self::Lossy => "lossy",
            Self::Far => "far",
            Self::Gprs => "gprs",
        }
    }
}

/// The bytes of one flight, and who sends it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Leg {
    /// Whether the node sends it.
    pub is_up: bool,
    /// Its bytes.
    pub bytes: u64,
}

/// Seconds under way, without any processor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Travel {
    /// Nothing is lost, and nothing waits.
    pub low_s: f64,
    /// Everything is delayed as long as it can be, and losses cost what they cost on average.
    pub high_s: f64,
    /// Round trips, the one of TCP included.
    pub round_trips: u32,
}

impl Link {
    /// Returns whether the node's own radio carries it.
    #[must_use]
    pub const fn is_wifi(self) -> bool {
        match self {
            Self::Crowded | Self::Far | Self::FlakyAp | Self::Good | Self::Lossy => true,
            Self::Gprs | Self::Lan | Self::Loopback => false,
        }
    }

    /// Returns the figures, in the simulator's form.
    ///
    /// # Panics
    ///
    /// Never: every Wi-Fi link is a preset.
    #[must_use]
    pub fn figures(self) -> NetworkSpec {
        let ideal = NetworkSpec::ideal();
        match self {
            Self::Loopback => ideal,
            // A cable of 100 Mb/s to a broker in the same building: half a millisecond each way
            // (unsourced).
            Self::Lan => NetworkSpec {
                latency: SimSpan::from_micros(500),
                byte_time: SimSpan::from_nanos(80),
                ..ideal
            },
            // tylertreat/comcast, README, "GPRS (good)": 500 ms, 50 kb/s, 2 %. The latency is
            // added in one direction there, so each way has half of it.
            Self::Gprs => NetworkSpec {
                latency: SimSpan::from_millis(250),
                byte_time: SimSpan::from_micros(160),
                loss_ppm: 20_000,
                ..ideal
            },
            Self::Crowded | Self::Far | Self::FlakyAp | Self::Good | Self::Lossy => {
                NetworkSpec::named(self.name()).expect("a test looks up every preset")
            }
        }
    }

    /// Returns how long SYN and the flights before the node may write are under way.
    #[must_use]
    pub fn travel(self, legs: &[Leg], device: Device) -> Travel {
        let figures = self.figures();
        let profile = profile(device);
        let mut travel = Travel {
            low_s: 0.0,
            high_s: 0.0,
            round_trips: 1,
        };
        // SYN and its answer.
        travel.add(&figures, 0, 1);
        travel.add(&figures, 0, 1);
        let last = legs
            .iter()
            .rposition(|leg| !leg.is_up)
            .map_or(0, |at| at + 1);
        for leg in &legs[..last] {
            let window = if leg.is_up {
                profile.send_buffer
            } else {
                profile.receive_buffer
            };
            let windows = leg.bytes.div_ceil(u64::from(window)).max(1);
            for _ in 1..windows {
                // An acknowledgement comes back, and the rest goes.
                travel.add(&figures, 0, 1);
                travel.add(&figures, 0, 1);
                travel.round_trips += 1;
            }
            let segment = u64::from(profile.segment_size);
            travel.add(&figures, leg.bytes, leg.bytes.div_ceil(segment));
            travel.round_trips += u32::from(!leg.is_up);
        }
        travel
    }
}

/// Returns the TCP of the firmware that a device usually runs.
const fn profile(device: Device) -> TcpProfile {
    if device.is_esp8266() {
        TcpProfile::ARDUINO_LOWER_MEMORY
    } else {
        TcpProfile::ESP_RADIO
    }
}

impl Travel {
    /// Adds one way of some bytes.
    fn add(&mut self, figures: &NetworkSpec, bytes: u64, segments: u64) {
        let sent = figures.latency.plus(figures.byte_time.times(bytes));
        self.low_s += sent.as_secs_f64();
        self.high_s += sent.plus(figures.jitter).as_secs_f64() + lost_s(figures, segments);
    }
}

/// Returns what the losses of a flight cost on average: its segments are repeated side by side,
/// after a timeout that doubles each time. Σ pᵏ·2ᵏ⁻¹ = p / (1 − 2p).
fn lost_s(figures: &NetworkSpec, segments: u64) -> f64 {
    let loss = f64::from(figures.loss_ppm) / 1e6;
    let arrive = (0..segments).fold(1.0, |all, _| all * (1.0 - loss));
    let again = 1.0 / (1.0 - 2.0 * loss);
    (1.0 - arrive) * again * figures.retransmit_after.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    /// A handshake of TLS 1.3: hello, answer, finished.
    const LEGS: [Leg; 3] = [
        Leg {
            is_up: true,
            bytes: 250,
        },
        Leg {
            is_up: false,
            bytes: 750,
        },
        Leg {
            is_up: true,
            bytes: 80,
        },
    ];

    #[test]
    fn every_preset_of_the_simulator_is_a_link() {
        for name in NetworkSpec::names().filter(|name| *name != "ideal") {
            let link = Link::parse(name).unwrap();
            assert!(link.is_wifi());
            assert_eq!(Some(link.figures()), NetworkSpec::named(name));
        }
    }

    #[test]
    fn two_round_trips_over_gprs_take_a_second_and_the_bytes() {
        let travel = Link::Gprs.travel(&LEGS, Device::Esp32C3At160);
        assert_eq!(travel.round_trips, 2);
        let expected = 4.0 * 0.25 + 1_000.0 * 160e-6;
        assert!((travel.low_s - expected).abs() < 1e-9, "{travel:?}");
        assert!(travel.high_s > travel.low_s);
    }

    #[test]
    fn a_hello_beyond_the_send_buffer_waits_for_another_round_trip() {
        let legs = [
            Leg {
                is_up: true,
                bytes: 1_418,
            },
            LEGS[1],
        ];
        let round_trips = |device| Link::Good.travel(&legs, device).round_trips;
        assert_eq!(round_trips(Device::Esp8266At80), 3);
        assert_eq!(round_trips(Device::Esp32C3At80), 2);
    }

    proptest! {
        #[test]
        fn more_bytes_never_arrive_sooner(
            link in select(Link::ALL),
            bytes in 0..6_000_u64,
            more in 0..2_000_u64,
        ) {
            let legs = |bytes| [Leg { is_up: true, bytes }, Leg { is_up: false, bytes }];
            let few = link.travel(&legs(bytes), Device::Esp8266At80);
            let many = link.travel(&legs(bytes + more), Device::Esp8266At80);
            prop_assert!(few.low_s <= few.high_s);
            prop_assert!(few.low_s <= many.low_s && few.high_s <= many.high_s);
        }
    }
}
