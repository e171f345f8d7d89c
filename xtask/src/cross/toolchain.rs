//! Which compiler makes the images.
//!
//! Owns where compilers are looked for, in which order, and what each must have:
//!
//! 1. rustup's toolchains that have the target itself (riscv32 and wasm32 only),
//! 2. rustup's toolchains that have the standard library's sources,
//! 3. Debian's packages,
//! 4. whatever rustc and cargo are on PATH.
//!
//! Does not know what is compiled.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cross::CrossError;
use crate::cross::environment::{ask, forget};
use crate::cross::programs::{Program, program};
use crate::cross::target::InstructionSet;

/// Why writing to a string holds.
const SOUND: &str = "a string takes all that is written to it";
/// The oldest rustc, by minor version, that node-core compiles with.
const RUSTC_MINOR_MIN: u32 = 95;
/// The oldest LLVM whose Xtensa back end knows `cpu=esp8266`.
const LLVM_XTENSA_MIN: u32 = 22;

/// A compiler that can make images for an instruction set.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Toolchain {
    /// Where it comes from, and its version, in words.
    pub(crate) name: String,
    /// The standard library is compiled too, from sources.
    pub(crate) builds_core: bool,
    /// Cargo's program, and what goes in front of its arguments.
    pub(crate) cargo: PathBuf,
    /// The compiler.
    pub(crate) rustc: PathBuf,
    /// Where it keeps its libraries.
    pub(crate) sysroot: PathBuf,
}

/// A compiler that was found, and what it has.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Candidate {
    origin: Origin,
    /// Nothing where it is not installed.
    cargo: Option<PathBuf>,
    rustc: PathBuf,
    sysroot: PathBuf,
    version: Version,
    /// The instruction sets whose libraries came with it.
    ready: Vec<InstructionSet>,
    has_sources: bool,
}

/// Where a compiler was found.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Origin {
    /// These packages of Debian: compiler, cargo, sources.
    Debian([&'static str; 3]),
    /// PATH.
    Path,
    /// A toolchain of rustup, by its name.
    Rustup(String),
}

/// What a compiler says of itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Version {
    release: String,
    minor: u32,
    llvm: u32,
}

/// The instruction sets whose libraries a compiler can come with.
const PREBUILT: [InstructionSet; 2] = [InstructionSet::Riscv32, InstructionSet::Wasm32];
/// Debian's packages: those for browsers are new on every release, the others on new ones.
const DEBIAN: [[&str; 3]; 2] = [
    ["rustc-web", "cargo-web", "rust-web-src"],
    ["rustc", "cargo", "rust-src"],
];

impl Toolchain {
    /// Finds a compiler for an instruction set.
    ///
    /// # Errors
    ///
    /// [`CrossError::Missing`] when none fits: says what was found, what each lacks, and what to
    /// install.
    pub(crate) fn find(set: InstructionSet) -> Result<Self, CrossError> {
        let candidates = candidates();
        choose(set, &candidates).ok_or_else(|| CrossError::Missing(advice(set, &candidates)))
    }

    /// Returns cargo with this compiler, to be run in a folder.
    pub(crate) fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.cargo);
        forget(&mut command);
        command.current_dir(folder).env("RUSTC", &self.rustc);
        if self.builds_core {
            // Building the standard library is not stable; this lets a stable compiler do it.
            command.env("RUSTC_BOOTSTRAP", "1");
        }
        command
    }

    /// Returns a linker from outside, where none came with the compiler; rustc starts its own by
    /// itself.
    ///
    /// # Errors
    ///
    /// [`CrossError::Missing`] when there is none anywhere.
    pub(crate) fn outside_linker(
        &self,
        wanted: Program,
    ) -> Result<Option<&'static str>, CrossError> {
        match self.linker() {
            Some(_) => Ok(None),
            None => program(wanted).map(Some),
        }
    }

    /// Returns the linker that came with the compiler, if one did.
    pub(crate) fn linker(&self) -> Option<PathBuf> {
        let host = ask(self.rustc.as_os_str(), &["-vV"])?;
        let host = field(&host, "host:")?;
        let path = self
            .sysroot
            .join("lib/rustlib")
            .join(host)
            .join("bin/rust-lld");
        path.is_file().then_some(path)
    }
}

