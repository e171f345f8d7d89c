//! The words of `nodelab serve --help`.
//!
//! Owns what all services have in common; each service has a file of its own beside this one.

mod certificates;
mod devices;
mod link;
mod mqtt;
mod tls;

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;

use clap::{ArgGroup, Args};
use nodelab_sim::SimSpan;

use crate::action::ServeAction;
use crate::scenario::quantity;
use crate::serve::Rules;
use crate::tls::axis::Axis;

pub(super) const HELP: &str = "\
Services run together in one process, until SIGINT or SIGTERM. Addresses are HOST:PORT or a port
of 127.0.0.1; port 0 takes any that is free, and is printed.

Examples:
  nodelab serve --mqtt 1883 --mqtts 8883 --ca-out ca.pem
                                     a broker: mosquitto_pub --cafile ca.pem -p 8883 -t t -m hi
  nodelab serve --tls 4433 --certificate expired
                                     does the client notice? openssl s_client -connect :4433
  nodelab serve --tls 4433 --behave truncated-flight
                                     does the client give up?
  nodelab serve --adc 8266           micropython boards/micropython/tutorial.py
  nodelab serve --link lossy --listen 1884 --upstream 127.0.0.1:1883
                                     what the Wi-Fi does to a broker's clients";

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("secured").args(["tls", "mqtts"]).multiple(true))]
pub(super) struct ServeArgs {
    #[command(flatten)]
    mqtt: mqtt::MqttArgs,
    #[command(flatten)]
    tls: tls::TlsArgs,
    #[command(flatten)]
    link: link::LinkArgs,
    #[command(flatten)]
    devices: devices::DevicesArgs,
    #[command(flatten)]
    certificates: certificates::CertificateArgs,
    /// Let addresses be opened that other machines can reach; they also need a token, or where
    /// the protocol has no place for one, --allow-from.
    #[arg(long, help_heading = "Who may connect")]
    allow_remote: bool,
    /// Only let this machine connect, beside the own one; may be repeated.
    #[arg(long, value_name = "IP", help_heading = "Who may connect")]
    allow_from: Vec<IpAddr>,
    /// The file with the token that clients have to show [default: `NODELAB_TOKEN`, if
    /// set].
    #[arg(long, value_name = "FILE", help_heading = "Who may connect")]
    token_file: Option<PathBuf>,
    /// End after this time, such as 30s.
    #[arg(long = "for", help_heading = "Options", value_name = "TIME", value_parser = span)]
    duration: Option<SimSpan>,
    /// Print only where services listen, and what they did at the end.
    #[arg(long, help_heading = "Options")]
    quiet: bool,
}

/// Returns what a command line means.
pub(super) fn action(args: ServeArgs) -> ServeAction {
    let seed = args.certificates.seed();
    let services = [
        args.mqtt.service(),
        args.tls.service(),
        args.link.service(seed),
    ];
    let services = services.into_iter().chain(args.devices.services(seed));
    ServeAction {
        certificates: args.certificates.options(),
        duration: args.duration,
        quiet: args.quiet,
        rules: Rules {
            allow_from: args.allow_from,
            allow_remote: args.allow_remote,
            token: None,
        },
        services: services.flatten().collect(),
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

/// Reads a value of an axis.
fn axis<A: Axis>(text: &str) -> Result<A, String> {
    A::parse(text).map_err(|error| error.to_string())
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
