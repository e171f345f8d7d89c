//! The wiring of a board, drawn as a plan: parts left, board right, and a lane for each net.
//!
//! Owns the drawing. Does not know what is wrong with what it shows.
//!
//! ```text
//! ┌───────┐ VS ───────────┐       ┌─────
//! │ TMP36 │ VOUT ────┐    └── 3V3 │ board
//! └───────┘ GND ──┐  └─────── A0  │
//! ```

use std::collections::BTreeMap;

use askama::Template;
use nodelab_sim::board::{Diagram, Net, NetId, PartKind, SERIAL_MONITOR, Wiring};

use super::chart::Table;
use super::curves::table;
use super::svg::{Path, line, rect, text};

/// Pins that are drawn left of the lanes at most.
const PINS_MAX: usize = 30;
/// Distance of pins.
const ROW: f64 = 26.0;
/// Where boxes end and begin.
const SIDES: [f64; 2] = [118.0, 282.0];
/// Colours that a wire may have by name; anything else is drawn grey.
const COLOURS: [&str; 16] = [
    "black",
    "blue",
    "brown",
    "cyan",
    "gold",
    "gray",
    "green",
    "grey",
    "limegreen",
    "magenta",
    "orange",
    "purple",
    "red",
    "violet",
    "white",
    "yellow",
];

/// The plan and the table behind it.
#[derive(Debug, Template)]
#[template(path = "wiring.html")]
pub(super) struct Plan {
    pub(super) id: String,
    title: String,
    summary: String,
    height: u32,
    marks: String,
    problems: Vec<String>,
    table: Table,
}

/// A pin with its place.
#[derive(Clone, Debug)]
struct Lead {
    net: Option<NetId>,
    name: String,
    y: f64,
}

/// A part left of the lanes.
struct Part {
    title: String,
    leads: Vec<Lead>,
}

impl Plan {
    pub(super) fn of(id: String, diagram: &Diagram, wiring: &Wiring) -> Self {
        let (parts, left_out, bottom) = parts(diagram, wiring);
        let pins = board_pins(wiring, &parts);
        let count = u32::try_from(pins.len()).unwrap_or(0);
        let bottom = bottom.max(52.0 + ROW * f64::from(count));
        let colours = colours(diagram, wiring);
        let mut marks = wires(&parts, &pins, &colours);
        for part in &parts {
            marks += &part.draw();
        }
        marks += &rect("board", (SIDES[1], 28.0), (112.0, bottom - 24.0));
        let board = wiring.board().name();
        marks += &text("strong", (394.0, 20.0), "end", board);
        for pin in &pins {
            marks += &text(
                "on-board",
                (SIDES[1] + 10.0, pin.y + 4.0),
                "start",
                &pin.name,
            );
        }
        let sensor = if wiring.is_measured() {
            format!("The sensor's output reaches {}", wiring.analog_label())
        } else {
            "No sensor's output reaches a converter".to_owned()
        };
        let divider = if wiring.is_measured() && wiring.board().has_divider() {
            ", behind which 220 kΩ over 100 kΩ lead to the converter"
        } else {
            ""
        };
        let more = match left_out {
            0 => String::new(),
            more => format!(" {more} more pins are left out."),
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a picture is a few hundred units high"
        )]
        let height = (bottom + 12.0) as u32;
        Self {
            id,
            title: format!("Wiring of the {board}"),
            summary: format!("{sensor}{divider}.{more}"),
            height,
            marks,
            problems: wiring.problems().iter().map(ToString::to_string).collect(),
            table: connections(diagram, wiring, &colours),
        }
    }
}

impl Part {
    fn draw(&self) -> String {
        let first = self.leads.first().map_or(0.0, |lead| lead.y);
        let last = self.leads.last().map_or(0.0, |lead| lead.y);
        let size = (SIDES[0] - 8.0, last - first + ROW);
        let mut out = rect("part", (8.0, first - ROW / 2.0), size);
        out += &text(
            "strong",
            (10.0, first - ROW / 2.0 - 6.0),
            "start",
            &self.title,
        );
        for lead in &self.leads {
            let at = (SIDES[0] - 8.0, lead.y + 4.0);
            out += &text("on-part", at, "end", &lead.name);
            if lead.net.is_none() {
                let mut cross = Path::default();
                let x = SIDES[0] + 10.0;
                cross.to(SIDES[0], lead.y);
                cross.to(x, lead.y);
                cross.jump(x, lead.y - 4.0);
                cross.to(x + 8.0, lead.y + 4.0);
                cross.jump(x + 8.0, lead.y - 4.0);
                cross.to(x, lead.y + 4.0);
                out += &cross.element("open");
                out += &text("bad", (x + 13.0, lead.y + 4.0), "start", "loose");
            }
        }
        out
    }
}

