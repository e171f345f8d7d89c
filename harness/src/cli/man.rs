//! Manual pages, from the same words as `--help`.

use clap::Command;
use clap_mangen::Man;

/// Returns a page for the program and for each of its commands: file name and text.
pub(super) fn pages(command: Command) -> Vec<(String, Vec<u8>)> {
    let mut pages = Vec::new();
    let mut command = command.disable_help_subcommand(true);
    command.build();
    add(&command, &mut pages);
    pages
}

fn add(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) {
    let name = command
        .get_display_name()
        .unwrap_or(command.get_name())
        .to_owned();
    let mut page = Vec::new();
    Man::new(command.clone())
        .render(&mut page)
        .expect("writing to memory does not fail");
    pages.push((format!("{name}.1"), page));
    for inner in command.get_subcommands() {
        add(inner, pages);
    }
}
