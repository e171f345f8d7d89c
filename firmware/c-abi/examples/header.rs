//! Writes `include/node_core.h`, or with `--check` compares it with what it would write.
//!
//! Owns the head and the tail of the header, and the names of constants; everything else comes
//! from the library's own items and their comments.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use cbindgen::{Builder, Config};

/// What stands in front of everything else.
const HEAD: &str = include_str!("head.h");
/// What stands inside the include guard, after everything else.
const TAIL: &str = include_str!("tail.h");
/// Where the include guard ends.
const GUARD_END: &str = "#endif  /* NODE_CORE_H */";

fn main() -> ExitCode {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = package.join("include/node_core.h");
    let outcome = generate(package).and_then(|header| match env::args().nth(1).as_deref() {
        Some("--check") => check(&path, &header),
        Some(other) => Err(format!("`{other}` is no argument; there is only --check")),
        None => fs::write(&path, header).map_err(|error| error.to_string()),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn generate(package: &Path) -> Result<String, String> {
    let config = Config::from_file(package.join("cbindgen.toml"))?;
    let builder = Builder::new().with_crate(package).with_config(config);
    let bindings = builder.generate().map_err(|error| error.to_string())?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    let text = String::from_utf8(text).map_err(|error| error.to_string())?;
    let body = text
        .replace(GUARD_END, &format!("{TAIL}{GUARD_END}"))
        .replace("# Safety", "Conditions that no library can check:")
        .replace("\\[", "[")
        .replace("\\]", "]");
    Ok(format!("{HEAD}{}", constants_without_t(&body)))
}

/// Returns the text with `NODE_CORE_COMMAND_T_SAMPLE` as `NODE_CORE_COMMAND_SAMPLE`: cbindgen
/// makes constants from the whole name of their type, its `_t` too. Results and kinds of
/// effects lose their type's name as well.
fn constants_without_t(text: &str) -> String {
    let text = text
        .replace("NODE_CORE_RESULT_T_", "NODE_CORE_")
        .replace("NODE_CORE_EFFECT_KIND_T_", "NODE_CORE_EFFECT_");
    let mut shorter = String::with_capacity(text.len());
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        if word.starts_with("NODE_CORE_") {
            shorter.push_str(&word.replacen("_T_", "_", 1));
        } else {
            shorter.push_str(word);
        }
    }
    shorter
}

fn check(path: &Path, header: &str) -> Result<(), String> {
    let found = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut lines = found.lines().zip(header.lines()).zip(1_usize..);
    if found == header {
        return Ok(());
    }
    let first = lines.find(|((found, made), _)| found != made);
    let place = first.map_or_else(
        || "one is longer".to_owned(),
        |((found, made), line)| format!("line {line} is `{found}`, and should be `{made}`"),
    );
    Err(format!(
        "{} is not what the library says: {place}\n\
         write it anew: cargo run --manifest-path firmware/c-abi/Cargo.toml --example header",
        path.display()
    ))
}
