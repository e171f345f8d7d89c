//! The two forms of a capture.

/// At which layer frames are shown.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Link {
    /// As a program on the node sees them: data frames under Ethernet headers, each once, those
    /// that it sent and those that it received.
    #[default]
    Ethernet,
    /// As a second radio beside the node sees them: every attempt, acknowledgement and
    /// management frame, with 802.11 headers, decrypted.
    Radio,
}

impl Link {
    /// Returns the number in the registry of link types (tcpdump.org, LINKTYPE_*).
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Ethernet => 1,
            Self::Radio => 127,
        }
    }
}
