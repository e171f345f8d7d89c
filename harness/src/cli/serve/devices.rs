//! The words of `nodelab serve --adc` and `--wokwi-api`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::address;
use crate::serve::{AdcService, Service, Subject};

#[derive(Args, Debug)]
pub(super) struct DevicesArgs {
    /// Serve the simulated converter over a line protocol: `read` is answered with a code.
    #[arg(long, value_name = "ADDR", value_parser = address, help_heading = "Devices")]
    adc: Option<SocketAddr>,
    /// The scenario that gives board, sensor and air [default: the tutorial's board at 22 °C].
    #[arg(long, value_name = "FILE", help_heading = "Devices")]
    scenario: Option<PathBuf>,
    /// Which world of the scenario [default: its first].
    #[arg(long, value_name = "N", help_heading = "Devices")]
    seed: Option<u64>,
}

/// Returns the services that were asked for.
pub(super) fn services(args: DevicesArgs) -> Vec<Service> {
    let subject = Subject {
        scenario: args.scenario,
        seed: args.seed,
    };
    let adc = args.adc.map(|address| {
        Service::Adc(AdcService {
            address,
            subject: subject.clone(),
        })
    });
    adc.into_iter().collect()
}
