//! Finds what is wrong with a wiring.
//!
//! Owns the rules. Does not know the sentences, nor how the circuit was worked out.

use super::circuit::OPEN;
use super::diagram::Diagram;
use super::divider::Divider;
use super::kind::{BoardKind, PinRole};
use super::netlist::NetId;
use super::parts::PartKind;
use super::problem::Problem;
use super::wiring::Wiring;
use crate::analog::{Source, Supply};
use crate::units::{Ohms, Volts};

/// What a supplied TMP36 shows at 25 °C.
///
/// TMP36 data sheet table 1: 750 mV; a load regulation of 6 m°C/µA makes 60 Ω.
pub const ROOM: Source = Source {
    open: Volts(0.75),
    resistance: Ohms(60.0),
};
/// TMP36 data sheet table 1: the most that it puts out.
const OUTPUT_MAX: Source = Source {
    open: Volts(2.0),
    resistance: Ohms(60.0),
};
/// TMP36 data sheet table 1: supply range, in volts.
const SUPPLY_VOLTS: std::ops::RangeInclusive<f64> = 2.7..=5.5;
/// Above this a supply is not the 3.3 V rail, in volts.
const FIVE_VOLTS_MIN: f64 = 4.0;
/// Change of the signal by outside resistors that is worth a word.
const SCALE_TOLERANCE: f64 = 0.005;

/// Returns what is wrong or worth knowing about a wiring, worst first.
pub(crate) fn diagnose(wiring: &Wiring, diagram: &Diagram) -> Vec<Problem> {
    let mut problems: Vec<Problem> = wiring
        .shorts()
        .iter()
        .map(|&(first, second)| Problem::Short { first, second })
        .collect();
    if let Some(sensor) = wiring.sensor_id() {
        let count = wiring.sensors().len();
        if count > 1 {
            let used = sensor.to_owned();
            problems.push(Problem::SensorsSeveral { count, used });
        }
        // After a short nothing has a voltage, and the rest would be noise.
        if wiring.is_powered() {
            problems.extend(leads(wiring, sensor));
            problems.extend(signal(wiring, sensor));
            problems.extend(ignored(wiring, diagram, sensor));
        }
    } else {
        problems.push(Problem::SensorAbsent);
        if wiring.is_powered() {
            problems.extend(pin(wiring));
        }
    }
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.severity()));
    problems
}

/// Returns what is wrong with the supply of the sensor.
fn leads(wiring: &Wiring, sensor: &str) -> Vec<Problem> {
    let net = |name| wiring.netlist().net_of(sensor, name);
    let is_loose = |name| net(name).is_none_or(|net| is_loose(wiring, net));
    let mut problems = Vec::new();
    if is_swapped(wiring, sensor) {
        return vec![Problem::SupplyAndOutputSwapped];
    }
    if is_loose("VS") {
        problems.push(Problem::SupplyLeadOpen);
    }
    if is_loose("GND") {
        problems.push(Problem::GroundLeadOpen);
    }
    match wiring.supply() {
        Supply::Powered(volts) if !SUPPLY_VOLTS.contains(&volts.0) => {
            problems.push(Problem::SupplyOutOfRange { volts });
        }
        Supply::Powered(volts) if volts.0 > FIVE_VOLTS_MIN => {
            problems.push(Problem::SupplyFiveVolts);
        }
        Supply::Reversed(_) => problems.push(Problem::Reversed),
        Supply::Unpowered if problems.is_empty() => problems.push(Problem::SupplyZero),
        Supply::GroundOpen(_) | Supply::Powered(_) | Supply::Unpowered => {}
    }
    if let (Supply::Powered(_), Some(vs), Some(ground)) = (wiring.supply(), net("VS"), net("GND"))
        && !wiring.netlist().has_capacitor(vs, ground)
    {
        problems.push(Problem::DecouplingMissing);
    }
    problems
}

