//! What a handshake takes out of a battery.
//!
//! Owns which state of chip and radio lasts how long. The currents are the simulator's, from the
//! data sheets; no published measurement of a handshake's energy was found to hold them against.
//!
//! ```text
//! charge = busy current × processor time + idle current × time under way
//!        + what sending adds × time on the air          at 3.3 V, bare module
//! ```

use nodelab_sim::power::{
    BoardExtras, Chip, CpuClock, CpuState, Microamps, Millivolts, PowerSave, PowerSpec, RadioState,
    RateFamily,
};

use super::axis::Device;
use super::link::{Link, Travel};

/// Supply of a bare module.
const SUPPLY: Millivolts = Millivolts(3_300);
/// Headers of IPv4 and TCP in bytes, without options.
const HEADERS: u64 = 40;
/// Payload of one segment that the headers are spread over, in bytes.
const SEGMENT: u64 = 536;

/// Returns the millijoules of a handshake, at least and at most; `None` over a modem, whose own
/// draw is not modelled.
///
/// At least: the radio dozes while the processor works. At most: it listens all along.
#[must_use]
pub fn millijoules(
    device: Device,
    link: Link,
    processor_s: (f64, f64),
    travel: Travel,
    bytes_up: u64,
) -> Option<(f64, f64)> {
    let (dozing, listening) = match link {
        Link::Gprs => return None,
        Link::Lan | Link::Loopback => (RadioState::Off, RadioState::Off),
        Link::Crowded | Link::Far | Link::FlakyAp | Link::Good | Link::Lossy => {
            (RadioState::PowerSave, RadioState::Listening)
        }
    };
    let spec = board(device);
    let draw = |busy: RadioState, wait: RadioState, processor_s: f64, travel_s: f64| {
        let computing = amperes(spec.current(busy, CpuState::Busy)) * processor_s;
        let waiting = amperes(spec.current(wait, CpuState::Idle)) * travel_s;
        let sending = if link.is_wifi() {
            let extra = spec.transmit_extra(wait, family(link));
            amperes(extra) * airtime_s(link, bytes_up)
        } else {
            0.0
        };
        (computing + waiting + sending) * f64::from(SUPPLY.0)
    };
    Some((
        draw(dozing, listening, processor_s.0, travel.low_s),
        draw(listening, listening, processor_s.1, travel.high_s),
    ))
}

/// A bare module with its sensor, at the device's clock.
fn board(device: Device) -> PowerSpec {
    let chip = if device.is_esp8266() {
        Chip::Esp8266
    } else {
        Chip::Esp32c3
    };
    let clock = match device {
        Device::Esp32C3At160 | Device::Esp8266At160 => CpuClock::Mhz160,
        Device::Esp32C3At80 | Device::Esp8266At80 => CpuClock::Mhz80,
    };
    PowerSpec::with(chip, BoardExtras::Module, (clock, PowerSave::Modem), SUPPLY)
}

/// Returns the rates that a link gets through with: only those of 802.11b from far away.
const fn family(link: Link) -> RateFamily {
    match link {
        Link::Far => RateFamily::B,
        Link::Crowded
        | Link::FlakyAp
        | Link::Good
        | Link::Gprs
        | Link::Lan
        | Link::Loopback
        | Link::Lossy => RateFamily::G,
    }
}

/// Returns how long the node sends: its bytes and their headers at the link's rate.
#[expect(clippy::cast_precision_loss, reason = "a few thousand bytes")]
fn airtime_s(link: Link, bytes_up: u64) -> f64 {
    let bytes = bytes_up + HEADERS * bytes_up.div_ceil(SEGMENT);
    link.figures().byte_time.as_secs_f64() * bytes as f64
}

fn amperes(current: Microamps) -> f64 {
    f64::from(current.0) / 1e6
}

#[cfg(test)]
mod tests {
    use super::super::axis::Axis as _;
    use super::*;

    const TRAVEL: Travel = Travel {
        low_s: 0.01,
        high_s: 0.02,
        round_trips: 2,
    };

    #[test]
    fn a_second_of_work_with_a_listening_radio_is_its_current_at_3_3_volts() {
        // 56 mA listening, 15 mA working, 25 µA the sensor (ESP8266EX data sheet, TMP36).
        let nothing = Travel {
            low_s: 0.0,
            high_s: 0.0,
            round_trips: 0,
        };
        let (low, high) =
            millijoules(Device::Esp8266At80, Link::Good, (1.0, 1.0), nothing, 0).unwrap();
        assert!((high - 71.025 * 3.3).abs() < 1e-9, "{high}");
        assert!((low - 15.025 * 3.3).abs() < 1e-9, "{low}");
    }

    #[test]
    fn bands_hold_on_every_device_and_link() {
        for device in Device::ALL {
            for link in Link::ALL {
                let band = millijoules(*device, *link, (0.5, 0.7), TRAVEL, 400);
                match band {
                    None => assert_eq!(*link, Link::Gprs),
                    Some((low, high)) => assert!(0.0 < low && low < high, "{device:?} {link:?}"),
                }
            }
        }
    }
}
