//! `cargo xtask cross`: builds the node for every core, and prints what it takes.

use std::fmt::Write as _;
use std::fs;

use crate::console;
use crate::cross::elf::Sizes;
use crate::cross::trial::{self, Measured};
use crate::cross::{
    CrossError, Elf, Image, Package, Remedies, Target, build_with, emulator, image,
};

/// Levels of optimisation that cargo knows.
const LEVELS: [&str; 6] = ["0", "1", "2", "3", "s", "z"];

/// What one image takes.
#[derive(Clone, Debug)]
struct Row {
    target: Target,
    sizes: Sizes,
    /// Or why it was not measured.
    measured: Result<Measured, &'static str>,
}

/// Builds the node's image for every core; `--level s|z|…` for another level of optimisation,
/// `--update-image` for the one that ships.
///
/// # Errors
///
/// As [`build_with`], and [`CrossError::Missing`] for a command line that makes no sense.
pub(crate) fn run(arguments: &[String]) -> Result<(), CrossError> {
    if arguments == ["--update-image"] {
        return image::update();
    }
    let level = level(arguments)?;
    let mut rows = Vec::with_capacity(Target::ALL.len());
    let mut toolchains = String::new();
    for target in Target::ALL {
        let name = target.name();
        console::say(&format!("building for {name} …"));
        let image = build_with(target, Package::Node, Remedies::Applied, level)?;
        writeln!(toolchains, "{name:<16}made by {}", image.toolchain)
            .expect("a string takes all that is written to it");
        if emulator::is_present(target) {
            console::say(&format!("running on an emulated {name} …"));
        }
        rows.push(row(&image)?);
    }
    console::say(&format!("\n{}\n{}", table(&rows), toolchains.trim_end()));
    Ok(())
}

/// Builds the node's image for every core, as a step of the checks.
pub(crate) fn check() -> Result<(), String> {
    run(&[]).map_err(|error| error.to_string())
}

fn level(arguments: &[String]) -> Result<Option<&str>, CrossError> {
    match arguments {
        [] => Ok(None),
        [name, level] if name == "--level" && LEVELS.contains(&level.as_str()) => Ok(Some(level)),
        _ => Err(CrossError::Missing(format!(
            "usage: cargo xtask cross [--update-image | --level LEVEL], with a LEVEL of {}",
            LEVELS.join(", ")
        ))),
    }
}

fn row(image: &Image) -> Result<Row, CrossError> {
    let path = &image.path;
    let file = fs::read(path).map_err(|error| CrossError::of_file(path, &error))?;
    let elf = Elf::read(&file);
    let elf = elf.ok_or_else(|| CrossError::Failed(format!("{}: no ELF", path.display())))?;
    let measured = match image.target {
        Target::Riscv32Process => Err("runs in the simulator only"),
        Target::Lx106 | Target::Riscv32Virt if emulator::is_present(image.target) => {
            Ok(trial::measure(image)?)
        }
        Target::Lx106 | Target::Riscv32Virt => Err("qemu-system-misc is not installed"),
    };
    Ok(Row {
        target: image.target,
        sizes: elf.sizes(),
        measured,
    })
}

/// Lays the rows out; all sizes in bytes.
fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<16}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}\n",
        "bytes of", "text", "rodata", "data", "bss", "node", "stack", "at boot"
    );
    for row in rows {
        let Sizes {
            text: code,
            rodata,
            data,
            bss,
        } = row.sizes;
        let name = row.target.name();
        let measured = match row.measured {
            Ok(Measured { node, boot, stack }) => format!("{node:>8}{stack:>8}{boot:>8}"),
            Err(why) => format!("  {why}"),
        };
        writeln!(
            text,
            "{name:<16}{code:>8}{rodata:>8}{data:>8}{bss:>8}{measured}"
        )
        .expect("a string takes all that is written to it");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_why_a_stack_was_not_measured() {
        let sizes = Sizes {
            text: 40_000,
            rodata: 5_000,
            data: 16,
            bss: 30_000,
        };
        let row = |target, measured| Row {
            target,
            sizes,
            measured,
        };
        let rows = [
            row(
                Target::Lx106,
                Ok(Measured {
                    node: 2_992,
                    boot: 9_876,
                    stack: 1_234,
                }),
            ),
            row(
                Target::Riscv32Virt,
                Err("qemu-system-misc is not installed"),
            ),
        ];
        insta::assert_snapshot!(table(&rows), @r"
        bytes of            text  rodata    data     bss    node   stack at boot
        lx106              40000    5000      16   30000    2992    1234    9876
        riscv32-virt       40000    5000      16   30000  qemu-system-misc is not installed
        ");
    }

    #[test]
    fn only_a_level_may_be_given() {
        let given = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            level(&words).map(|level| level.map(str::to_owned))
        };
        assert_eq!(given(&[]), Ok(None));
        assert_eq!(given(&["--level", "z"]), Ok(Some("z".to_owned())));
        assert!(given(&["--fast"]).is_err());
    }
}
