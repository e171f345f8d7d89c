//! Division of 128-bit numbers for the lx106, as LLVM calls it.
//!
//! Both sides of the call mean the same convention and read it differently. LLVM splits the
//! second operand between registers and stack when it calls the library; the library, compiled
//! by rustc, looks for the whole operand on the stack. Quotients are wrong, or never come.
//!
//! ```text
//!                  a2  a3  a4  a5   a6  a7   sp+0  +4   +8  +12
//! caller sends     n0  n1  n2  n3   d0  d1    d2   d3
//! library reads    n0  n1  n2  n3             d0   d1   d2   d3
//! ```
//!
//! A thunk under the name that LLVM calls moves the operand over and calls the library under its
//! Rust name, which is another one with each compiler and is read from its symbols.

use std::fmt::Write as _;

/// Names that LLVM calls.
const NAMES: [&str; 4] = ["__divti3", "__modti3", "__udivti3", "__umodti3"];

/// Writes the thunks, given what `nm` lists for the library's object.
///
/// # Errors
///
/// The name whose Rust function is not in the list.
pub(crate) fn thunks(symbols: &str) -> Result<String, &'static str> {
    let mut assembly = String::from("# Generated from the symbols of compiler_builtins.\n");
    for name in NAMES {
        let library = rust_name(symbols, name).ok_or(name)?;
        thunk(&mut assembly, name, library);
    }
    assembly.push_str("\t.section .note.GNU-stack, \"\", @progbits\n");
    Ok(assembly)
}

/// Finds the mangled name of the library's own function.
///
/// Both of rustc's manglings write a part of a path as its length and its letters.
fn rust_name<'a>(symbols: &'a str, name: &str) -> Option<&'a str> {
    let v0 = format!("{}_{name}", name.len());
    let legacy = format!("{}{name}17h", name.len());
    symbols
        .lines()
        .filter_map(|line| line.split_whitespace().next_back())
        .filter(|symbol| symbol.contains("17compiler_builtins"))
        .find(|symbol| symbol.ends_with(&v0) || symbol.contains(&legacy))
}

fn thunk(assembly: &mut String, name: &str, library: &str) {
    let written = write!(
        assembly,
        "
    .section .text.thunk.{name}, \"ax\"
    .align 4
.Llibrary{name}:
    .word {library}
    .global {name}
    .type {name}, @function
    .align 4
{name}:
    addi a1, a1, -32
    s32i a0, a1, 28
    l32i a8, a1, 32
    l32i a9, a1, 36
    s32i a6, a1, 0
    s32i a7, a1, 4
    s32i a8, a1, 8
    s32i a9, a1, 12
    l32r a8, .Llibrary{name}
    callx0 a8
    l32i a0, a1, 28
    addi a1, a1, 32
    ret
"
    );
    written.expect("a string takes all that is written to it");
}

#[cfg(test)]
mod tests {
    use super::*;

    const V0: &str = "00000000 T _RNvNtNtCseaM7_17compiler_builtins3int4sdiv8___divti3
00000000 T _RNvNtNtCseaM7_17compiler_builtins3int4sdiv8___modti3
00000000 T _RNvNtNtCseaM7_17compiler_builtins3int4udiv9___udivti3
00000000 W __udivti3
00000000 T _RNvNtNtCseaM7_17compiler_builtins3int4udiv9___umodti3
";

    #[test]
    fn each_thunk_calls_the_function_that_the_symbols_name() {
        let assembly = thunks(V0).unwrap();
        for name in NAMES {
            let label = format!("\n{name}:\n");
            assert_eq!(assembly.matches(&label).count(), 1, "{name}");
        }
        let called = ".word _RNvNtNtCseaM7_17compiler_builtins3int4udiv9___udivti3";
        assert!(assembly.contains(called));
    }

    #[test]
    fn the_older_mangling_is_read_too() {
        let legacy = "0 T _ZN17compiler_builtins3int4udiv9__udivti317h0123456789abcdefE";
        assert!(rust_name(legacy, "__udivti3").is_some());
        assert_eq!(rust_name(legacy, "__umodti3"), None);
    }

    #[test]
    fn a_function_that_is_not_there_is_named() {
        let without = V0.replace("8___modti3", "8___gone");
        assert_eq!(thunks(&without), Err("__modti3"));
    }
}
