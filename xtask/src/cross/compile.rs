//! Compiles a package for a core, as far as what its linker takes.
//!
//! Owns how cargo is started, and which of its files belong to a build.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cross::target::InstructionSet;
use crate::cross::toolchain::Toolchain;
use crate::cross::{CrossError, Target, lx106};
use crate::root::root;

/// A package below `firmware`, and how it is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crate<'a> {
    /// Its folder, from the repository's root; it makes a static library.
    pub(crate) folder: &'a str,
    /// Its features.
    pub(crate) features: &'a [&'a str],
    /// Cargo's level of optimisation in place of the package's own.
    pub(crate) level: Option<&'a str>,
    /// Cargo's settings besides, as its `--config` takes them.
    pub(crate) settings: &'a [&'a str],
}

/// What a linker takes.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    /// For riscv32 one archive, for lx106 an object for each crate.
    pub(crate) objects: Vec<PathBuf>,
    /// For lx106 the routines that mend or speed up the compiler's own; linked with the rest.
    pub(crate) remedies: Vec<PathBuf>,
    /// Which compiler made them.
    pub(crate) toolchain: Toolchain,
}

/// Compiles a package for a target.
///
/// # Errors
///
/// [`CrossError::Missing`] without a compiler or assembler for it, [`CrossError::Failed`] when
/// one of them fails.
pub(crate) fn compile(target: Target, package: &Crate<'_>) -> Result<Compiled, CrossError> {
    let set = target.instruction_set();
    let toolchain = Toolchain::find(set)?;
    let artifacts = cargo(set, package, &toolchain)?;
    match set {
        InstructionSet::Lx106 => {
            let folder = built().join(target.name()).join("objects");
            let objects = lx106::assemble(&artifacts, &folder)?;
            let remedies = lx106::remedies(&objects, &folder)?;
            Ok(Compiled {
                objects,
                remedies,
                toolchain,
            })
        }
        InstructionSet::Riscv32 | InstructionSet::Wasm32 => {
            let archive = artifacts.into_iter().find(|path| has_extension(path, "a"));
            let archive = archive.ok_or_else(|| {
                CrossError::Failed(format!("{} made no static library", package.folder))
            })?;
            Ok(Compiled {
                objects: vec![archive],
                remedies: Vec::new(),
                toolchain,
            })
        }
    }
}

/// Returns the folder that everything is built in.
pub(crate) fn built() -> PathBuf {
    root().join("target/firmware")
}

/// Runs cargo and returns the libraries that belong to the build.
fn cargo(
    set: InstructionSet,
    package: &Crate<'_>,
    toolchain: &Toolchain,
) -> Result<Vec<PathBuf>, CrossError> {
    let mut command = toolchain.command(&root());
    command
        .args(["build", "--release", "--locked"])
        .arg("--message-format=json-render-diagnostics")
        .arg("--manifest-path")
        .arg(Path::new(package.folder).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(built().join("build"))
        .args(["--features", &package.features.join(",")]);
    for setting in package.settings {
        command.args(["--config", setting]);
    }
    if let Some(level) = package.level {
        command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", level);
    }
    if toolchain.builds_core {
        command.args([
            "-Zbuild-std=core",
            "-Zbuild-std-features=compiler-builtins-mem",
        ]);
    }
    match set {
        InstructionSet::Lx106 => command
            .args([
                "-Zjson-target-spec",
                "--target",
                "firmware/bare/targets/lx106.json",
            ])
            .env("RUSTFLAGS", "-Cembed-bitcode=no --emit=asm"),
        InstructionSet::Riscv32 | InstructionSet::Wasm32 => {
            command.args(["--target", set.triple()])
        }
    };
    let output = command
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| CrossError::Failed(format!("cargo did not start: {error}")))?;
    if !output.status.success() {
        return Err(CrossError::Failed(format!(
            "cargo, with {}, could not build {} for {}",
            toolchain.name,
            package.folder,
            set.triple()
        )));
    }
    Ok(artifacts(
        &String::from_utf8_lossy(&output.stdout),
        set.triple(),
    ))
}

/// Reads the libraries for the core out of cargo's messages, dependencies first.
///
/// Cargo keeps them in a folder of the target's name, away from what it builds for this machine.
fn artifacts(messages: &str, triple: &str) -> Vec<PathBuf> {
    let files = |message: Value| -> Vec<PathBuf> {
        let files = message["filenames"].as_array().cloned();
        files
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_str)
            .map(PathBuf::from)
            .filter(|path| has_extension(path, "a") || has_extension(path, "rlib"))
            .filter(|path| path.components().any(|part| part.as_os_str() == triple))
            .collect()
    };
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact")
        .flat_map(files)
        .collect()
}

/// Returns whether a path ends so.
fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

/// Finds the assembly that rustc wrote next to a library.
///
/// Cargo puts the libraries of the package itself one folder up under a name without a hash;
/// the one in `deps` with the same bytes tells it.
pub(super) fn assembly_of(library: &Path) -> Result<PathBuf, CrossError> {
    let direct = beside(library);
    if let Some(path) = direct.filter(|path| path.is_file()) {
        return Ok(path);
    }
    let missing = || CrossError::Failed(format!("no assembly belongs to {}", library.display()));
    let stem = library.file_stem().and_then(|stem| stem.to_str());
    let prefix = format!("{}-", stem.ok_or_else(missing)?);
    let deps = library.with_file_name("deps");
    let bytes = fs::read(library).map_err(|error| CrossError::of_file(library, &error))?;
    let listed = fs::read_dir(&deps).map_err(|error| CrossError::of_file(&deps, &error))?;
    listed
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str());
            path.extension() == library.extension()
                && name.is_some_and(|name| name.starts_with(&prefix))
        })
        .filter(|path| fs::read(path).is_ok_and(|found| found == bytes))
        .filter_map(|path| beside(&path))
        .find(|path| path.is_file())
        .ok_or_else(missing)
}

/// Returns `NAME-HASH.s` for `libNAME-HASH.rlib`.
fn beside(library: &Path) -> Option<PathBuf> {
    let stem = library.file_stem()?.to_str()?.strip_prefix("lib")?;
    Some(library.with_file_name(format!("{stem}.s")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_libraries_are_read_out_of_cargos_messages() {
        let core = r#"["/t/x/deps/libcore-1.rlib","/t/x/deps/libcore-1.rmeta"]"#;
        let messages = format!(
            "{{\"reason\":\"compiler-artifact\",\"filenames\":{core}}}\nnot json\n\
             {{\"reason\":\"build-script-executed\",\"filenames\":[\"/t/x.a\"]}}\n\
             {{\"reason\":\"compiler-artifact\",\"filenames\":[\"/t/host/libh.rlib\"]}}\n\
             {{\"reason\":\"compiler-artifact\",\"filenames\":[\"/t/x/libbare.a\"]}}\n"
        );
        let expected = ["/t/x/deps/libcore-1.rlib", "/t/x/libbare.a"].map(PathBuf::from);
        assert_eq!(artifacts(&messages, "x"), expected);
    }

    #[test]
    fn assembly_has_the_name_of_its_library() {
        let library = Path::new("/t/deps/libnode_core-0a.rlib");
        let expected = Path::new("/t/deps/node_core-0a.s");
        assert_eq!(beside(library).as_deref(), Some(expected));
    }
}
