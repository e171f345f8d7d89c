//! Draws a wiring.
//!
//! Owns the drawing. Does not know what is wrong with what it shows.
//!
//! ```text
//!   3V3 ───── +VS ┌───────┐
//!                 │ TMP36 │ VOUT ───── A0 ──[220 kΩ]──┬── TOUT
//!       ✕     GND └───────┘                       [100 kΩ]
//!                                                     │
//!                                                    GND
//! ```

use nodelab_sim::board::{NetId, PinRole, Wiring};

/// Draws sensor, pin and converter, with what is at each lead.
pub(super) fn draw(wiring: &Wiring) -> Vec<String> {
    let (mut top, mut middle, mut bottom) = (String::new(), "  ".to_owned(), String::new());
    if let Some(id) = wiring.sensor_id() {
        let (vs, ground) = (at(wiring, id, "VS"), at(wiring, id, "GND"));
        let text = |label: &Option<String>| label.clone().unwrap_or_default();
        let width = text(&vs)
            .chars()
            .count()
            .max(text(&ground).chars().count())
            .max(3);
        let wire = |label: &Option<String>| {
            if label.is_some() {
                "─────"
            } else {
                "✕    "
            }
        };
        top = format!("  {:>width$} {} +VS ┌───────┐", text(&vs), wire(&vs));
        middle = format!("  {:width$}           │ TMP36 │ VOUT", "");
        bottom = format!(
            "  {:>width$} {} GND └───────┘",
            text(&ground),
            wire(&ground)
        );
    }
    middle += &signal(wiring);
    let mut lines = vec![top, middle, bottom];
    if let Some(branch) = lines[1].chars().position(|c| c == '┬') {
        // The lower resistor hangs below the branch, its middle under it.
        let length = lines[2].chars().count();
        let gap = branch.saturating_sub(4 + length);
        lines[2] += &" ".repeat(gap);
        lines[2] += "[100 kΩ]";
        lines.push(format!("{:branch$}│", ""));
        lines.push(format!("{}GND", " ".repeat(branch.saturating_sub(1))));
    }
    let lines = lines.into_iter().map(|line| line.trim_end().to_owned());
    lines.filter(|line| !line.is_empty()).collect()
}

/// Draws what is right of the sensor.
fn signal(wiring: &Wiring) -> String {
    let board = wiring.board();
    let pin = wiring.analog_label();
    let net = |part: &str, name: &str| wiring.netlist().net_of(part, name);
    let output = wiring.sensor_id().and_then(|id| net(id, "VOUT"));
    let to_pin = if wiring.is_measured() {
        let joined = output == net(wiring.board_id(), wiring.analog_pin());
        let wire = if joined {
            "─────"
        } else {
            "──[resistors]──"
        };
        format!(" {wire} {pin}")
    } else if wiring.pin_role() == PinRole::Digital {
        return format!(" ───── {pin}");
    } else {
        let end = |label: Option<String>| {
            label.map_or("✕".to_owned(), |label| format!("───── {label}"))
        };
        let from = wiring
            .sensor_id()
            .map(|id| format!(" {}     ", end(at(wiring, id, "VOUT"))));
        let on = match net(wiring.board_id(), wiring.analog_pin())
            .and_then(|net| fixed_label(wiring, net))
        {
            Some(label) => format!("{label} ─────"),
            None => "✕".to_owned(),
        };
        format!("{}{on} {pin}", from.unwrap_or_default())
    };
    let converter = board.converter(wiring.pin_role());
    if board.has_divider() {
        format!("{to_pin} ──[220 kΩ]──┬── {converter}")
    } else {
        format!("{to_pin} ───── {converter}")
    }
}

/// Returns what a lead is connected to: a supply, the pin, resistors, or `None` for nothing.
fn at(wiring: &Wiring, part: &str, name: &str) -> Option<String> {
    let netlist = wiring.netlist();
    let net = netlist.net_of(part, name)?;
    if let Some(label) = fixed_label(wiring, net) {
        return Some(label);
    }
    if netlist.net_of(wiring.board_id(), wiring.analog_pin()) == Some(net) {
        return Some(wiring.analog_label());
    }
    netlist
        .resistors()
        .iter()
        .any(|resistor| resistor.first == net || resistor.second == net)
        .then(|| "resistor".to_owned())
}

/// Returns the name of the supply or ground that a net is on.
fn fixed_label(wiring: &Wiring, net: NetId) -> Option<String> {
    let volts = wiring.volts_of(net)?;
    let board = wiring.board();
    let own = wiring.netlist().net(net).pins.iter().find(|pin| {
        pin.part == wiring.board_id()
            && matches!(
                board.pin_role(&pin.pin),
                Some(PinRole::Ground | PinRole::Supply(_))
            )
    });
    Some(match own {
        Some(pin) => board.canonical_pin(&pin.pin).into_owned(),
        None => super::rail(volts),
    })
}
