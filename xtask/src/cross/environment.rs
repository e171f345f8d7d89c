//! What compilers are told by the environment that this program was started in.
//!
//! Owns which variables reach another compiler. Does not know what it is asked.

use std::ffi::OsStr;
use std::process::Command;

/// How variables begin that only say where packages come from, which is the same for every
/// compiler.
const FREE: [&str; 7] = [
    "CARGO_HOME",
    "CARGO_HTTP_",
    "CARGO_NET_",
    "CARGO_REGISTR",
    "CARGO_SOURCE_",
    "RUSTUP_DIST_",
    "RUSTUP_HOME",
];

/// Starts a program and returns what it prints, if it succeeds.
///
/// What rustup and cargo told this program about their own choice of compiler must not decide
/// what another one answers.
pub(super) fn ask(program: &OsStr, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments);
    forget(&mut command);
    let output = command.output().ok()?;
    let text = output.status.success().then_some(output.stdout)?;
    String::from_utf8(text).ok()
}

/// Takes from a command what ties it to the compiler that this program was built with.
pub(super) fn forget(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if ties(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
}

/// Returns whether a variable with this name says which compiler to use, or how.
fn ties(name: &str) -> bool {
    let is_free = FREE.iter().any(|front| name.starts_with(front));
    (name.starts_with("CARGO") || name.starts_with("RUST")) && !is_free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_packages_is_kept_and_the_choice_of_a_compiler_is_not() {
        for name in [
            "CARGO_HTTP_PROXY",
            "CARGO_NET_OFFLINE",
            "CARGO_HOME",
            "PATH",
        ] {
            assert!(!ties(name), "{name}");
        }
        for name in ["CARGO", "CARGO_BUILD_RUSTC", "RUSTC", "RUSTUP_TOOLCHAIN"] {
            assert!(ties(name), "{name}");
        }
    }
}
