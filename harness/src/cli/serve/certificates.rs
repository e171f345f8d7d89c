//! The arguments of `serve` about certificates.

use std::path::PathBuf;

use clap::Args;
use nodelab_sim::stack::tls::INTERMEDIATES_MAX;

use super::axis;
use crate::serve::{CertificateOptions, Key};

#[derive(Args, Debug)]
#[command(next_help_heading = "Certificates")]
pub(super) struct CertificateArgs {
    /// Write the certificate of the authority to a file, in PEM, for clients to trust.
    #[arg(long, value_name = "FILE", requires = "secured")]
    ca_out: Option<PathBuf>,
    /// Write a client's certificate and its key to a file, in PEM, for --mutual.
    #[arg(long, value_name = "FILE", requires = "secured")]
    client_out: Option<PathBuf>,
    /// A further name or address of the server, beside localhost, 127.0.0.1 and `::1`; may
    /// be repeated.
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,
    /// The kind of all keys: p256, p384, ed25519, rsa2048 or rsa4096.
    #[arg(long, value_name = "KIND", default_value = "p256", value_parser = axis::<Key>)]
    key: Key,
    /// Certificates between the authority and the server, 0 to 3.
    #[arg(long, value_name = "N", default_value_t = 0,
          value_parser = clap::value_parser!(u8).range(..=i64::from(INTERMEDIATES_MAX)))]
    intermediates: u8,
    /// Draw keys, the luck of a link and that of devices from this number: always the same, and
    /// known to everybody who knows it [default: from the operating system; of devices, the
    /// scenario's].
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

impl CertificateArgs {
    pub(super) const fn seed(&self) -> Option<u64> {
        self.seed
    }

    pub(super) fn options(self) -> CertificateOptions {
        CertificateOptions {
            ca_out: self.ca_out,
            client_out: self.client_out,
            intermediates: self.intermediates,
            key: self.key,
            names: self.name,
            seed: self.seed,
        }
    }
}
