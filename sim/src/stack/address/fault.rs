//! What can go wrong with the services of the local network.

/// A misfortune of one service.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum AddressFault {
    /// Nobody answers ARP requests.
    ArpSilent,
    /// The DHCP server refuses each request.
    DhcpNak,
    /// The DHCP server has no free address, and is silent to who has none, as dnsmasq is.
    DhcpPoolEmpty,
    /// The DHCP server is silent.
    DhcpSilent,
    /// The resolver says that no name exists.
    NameError,
    /// The resolver is silent.
    ResolverSilent,
    /// The time server is silent.
    TimeSilent,
    /// The time server's clock is wrong.
    TimeWrong {
        /// Seconds fast; negative is slow.
        seconds: i64,
    },
}