/// Returns what is wrong between the sensor's output and the converter.
fn signal(wiring: &Wiring, sensor: &str) -> Vec<Problem> {
    let mut problems = pin(wiring);
    let name = wiring.analog_label();
    match wiring.signal().role {
        PinRole::AnalogSecond => problems.push(Problem::ConverterSecond { pin: name }),
        PinRole::Digital => return vec![Problem::ConverterAbsent { pin: name }],
        PinRole::Analog | PinRole::Ground | PinRole::Other | PinRole::Supply(_) => {}
    }
    if is_swapped(wiring, sensor) {
        return problems;
    }
    let output = wiring.netlist().net_of(sensor, "VOUT");
    match output.and_then(|net| wiring.volts_of(net)) {
        Some(volts) if volts.0 > 0.0 => problems.push(Problem::OutputOnSupply { volts }),
        Some(_) => problems.push(Problem::OutputOnGround),
        None if !wiring.signal().circuit.is_coupled() && problems.is_empty() => {
            let pin = wiring.analog_label();
            problems.push(Problem::AnalogOpen { pin });
        }
        None => {}
    }
    if wiring.signal().circuit.is_coupled() && matches!(wiring.supply(), Supply::Powered(_)) {
        let volts = wiring.analog_input(Divider::NOMINAL, ROOM).open;
        let expected = if wiring.board().has_divider() {
            Divider::NOMINAL.apply(ROOM).open
        } else {
            ROOM.open
        };
        if (volts.0 / expected.0 - 1.0).abs() > SCALE_TOLERANCE {
            problems.push(Problem::ScaledOutside { volts, expected });
        }
        let most = wiring.pin_source(OUTPUT_MAX).open;
        if wiring.board() == BoardKind::Esp12 && most.0 > wiring.board().pin_volts_max().0 {
            problems.push(Problem::DividerMissing);
        }
    }
    problems
}

/// Returns what is wrong with the pin, whatever the sensor does.
fn pin(wiring: &Wiring) -> Vec<Problem> {
    let mut problems = Vec::new();
    let pin = || wiring.analog_label();
    let net = wiring
        .netlist()
        .net_of(wiring.board_id(), wiring.analog_pin());
    match net.and_then(|net| wiring.volts_of(net)) {
        Some(volts) if volts.0 > 0.0 => {
            problems.push(Problem::AnalogOnSupply { pin: pin(), volts });
        }
        Some(_) => problems.push(Problem::AnalogOnGround { pin: pin() }),
        None => {}
    }
    let powered = matches!(wiring.supply(), Supply::Powered(_));
    let volts = wiring.pin_source(if powered { ROOM } else { OPEN }).open;
    let volts_max = wiring.board().pin_volts_max();
    if volts.0 > volts_max.0 {
        problems.push(Problem::OverVoltage {
            pin: pin(),
            volts,
            volts_max,
        });
    }
    problems
}

/// Returns the parts on the signal that are not simulated.
fn ignored(wiring: &Wiring, diagram: &Diagram, sensor: &str) -> Vec<Problem> {
    let netlist = wiring.netlist();
    let nets = [
        netlist.net_of(sensor, "VOUT"),
        netlist.net_of(wiring.board_id(), wiring.analog_pin()),
    ];
    let touches = |id: &str| {
        nets.iter()
            .flatten()
            .filter(|&&net| wiring.volts_of(net).is_none())
            .any(|&net| netlist.net(net).pins.iter().any(|pin| pin.part == id))
    };
    diagram
        .parts
        .iter()
        .filter(|part| part.kind == PartKind::Unmodelled && touches(&part.id))
        .map(|part| Problem::PartIgnored {
            id: part.id.clone(),
            part_type: part.part_type.clone(),
        })
        .collect()
}

/// Returns whether VOUT is on a supply while +VS is where VOUT belongs.
fn is_swapped(wiring: &Wiring, sensor: &str) -> bool {
    let netlist = wiring.netlist();
    let pin = netlist.net_of(wiring.board_id(), wiring.analog_pin());
    let output = netlist
        .net_of(sensor, "VOUT")
        .and_then(|net| wiring.volts_of(net));
    let vs = netlist.net_of(sensor, "VS");
    output.is_some_and(|volts| volts.0 > 0.0)
        && pin.is_some_and(|pin| vs == Some(pin) && wiring.volts_of(pin).is_none())
}

