//! What was thrown away, and why.

/// Why a packet was thrown away.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum AddressDrop {
    /// A checksum of IP or UDP is wrong.
    Checksum,
    /// It belongs to somebody else: another station, transaction, port or server.
    Foreign,
    /// It is cut short, or is not what its header says.
    Malformed,
    /// It is an answer that nobody waits for: late, or the second of its kind.
    Stale,
    /// It is sound, and nothing here deals with it.
    Unwanted,
}

/// How many packets were thrown away, by reason.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct AddressDrops([u32; AddressDrop::ALL.len()]);

impl AddressDrop {
    /// All reasons.
    pub const ALL: [Self; 5] = [
        Self::Checksum,
        Self::Foreign,
        Self::Malformed,
        Self::Stale,
        Self::Unwanted,
    ];
}

impl AddressDrops {
    /// Returns how many packets were thrown away for this reason.
    #[must_use]
    pub const fn of(&self, why: AddressDrop) -> u32 {
        self.0[why as usize]
    }

    /// Returns how many packets were thrown away.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.0
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Counts one more.
    pub(super) const fn count(&mut self, why: AddressDrop) {
        let count = &mut self.0[why as usize];
        *count = count.saturating_add(1);
    }
}