/// Chooses the first compiler that fits; one with the target itself before one with sources.
fn choose(set: InstructionSet, candidates: &[Candidate]) -> Option<Toolchain> {
    let fitting = || {
        candidates
            .iter()
            .filter(|candidate| candidate.obstacle(set).is_none())
    };
    let ready = fitting().find(|candidate| candidate.is_ready(set));
    let chosen = ready.or_else(|| fitting().next())?;
    Some(Toolchain {
        name: chosen.to_string(),
        builds_core: !chosen.is_ready(set),
        cargo: chosen.cargo.clone()?,
        rustc: chosen.rustc.clone(),
        sysroot: chosen.sysroot.clone(),
    })
}

/// Says what to install, and what is wrong with what is there.
fn advice(set: InstructionSet, candidates: &[Candidate]) -> String {
    let mut text = format!(
        "no compiler for {} among rustup's toolchains, Debian's packages and PATH\n",
        set.triple()
    );
    for candidate in candidates {
        if let Some(Obstacle { what, remedy }) = candidate.obstacle(set) {
            writeln!(text, "  {candidate}: {what}\n      {remedy}").expect(SOUND);
        }
    }
    let rustup = match set {
        InstructionSet::Lx106 => {
            "rustup toolchain install nightly --profile minimal --component rust-src".to_owned()
        }
        InstructionSet::Riscv32 | InstructionSet::Wasm32 => {
            format!("rustup target add {}", set.triple())
        }
    };
    let debian = "apt-get install rustc-web cargo-web rust-web-src";
    write!(
        text,
        "  install one, with rustup:\n      {rustup}\n  or on Debian:\n      {debian}"
    )
    .expect(SOUND);
    text
}

/// What stands in the way of using a compiler.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Obstacle {
    /// The obstacle, in words.
    what: String,
    /// The command that removes it.
    remedy: String,
}

impl Candidate {
    /// Returns whether the compiler's own libraries include the target's.
    fn is_ready(&self, set: InstructionSet) -> bool {
        self.ready.contains(&set)
    }

    /// Returns what stands in the way of using it, or `None`.
    fn obstacle(&self, set: InstructionSet) -> Option<Obstacle> {
        let Version { minor, llvm, .. } = self.version;
        let (what, remedy) = if minor < RUSTC_MINOR_MIN {
            (
                format!("too old, 1.{RUSTC_MINOR_MIN} is needed"),
                self.update(),
            )
        } else if set == InstructionSet::Lx106 && llvm < LLVM_XTENSA_MIN {
            let what = format!("its LLVM has no `esp8266`, {LLVM_XTENSA_MIN} is needed");
            (what, self.update())
        } else if self.cargo.is_none() {
            let what = "half installed, its cargo is absent".to_owned();
            (what, self.add_cargo())
        } else if self.is_ready(set) || self.has_sources {
            return None;
        } else {
            let what = "half installed, its sources are absent".to_owned();
            (what, self.add_sources())
        };
        Some(Obstacle { what, remedy })
    }

    /// Returns how to get its cargo.
    fn add_cargo(&self) -> String {
        match &self.origin {
            Origin::Debian([_, cargo, _]) => format!("apt-get install {cargo}"),
            Origin::Path => "install the cargo that belongs to it".to_owned(),
            Origin::Rustup(name) => format!("rustup component add cargo --toolchain {name}"),
        }
    }

    /// Returns how to get its sources.
    fn add_sources(&self) -> String {
        match &self.origin {
            Origin::Debian([_, _, sources]) => format!("apt-get install {sources}"),
            Origin::Path => "install the sources of its standard library".to_owned(),
            Origin::Rustup(name) => format!("rustup component add rust-src --toolchain {name}"),
        }
    }

