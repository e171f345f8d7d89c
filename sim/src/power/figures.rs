//! The figures of the data sheets: what each chip and board draws.
//!
//! Owns numbers and their sources. All currents are split so that they add up: what the radio
//! draws, what the processor draws, and what the board draws whatever they do.
//!
//! The two data sheets measure differently, so they are brought to one form:
//!
//! * ESP8266EX, table 5-3: 3.0 V, transmitting at 50 % duty. The sheet does not say what the
//!   other half draws; receiving is assumed, so sending draws twice the figure less the receive
//!   current. It does not say either whether the processor is included. It is taken not to be:
//!   receiving (56 mA) with a working processor (15 mA) then gives 71 mA, which the sheet's own
//!   average of 80 mA (table 1-1) and published cycles of 78 mA agree with, and 56 mA does not.
//! * ESP32-C3, table 17: 3.3 V, transmitting at 100 % duty, receiving with an idle processor and
//!   the peripherals' clocks off. The idle processor (table 18) is taken off each figure.

use super::units::Microamps;

/// The chip.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Chip {
    /// ESP32-C3.
    Esp32c3,
    /// ESP8266EX.
    Esp8266,
}

/// What a board draws besides chip and sensor.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum BoardExtras {
    /// A NodeMCU "Lolin v3": AMS1117 regulator and CH340 bridge.
    Lolin,
    /// A bare module straight on its battery.
    Module,
    /// A NodeMCU DEVKIT V1.0: NCP1117 regulator and CP2102 bridge.
    NodeMcu,
}

/// How fast the processor runs.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum CpuClock {
    /// 160 MHz.
    Mhz160,
    /// 80 MHz.
    #[default]
    Mhz80,
}

/// What a joined radio does while nothing is expected.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum PowerSave {
    /// Sleeps between beacons, DTIM 3.
    #[default]
    Modem,
    /// Listens.
    None,
}

/// What the parts of a chip draw.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct ChipFigures {
    pub(super) cpu_busy: Microamps,
    pub(super) cpu_idle: Microamps,
    pub(super) deep_sleep: Microamps,
    pub(super) light_sleep: Microamps,
    pub(super) radio_listening: Microamps,
    /// On average, beacons included.
    pub(super) radio_power_save: Microamps,
    /// While the chip boots and its radio is calibrated.
    pub(super) radio_starting: Microamps,
    /// 802.11 b, g, n.
    pub(super) radio_transmit: [Microamps; 3],
}

/// Supply of the TMP36 at 25 °C, 23 µA (data sheet, figure 11), and what the divider takes from
/// its output, 2.3 µA at 0.75 V on 320 kΩ.
pub(super) const SENSOR: Microamps = Microamps(25);

impl ChipFigures {
    pub(super) const fn new(chip: Chip, clock: CpuClock) -> Self {
        match chip {
            Chip::Esp32c3 => Self::esp32c3(clock),
            Chip::Esp8266 => Self::esp8266(clock),
        }
    }

    /// ESP8266EX data sheet v6.6.
    const fn esp8266(clock: CpuClock) -> Self {
        // Table 3-4, modem sleep: 15 mA with the processor working. Neither its clock nor what
        // it draws while idle is stated; the 6 mA that 160 MHz adds are the ESP32-C3's
        // (unsourced for this chip).
        let cpu = match clock {
            CpuClock::Mhz80 => Microamps(15_000),
            CpuClock::Mhz160 => Microamps(21_000),
        };
        Self {
            cpu_busy: cpu,
            cpu_idle: cpu,
            // Table 3-4: 20 µA, measured at 2.5 V.
            deep_sleep: Microamps(20),
            // Table 3-4: 0.9 mA, an average at DTIM 3; less without a network is unsourced.
            light_sleep: Microamps(900),
            // Table 5-3, 802.11g and n; 50 mA at 11 Mb/s.
            radio_listening: Microamps(56_000),
            // Table 3-4: the 15 mA of modem sleep at DTIM 3 are the processor's.
            radio_power_save: Microamps(0),
            // Table 1-1: 80 mA on average, less the processor. Peaks of 500 mA while the radio
            // is calibrated (esp-faq, hardware-design) ask for a good supply, not for charge.
            radio_starting: Microamps(65_000),
            // Table 5-3: 170, 140 and 120 mA at 50 % duty beside 50, 56 and 56 mA receiving.
            radio_transmit: [Microamps(290_000), Microamps(224_000), Microamps(184_000)],
        }
    }

    /// ESP32-C3 data sheet v1.4.
    const fn esp32c3(clock: CpuClock) -> Self {
        // Table 18, all peripherals' clocks off.
        let (cpu_idle, cpu_busy) = match clock {
            CpuClock::Mhz80 => (Microamps(13_000), Microamps(17_000)),
            CpuClock::Mhz160 => (Microamps(16_000), Microamps(23_000)),
        };
        Self {
            cpu_busy,
            cpu_idle,
            // Table 19, real-time clock and its memory.
            deep_sleep: Microamps(5),
            // Table 19.
            light_sleep: Microamps(130),
            // Table 17: 84 mA at HT20, less 13 mA.
            radio_listening: Microamps(71_000),
            // esp-idf, sleep-current/esp32c3_summary: 20.82 mA at DTIM 3, less the 16 mA of an
            // idle processor at 160 MHz.
            radio_power_save: Microamps(4_820),
            // Unsourced: as receiving.
            radio_starting: Microamps(71_000),
            // Table 17: 335 mA (1 Mb/s), 285 (54 Mb/s), 276 (HT20, MCS 7), less 13 mA each.
            radio_transmit: [Microamps(322_000), Microamps(272_000), Microamps(263_000)],
        }
    }
}

impl BoardExtras {
    /// Returns what regulator and USB bridge draw whatever the chip does.
    pub(super) const fn current(self) -> Microamps {
        match self {
            // Measured: AMS1117 about 4 mA, CH340 0.2 mA (itooktheredpill.irgendwo.org, 2017,
            // "reducing NodeMCU power consumption").
            Self::Lolin => Microamps(4_200),
            Self::Module => Microamps(0),
            // NCP1117ST33T3G: 6.0 mA; CP2102 suspended: 80 µA, and 200 µA into its pull-up
            // (their data sheets). Boards in deep sleep were measured at 10 to 14 mA.
            Self::NodeMcu => Microamps(6_280),
        }
    }

    /// Returns the voltage of the source when a scenario names none, in millivolts: 5 V before a
    /// linear regulator, which passes the current and burns the rest, or 3.3 V without one.
    pub(super) const fn supply_mv(self) -> u32 {
        match self {
            Self::Lolin | Self::NodeMcu => 5_000,
            Self::Module => 3_300,
        }
    }
}
