//! The command that computes airtime and goodput.

use super::{WifiAction, complain, print};
use crate::exit::Exit;
use crate::wifi;

pub(super) fn wifi(action: &WifiAction) -> Exit {
    match wifi::table(&action.query) {
        Ok(rows) => print(&wifi::render(&action.query, &rows, action.format)),
        Err(error) => {
            complain(&format!("error: failed to print the table: {error}\n"));
            Exit::Invalid
        }
    }
}
