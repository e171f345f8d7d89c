//! The `nodelab` binary.

use std::process::ExitCode;

use nodelab::cli::{self, Parsed};
use nodelab::{action, exit::Exit};

fn main() -> ExitCode {
    let exit = match cli::parse(std::env::args_os()) {
        Parsed::Action(action) => action.perform(),
        Parsed::Print(text) => action::print(&text),
        Parsed::Wrong(text) => {
            action::complain(&text);
            Exit::Invalid
        }
    };
    ExitCode::from(exit.code())
}
