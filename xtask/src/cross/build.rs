//! Links an image.
//!
//! Owns what an image is made of. Does not know how objects are made, nor what runs them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cross::compile::{Compiled, Crate, built, compile};
use crate::cross::programs::{Program, program};
use crate::cross::target::InstructionSet;
use crate::cross::{CrossError, Target, lx106};
use crate::root::root;

/// The folder of the driver around the node.
const DRIVER: &str = "firmware/bare";

/// What an image does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Package {
    /// Computes known answers.
    Battery,
    /// Drives a node, and shows what it holds when asked.
    Dump,
    /// Drives a node.
    Node,
}

/// Whether the compiler's known faults are mended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Remedies {
    /// As it ships.
    Applied,
    /// As the compiler leaves it, to see that the faults are seen.
    LeftOut,
}

/// A linked image.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    /// The file.
    pub(crate) path: PathBuf,
    /// What it runs on.
    pub(crate) target: Target,
    /// Which compiler made it, in words.
    pub(crate) toolchain: String,
}

impl Package {
    /// Returns the name of the image's file.
    const fn name(self) -> &'static str {
        match self {
            Self::Battery => "battery",
            Self::Dump => "dump",
            Self::Node => "node",
        }
    }

    /// Returns the function in `firmware/bare` that the image runs.
    const fn main(self) -> &'static str {
        match self {
            Self::Battery => "main_battery",
            Self::Dump | Self::Node => "main_node",
        }
    }
}

/// Builds an image as it ships.
///
/// # Errors
///
/// [`CrossError::Missing`] without one of the tools, [`CrossError::Failed`] when one fails.
pub(crate) fn build(target: Target, package: Package) -> Result<Image, CrossError> {
    build_with(target, package, Remedies::Applied, None)
}

/// Builds an image with or without remedies, and at another level of optimisation.
///
/// # Errors
///
/// As [`build`].
pub(crate) fn build_with(
    target: Target,
    package: Package,
    remedies: Remedies,
    level: Option<&str>,
) -> Result<Image, CrossError> {
    build_from(DRIVER, target, package, remedies, level)
}

/// Builds an image from a copy of the driver; its file is named after the copy's top folder.
///
/// # Errors
///
/// As [`build`].
pub(crate) fn build_copy(top: &str, target: Target, package: Package) -> Result<Image, CrossError> {
    let folder = format!("{top}/{DRIVER}");
    build_from(&folder, target, package, Remedies::Applied, None)
}

fn build_from(
    driver: &str,
    target: Target,
    package: Package,
    remedies: Remedies,
    level: Option<&str>,
) -> Result<Image, CrossError> {
    let mut features = target.features().to_vec();
    match package {
        Package::Battery => features.push("battery"),
        Package::Dump => features.push("dump"),
        Package::Node => {}
    }
    let compiled = compile(
        target,
        &Crate {
            folder: driver,
            features: &features,
            level,
            settings: &[],
        },
    )?;
    let mut name = package.name().to_owned();
    if remedies == Remedies::LeftOut {
        name.push_str("-without-remedies");
    }
    if let Some(level) = level {
        name.push('-');
        name.push_str(level);
    }
    if let Some(top) = driver.strip_suffix(DRIVER).filter(|top| !top.is_empty()) {
        name.push('-');
        let top = Path::new(top).file_name();
        name.push_str(&top.unwrap_or_default().to_string_lossy());
    }
    finish(target, &compiled, remedies, package.main(), &name)
}

/// Links what was compiled, and the core's start code, to an image that starts in `main`.
///
/// # Errors
///
/// As [`link`].
pub(crate) fn finish(
    target: Target,
    compiled: &Compiled,
    remedies: Remedies,
    main: &str,
    name: &str,
) -> Result<Image, CrossError> {
    let folder = built().join(target.name());
    let mut objects = compiled.objects.clone();
    if target.instruction_set() == InstructionSet::Lx106 {
        objects.insert(0, lx106::start(&folder.join("objects"), "lx106")?);
    }
    if remedies == Remedies::Applied {
        objects.extend(compiled.remedies.iter().cloned());
    }
    let path = folder.join(format!("{name}.elf"));
    link(target, compiled, &objects, main, &path)?;
    Ok(Image {
        path,
        target,
        toolchain: compiled.toolchain.name.clone(),
    })
}

/// Links objects to an image that starts in `main`, with the target's memory map.
///
/// # Errors
///
/// [`CrossError::Missing`] without a linker, [`CrossError::Failed`] when it fails: what does not
/// fit the memory does not link.
pub(crate) fn link(
    target: Target,
    compiled: &Compiled,
    objects: &[PathBuf],
    main: &str,
    path: &Path,
) -> Result<(), CrossError> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| CrossError::of_file(folder, &error))?;
    let mut command = linker(target, compiled)?;
    let scripts = root().join("firmware/bare/link");
    let output = command
        .arg("-L")
        .arg(&scripts)
        .arg("-T")
        .arg(scripts.join(target.script()))
        .arg("--gc-sections")
        .arg(format!("--defsym=main={main}"))
        .arg("-o")
        .arg(path)
        .args(objects)
        .output();
    let output =
        output.map_err(|error| CrossError::Failed(format!("the linker did not start: {error}")))?;
    if output.status.success() {
        Ok(())
    } else {
        let what = format!("the linker, making {},", path.display());
        Err(CrossError::of_program(&what, &output))
    }
}

/// Returns the linker's command for a target.
pub(crate) fn linker(target: Target, compiled: &Compiled) -> Result<Command, CrossError> {
    match target.instruction_set() {
        InstructionSet::Lx106 => Ok(Command::new(program(Program::Lx106Linker)?)),
        InstructionSet::Wasm32 => Ok(Command::new(program(Program::WasmLinker)?)),
        InstructionSet::Riscv32 => {
            // rustup ships one with the compiler.
            if let Some(own) = compiled.toolchain.linker() {
                let mut command = Command::new(own);
                command.args(["-flavor", "gnu"]);
                return Ok(command);
            }
            let found = program(Program::Riscv32Linker)?;
            let mut command = Command::new(found);
            if !found.contains("lld") {
                command.args(["-m", "elf32lriscv"]);
            }
            Ok(command)
        }
    }
}
