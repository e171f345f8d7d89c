//! What a task prints.
//!
//! Owns the two streams. Does not know what is said on them.

/// Prints a line for whoever watches.
#[expect(
    clippy::print_stdout,
    reason = "a chore talks to the terminal; nodelab's own output goes through its reports"
)]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Prints a line about something that is wrong.
#[expect(
    clippy::print_stderr,
    reason = "a chore talks to the terminal; nodelab's own output goes through its reports"
)]
pub(crate) fn complain(line: &str) {
    eprintln!("{line}");
}
