//! Puts each function's literals in front of the function, in the function's own section.
//!
//! LLVM writes the constants that a function loads in front of its `.section` line, so that GNU's
//! assembler gathers them in the section of the function before, out of reach of `l32r`, which
//! loads from at most 256 KiB below itself. Next to the label they stay with their function:
//! near enough, and kept or dropped with it by `--gc-sections`. The assembler must be told
//! `--text-section-literals`.
//!
//! ```text
//!     .literal_position                      .section .text.f,"ax"
//!     .literal .LC0, 4095                    .p2align 2
//!     .section .text.f,"ax"         ─▶       .literal_position
//! f:                                         .literal .LC0, 4095
//!     l32r a2, .LC0                          .p2align 2
//!                                        f:
//!                                            l32r a2, .LC0
//! ```

/// A literal that belongs to no function.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Homeless {
    /// Its line in the assembly, from 1.
    pub(crate) line: usize,
    /// What stands there.
    pub(crate) text: String,
}

/// Moves the literals of a whole file.
///
/// # Errors
///
/// [`Homeless`] when literals are followed by no function.
pub(crate) fn settle(assembly: &str) -> Result<String, Homeless> {
    let mut settled = String::with_capacity(assembly.len());
    let mut waiting: Vec<(usize, &str)> = Vec::new();
    let mut code = true;
    for (index, line) in assembly.lines().enumerate() {
        let words = line.trim_start();
        if words.starts_with(".literal") {
            waiting.push((index, line));
            continue;
        }
        code = section(words).unwrap_or(code);
        if code && !waiting.is_empty() && is_label(words) {
            settled.push_str("\t.p2align\t2\n");
            for (_, literal) in waiting.drain(..) {
                push_line(&mut settled, literal);
            }
            settled.push_str("\t.p2align\t2\n");
        }
        push_line(&mut settled, line);
    }
    waiting.first().map_or(Ok(settled), |(index, line)| {
        Err(Homeless {
            line: index + 1,
            text: (*line).to_owned(),
        })
    })
}

/// Returns whether a line changes to a section of code, or `None` when it changes to none.
fn section(words: &str) -> Option<bool> {
    let mut parts = words.split_whitespace();
    match parts.next()? {
        ".text" => Some(true),
        ".bss" | ".data" => Some(false),
        ".section" => {
            let name = parts.next().unwrap_or_default();
            Some(name.starts_with(".text"))
        }
        _ => None,
    }
}

fn is_label(words: &str) -> bool {
    !words.starts_with('#') && words.trim_end().ends_with(':')
}

fn push_line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_move_behind_the_section_and_in_front_of_the_label() {
        let assembly = "\t.literal_position\n\t.literal .LC0, 4095\n\t.section\t.text.f,\"ax\"\n\
                        \t.type\tf,@function\nf:\n\tl32r\ta2, .LC0\n";
        let settled = "\t.section\t.text.f,\"ax\"\n\t.type\tf,@function\n\t.p2align\t2\n\
                       \t.literal_position\n\t.literal .LC0, 4095\n\t.p2align\t2\nf:\n\
                       \tl32r\ta2, .LC0\n";
        assert_eq!(settle(assembly).as_deref(), Ok(settled));
    }

    #[test]
    fn each_function_gets_its_own() {
        let assembly = ".literal A, 1\n.section .text.f\nf:\n.LBB0_1:\n.literal B, 2\n\
                        .section .text.g\ng:\n";
        let settled = settle(assembly).unwrap();
        let order: Vec<&str> = settled
            .lines()
            .filter(|line| !line.contains("align"))
            .collect();
        let expected = [
            ".section .text.f",
            ".literal A, 1",
            "f:",
            ".LBB0_1:",
            ".section .text.g",
            ".literal B, 2",
            "g:",
        ];
        assert_eq!(order, expected);
    }

    #[test]
    fn a_label_of_data_takes_no_literals() {
        let assembly = ".literal A, 1\n.section .rodata.x\nx:\n.long 1\n.text\nf:\n";
        let settled = settle(assembly).unwrap();
        let (literal, code) = (settled.find(".literal"), settled.find(".text"));
        assert!(literal > code && code.is_some());
    }

    #[test]
    fn a_file_without_literals_stays_as_it_is() {
        let assembly = "\t.text\nf:\n\tret\n# a comment:\n";
        assert_eq!(settle(assembly).as_deref(), Ok(assembly));
    }

    #[test]
    fn literals_without_a_function_are_named() {
        let homeless = settle("\t.text\n\t.literal A, 1\n").unwrap_err();
        assert_eq!(
            (homeless.line, homeless.text.as_str()),
            (2, "\t.literal A, 1")
        );
    }
}
