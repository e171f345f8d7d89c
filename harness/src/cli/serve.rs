//! The words of `nodelab serve --help`.
//!
//! Owns what all services have in common; each service has a file of its own beside this one.

mod devices;

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;

use clap::Args;
use nodelab_sim::SimSpan;

use crate::action::ServeAction;
use crate::scenario::quantity;
use crate::serve::Rules;

pub(super) const HELP: &str = "\
Services run together in one process, until SIGINT or SIGTERM. Addresses are HOST:PORT or a port
of 127.0.0.1; port 0 takes any that is free, and is printed.";

#[derive(Args, Debug)]
pub(super) struct ServeArgs {
    /// Let addresses be opened that other machines can reach; they also need a token, or where
    /// the protocol has no place for one, --allow-from.
    #[arg(long, help_heading = "Who may connect")]
    allow_remote: bool,
    /// Only let this machine connect, beside the own one; may be repeated.
    #[arg(long, value_name = "IP", help_heading = "Who may connect")]
    allow_from: Vec<IpAddr>,
    /// The file with the token that clients have to show [default: NODELAB_TOKEN, if set].
    #[arg(long, value_name = "FILE", help_heading = "Who may connect")]
    token_file: Option<PathBuf>,
    /// End after this time, such as 30s.
    #[arg(long = "for", value_name = "TIME", value_parser = span)]
    duration: Option<SimSpan>,
    /// Print only where services listen, and what they did at the end.
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    devices: devices::DevicesArgs,
}

/// Returns what a command line means.
pub(super) fn action(args: ServeArgs) -> ServeAction {
    ServeAction {
        duration: args.duration,
        quiet: args.quiet,
        rules: Rules {
            allow_from: args.allow_from,
            allow_remote: args.allow_remote,
            token: None,
        },
        services: devices::services(args.devices),
        token_file: args.token_file,
    }
}

/// Reads `HOST:PORT`, or a port of this machine.
fn address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse::<u16>() {
        return Ok(SocketAddr::from(([127, 0, 0, 1], port)));
    }
    let wrong = || format!("\"{text}\" is no address; expected one such as 127.0.0.1:1883");
    let mut found = text.to_socket_addrs().map_err(|_| wrong())?;
    found.next().ok_or_else(wrong)
}

fn span(text: &str) -> Result<SimSpan, String> {
    let wrong = |_| format!("\"{text}\" is no time; expected one such as 30s or 5min");
    quantity::duration(text).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_is_one_of_this_machine() {
        assert_eq!(address("1883"), address("127.0.0.1:1883"));
        assert!(address("[::1]:0").is_ok_and(|address| address.is_ipv6()));
        for wrong in ["", "1883x", "127.0.0.1", "127.0.0.1:70000"] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
