//! What is sent over the air: addresses and bytes.
//!
//! Owns the form in which every layer above hands its bytes to the radio, and captures read
//! them. Headers of 802.11 and of Ethernet are made from it; it holds neither.

use std::fmt;

use smallvec::SmallVec;

/// An EUI-48 address.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct MacAddress(pub [u8; 6]);

/// What a data frame carries (IEEE 802 numbers, `EtherType`).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum EtherType {
    /// ARP, 0x0806.
    Arp,
    /// EAP over LAN, 0x888E.
    Eapol,
    /// IPv4, 0x0800.
    Ipv4,
}

/// The body of a frame.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Payload {
    /// A data frame: what follows LLC/SNAP, or an Ethernet header.
    Data {
        /// What it is.
        ether_type: EtherType,
        /// The bytes, without any header of the link layer.
        bytes: Vec<u8>,
    },
    /// A management frame.
    Management {
        /// Subtype (IEEE 802.11-2020 table 9-1): 0 association request, 8 beacon, 11
        /// authentication, 12 deauthentication and so on.
        subtype: u8,
        /// The frame body, without header and FCS.
        body: SmallVec<[u8; 32]>,
    },
}

/// One frame, before headers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Frame {
    /// Who sends it.
    pub sender: MacAddress,
    /// Who is to receive it.
    pub receiver: MacAddress,
    /// What it says.
    pub payload: Payload,
}

impl MacAddress {
    /// Everyone.
    pub const BROADCAST: Self = Self([0xFF; 6]);

    /// Returns true for broadcast and multicast addresses.
    #[must_use]
    pub const fn is_group(self) -> bool {
        self.0[0] & 1 == 1
    }
}

impl fmt::Display for MacAddress {
    /// Writes six hexadecimal pairs, `02:00:00:00:00:01`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, rest @ ..] = self.0;
        write!(f, "{first:02x}")?;
        rest.iter().try_for_each(|byte| write!(f, ":{byte:02x}"))
    }
}

impl EtherType {
    /// Returns the number that stands in the frame.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Arp => 0x0806,
            Self::Eapol => 0x888E,
            Self::Ipv4 => 0x0800,
        }
    }
}
