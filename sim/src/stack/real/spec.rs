//! What a real network is made of.

use crate::radio::{StationSpec, WifiSpec};
use crate::span::SpanRange;
use crate::stack::address::{ServiceSpec, plan};
use crate::stack::tcp::TcpProfile;
use crate::time::SimSpan;

/// The figures of a network of frames and bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct RealSpec {
    /// How long the broker thinks before it answers.
    pub answer_time: SpanRange,
    /// Whether nodes ask by ARP who has an address before they use it, as MicroPython does.
    pub checks_address: bool,
    /// From the access point to the broker's host, or back.
    pub lan_delay: SpanRange,
    /// Share of frames that are lost on top of what the radio loses, in parts per million.
    pub loss_ppm: u32,
    /// How nodes get an address, a name resolved and the time.
    pub services: ServiceSpec,
    /// The station in each node.
    pub station: StationSpec,
    /// The TCP stack of the nodes.
    pub tcp: TcpProfile,
    /// The wireless network.
    pub wifi: WifiSpec,
}

impl RealSpec {
    /// Builds a network from its radio figures; everything else is a home as measured.
    ///
    /// The delay of the wired part is what remains of 19 ms for CONNECT and PUBLISH on a local
    /// network (softplus/esp8266-wifi-timing) after four round trips over the air.
    #[must_use]
    pub fn new(mut wifi: WifiSpec) -> Self {
        wifi.access_point.address = plan::GATEWAY_MAC;
        Self {
            answer_time: SpanRange::exactly(SimSpan::ZERO),
            checks_address: false,
            lan_delay: SpanRange::new(SimSpan::from_millis(1), SimSpan::from_micros(2_500)),
            loss_ppm: 0,
            services: ServiceSpec::default(),
            station: StationSpec {
                cache: wifi.cache,
                known: wifi.access_point.as_known(),
                ..StationSpec::default()
            },
            tcp: TcpProfile::default(),
            wifi,
        }
    }
}
