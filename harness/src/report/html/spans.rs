//! Where a node stands, as stretches of time.
//!
//! Owns how stretches are joined when there are too many. Does not know what events mean.

/// Stretches that are kept at most.
pub(crate) const SPANS_MAX: usize = 1_500;

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
    /// Stretches below this length were given to the one before, in nanoseconds.
    grain: u64,
    /// How often each standing began, in the order of [`Standing::ALL`].
    times: [u64; Standing::COUNT],
    /// Time that each standing gave away, or was given, when stretches were joined.
    given: [i128; Standing::COUNT],
}

impl Standing {
    /// How many there are.
    pub(crate) const COUNT: usize = 6;
    /// All of them, in order.
    pub(crate) const ALL: [Self; Self::COUNT] = [
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
            Self::Joined => "address",
            Self::Session => "session",
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
        if self.spans.is_empty() || self.now() != standing {
            self.times[standing as usize] += 1;
        }
        self.push(Span { from, standing });
        if self.spans.len() > SPANS_MAX {
            self.thin();
        }
    }

    /// Learns afterwards that it slept from `from` to `to`.
    pub(crate) fn sleep(&mut self, from: u64, to: u64) {
        while let Some(last) = self.spans.pop_if(|last| last.from >= from) {
            let times = &mut self.times[last.standing as usize];
            *times = times.saturating_sub(1);
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

    /// Returns how often the node stood there and how long in all, whatever was joined since.
    pub(crate) fn total(&self, standing: Standing, end: u64) -> (u64, u64) {
        let ends = self.spans.iter().skip(1).map(|next| next.from);
        let all = self.spans.iter().zip(ends.chain([end]));
        let mine = all.filter(|(span, _)| span.standing == standing);
        let seen: i128 = mine
            .map(|(span, to)| i128::from(to.saturating_sub(span.from)))
            .sum();
        let whole = seen + self.given[standing as usize];
        let whole = u64::try_from(whole).unwrap_or(0);
        (self.times[standing as usize], whole)
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
        let pairs = self.spans.windows(2);
        let mut lengths: Vec<u64> = pairs.map(|pair| pair[1].from - pair[0].from).collect();
        lengths.sort_unstable();
        let grain = lengths[lengths.len() / 2].max(self.grain + 1);
        self.grain = grain;
        self.join(|_, length| length < grain);
        if self.spans.len() > SPANS_MAX {
            // Most are of one length: every second one goes.
            self.join(|place, _| place % 2 == 1);
        }
    }

    /// Gives stretches to the one before, by place and length; first and last stay.
    fn join(&mut self, goes: impl Fn(usize, u64) -> bool) {
        let before = std::mem::take(&mut self.spans);
        for (place, span) in before.iter().enumerate() {
            let length = before.get(place + 1).map(|next| next.from - span.from);
            match (self.spans.last(), length) {
                (Some(heir), Some(length)) if goes(place, length) => {
                    self.given[span.standing as usize] += i128::from(length);
                    self.given[heir.standing as usize] -= i128::from(length);
                }
                _ => self.push(*span),
            }
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
            changes in proptest::collection::vec((0_u64..1_000, 0_usize..6), 1..4_000),
        ) {
            let mut spans = Spans::default();
            let mut at = 0;
            for (step, standing) in &changes {
                at += step;
                spans.change(at, Standing::ALL[*standing]);
            }
            assert!(spans.all().len() <= SPANS_MAX);
            let times = changes.iter().scan(0, |at, (step, _)| {
                *at += step;
                Some(*at)
            });
            let ends: Vec<u64> = times.chain([at + 7]).collect();
            for standing in Standing::ALL {
                let pairs = ends.windows(2).zip(&changes);
                let mine = pairs.filter(|(_, (_, one))| Standing::ALL[*one] == standing);
                let whole: u64 = mine.map(|(pair, _)| pair[1] - pair[0]).sum();
                assert_eq!(spans.total(standing, at + 7).1, whole, "{standing:?}");
            }
            assert!(spans.all().windows(2).all(|pair| pair[0].from < pair[1].from));
        }
    }
}
