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

impl AddressFault {
    /// Returns the fault in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ArpSilent => "ARP unanswered",
            Self::DhcpNak => "DHCP refuses",
            Self::DhcpPoolEmpty => "DHCP pool empty",
            Self::DhcpSilent => "DHCP unanswered",
            Self::NameError => "name not found",
            Self::ResolverSilent => "DNS unanswered",
            Self::TimeSilent => "SNTP unanswered",
            Self::TimeWrong { .. } => "SNTP wrong",
        }
    }
}
