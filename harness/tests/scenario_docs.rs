//! The page of all scenario keys is what the reader of scenarios knows, word for word.
//!
//! `cargo xtask scenario-docs` writes it anew.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use nodelab::scenario::reference::{SECTIONS, Section};

const HEAD: &str = "\
# All keys of a scenario

Generated from the tables that the reader of scenarios checks each key against: do not edit it,
run `cargo xtask scenario-docs`. How the values are written, and what the blocks are for, stands
in [the guide to scenarios](scenarios.md).
";

#[test]
fn the_page_of_all_keys_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/reference.md");
    let page = page();
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == page,
        "docs/src/reference.md is out of date: run `cargo xtask scenario-docs`"
    );
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for section in SECTIONS {
        write_section(section, &mut page);
    }
    page
}

fn write_section(section: &Section, page: &mut String) {
    let name = section.name;
    write!(
        page,
        "\n## `{name}`\n\n| key | accepts | default | what it does |\n|---|---|---|---|\n"
    )
    .expect("writing to a string");
    for key in section.keys {
        writeln!(
            page,
            "| `{}` | {} | {} | {} |",
            key.name,
            escaped(key.accepts),
            escaped(key.default),
            escaped(key.about)
        )
        .expect("writing to a string");
    }
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}
