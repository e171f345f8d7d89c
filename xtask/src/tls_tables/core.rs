//! One core: how `firmware/tls` is compiled for it, and how its images are run.
//!
//! Owns the level of optimisation, and what is made of an image that does not fit.

use std::fs;
use std::time::Duration;

use crate::console;
use crate::cross::emulator::{self, End};
use crate::cross::{Compiled, Crate, CrossError, Elf, Image, Remedies, Target, compile, finish};
use crate::tls_tables::battery::Battery;
use crate::tls_tables::lines;
use crate::tls_tables::rows::{Row, rows};

/// The package that is measured.
pub(super) const PACKAGE: &str = "firmware/tls";
/// How long one image may run; the slowest takes a few seconds.
const BOUND: Duration = Duration::from_mins(5);

/// A core, by the name of its table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Core {
    /// The ESP8266's.
    Lx106,
    /// The ESP32-C3's instruction set.
    Riscv32imc,
}

impl Core {
    /// Both, in the order in which they are measured.
    pub(super) const ALL: [Self; 2] = [Self::Riscv32imc, Self::Lx106];

    /// Returns its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Lx106 => "lx106",
            Self::Riscv32imc => "riscv32imc",
        }
    }

    /// Returns the machine that it runs on.
    pub(super) const fn target(self) -> Target {
        match self {
            Self::Lx106 => Target::Lx106,
            Self::Riscv32imc => Target::Riscv32Virt,
        }
    }

    /// Returns the level that everything is compiled at, unless the package says so itself.
    const fn level(self) -> Option<&'static str> {
        match self {
            // LLVM 22 does not compile `core` at more than the package's own.
            Self::Lx106 => None,
            Self::Riscv32imc => Some("3"),
        }
    }

    /// Returns the levels of single crates.
    const fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Lx106 => &LX106_SETTINGS,
            Self::Riscv32imc => &RISCV32IMC_SETTINGS,
        }
    }
}

/// Levels of single crates on the lx106: those that a handshake spends its time in. All were tried
/// at 1, 2, 3 and "s"; `p256` 0.14 does not compile at 3, for the reason that `core` does not.
const LX106_SETTINGS: [&str; 9] = [
    "profile.release.package.\"crypto-bigint@0.5.5\".opt-level=3",
    "profile.release.package.\"crypto-bigint@0.7.11\".opt-level=3",
    "profile.release.package.embedded-tls.opt-level=3",
    "profile.release.package.\"p256@0.13.2\".opt-level=1",
    "profile.release.package.\"p256@0.14.0\".opt-level=1",
    "profile.release.package.portable.opt-level=3",
    "profile.release.package.\"primeorder@0.13.6\".opt-level=3",
    "profile.release.package.\"primeorder@0.14.0\".opt-level=3",
    "profile.release.package.tls-verifier.opt-level=3",
];

/// On riscv32imc crates are optimised together; the lx106 is linked from assembly of each.
const RISCV32IMC_SETTINGS: [&str; 1] = ["profile.release.lto=\"fat\""];

/// Compiles the package for a core.
///
/// # Errors
///
/// As [`compile`].
pub(super) fn compiled(core: Core) -> Result<Compiled, CrossError> {
    console::say(&format!("building {PACKAGE} for {} …", core.name()));
    compile(
        core.target(),
        &Crate {
            folder: PACKAGE,
            features: &[],
            level: core.level(),
            settings: core.settings(),
        },
    )
}

/// Measures the operations of one image.
///
/// # Errors
///
/// [`CrossError::Failed`] when the image does not end well, an answer is not the known one, or
/// the stack has met the data; [`CrossError::Missing`] without linker or emulator.
pub(super) fn measure(
    core: Core,
    compiled: &Compiled,
    battery: &Battery,
) -> Result<Vec<Row>, CrossError> {
    let linked = finish(
        core.target(),
        compiled,
        Remedies::Applied,
        battery.main,
        battery.name,
    );
    let image = match linked {
        Ok(image) => image,
        Err(error) => return skipped(battery, error),
    };
    let output = output(&image, &[])?;
    let failed = |why: String| CrossError::Failed(format!("{}: {why}", image.path.display()));
    let measured = lines::read(&output).map_err(failed)?;
    let found: Vec<Row> = rows(&measured).map_err(failed)?;
    let names: Vec<&str> = found.iter().map(Row::operation).collect();
    if names != battery.operations {
        return Err(failed(format!("measured {names:?}, not all it should")));
    }
    let room = room(&image)?;
    if let Some(full) = measured.iter().find(|row| row.stack + MARGIN > room) {
        return Err(failed(format!(
            "{} took all {room} bytes that the stack has",
            full.operation
        )));
    }
    Ok(found)
}

/// Bytes of paint that must be left of the stack for its depth to be believed.
const MARGIN: u32 = 512;

/// Runs an image to its good end, and returns what it wrote.
fn output(image: &Image, input: &[u8]) -> Result<String, CrossError> {
    let outcome = emulator::run(image, input, BOUND)?;
    if outcome.end == End::Exited(Some(0)) {
        return Ok(String::from_utf8_lossy(&outcome.output).into_owned());
    }
    Err(CrossError::Failed(format!(
        "{} did not end well: {:?}\n{}",
        image.path.display(),
        outcome.end,
        outcome.complaints.trim_end()
    )))
}

/// Returns the bytes that the stack may take.
fn room(image: &Image) -> Result<u32, CrossError> {
    let file = fs::read(&image.path).map_err(|error| CrossError::of_file(&image.path, &error))?;
    let bounds = Elf::read(&file).and_then(|elf| {
        let top = elf.address("_stack_top")?;
        top.checked_sub(elf.address("_stack_bottom")?)
    });
    bounds.ok_or_else(|| {
        CrossError::Failed(format!("{} has no bounds of a stack", image.path.display()))
    })
}

/// Makes rows of an image that does not fit; any other error stays one.
fn skipped(battery: &Battery, error: CrossError) -> Result<Vec<Row>, CrossError> {
    let CrossError::Failed(why) = &error else {
        return Err(error);
    };
    let Some(reason) = unfit(why) else {
        return Err(error);
    };
    let row = |operation: &&str| Row::Skipped {
        operation: (*operation).to_owned(),
        reason: reason.to_owned(),
    };
    Ok(battery.operations.iter().map(row).collect())
}

/// Returns why an image does not fit, if that is what its linker complains about.
fn unfit(why: &str) -> Option<&'static str> {
    if why.contains("region `dram' overflowed") || why.contains("is left for the stack") {
        Some("its data do not fit the core's DRAM")
    } else if why.contains("region `flash' overflowed") {
        Some("its code does not fit the flash that the cache maps")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls_tables::battery::P256;

    #[test]
    fn what_does_not_fit_has_rows_with_a_reason() {
        let why = "less than 8 KiB of DRAM is left for the stack".to_owned();
        let rows = skipped(&P256, CrossError::Failed(why)).unwrap();
        assert_eq!(rows.len(), P256.operations.len());
        assert!(rows.iter().all(|row| row.json()["skipped"].is_string()));
    }

    #[test]
    fn any_other_fault_of_the_linker_stays_one() {
        let why = CrossError::Failed("undefined symbol: memcpy".to_owned());
        assert_eq!(skipped(&P256, why.clone()), Err(why));
    }
}
