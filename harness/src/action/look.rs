//! Commands that only look: the sensor's table, and a diagram explained.

use super::{ColourChoice, Format, SensorAction, WiringAction, complain, complain_of, print};
use crate::exit::Exit;
use crate::{explain, prepare, sensor};

pub(super) fn sensor(action: SensorAction) -> Exit {
    match sensor::table(action.board, action.sweep) {
        Ok(rows) => print(&sensor::render(&rows, action.format)),
        Err(error) => {
            complain(&format!("error: failed to print the table: {error}\n"));
            Exit::Invalid
        }
    }
}

pub(super) fn explain_wiring(action: &WiringAction) -> Exit {
    let (diagram, wiring) = match prepare::read_wiring_of(&action.diagram) {
        Ok(read) => read,
        Err(errors) => {
            complain_of(&errors, ColourChoice::Auto);
            return Exit::Invalid;
        }
    };
    match action.format {
        Format::Json => {
            let value = explain::wiring_json(&diagram, &wiring);
            print(&format!("{value:#}\n"))
        }
        Format::Junit | Format::Text => print(&explain::wiring_text(&diagram, &wiring)),
    }
}
