//! Makes objects for the lx106 from rustc's assembly.
//!
//! LLVM 22 can write lx106 assembly, but its own object files place literals where `l32r` cannot
//! reach them; GNU's assembler does it right. Owns what is assembled anew: what has changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cross::compile::assembly_of;
use crate::cross::programs::{Program, program};
use crate::cross::{CrossError, literals, thunks};
use crate::root::root;

/// Assembles what belongs to each library, and returns the objects.
pub(super) fn assemble(libraries: &[PathBuf], folder: &Path) -> Result<Vec<PathBuf>, CrossError> {
    let mut objects = Vec::with_capacity(libraries.len());
    for library in libraries {
        let path = assembly_of(library)?;
        let text = fs::read_to_string(&path).map_err(|error| CrossError::of_file(&path, &error))?;
        let settled = literals::settle(&text).map_err(|homeless| {
            CrossError::Failed(format!(
                "{}:{}: a literal is followed by no function: {}",
                path.display(),
                homeless.line,
                homeless.text
            ))
        })?;
        let name = path.file_stem().and_then(|stem| stem.to_str());
        objects.push(object(folder, name.unwrap_or("unnamed"), &settled)?);
    }
    Ok(objects)
}

/// Assembles the routines that stand in for the compiler's own.
pub(super) fn remedies(objects: &[PathBuf], folder: &Path) -> Result<Vec<PathBuf>, CrossError> {
    let library = objects.iter().find(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with("compiler_builtins-"))
    });
    let library = library.ok_or_else(|| {
        CrossError::Failed("the build has no crate `compiler_builtins`".to_owned())
    })?;
    let division = thunks::thunks(&symbols(library)?).map_err(|name| {
        CrossError::Failed(format!(
            "{} has no function `{name}`: this compiler's library is laid out in another way",
            library.display()
        ))
    })?;
    Ok(vec![
        object(folder, "division", &division)?,
        start(folder, "muldi3")?,
    ])
}

/// Assembles a file of `firmware/bare/start`.
pub(super) fn start(folder: &Path, name: &str) -> Result<PathBuf, CrossError> {
    let path = root().join("firmware/bare/start").join(format!("{name}.S"));
    let text = fs::read_to_string(&path).map_err(|error| CrossError::of_file(&path, &error))?;
    object(folder, name, &without_comments(&text))
}

/// Takes out `//` comments, which are the preprocessor's and not the assembler's.
fn without_comments(text: &str) -> String {
    text.lines()
        .flat_map(|line| [line.split("//").next().unwrap_or_default(), "\n"])
        .collect()
}

/// Assembles a text, unless that was done before.
fn object(folder: &Path, name: &str, text: &str) -> Result<PathBuf, CrossError> {
    let source = folder.join(format!("{name}.s"));
    let made = folder.join(format!("{name}.o"));
    if made.is_file() && fs::read_to_string(&source).is_ok_and(|found| found == text) {
        return Ok(made);
    }
    let assembler = program(Program::Lx106Assembler)?;
    fs::create_dir_all(folder).map_err(|error| CrossError::of_file(folder, &error))?;
    // An object that outlives its source after a failure would be taken for made.
    if made.exists() {
        fs::remove_file(&made).map_err(|error| CrossError::of_file(&made, &error))?;
    }
    fs::write(&source, text).map_err(|error| CrossError::of_file(&source, &error))?;
    // Half an object, left by an assembler that was ended, must not be taken for one.
    let part = folder.join(format!("{name}.part"));
    let output = Command::new(assembler)
        .args(["--longcalls", "--text-section-literals", "-o"])
        .args([&part, &source])
        .output()
        .map_err(|error| CrossError::Failed(format!("{assembler} did not start: {error}")))?;
    if output.status.success() {
        fs::rename(&part, &made).map_err(|error| CrossError::of_file(&made, &error))?;
        Ok(made)
    } else {
        let what = format!("{assembler}, given {},", source.display());
        Err(CrossError::of_program(&what, &output))
    }
}

fn symbols(object: &Path) -> Result<String, CrossError> {
    let lister = program(Program::Lx106Symbols)?;
    let output = Command::new(lister)
        .arg("--defined-only")
        .arg(object)
        .output()
        .map_err(|error| CrossError::Failed(format!("{lister} did not start: {error}")))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(CrossError::of_program(lister, &output))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_assembler_sees_no_comments_and_the_same_lines() {
        let text = "// one\n    ret // two\n    .word 1\n";
        assert_eq!(without_comments(text), "\n    ret \n    .word 1\n");
    }
}
