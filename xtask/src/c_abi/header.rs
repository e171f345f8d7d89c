//! The header for C.
//!
//! Owns the check that it says what the library does, and the list of functions in it.

use std::fs;

use crate::c_abi::run_program;
use crate::cross::CrossError;
use crate::root::{cargo, root};

/// Where the header lies.
const HEADER: &str = "firmware/c-abi/include/node_core.h";
/// Bytes of a word of a node.
const WORD: u32 = 8;
/// What functions' names begin with.
const PREFIX: &str = "node_core_";

/// Compares the header with what cbindgen makes of the library.
///
/// # Errors
///
/// [`CrossError::Failed`] with the first line that differs.
pub(super) fn check() -> Result<(), CrossError> {
    run_program(&mut cargo(&[
        "run",
        "--quiet",
        "--locked",
        "--manifest-path",
        "firmware/c-abi/Cargo.toml",
        "--target-dir",
        "target/firmware/host",
        "--example",
        "header",
        "--",
        "--check",
    ]))?;
    Ok(())
}

/// Returns the functions that the header declares, in its order.
///
/// # Errors
///
/// [`CrossError::Failed`] when the header cannot be read.
pub(crate) fn exports() -> Result<Vec<String>, CrossError> {
    let path = root().join(HEADER);
    let text = fs::read_to_string(&path).map_err(|error| CrossError::of_file(&path, &error))?;
    Ok(functions(&text))
}

/// Returns the bytes of one node on a core with 32-bit pointers, as the header has C reserve them.
///
/// # Errors
///
/// [`CrossError::Failed`] when the header cannot be read or does not say.
pub(crate) fn node_size() -> Result<u32, CrossError> {
    let path = root().join(HEADER);
    let text = fs::read_to_string(&path).map_err(|error| CrossError::of_file(&path, &error))?;
    words(&text)
        .and_then(|words| words.checked_mul(WORD))
        .ok_or_else(|| CrossError::Failed(format!("{HEADER} does not say how large a node is")))
}

/// Returns the number of words of a node where pointers have 32 bits.
fn words(header: &str) -> Option<u32> {
    let (_, rest) = header.split_once("#if defined(NODE_CORE_POINTERS_32)")?;
    let line = rest
        .lines()
        .find_map(|line| line.strip_prefix("#define NODE_CORE_WORDS "))?;
    line.trim().parse().ok()
}

/// Returns the names that an opening parenthesis follows, outside of comments.
fn functions(header: &str) -> Vec<String> {
    let code = header.lines().filter(|line| {
        let line = line.trim_start();
        !line.starts_with("/*") && !line.starts_with('*')
    });
    code.filter_map(|line| {
        let (before, _) = line.split_once('(')?;
        let name = before.rsplit([' ', '*']).next()?;
        let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        (is_name && name.starts_with(PREFIX)).then(|| name.to_owned())
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_found_whatever_they_return() {
        let header = "/**\n * node_core_no(1)\n */\nuint32_t node_core_abi(void);\n\
                      const char *node_core_version(void);\n\
                      typedef char node_core_size[sizeof(int) == 4 ? 1 : -1];\n";
        assert_eq!(functions(header), ["node_core_abi", "node_core_version"]);
    }

    #[test]
    fn the_size_is_that_of_small_pointers() {
        let header = "#if defined(NODE_CORE_POINTERS_64)\n#define NODE_CORE_WORDS 9\n#endif\n\
                      #if defined(NODE_CORE_POINTERS_32)\n/** */\n#define NODE_CORE_WORDS 7\n";
        assert_eq!(words(header), Some(7));
        assert!(node_size().is_ok_and(|bytes| bytes > 1000));
    }

    #[test]
    fn the_header_declares_what_the_library_exports() {
        let exported: Vec<String> = ["config", "handle", "life", "reason", "result"]
            .iter()
            .flat_map(|module| {
                let path = root().join(format!("firmware/c-abi/src/{module}.rs"));
                let text = fs::read_to_string(path).expect("the module is there");
                let functions = text.lines().filter_map(|line| {
                    let (_, rest) = line.split_once("extern \"C\" fn ")?;
                    Some(rest.split('(').next()?.to_owned())
                });
                functions.collect::<Vec<String>>()
            })
            .collect();
        let mut declared = exports().expect("the header is there");
        assert!(exported.len() > 10);
        for name in &exported {
            let place = declared.iter().position(|found| found == name);
            declared.remove(place.unwrap_or_else(|| panic!("{name} is not declared")));
        }
        assert_eq!(declared, [""; 0]);
    }
}