    /// Returns how to get a newer one.
    fn update(&self) -> String {
        match &self.origin {
            Origin::Debian(_) => "apt-get install rustc-web cargo-web rust-web-src".to_owned(),
            Origin::Path => "install a newer one".to_owned(),
            Origin::Rustup(name) if name.starts_with(|first: char| first.is_ascii_digit()) => {
                "rustup toolchain install stable".to_owned()
            }
            Origin::Rustup(name) => format!("rustup update {name}"),
        }
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Version { release, llvm, .. } = &self.version;
        match &self.origin {
            Origin::Debian([rustc, ..]) => write!(f, "Debian's {rustc}")?,
            Origin::Path => write!(f, "rustc on PATH")?,
            Origin::Rustup(name) => write!(f, "rustup's {name}")?,
        }
        write!(f, " (rustc {release}, LLVM {llvm})")
    }
}

/// Looks at every compiler of this machine, in order of preference.
fn candidates() -> Vec<Candidate> {
    let mut found: Vec<Candidate> = rustup_toolchains()
        .into_iter()
        .filter_map(|name| {
            let rustc = rustup_which(&name, "rustc")?;
            let cargo = rustup_which(&name, "cargo");
            candidate(Origin::Rustup(name), rustc, cargo)
        })
        .collect();
    for packages in DEBIAN {
        if let Some(rustc) = debian_program(packages[0], "rustc") {
            let cargo = debian_program(packages[1], "cargo");
            found.extend(candidate(Origin::Debian(packages), rustc, cargo));
        }
    }
    if found.is_empty() {
        let cargo = ask("cargo".as_ref(), &["--version"]).map(|_| "cargo".into());
        found.extend(candidate(Origin::Path, "rustc".into(), cargo));
    }
    found
}

/// Asks a compiler what it is and what it has.
fn candidate(origin: Origin, rustc: PathBuf, cargo: Option<PathBuf>) -> Option<Candidate> {
    let version = version(&ask(rustc.as_os_str(), &["-vV"])?)?;
    let sysroot = PathBuf::from(ask(rustc.as_os_str(), &["--print", "sysroot"])?.trim());
    let libraries = sysroot.join("lib/rustlib");
    let has = |set: &InstructionSet| libraries.join(set.triple()).join("lib").is_dir();
    let sources = libraries.join("src/rust/library/core/src/lib.rs");
    Some(Candidate {
        origin,
        cargo,
        rustc,
        version,
        ready: PREBUILT.into_iter().filter(has).collect(),
        has_sources: sources.is_file(),
        sysroot,
    })
}

/// Reads what `rustc -vV` prints.
fn version(text: &str) -> Option<Version> {
    let release = field(text, "release:")?.to_owned();
    let minor = release.split('.').nth(1)?.parse().ok()?;
    let llvm = field(text, "LLVM version:")?
        .split('.')
        .next()?
        .parse()
        .ok()?;
    Some(Version {
        release,
        minor,
        llvm,
    })
}

/// Returns what stands behind a name at the start of a line.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines()
        .find_map(|line| line.strip_prefix(name))
        .map(str::trim)
}

fn rustup_toolchains() -> Vec<String> {
    let listed = ask("rustup".as_ref(), &["toolchain", "list"]).unwrap_or_default();
    toolchain_names(&listed)
}

/// Reads what `rustup toolchain list` prints; the default one first, as it is listed.
fn toolchain_names(listed: &str) -> Vec<String> {
    listed
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| name.contains('-'))
        .map(str::to_owned)
        .collect()
}

fn rustup_which(toolchain: &str, program: &str) -> Option<PathBuf> {
    let path = ask(
        "rustup".as_ref(),
        &["which", "--toolchain", toolchain, program],
    )?;
    Some(PathBuf::from(path.trim()))
}

