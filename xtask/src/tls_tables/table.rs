//! The committed tables.
//!
//! Owns where they lie, their format, and what is told of a new one beside the old.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::cross::{Compiled, CrossError};
use crate::root::root;
use crate::tls_tables::bearssl::Objects;
use crate::tls_tables::core::{Core, PACKAGE};
use crate::tls_tables::rows::Row;

/// Crates whose versions stand in the table, in its order.
const CRATES: [&str; 11] = [
    "aes-gcm",
    "chacha20poly1305",
    "crypto-bigint",
    "ed25519-dalek",
    "hmac",
    "ml-kem",
    "p256",
    "p384",
    "sha2",
    "x25519-dalek",
    "embedded-tls",
];
/// The command that makes them.
const COMMAND: &str = "cargo xtask tls-tables";

/// Returns where a core's table lies.
pub(super) fn path(core: Core) -> PathBuf {
    let name = format!("{}.json", core.name());
    root().join("harness/src/tls/table").join(name)
}

/// What was measured of one core.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings {
    /// Rows of `RustCrypto`.
    pub(super) rustcrypto: Vec<Row>,
    /// Rows of what embedded-tls does otherwise.
    pub(super) embedded_tls: Vec<Row>,
    /// Rows of `BearSSL`, and what made it; on the lx106 only.
    pub(super) bearssl: Option<(Vec<Row>, Objects)>,
    /// Whole handshakes.
    pub(super) handshakes: Vec<Value>,
}

/// Builds a table.
///
/// # Errors
///
/// [`CrossError::Failed`] when the package's lock file cannot be read.
pub(super) fn table(
    core: Core,
    compiled: &Compiled,
    findings: &Findings,
) -> Result<Value, CrossError> {
    let rows = |rows: &[Row]| rows.iter().map(Row::json).collect::<Vec<_>>();
    let mut provenance = json!({
        "command": COMMAND,
        "compiler": compiled.toolchain.name,
        "crates": versions()?,
    });
    let mut stacks = json!({
        "embedded-tls": { "rows": rows(&findings.embedded_tls) },
        "rustcrypto": { "rows": rows(&findings.rustcrypto) },
    });
    if let Some((measured, made)) = &findings.bearssl {
        provenance["crates"]["bearssl-sys"] = made.version.clone().into();
        provenance["c_compiler"] = made.compiler.clone().into();
        stacks["bearssl"] = json!({ "rows": rows(measured) });
    }
    Ok(json!({
        "core": core.name(),
        "provenance": provenance,
        "stacks": stacks,
        "handshakes": findings.handshakes,
    }))
}

/// Reads the versions that are measured out of the package's lock file.
fn versions() -> Result<Value, CrossError> {
    let path = root().join(PACKAGE).join("Cargo.lock");
    let lock = fs::read_to_string(&path).map_err(|error| CrossError::of_file(&path, &error))?;
    Ok(CRATES
        .iter()
        .map(|name| ((*name).to_owned(), locked(&lock, name)))
        .collect())
}

/// Returns all versions of a crate in a lock file.
fn locked(lock: &str, name: &str) -> Value {
    let wanted = format!("name = \"{name}\"");
    let lines: Vec<&str> = lock.lines().collect();
    let found = lines.windows(2).filter(|pair| pair[0] == wanted);
    let version = |pair: &[&str]| pair[1].trim_start_matches("version = ").replace('"', "");
    found.map(version).collect::<Vec<_>>().join(", ").into()
}

/// Reads the committed table; `None` if there is none yet.
///
/// # Errors
///
/// [`CrossError::Failed`] when it is no JSON.
pub(super) fn committed(core: Core) -> Result<Option<Value>, CrossError> {
    let path = path(core);
    let Ok(text) = fs::read_to_string(&path) else {
        return Ok(None);
    };
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| CrossError::Failed(format!("{}: {error}", path.display())))
}

/// Writes a table.
///
/// # Errors
///
/// [`CrossError::Failed`] when the file cannot be written.
pub(super) fn write(core: Core, table: &Value) -> Result<(), CrossError> {
    let path = path(core);
    fs::write(&path, format!("{table:#}\n")).map_err(|error| CrossError::of_file(&path, &error))
}

/// A number of a table, and what it is called.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Entry {
    /// Stack, operation, and length if there is one.
    pub(super) name: String,
    /// Instructions.
    pub(super) instructions: u64,
    /// Bytes of stack.
    pub(super) stack: u64,
}

/// Returns all measured numbers of a table, in its order.
pub(super) fn entries(table: &Value) -> Vec<Entry> {
    let mut entries = Vec::new();
    let stacks = table["stacks"].as_object();
    for (stack, rows) in stacks.into_iter().flatten() {
        for row in rows["rows"].as_array().into_iter().flatten() {
            let operation = row["operation"].as_str().unwrap_or_default();
            let bytes = row["stack_bytes"].as_u64().unwrap_or(0);
            let mut push = |length: &Value, count: &Value| {
                let length = length
                    .as_u64()
                    .map_or_else(String::new, |n| format!(" {n}"));
                if let Some(instructions) = count.as_u64() {
                    let name = format!("{stack} {operation}{length}");
                    entries.push(Entry {
                        name,
                        instructions,
                        stack: bytes,
                    });
                }
            };
            push(&Value::Null, &row["instructions"]);
            for point in row["measured"].as_array().into_iter().flatten() {
                push(&point["bytes"], &point["instructions"]);
            }
        }
    }
    for row in table["handshakes"].as_array().into_iter().flatten() {
        let name = row["name"].as_str().unwrap_or_default().to_owned();
        if let Some(instructions) = row["instructions"].as_u64() {
            let stack = row["stack_bytes"].as_u64().unwrap_or(0);
            entries.push(Entry {
                name,
                instructions,
                stack,
            });
        }
    }
    entries
}

/// Lays a table out beside the one before.
pub(super) fn layout(core: Core, table: &Value, before: Option<&Value>) -> String {
    let old = before.map(entries).unwrap_or_default();
    let mut text = format!(
        "{:<44}{:>14}{:>9}  change\n",
        core.name(),
        "instructions",
        "stack"
    );
    for Entry {
        name,
        instructions,
        stack,
    } in entries(table)
    {
        let change = match old.iter().find(|entry| entry.name == name) {
            None => "new".to_owned(),
            Some(entry) => change(entry.instructions, instructions),
        };
        writeln!(text, "{name:<44}{instructions:>14}{stack:>9}  {change}")
            .expect("a string takes all that is written to it");
    }
    text
}

/// Says how far a number is from the one before, in hundredths of a percent.
fn change(before: u64, after: u64) -> String {
    if before == after {
        return "same".to_owned();
    }
    let (before, after) = (i128::from(before), i128::from(after));
    let hundredths = ((after - before) * 10_000)
        .checked_div(before)
        .unwrap_or(10_000);
    let sign = if after < before { '-' } else { '+' };
    let size = hundredths.unsigned_abs();
    format!("{sign}{}.{:02} %", size / 100, size % 100)
}
