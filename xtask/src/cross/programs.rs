//! The programs besides a compiler that images need.
//!
//! Owns where each is looked for, and the command that installs it.

use std::process::Command;

use crate::cross::CrossError;

/// A program, by what it does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Program {
    /// A C compiler for this machine.
    HostCompiler,
    /// LLVM's linker.
    Lld,
    /// GNU's archiver for the lx106.
    Lx106Archiver,
    /// GNU's assembler for the lx106.
    Lx106Assembler,
    /// GNU's C compiler for the lx106.
    Lx106Compiler,
    /// GNU's linker for the lx106.
    Lx106Linker,
    /// GNU's copier of objects for the lx106.
    Lx106ObjectCopier,
    /// GNU's lister of symbols for the lx106.
    Lx106Symbols,
    /// QEMU with riscv32 cores.
    QemuRiscv32,
    /// QEMU with Xtensa cores.
    QemuXtensa,
    /// A linker for riscv32.
    Riscv32Linker,
    /// LLVM's linker for WebAssembly.
    WasmLinker,
}

/// What links for riscv32, best first: LLVM's linker with Debian's version numbers, newest first,
/// and without one, which may stand for a version older than the compiler; then GNU's.
const RISCV32_LINKERS: &[&str] = &[
    "ld.lld-24",
    "ld.lld-23",
    "ld.lld-22",
    "ld.lld-21",
    "ld.lld-20",
    "ld.lld-19",
    "ld.lld",
    "riscv64-unknown-elf-ld",
    "riscv32-unknown-elf-ld",
];
/// How many of them are LLVM's: those in front.
const LLD_COUNT: usize = 7;

/// What links for WebAssembly, in the same order.
const WASM_LINKERS: &[&str] = &[
    "wasm-ld-24",
    "wasm-ld-23",
    "wasm-ld-22",
    "wasm-ld-21",
    "wasm-ld-20",
    "wasm-ld-19",
    "wasm-ld",
];

impl Program {
    /// Returns the names that it goes by, best first.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::HostCompiler => &["cc", "gcc", "clang"],
            Self::Lx106Archiver => &["xtensa-lx106-elf-ar"],
            Self::Lld => RISCV32_LINKERS.split_at(LLD_COUNT).0,
            Self::Lx106Assembler => &["xtensa-lx106-elf-as"],
            Self::Lx106Compiler => &["xtensa-lx106-elf-gcc"],
            Self::Lx106Linker => &["xtensa-lx106-elf-ld"],
            Self::Lx106ObjectCopier => &["xtensa-lx106-elf-objcopy"],
            Self::Lx106Symbols => &["xtensa-lx106-elf-nm"],
            Self::QemuRiscv32 => &["qemu-system-riscv32"],
            Self::QemuXtensa => &["qemu-system-xtensa"],
            Self::Riscv32Linker => RISCV32_LINKERS,
            Self::WasmLinker => WASM_LINKERS,
        }
    }

    /// Returns the command that installs it on Debian.
    pub(crate) const fn install(self) -> &'static str {
        match self {
            Self::HostCompiler => "apt-get install gcc libc6-dev",
            Self::Lx106Archiver
            | Self::Lx106Assembler
            | Self::Lx106Linker
            | Self::Lx106ObjectCopier
            | Self::Lx106Symbols => "apt-get install binutils-xtensa-lx106",
            Self::Lx106Compiler => "apt-get install gcc-xtensa-lx106",
            Self::QemuRiscv32 | Self::QemuXtensa => "apt-get install qemu-system-misc",
            Self::Lld | Self::Riscv32Linker | Self::WasmLinker => "apt-get install lld",
        }
    }
}

/// Returns the name under which a program answers.
///
/// # Errors
///
/// [`CrossError::Missing`] when none of its names does.
pub(crate) fn program(wanted: Program) -> Result<&'static str, CrossError> {
    let names = wanted.names();
    let found = names.iter().find(|name| answers(name));
    found.copied().ok_or_else(|| {
        CrossError::Missing(format!(
            "none of these programs is on PATH: {}\n  install one: {}",
            names.join(", "),
            wanted.install()
        ))
    })
}

/// Returns whether a program says its version.
fn answers(name: &str) -> bool {
    Command::new(name)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_nowhere_does_not_answer() {
        assert!(!answers("no-such-program-anywhere"));
    }

    #[test]
    fn all_linkers_of_llvm_and_no_others_are_its() {
        let every = Program::Riscv32Linker.names().iter();
        let of_llvm: Vec<_> = every.filter(|name| name.starts_with("ld.lld")).collect();
        assert!(of_llvm.into_iter().eq(Program::Lld.names()));
    }
}
