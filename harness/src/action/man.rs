//! `nodelab man`: writes manual pages.

use std::fs;

use super::{ManAction, complain, print};
use crate::exit::Exit;

pub(super) fn man(action: &ManAction) -> Exit {
    let folder = &action.folder;
    let written = fs::create_dir_all(folder).and_then(|()| {
        action
            .pages
            .iter()
            .try_for_each(|(name, page)| fs::write(folder.join(name), page))
    });
    let shown = folder.display();
    match written {
        Ok(()) => {
            let count = action.pages.len();
            print(&format!("wrote {count} pages to {shown}\n"))
        }
        Err(error) => {
            complain(&format!(
                "error: failed to write manual pages to {shown}: {error}\n"
            ));
            Exit::Invalid
        }
    }
}
