//! The arguments of `serve` about the TLS endpoint.

use std::net::SocketAddr;

use clap::Args;
use nodelab_sim::stack::tls::TICKETS_MAX;

use super::{address, axis};
use crate::serve::{Behaviour, Certificate, Service, SpokenVersions, TlsOptions};
use crate::tls::axis::Axis;

#[derive(Args, Debug)]
#[command(next_help_heading = "TLS endpoint")]
pub(super) struct TlsArgs {
    /// Speak TLS here, and echo what comes.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    tls: Option<SocketAddr>,
    #[arg(long, value_name = "WHICH", default_value = "genuine", requires = "tls",
          help = one_of::<Certificate>("Show this certificate"),
          value_parser = axis::<Certificate>)]
    certificate: Certificate,
    #[arg(long, value_name = "HOW", default_value = "honest", requires = "tls",
          help = one_of::<Behaviour>("Behave like this"), value_parser = axis::<Behaviour>)]
    behave: Behaviour,
    #[arg(long = "tls-version", value_name = "VERSION", default_value = "both", requires = "tls",
          help = one_of::<SpokenVersions>("Speak"), value_parser = axis::<SpokenVersions>)]
    versions: SpokenVersions,
    /// Ask clients for a certificate of the same authority, see --client-out.
    #[arg(long, requires = "tls")]
    mutual: bool,
    /// Tickets that are sent after each handshake, 0 to 2.
    #[arg(long, value_name = "N", default_value_t = 2, requires = "tls",
          value_parser = clap::value_parser!(u8).range(..=i64::from(TICKETS_MAX)))]
    tickets: u8,
    /// Say this line after the handshake.
    #[arg(long, value_name = "TEXT", requires = "tls")]
    banner: Option<String>,
}

impl TlsArgs {
    pub(super) fn service(self) -> Option<Service> {
        self.tls.map(|address| {
            Service::Tls(TlsOptions {
                address,
                banner: self.banner,
                behaviour: self.behave,
                mutual: self.mutual,
                shown: self.certificate,
                tickets: self.tickets,
                versions: self.versions,
            })
        })
    }
}

/// Returns a help text that lists the values.
fn one_of<A: Axis>(what: &str) -> String {
    format!("{what}: {}", A::names().join(", "))
}
