//! One board's currents by state, built from its chip, its extras and its supply.

use super::figures::{BoardExtras, Chip, ChipFigures, CpuClock, PowerSave, SENSOR};
use super::state::{CpuState, RadioState, RateFamily};
use super::units::{Microamps, Millivolts};

/// What a board draws in each state.
///
/// ```
/// use nodelab_sim::power::{BoardExtras, Chip, CpuState, Microamps, PowerSpec, RadioState};
///
/// let spec = PowerSpec::new(Chip::Esp8266, BoardExtras::Module);
/// let asleep = spec.current(RadioState::Off, CpuState::LightSleep);
/// assert_eq!(asleep, Microamps(900 + 25)); // the chip and the TMP36
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PowerSpec {
    cpu: [Microamps; CpuState::COUNT],
    /// Regulator, bridge and sensor.
    extras: Microamps,
    radio: [Microamps; RadioState::COUNT],
    supply: Millivolts,
    transmit: [Microamps; RateFamily::COUNT],
}

impl PowerSpec {
    /// Builds the currents of a board at 80 MHz that saves power between beacons, on the source
    /// that suits it.
    #[must_use]
    pub const fn new(chip: Chip, board: BoardExtras) -> Self {
        let options = (CpuClock::Mhz80, PowerSave::Modem);
        Self::with(chip, board, options, Millivolts(board.supply_mv()))
    }

    /// Builds the currents of a board.
    ///
    /// `supply` is the voltage of the battery or adapter. It changes the energy of a charge, not
    /// the charge: the data sheets give one figure for each state, and a linear regulator passes
    /// the current that its load draws.
    #[must_use]
    pub const fn with(
        chip: Chip,
        board: BoardExtras,
        (clock, save): (CpuClock, PowerSave),
        supply: Millivolts,
    ) -> Self {
        let figures = ChipFigures::new(chip, clock);
        let radio_power_save = match save {
            PowerSave::Modem => figures.radio_power_save,
            PowerSave::None => figures.radio_listening,
        };
        Self {
            cpu: [
                figures.cpu_busy,
                figures.deep_sleep,
                figures.cpu_idle,
                figures.light_sleep,
            ],
            extras: board.current().plus(SENSOR),
            radio: [
                figures.radio_listening,
                Microamps(0),
                radio_power_save,
                figures.radio_starting,
            ],
            supply,
            transmit: figures.radio_transmit,
        }
    }

    /// Returns the voltage of the source that suits a board.
    #[must_use]
    pub const fn usual_supply(board: BoardExtras) -> Millivolts {
        Millivolts(board.supply_mv())
    }

    /// Returns the voltage of the source.
    #[must_use]
    pub const fn supply(&self) -> Millivolts {
        self.supply
    }

    /// Returns what the processor alone draws while it computes.
    #[must_use]
    pub const fn busy(&self) -> Microamps {
        self.cpu[CpuState::Busy as usize]
    }

    /// Returns what the whole board draws while nothing is sent.
    #[must_use]
    pub const fn current(&self, radio: RadioState, cpu: CpuState) -> Microamps {
        self.radio[radio as usize]
            .plus(self.cpu[cpu as usize])
            .plus(self.extras)
    }

    /// Returns what sending draws on top of what the radio does otherwise.
    #[must_use]
    pub const fn transmit_extra(&self, radio: RadioState, family: RateFamily) -> Microamps {
        self.transmit[family as usize].minus(self.radio[radio as usize])
    }

    /// Returns what computing draws on top of what the processor does otherwise.
    #[must_use]
    pub const fn compute_extra(&self, cpu: CpuState) -> Microamps {
        self.cpu[CpuState::Busy as usize].minus(self.cpu[cpu as usize])
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// Goal: all figures in one picture, as the board draws them.
    #[test]
    fn currents_of_every_board_and_state() {
        let mut table = String::new();
        for (name, chip, board, clock) in [
            (
                "esp8266 module 80",
                Chip::Esp8266,
                BoardExtras::Module,
                CpuClock::Mhz80,
            ),
            (
                "esp8266 module 160",
                Chip::Esp8266,
                BoardExtras::Module,
                CpuClock::Mhz160,
            ),
            (
                "esp8266 nodemcu 80",
                Chip::Esp8266,
                BoardExtras::NodeMcu,
                CpuClock::Mhz80,
            ),
            (
                "esp8266 lolin 80",
                Chip::Esp8266,
                BoardExtras::Lolin,
                CpuClock::Mhz80,
            ),
            (
                "esp32c3 module 80",
                Chip::Esp32c3,
                BoardExtras::Module,
                CpuClock::Mhz80,
            ),
            (
                "esp32c3 module 160",
                Chip::Esp32c3,
                BoardExtras::Module,
                CpuClock::Mhz160,
            ),
        ] {
            let options = (clock, PowerSave::Modem);
            let spec = PowerSpec::with(chip, board, options, PowerSpec::usual_supply(board));
            writeln!(table, "{name} MHz, {} mV", spec.supply().0).unwrap();
            for (radio, cpu) in [
                (RadioState::Listening, CpuState::Busy),
                (RadioState::Listening, CpuState::Idle),
                (RadioState::Off, CpuState::Busy),
                (RadioState::Off, CpuState::DeepSleep),
                (RadioState::Off, CpuState::Idle),
                (RadioState::Off, CpuState::LightSleep),
                (RadioState::PowerSave, CpuState::Idle),
                (RadioState::Starting, CpuState::Busy),
            ] {
                let current = spec.current(radio, cpu).0;
                writeln!(table, "  {radio:?} {cpu:?} {current} µA").unwrap();
            }
            let sending = RateFamily::ALL.map(|family| {
                let extra = spec.transmit_extra(RadioState::Listening, family);
                spec.current(RadioState::Listening, CpuState::Idle)
                    .plus(extra)
                    .0
            });
            writeln!(table, "  sending b, g, n {sending:?} µA").unwrap();
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn without_power_save_a_joined_radio_listens() {
        let options = (CpuClock::Mhz80, PowerSave::None);
        let supply = Millivolts(3_300);
        let spec = PowerSpec::with(Chip::Esp8266, BoardExtras::Module, options, supply);
        assert_eq!(
            spec.current(RadioState::PowerSave, CpuState::Idle),
            spec.current(RadioState::Listening, CpuState::Idle)
        );
    }
}
