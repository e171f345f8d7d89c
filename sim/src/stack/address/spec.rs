//! The figures of the local network's services.

use node_core::UnixTime;

use crate::span::SpanRange;
use crate::stack::address::plan;
use crate::time::SimSpan;

/// How the services of the local network behave; any value is legal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServiceSpec {
    /// How many addresses the DHCP server has to give.
    pub addresses: u32,
    /// How long a lease lasts, whole seconds.
    pub lease: SimSpan,
    /// From DISCOVER to OFFER: routers probe the address before they offer it.
    pub offer_delay: SpanRange,
    /// From REQUEST to ACK or NAK.
    pub acknowledge_delay: SpanRange,
    /// From a query to its answer.
    pub resolve_delay: SpanRange,
    /// From asking for the time to the answer.
    pub time_delay: SpanRange,
    /// The broker's name; upper and lower case are the same.
    pub broker_name: Box<str>,
    /// How long an answer of the resolver may be kept.
    pub name_lifetime: SimSpan,
    /// Civil time when the world begins.
    pub began: UnixTime,
}

impl Default for ServiceSpec {
    /// Returns a router of a home.
    ///
    /// The range from DISCOVER to OFFER is unsourced. It is what remains of a measured join
    /// (softplus/esp8266-wifi-timing: 3898 ms from nothing to the first publish) after 2040 ms of
    /// scan, 889 ms of key derivation, and some 125 ms for the rest. The other delays are
    /// unsourced too: a router's process wakes up and answers. The lease is dnsmasq's default,
    /// one hour.
    fn default() -> Self {
        Self {
            addresses: 253,
            lease: SimSpan::from_secs(3_600),
            offer_delay: SpanRange::from_millis(620, 920),
            acknowledge_delay: SpanRange::from_millis(5, 30),
            resolve_delay: SpanRange::from_millis(1, 30),
            time_delay: SpanRange::from_millis(1, 5),
            broker_name: plan::BROKER_NAME.into(),
            name_lifetime: SimSpan::from_secs(300),
            began: UnixTime::from_millis(1_767_225_600_000),
        }
    }
}
