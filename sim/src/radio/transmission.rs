//! What became of one frame on the air.

use smallvec::SmallVec;

use crate::time::{SimSpan, SimTime};

/// A rate of 802.11 b, g or n at 2.4 GHz, 20 MHz, one stream.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Rate {
    /// DSSS and CCK of 802.11b, in units of 100 kb/s: 10, 20, 55 or 110.
    Dsss(u8),
    /// ERP-OFDM of 802.11g, in Mb/s: 6, 9, 12, 18, 24, 36, 48 or 54.
    Ofdm(u8),
    /// HT of 802.11n with a long guard interval: MCS 0 to 7.
    Ht(u8),
}

/// One try to send a frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Attempt {
    /// When its preamble began.
    pub start: SimTime,
    /// How long the frame itself was on the air, acknowledgement not counted.
    pub airtime: SimSpan,
    /// At what rate.
    pub rate: Rate,
    /// Whether the receiver could read it.
    pub received: bool,
    /// Whether the sender heard the acknowledgement; true for group frames, which have none.
    pub acknowledged: bool,
}

/// All tries to send one frame.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Transmission {
    /// In order of time, at least one.
    pub attempts: SmallVec<[Attempt; 2]>,
    /// When the receiver first had the whole frame; `None` if it never did.
    pub delivered: Option<SimTime>,
    /// When the sender was done with it, acknowledged or given up.
    pub ended: SimTime,
    /// Strength of the signal at the receiver, in dBm.
    pub rssi_dbm: i8,
}