/// Lists the parts that are drawn, how many pins were left out, and where the last one ends.
fn parts(diagram: &Diagram, wiring: &Wiring) -> (Vec<Part>, usize, f64) {
    let mut parts = Vec::new();
    let mut y = 28.0;
    let (mut count, mut left_out) = (0, 0);
    for part in &diagram.parts {
        let pins = match part.kind {
            PartKind::Board(_) | PartKind::Breadboard(_) => continue,
            PartKind::Tmp36 => vec!["VS".to_owned(), "VOUT".to_owned(), "GND".to_owned()],
            PartKind::Capacitor
            | PartKind::Ground
            | PartKind::Resistor
            | PartKind::Unmodelled
            | PartKind::Vcc => pins_of(wiring, &part.id),
        };
        count += pins.len();
        if count > PINS_MAX {
            left_out += pins.len();
            continue;
        }
        if pins.is_empty() {
            continue;
        }
        y += ROW / 2.0;
        let leads = pins.into_iter().map(|name| {
            let lead = Lead {
                net: joined(diagram, wiring, &part.id, &name),
                name,
                y,
            };
            y += ROW;
            lead
        });
        let leads: Vec<Lead> = leads.collect();
        let value = part.attributes.get("value");
        let kind = match part.kind {
            PartKind::Tmp36 => "TMP36".to_owned(),
            PartKind::Resistor => format!("{} Ω", value.map_or("1000", String::as_str)),
            _ => part.part_type.replace("wokwi-", ""),
        };
        let title = format!("{kind} “{}”", part.id);
        parts.push(Part {
            title: title.chars().take(24).collect(),
            leads,
        });
        y += ROW / 2.0 + 8.0;
    }
    (parts, left_out, y - ROW + 4.0)
}

/// Returns the net of a pin if anything else than breadboards is on it.
fn joined(diagram: &Diagram, wiring: &Wiring, part: &str, pin: &str) -> Option<NetId> {
    let id = wiring.netlist().net_of(part, pin)?;
    let others = ends(diagram, wiring.netlist().net(id));
    others.iter().any(|(other, _)| other != part).then_some(id)
}

/// Lists the pins on a net that belong to parts, not to breadboards; each once.
fn ends(diagram: &Diagram, net: &Net) -> Vec<(String, String)> {
    let mut ends: Vec<(String, String)> = Vec::new();
    for pin in &net.pins {
        let kind = diagram.part(&pin.part).map(|part| part.kind);
        let Some(kind) = kind else { continue };
        if matches!(kind, PartKind::Breadboard(_)) || pin.part == SERIAL_MONITOR {
            continue;
        }
        let end = (pin.part.clone(), kind.canonical_pin(&pin.pin).into_owned());
        if !ends.contains(&end) {
            ends.push(end);
        }
    }
    ends
}

fn pins_of(wiring: &Wiring, part: &str) -> Vec<String> {
    let mut pins: Vec<String> = Vec::new();
    for (_, net) in wiring.netlist().nets() {
        for pin in net.pins.iter().filter(|pin| pin.part == part) {
            if !pins.contains(&pin.pin) {
                pins.push(pin.pin.clone());
            }
        }
    }
    pins.sort();
    pins
}

