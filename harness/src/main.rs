//! The `nodelab` binary.

use std::panic;
use std::process::ExitCode;

use nodelab::cli::{self, Parsed};
use nodelab::{action, exit::Exit};

fn main() -> ExitCode {
    let exit = match cli::parse(std::env::args_os()) {
        // A panic is a bug of nodelab, and has been printed; the exit code says so too.
        Parsed::Action(action) => panic::catch_unwind(|| action.perform()).unwrap_or(Exit::Bug),
        Parsed::Print(text) => action::print(&text),
        Parsed::Wrong(text) => {
            action::complain(&text);
            Exit::Invalid
        }
    };
    ExitCode::from(exit.code())
}
