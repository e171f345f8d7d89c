//! Commands that only look: the sensor's table, a diagram explained, and a reading's layers.

use super::{
    ColourChoice, LayersAction, SensorAction, TextOrJson, WiringAction, complain, complain_of,
    print,
};
use crate::exit::Exit;
use crate::explain::layers;
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

pub(super) fn explain_layers(action: &LayersAction) -> Exit {
    let prepared = match prepare::prepare(&action.scenario) {
        Ok((prepared, warnings)) => {
            complain_of(&warnings, ColourChoice::Auto);
            prepared
        }
        Err(complaints) => {
            complain_of(&complaints.errors, ColourChoice::Auto);
            complain_of(&complaints.warnings, ColourChoice::Auto);
            return Exit::Invalid;
        }
    };
    let seed = action.seed.unwrap_or(prepared.scenario.extension.seed);
    match layers::explain(&prepared, seed) {
        Ok(anatomy) if action.format == TextOrJson::Json => {
            print(&format!("{:#}\n", layers::layers_json(&anatomy)))
        }
        Ok(anatomy) => print(&layers::layers_text(&anatomy)),
        Err(why) => {
            let scenario = action.scenario.display();
            complain(&format!(
                "error: failed to explain the layers of {scenario}: {why}\n"
            ));
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
        TextOrJson::Json => {
            let value = explain::wiring_json(&diagram, &wiring);
            print(&format!("{value:#}\n"))
        }
        TextOrJson::Text => print(&explain::wiring_text(&diagram, &wiring)),
    }
}