/// Lists the board's pins that something left of the lanes reaches, or that are joined to each
/// other, from top to bottom as what they are joined to.
fn board_pins(wiring: &Wiring, parts: &[Part]) -> Vec<Lead> {
    let board = wiring.board();
    let place = |id: NetId| {
        let leads = parts.iter().flat_map(|part| &part.leads);
        let mine = leads.filter(|lead| lead.net == Some(id));
        mine.map(|lead| lead.y).reduce(f64::midpoint)
    };
    let mut pins: Vec<Lead> = Vec::new();
    for (id, net) in wiring.netlist().nets() {
        let own = net.pins.iter().filter(|pin| pin.part == wiring.board_id());
        let mut names: Vec<String> = Vec::new();
        for pin in own {
            let name = board.pin_label(&pin.pin);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let wanted = place(id);
        if wanted.is_some() || names.len() > 1 {
            pins.extend(names.into_iter().map(|name| Lead {
                net: Some(id),
                name,
                y: wanted.unwrap_or(1e4),
            }));
        }
    }
    pins.sort_by(|one, other| one.y.total_cmp(&other.y));
    let mut y = 28.0 + ROW / 2.0;
    for pin in &mut pins {
        pin.y = y;
        y += ROW;
    }
    pins
}

/// Returns the colour of each net's wires that is named first.
fn colours(diagram: &Diagram, wiring: &Wiring) -> BTreeMap<NetId, String> {
    let mut colours = BTreeMap::new();
    for connection in &diagram.connections {
        let from = &connection.from;
        let net = wiring.netlist().net_of(&from.part, &from.pin);
        if let Some(net) = net
            && !connection.color.is_empty()
        {
            let colour = safe_colour(&connection.color);
            colours.entry(net).or_insert(colour);
        }
    }
    colours
}

/// Returns a colour that can stand in a picture; what is none that is known becomes grey.
fn safe_colour(words: &str) -> String {
    let hex = words.strip_prefix('#').is_some_and(|digits| {
        [3, 6].contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    });
    if hex || COLOURS.contains(&words) {
        words.to_owned()
    } else {
        "gray".to_owned()
    }
}

fn wires(parts: &[Part], pins: &[Lead], colours: &BTreeMap<NetId, String>) -> String {
    let mut nets: BTreeMap<NetId, Vec<(f64, f64)>> = BTreeMap::new();
    let leads = parts.iter().flat_map(|part| &part.leads);
    for lead in leads {
        if let Some(net) = lead.net {
            nets.entry(net).or_default().push((SIDES[0], lead.y));
        }
    }
    for pin in pins {
        let net = pin.net.expect("a board's pin was found on a net");
        nets.entry(net).or_default().push((SIDES[1], pin.y));
    }
    let count = f64::from(u32::try_from(nets.len()).unwrap_or(1));
    let step = (SIDES[1] - SIDES[0] - 24.0) / (count + 1.0);
    let mut lane = SIDES[1] - 12.0;
    let mut out = String::new();
    for (net, ends) in &nets {
        lane -= step;
        let mut path = Path::default();
        let top = ends.iter().map(|end| end.1).fold(f64::MAX, f64::min);
        let bottom = ends.iter().map(|end| end.1).fold(0.0, f64::max);
        for (x, y) in ends {
            path.jump(*x, *y);
            path.to(lane, *y);
        }
        path.jump(lane, top);
        path.to(lane, bottom);
        let colour = colours.get(net).map_or("gray", String::as_str);
        let wire = path.element("wire");
        out += &path.element("casing");
        out += &wire.replace("/>", &format!(" style=\"stroke:{colour}\"/>"));
        if ends.len() > 2 {
            for (_, y) in ends {
                let mut joint = Path::default();
                joint.dot(lane, *y);
                let joint = joint.element("joint");
                out += &joint.replace("/>", &format!(" style=\"stroke:{colour}\"/>"));
            }
        }
    }
    // A net without lanes leaves nothing, but a picture needs something between its boxes.
    if nets.is_empty() {
        out += &line("no-grid", (SIDES[0], 40.0), (SIDES[1], 40.0));
    }
    out
}

fn connections(diagram: &Diagram, wiring: &Wiring, colours: &BTreeMap<NetId, String>) -> Table {
    let nets = wiring.netlist().nets();
    let rows = nets.filter_map(|(id, net)| {
        let ends = ends(diagram, net);
        if ends.len() < 2 {
            return None;
        }
        let words: Vec<String> = ends
            .iter()
            .map(|(part, pin)| format!("{part}:{pin}"))
            .collect();
        let colour = colours.get(&id).map_or("–", String::as_str);
        Some(vec![words.join(", "), colour.to_owned()])
    });
    table(&["joined pins", "wire"], rows.take(PINS_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_no_place_for_code() {
        assert_eq!(safe_colour("#1aF"), "#1aF");
        assert_eq!(safe_colour("green"), "green");
        for wild in [
            "red;background:url(x)",
            "\"/><script>",
            "#12",
            "url(#a)",
            "",
        ] {
            assert_eq!(safe_colour(wild), "gray", "{wild}");
        }
    }
}
