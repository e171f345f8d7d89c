//! Finds which nets have a fixed voltage, and how a sensor between two of them is supplied.
//!
//! Owns supplies and the shorts between them. Does not know signals.

use std::collections::BTreeMap;

use super::circuit::OPEN;
use super::diagram::{Diagram, Part};
use super::kind::BoardKind;
use super::netlist::{NetId, Netlist};
use super::parts::{PartKind, voltage};
use crate::analog::{Source, Supply};
use crate::units::Volts;

/// TMP36 data sheet table 1: most current that it takes without load, in amperes.
const SENSOR_AMPERES_MAX: f64 = 50e-6;
/// Supplies closer than this are one supply, in volts.
const SAME_VOLTS: f64 = 0.1;
/// What `wokwi-vcc` gives when the diagram names no voltage; unsourced.
const VCC_DEFAULT: Volts = Volts(5.0);

/// Returns the fixed voltage of each net that has one, and every clash between two of them.
///
/// With a clash nothing is powered, and every one of those nets is at 0 V.
pub(crate) fn potentials(
    diagram: &Diagram,
    netlist: &Netlist,
    (board_id, board): (&str, BoardKind),
) -> (BTreeMap<NetId, Volts>, Vec<(Volts, Volts)>) {
    let mut fixed: BTreeMap<NetId, Volts> = BTreeMap::new();
    let mut shorts = Vec::new();
    let on_board = |pin| netlist.net_of(board_id, pin);
    let firm = diagram
        .parts
        .iter()
        .filter_map(|part| fixed_part(part).map(|(pin, volts)| (&*part.id, pin, volts)))
        .chain([(board_id, "GND", Volts(0.0))])
        .chain(board.regulated().map(|(pin, volts)| (board_id, pin, volts)));
    for (part, pin, volts) in firm {
        if let Some(net) = netlist.net_of(part, pin) {
            let present = *fixed.entry(net).or_insert(volts);
            if (present.0 - volts.0).abs() >= SAME_VOLTS {
                shorts.push((volts, present));
            }
        }
    }
    // Where the board is fed, another voltage than the usual one may be on the pin.
    let regulated = board.regulated().and_then(|(pin, _)| on_board(pin));
    let (pin, volts) = board.fed();
    if let Some(net) = on_board(pin) {
        let present = *fixed.entry(net).or_insert(volts);
        if present.0 < SAME_VOLTS || regulated == Some(net) {
            shorts.push((volts, present));
        }
    }
    if !shorts.is_empty() {
        for volts in fixed.values_mut() {
            *volts = Volts(0.0);
        }
    }
    (fixed, shorts)
}

/// Returns the pin and voltage of a part that is nothing but a voltage.
fn fixed_part(part: &Part) -> Option<(&'static str, Volts)> {
    match part.kind {
        PartKind::Ground => Some(("GND", Volts(0.0))),
        PartKind::Vcc => {
            let text = part.attributes.get("voltage");
            let volts = text.and_then(|text| voltage(text)).unwrap_or(VCC_DEFAULT);
            Some(("VCC", volts))
        }
        PartKind::Board(_)
        | PartKind::Breadboard(_)
        | PartKind::Capacitor
        | PartKind::Resistor
        | PartKind::Tmp36
        | PartKind::Unmodelled => None,
    }
}

/// Returns how a sensor is supplied whose leads are on these nets.
pub(crate) fn supply_between(vs: Option<Source>, ground: Option<Source>) -> Supply {
    let connected = |lead: Option<Source>| lead.filter(|lead| lead.resistance.0.is_finite());
    let (vs, ground) = (connected(vs), connected(ground).unwrap_or(OPEN));
    let Some(vs) = vs else {
        return Supply::Unpowered;
    };
    let open = !ground.resistance.0.is_finite();
    let volts = vs.open.0 - ground.open.0;
    let drop_volts = |resistance: f64| SENSOR_AMPERES_MAX * resistance;
    let left =
        volts.abs() - drop_volts(vs.resistance.0 + if open { 0.0 } else { ground.resistance.0 });
    if left < SAME_VOLTS {
        Supply::Unpowered
    } else if volts < 0.0 {
        Supply::Reversed(Volts(left))
    } else if open {
        Supply::GroundOpen(Volts(left))
    } else {
        Supply::Powered(Volts(left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::Divider;
    use crate::board::fixture::{assert_volts, codes, mistake, wired};

    #[test]
    fn a_loose_supply_leaves_the_sensor_dead() {
        let wiring = mistake!("3v3-loose");
        assert_eq!(codes(&wiring), ["supply-lead-open"]);
        assert_eq!(wiring.supply(), Supply::Unpowered);
        let input = wiring.analog_input(Divider::NOMINAL, OPEN);
        assert!(input.open.0.abs() < 1e-12, "{input:?}");
    }

    #[test]
    fn five_volts_change_the_supply_and_nothing_else() {
        let wiring = mistake!("five-volts");
        assert_eq!(wiring.supply(), Supply::Powered(Volts(5.0)));
        assert_eq!(codes(&wiring), ["supply-five-volts", "decoupling-missing"]);
        assert_volts(&wiring, 0.234_375);
    }

    #[test]
    fn a_short_leaves_the_board_without_power() {
        let wiring = mistake!("rails-shorted");
        assert!(!wiring.is_powered());
        assert_eq!(codes(&wiring), ["short"]);
        assert_eq!(wiring.supply(), Supply::Unpowered);
        assert_eq!(wiring.level("mcu", "3V3.1"), None);
    }

    #[test]
    fn a_resistor_in_the_supply_lead_costs_what_50_microamperes_drop() {
        let wiring = wired(
            r#"{"type": "wokwi-resistor", "id": "r", "attrs": {"value": "10k"}},
               {"type": "chip-tmp36", "id": "t"}"#,
            &["3V3-r:1", "r:2-t:VS", "GND-t:GND", "A0-t:VOUT"],
        );
        let Supply::Powered(volts) = wiring.supply() else {
            panic!("{:?}", wiring.supply());
        };
        assert!((volts.0 - 2.8).abs() < 1e-9, "{volts:?}");
    }

    #[test]
    fn a_loose_ground_and_a_reversed_sensor_are_told_apart() {
        let loose = mistake!("gnd-loose");
        assert_eq!(codes(&loose), ["ground-lead-open"]);
        assert_eq!(loose.supply(), Supply::GroundOpen(Volts(3.3)));
        let reversed = mistake!("reversed");
        assert_eq!(codes(&reversed), ["reversed"]);
        assert_eq!(reversed.supply(), Supply::Reversed(Volts(3.3)));
    }
}
