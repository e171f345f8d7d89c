//! One TMP36 on Wokwi.
//!
//! Owns which pins and controls it has and what follows from them. Does not know the sensor
//! itself: that is `tmp36-model`, the code that the simulator runs.

use tmp36_model::{Lead, Tmp36Fault, between_rails_v, faulty, fed_v};

use crate::api::{Attribute, Pin};

/// How often the output follows the controls, in simulated time.
const PERIOD_US: u32 = 1_000;
/// Absolute maximum of the supply: data sheet, Table 2. Wokwi gives no such voltage; a reading
/// beyond means that the supply is not wired to anything it can measure.
const SUPPLY_MAX_V: f64 = 7.0;

/// The pins and controls of one chip.
#[derive(Clone, Copy)]
pub(crate) struct Chip {
    supply: Pin,
    output: Pin,
    ground: Pin,
    temperature: Attribute,
    fault: Attribute,
    supply_v: Attribute,
    scale: Attribute,
}

impl Chip {
    /// Declares pins, controls and attributes.
    pub(crate) fn new() -> Self {
        Self {
            supply: Pin::analog(c"VS"),
            output: Pin::analog(c"VOUT"),
            ground: Pin::analog(c"GND"),
            temperature: Attribute::new(c"temperature", 25.0),
            fault: Attribute::new(c"fault", 0.0),
            supply_v: Attribute::new(c"supply", 0.0),
            scale: Attribute::new(c"scale", 1.0),
        }
    }

    /// Returns how often to evaluate the chip, in simulated microseconds.
    pub(crate) fn period_us(&self) -> u32 {
        PERIOD_US
    }

    /// Drives the output as the controls and the supply demand.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "Wokwi's voltages have 32 bits"
    )]
    pub(crate) fn evaluate(&self) {
        match self.lead() {
            Lead::Level(volts) => {
                let scaled = volts * f64::from(self.scale.get());
                self.output.drive(scaled as f32);
            }
            Lead::Open => self.output.release(),
        }
    }

    fn lead(&self) -> Lead {
        let supply_v = self.fed_with();
        // What no fault has the number of counts as none.
        let fault = Tmp36Fault::from_control(f64::from(self.fault.get())).unwrap_or_default();
        if let Some(lead) = faulty(fault, supply_v) {
            return lead;
        }
        let Some(supply_v) = supply_v else {
            return Lead::Open;
        };
        let die_c = f64::from(self.temperature.get());
        Lead::Level(between_rails_v(fed_v(die_c, die_c, supply_v), supply_v))
    }

    /// Returns the supply: what the attribute says or, where it is 0, what the pins show.
    fn fed_with(&self) -> Option<f64> {
        let said = f64::from(self.supply_v.get());
        let volts = if said > 0.0 {
            said
        } else {
            f64::from(self.supply.volts()) - f64::from(self.ground.volts())
        };
        (volts > 0.0 && volts <= SUPPLY_MAX_V).then_some(volts)
    }
}
