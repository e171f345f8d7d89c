//! `nodelab check`: reads everything, runs nothing.

use super::{CheckAction, complain_of, print};
use crate::exit::Exit;
use crate::prepare;

pub(super) fn check(action: &CheckAction) -> Exit {
    let paths = match prepare::find(&action.paths) {
        Ok(paths) => paths,
        Err(errors) => {
            complain_of(&errors, action.colour);
            return Exit::Invalid;
        }
    };
    let mut valid = 0;
    for path in &paths {
        match prepare::prepare(path) {
            Ok((_, warnings)) => {
                complain_of(&warnings, action.colour);
                valid += 1;
            }
            Err(complaints) => {
                complain_of(&complaints.errors, action.colour);
                complain_of(&complaints.warnings, action.colour);
            }
        }
    }
    let invalid = paths.len() - valid;
    let printed = print(&format!("{valid} valid, {invalid} not\n"));
    if invalid == 0 { printed } else { Exit::Invalid }
}