fn is_loose(wiring: &Wiring, net: NetId) -> bool {
    !wiring.network().potential(net).resistance.0.is_finite()
}

#[cfg(test)]
mod tests {
    use super::Supply;
    use crate::board::fixture::{assert_volts, codes, mistake, wired};

    #[test]
    fn a0_on_a_supply_saturates_and_on_ground_reads_nothing() {
        let on_rail = mistake!("a0-on-3v3");
        assert_eq!(codes(&on_rail), ["analog-on-supply", "decoupling-missing"]);
        // 3.3 V · 100/320 = 1.031 V, above the converter's 1.0 V.
        assert_volts(&on_rail, 1.031_25);
        let on_usb = mistake!("a0-on-vin");
        assert_eq!(codes(&on_usb), ["analog-on-supply", "decoupling-missing"]);
        assert_volts(&on_usb, 1.562_5);
        let on_ground = mistake!("a0-on-gnd");
        assert_eq!(
            codes(&on_ground),
            ["analog-on-ground", "decoupling-missing"]
        );
        assert_volts(&on_ground, 0.0);
    }

    #[test]
    fn output_on_the_rail_reads_the_rail() {
        let wiring = mistake!("output-on-3v3");
        assert!(
            codes(&wiring).contains(&"output-on-supply"),
            "{:?}",
            codes(&wiring)
        );
        assert_volts(&wiring, 1.031_25);
    }

    #[test]
    fn swapped_supply_and_output_leads_are_one_mistake() {
        let wiring = mistake!("leads-swapped");
        assert_eq!(codes(&wiring), ["supply-and-output-swapped"]);
        assert_eq!(wiring.supply(), Supply::Unpowered);
        assert_volts(&wiring, 0.0);
    }

    #[test]
    fn sensors_are_counted() {
        assert_eq!(codes(&mistake!("no-sensor")), ["sensor-absent"]);
        let two = mistake!("two-sensors");
        assert_eq!(codes(&two), ["sensors-several", "decoupling-missing"]);
        assert_eq!(two.sensor_id(), Some("tmp36"));
        assert_volts(&two, 0.234_375);
    }

    #[test]
    fn a_divider_in_front_of_the_divider_is_told() {
        let wiring = mistake!("divider-twice");
        assert_eq!(codes(&wiring), ["decoupling-missing", "scaled-outside"]);
        // 0.75 V behind 100 kΩ over 100 kΩ and 320 kΩ in parallel.
        assert_volts(&wiring, 0.75 * (76.190_5 / 176.190_5) * 100.0 / 320.0);
    }

    #[test]
    fn a_part_on_the_signal_that_is_not_simulated_is_told() {
        let wiring = wired(
            r#"{"type": "chip-tmp36", "id": "t"},
               {"type": "wokwi-potentiometer", "id": "pot"},
               {"type": "wokwi-led", "id": "led"},
               {"type": "generic-capacitor", "id": "c"}"#,
            &[
                "3V3-t:VS",
                "GND-t:GND",
                "A0-t:VOUT",
                "A0-pot:SIG",
                "led:C-GND",
                "c:1-GND",
                "c:2-3V3",
            ],
        );
        assert_eq!(codes(&wiring), ["part-ignored"]);
    }

    #[test]
    fn a_sensor_that_gets_nothing_at_all_is_told() {
        let wiring = wired(
            r#"{"type": "chip-tmp36", "id": "t"}"#,
            &["3V3-t:VS", "3V3-t:GND", "A0-t:VOUT"],
        );
        assert_eq!(codes(&wiring), ["supply-zero"]);
        let unwired = wired(r#"{"type": "chip-tmp36", "id": "t"}"#, &[]);
        assert_eq!(
            codes(&unwired),
            ["supply-lead-open", "ground-lead-open", "analog-open"]
        );
    }

    #[test]
    fn a_wrong_row_that_reaches_a_digital_pin_is_told() {
        let wiring = mistake!("signal-on-d1");
        assert_eq!(codes(&wiring), ["converter-absent", "decoupling-missing"]);
        assert_eq!(wiring.analog_pin(), "D1");
    }
}