/// Asks Debian where a package's program lies: rustup's may stand before it on PATH.
fn debian_program(package: &str, program: &str) -> Option<PathBuf> {
    let files = ask("dpkg".as_ref(), &["-L", package])?;
    files
        .lines()
        .map(Path::new)
        .find(|path| path.file_name() == Some(program.as_ref()) && path.is_file())
        .map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERBOSE: &str = "rustc 1.96.0 (ac68faa20 2026-05-25)\nbinary: rustc\n\
                           host: x86_64-unknown-linux-gnu\nrelease: 1.96.0\nLLVM version: 22.1.8\n";

    fn found(origin: Origin, minor: u32, llvm: u32) -> Candidate {
        Candidate {
            origin,
            cargo: Some("cargo".into()),
            rustc: "rustc".into(),
            sysroot: "/".into(),
            version: Version {
                release: format!("1.{minor}.0"),
                minor,
                llvm,
            },
            ready: Vec::new(),
            has_sources: true,
        }
    }

    fn rustup(name: &str, minor: u32, llvm: u32) -> Candidate {
        found(Origin::Rustup(name.to_owned()), minor, llvm)
    }

    #[test]
    fn a_compiler_says_its_version_and_that_of_its_llvm() {
        let read = version(VERBOSE).unwrap();
        assert_eq!(
            (read.release.as_str(), read.minor, read.llvm),
            ("1.96.0", 96, 22)
        );
        assert_eq!(version("rustc 1.0"), None);
    }

    #[test]
    fn a_toolchain_with_the_target_goes_before_one_with_sources() {
        let ready = Candidate {
            ready: vec![InstructionSet::Riscv32],
            has_sources: false,
            ..rustup("stable", 95, 22)
        };
        let both = [rustup("nightly", 97, 22), ready];
        let chosen = choose(InstructionSet::Riscv32, &both).unwrap();
        assert!(chosen.name.contains("stable") && !chosen.builds_core);
        let chosen = choose(InstructionSet::Lx106, &both).unwrap();
        assert!(chosen.name.contains("nightly") && chosen.builds_core);
    }

    #[test]
    fn debian_is_used_where_rustup_has_nothing_that_fits() {
        let bare = Candidate {
            has_sources: false,
            ..rustup("stable", 95, 22)
        };
        let both = [bare, found(Origin::Debian(DEBIAN[0]), 96, 22)];
        let chosen = choose(InstructionSet::Lx106, &both).unwrap();
        assert_eq!(chosen.name, "Debian's rustc-web (rustc 1.96.0, LLVM 22)");
    }

    #[test]
    fn what_does_not_fit_is_named_with_what_to_do() {
        let found = [
            rustup("1.80.0-x86_64", 80, 18),
            rustup("stable-x86_64", 95, 20),
            Candidate {
                has_sources: false,
                ..found(Origin::Debian(DEBIAN[1]), 96, 22)
            },
            Candidate {
                has_sources: false,
                ..rustup("nightly-x86_64", 97, 22)
            },
            Candidate {
                cargo: None,
                ..found(Origin::Debian(DEBIAN[0]), 96, 22)
            },
        ];
        assert_eq!(choose(InstructionSet::Lx106, &found), None);
        insta::assert_snapshot!(advice(InstructionSet::Lx106, &found), @"
        no compiler for lx106 among rustup's toolchains, Debian's packages and PATH
          rustup's 1.80.0-x86_64 (rustc 1.80.0, LLVM 18): too old, 1.95 is needed
              rustup toolchain install stable
          rustup's stable-x86_64 (rustc 1.95.0, LLVM 20): its LLVM has no `esp8266`, 22 is needed
              rustup update stable-x86_64
          Debian's rustc (rustc 1.96.0, LLVM 22): half installed, its sources are absent
              apt-get install rust-src
          rustup's nightly-x86_64 (rustc 1.97.0, LLVM 22): half installed, its sources are absent
              rustup component add rust-src --toolchain nightly-x86_64
          Debian's rustc-web (rustc 1.96.0, LLVM 22): half installed, its cargo is absent
              apt-get install cargo-web
          install one, with rustup:
              rustup toolchain install nightly --profile minimal --component rust-src
          or on Debian:
              apt-get install rustc-web cargo-web rust-web-src
        ");
    }

    #[test]
    fn the_list_of_toolchains_may_be_a_sentence() {
        let listed = "stable-x86_64-unknown-linux-gnu (active, default)\n1.95.0-x86_64\n";
        let names = toolchain_names(listed);
        assert_eq!(names, ["stable-x86_64-unknown-linux-gnu", "1.95.0-x86_64"]);
        assert!(toolchain_names("no installed toolchains\n").is_empty());
    }
}
