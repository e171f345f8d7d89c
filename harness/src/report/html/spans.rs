//! Where a node stands, as stretches of time.
//!
//! Owns how stretches are joined when there are too many. Does not know what events mean.

/// Stretches that are kept at most.
pub(crate) const SPANS_MAX: usize = 400;

/// How far a node has come; the order is the way to the broker.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Standing {
    /// Without power.
    #[default]
    Off,
    /// In deep sleep.
    Asleep,
    /// Awake without a link.
    Down,
    /// On the way onto the network.
    Joining,
    /// With an address, without a session.
    Joined,
    /// With a session at the broker.
    Session,
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Span {
    pub(crate) from: u64,
    pub(crate) standing: Standing,
}

/// All stretches of a node: each lasts until the next begins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spans {
    spans: Vec<Span>,
    /// Stretches below this length were given to their neighbours, in nanoseconds.
    grain: u64,
}

impl Standing {
    /// All of them, in order.
    pub(crate) const ALL: [Self; 6] = [
        Self::Off,
        Self::Asleep,
        Self::Down,
        Self::Joining,
        Self::Joined,
        Self::Session,
    ];

    /// Returns its name.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "no power",
            Self::Asleep => "asleep",
            Self::Down => "no link",
            Self::Joining => "joining",
            Self::Joined => "has an address",
            Self::Session => "MQTT session",
        }
    }
}

impl Spans {
    /// Returns where it stands.
    pub(crate) fn now(&self) -> Standing {
        self.spans
            .last()
            .map_or(Standing::Off, |span| span.standing)
    }

    /// Begins another stretch; times never run back.
    pub(crate) fn change(&mut self, from: u64, standing: Standing) {
        self.push(Span { from, standing });
        while self.spans.len() > SPANS_MAX {
            self.thin();
        }
    }

    /// Learns afterwards that it slept from `from` to `to`.
    pub(crate) fn sleep(&mut self, from: u64, to: u64) {
        while self.spans.last().is_some_and(|last| last.from >= from) {
            self.spans.pop();
        }
        self.change(from, Standing::Asleep);
        self.change(to, Standing::Down);
    }

    /// Returns the stretches.
    pub(crate) fn all(&self) -> &[Span] {
        &self.spans
    }

    /// Returns below which length stretches were left out, in nanoseconds; 0 if none were.
    pub(crate) const fn grain(&self) -> u64 {
        self.grain
    }

    fn push(&mut self, span: Span) {
        match self.spans.last_mut() {
            Some(last) if last.standing == span.standing => {}
            Some(last) if last.from == span.from => last.standing = span.standing,
            _ => self.spans.push(span),
        }
    }

    /// Gives the shorter half of all stretches to the one before.
    fn thin(&mut self) {
        let lengths = self
            .spans
            .windows(2)
            .map(|pair| pair[1].from - pair[0].from);
        let mut lengths: Vec<u64> = lengths.collect();
        lengths.sort_unstable();
        let grain = lengths[lengths.len() / 2].max(self.grain + 1);
        self.grain = grain;
        let before = std::mem::take(&mut self.spans);
        for (place, span) in before.iter().enumerate() {
            let next = before.get(place + 1);
            let short = next.is_some_and(|next| next.from - span.from < grain);
            if place == 0 || !short {
                self.push(*span);
            }
        }
        if self.spans.len() > SPANS_MAX {
            // All are of one length: every second one goes.
            let mut place = 0;
            self.spans.retain(|_| {
                place += 1;
                place % 2 == 1
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::*;

    #[test]
    fn sleep_is_told_afterwards() {
        let mut spans = Spans::default();
        spans.change(0, Standing::Down);
        spans.change(5, Standing::Session);
        spans.change(9, Standing::Down);
        spans.sleep(9, 60);
        let seen: Vec<(u64, Standing)> = spans
            .all()
            .iter()
            .map(|span| (span.from, span.standing))
            .collect();
        let expected = [
            (0, Standing::Down),
            (5, Standing::Session),
            (9, Standing::Asleep),
            (60, Standing::Down),
        ];
        assert_eq!(seen, expected);
    }

    proptest! {
        #[test]
        fn memory_is_bounded_and_order_is_kept(
            changes in proptest::collection::vec((0_u64..1_000, 0_usize..6), 1..2_000),
        ) {
            let mut spans = Spans::default();
            let mut at = 0;
            for (step, standing) in &changes {
                at += step;
                spans.change(at, Standing::ALL[*standing]);
            }
            assert!(spans.all().len() <= SPANS_MAX);
            assert!(spans.all().windows(2).all(|pair| pair[0].from < pair[1].from));
        }
    }
}
