//! Manual pages, from the same words as `--help`.
//!
//! Owns what clap's own pages lack: examples line by line as they are typed, exit codes on every
//! page, and letters that every formatter knows.

use std::fmt::Write as _;
use std::io;

use clap::Command;
use clap_mangen::Man;

/// The paragraph of the program's help that every page repeats.
const EXIT_CODES: &str = "Exit codes:";

/// Returns a page for the program and for each of its commands: file name and text.
pub(super) fn pages(command: Command) -> Vec<(String, Vec<u8>)> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let words = words_after(&command);
    let codes = sections(&words)
        .into_iter()
        .find(|(title, _)| *title == EXIT_CODES);
    let codes = codes.map_or(String::new(), |(title, body)| {
        format!("{title}\n{}", body.join("\n"))
    });
    let mut pages = Vec::new();
    add(&command, &codes, &mut pages);
    pages
}

fn add(command: &Command, codes: &str, pages: &mut Vec<(String, Vec<u8>)>) {
    let name = command
        .get_display_name()
        .unwrap_or(command.get_name())
        .to_owned();
    let mut words = words_after(command);
    if !words.contains(EXIT_CODES) {
        write!(words, "\n\n{codes}").expect("a string takes any text");
    }
    let page = page(command, &words).expect("writing to memory does not fail");
    pages.push((format!("{name}.1"), plain(&page).into_bytes()));
    for inner in command.get_subcommands() {
        add(inner, codes, pages);
    }
}

fn page(command: &Command, words: &str) -> io::Result<String> {
    let man = Man::new(command.clone())
        .manual("nodelab")
        .source(concat!("nodelab ", env!("CARGO_PKG_VERSION")));
    let mut out = Vec::new();
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_description_section(&mut out)?;
    man.render_options_section(&mut out)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut out)?;
    }
    let mut out = String::from_utf8_lossy(&out).into_owned();
    for (title, body) in sections(words) {
        let title = title.trim_end_matches(':').to_uppercase();
        let title = title.replace("EXIT CODES", "EXIT STATUS");
        writeln!(out, ".SH \"{title}\"\n.nf").expect("a string takes any text");
        for line in body {
            // A point or an apostrophe in front would be a command.
            let line = line.replace('\\', "\\e");
            writeln!(out, "\\&{line}").expect("a string takes any text");
        }
        out.push_str(".fi\n");
    }
    Ok(out)
}

/// Returns what `--help` says behind the options.
fn words_after(command: &Command) -> String {
    let words = command
        .get_after_long_help()
        .or_else(|| command.get_after_help());
    words.map(ToString::to_string).unwrap_or_default()
}

/// Cuts a text at its headings: lines at the margin that end with a colon.
fn sections(words: &str) -> Vec<(&str, Vec<&str>)> {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in words.lines() {
        if line.ends_with(':') && !line.starts_with(' ') {
            found.push((line, Vec::new()));
        } else if let Some((_, body)) = found.last_mut() {
            body.push(line);
        } else if !line.trim().is_empty() {
            found.push(("Notes:", vec![line]));
        }
    }
    for (_, body) in &mut found {
        while body.last().is_some_and(|line| line.trim().is_empty()) {
            body.pop();
        }
    }
    found.retain(|(_, body)| !body.is_empty());
    found
}

/// Writes letters beyond ASCII as every formatter knows them (`groff_char(7)`).
fn plain(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    for letter in page.chars() {
        if letter.is_ascii() {
            out.push(letter);
        } else {
            write!(out, "\\[u{:04X}]", u32::from(letter)).expect("a string takes any text");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_cut_a_text_and_what_stands_before_them_is_a_note() {
        let found = sections("A word.\n\nExamples:\n  one\n  two\n\nExit codes:\n  0 fine\n");
        assert_eq!(
            found,
            [
                ("Notes:", vec!["A word."]),
                ("Examples:", vec!["  one", "  two"]),
                ("Exit codes:", vec!["  0 fine"]),
            ]
        );
        assert!(sections("").is_empty());
    }

    #[test]
    fn letters_beyond_ascii_are_named() {
        assert_eq!(plain("22 °C …"), "22 \\[u00B0]C \\[u2026]");
    }
}
