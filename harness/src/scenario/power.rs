//! Reads `x-nodelab.power`: where the charge comes from, and what of the board draws it.
//!
//! Owns the block's types and defaults. Does not know a current.

use nodelab_sim::Volts;
use nodelab_sim::power::{Battery, BoardExtras, Charge, CpuClock, Millivolts, PowerSave};

use crate::diagnostic::Problems;
use crate::scenario::fields::{Fields, bounded, choice, quantity};
use crate::scenario::quantity::{CHARGE, Ppm, SHARE, VOLTAGE};
use crate::scenario::reference::POWER;
use crate::scenario::tree::Node;

/// What a lithium-ion cell loses by itself each month: 2 % to 3 % (encyclopedia of David Darling,
/// "self discharge").
const SELF_DISCHARGE: Ppm = Ppm(30_000);

/// Where the charge comes from, and what of the board draws it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PowerSettings {
    /// What is printed on the battery; `None` is no battery.
    pub capacity: Option<Charge>,
    /// What the battery loses by itself each month.
    pub self_discharge: Ppm,
    /// What of the battery can be used.
    pub usable: Ppm,
    /// Regulator and bridge; `None` are those of the diagram's board.
    pub board: Option<BoardExtras>,
    /// Voltage of the source; `None` is the one that suits the board.
    pub supply: Option<Millivolts>,
    /// How fast the processor runs.
    pub clock: CpuClock,
    /// What a joined radio does while nothing is expected.
    pub power_save: PowerSave,
}

impl PowerSettings {
    /// Returns the battery, if there is one.
    #[must_use]
    pub fn battery(&self) -> Option<Battery> {
        let parts = |share: Ppm| u32::try_from(share.0).unwrap_or(0);
        self.capacity.map(|capacity| Battery {
            capacity,
            self_discharge_ppm: parts(self.self_discharge),
            usable_ppm: parts(self.usable),
        })
    }
}

impl Default for PowerSettings {
    fn default() -> Self {
        Self {
            capacity: None,
            self_discharge: SELF_DISCHARGE,
            usable: Ppm(1_000_000),
            board: None,
            supply: None,
            clock: CpuClock::default(),
            power_save: PowerSave::default(),
        }
    }
}

/// Reads the block.
pub(crate) fn read(node: &Node, problems: &mut Problems) -> Option<PowerSettings> {
    let fields = Fields::open(node, &POWER, problems)?;
    let base = PowerSettings::default();
    let share = |node: &Node, problems: &mut Problems| quantity(node, &SHARE, problems);
    let boards = [
        ("nodemcu", BoardExtras::NodeMcu),
        ("lolin", BoardExtras::Lolin),
        ("module", BoardExtras::Module),
    ];
    let clocks = [("80 MHz", CpuClock::Mhz80), ("160 MHz", CpuClock::Mhz160)];
    let saves = [("modem", PowerSave::Modem), ("none", PowerSave::None)];
    Some(PowerSettings {
        capacity: fields.read("battery", problems, |node, problems| {
            let bounds = [
                ("1 mAh", Charge(3_600_000_000_000_000)),
                ("100 Ah", Battery::CAPACITY_MAX),
            ];
            bounded(node, (&CHARGE, bounds), problems)
        }),
        self_discharge: fields
            .read("self-discharge", problems, share)
            .unwrap_or(base.self_discharge),
        usable: fields
            .read("usable", problems, share)
            .unwrap_or(base.usable),
        board: fields.read("board", problems, |node, problems| {
            choice(node, &boards, problems)
        }),
        supply: fields.read("supply", problems, supply),
        clock: fields
            .read("clock", problems, |node, problems| {
                choice(node, &clocks, problems)
            })
            .unwrap_or(base.clock),
        power_save: fields
            .read("power-save", problems, |node, problems| {
                choice(node, &saves, problems)
            })
            .unwrap_or(base.power_save),
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range was checked"
)]
fn supply(node: &Node, problems: &mut Problems) -> Option<Millivolts> {
    let bounds = [("1.8 V", Volts(1.8)), ("20 V", Volts(20.0))];
    let volts = bounded(node, (&VOLTAGE, bounds), problems)?;
    Some(Millivolts((volts.0 * 1_000.0).round() as u32))
}
