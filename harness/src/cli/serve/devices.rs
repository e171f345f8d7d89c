//! The arguments of `serve` about simulated devices.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::address;
use crate::serve::{AdcOptions, Service, Subject, WokwiOptions};

#[derive(Args, Debug)]
#[command(next_help_heading = "Devices")]
pub(super) struct DevicesArgs {
    /// Be a board's converter here: `read` is answered with a code, line by line.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    adc: Option<SocketAddr>,
    /// Be Wokwi's simulation API here, for wokwi-cli and wokwi-client.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    wokwi_api: Option<SocketAddr>,
    /// The scenario that gives board, sensor and air [default: the tutorial's board at 22 °C].
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
}

impl DevicesArgs {
    /// Returns the services that were asked for; `seed` is the world of the scenario.
    pub(super) fn services(self, seed: Option<u64>) -> [Option<Service>; 2] {
        let subject = Subject {
            scenario: self.scenario,
            seed,
        };
        let adc = self.adc.map(|address| {
            Service::Adc(AdcOptions {
                address,
                subject: subject.clone(),
            })
        });
        let wokwi = self
            .wokwi_api
            .map(|address| Service::Wokwi(WokwiOptions { address, subject }));
        [adc, wokwi]
    }
}
