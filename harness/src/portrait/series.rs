//! Many values of one quantity, kept as few.
//!
//! Owns how values are thinned out: least, most and last of each stretch of time survive, and
//! memory stays bounded however long a world runs. Does not know what the values mean.

/// Stretches that a series keeps at most.
pub(crate) const BUCKETS_MAX: usize = 600;
/// Length of a stretch at first, in nanoseconds: nothing is joined before it must be.
const WIDTH_FIRST_NS: u64 = 1;

/// The values of one stretch of time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Bucket {
    /// When the first of them was, in nanoseconds.
    pub(crate) from: u64,
    /// When the last of them was, in nanoseconds.
    pub(crate) to: u64,
    /// The least.
    pub(crate) min: i64,
    /// The most.
    pub(crate) max: i64,
    /// The last.
    pub(crate) last: i64,
    /// Their sum.
    pub(crate) sum: i128,
    /// How many.
    pub(crate) count: u64,
}

/// Values in order of time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Series {
    width: u64,
    buckets: Vec<Bucket>,
}

impl Default for Series {
    fn default() -> Self {
        Self {
            width: WIDTH_FIRST_NS,
            buckets: Vec::new(),
        }
    }
}

impl Series {
    /// Adds a value; times never run back.
    pub(crate) fn add(&mut self, at: u64, value: i64) {
        let one = Bucket {
            from: at,
            to: at,
            min: value,
            max: value,
            last: value,
            sum: i128::from(value),
            count: 1,
        };
        push(&mut self.buckets, self.width, one);
        while self.buckets.len() > BUCKETS_MAX {
            self.width = self.width.saturating_mul(2);
            self.thin();
        }
    }

    /// Returns the stretches that hold a value, in order of time.
    pub(crate) fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// Returns true when there is no value.
    pub(crate) const fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// Returns how many values were added.
    pub(crate) fn count(&self) -> u64 {
        self.buckets.iter().map(|bucket| bucket.count).sum()
    }

    /// Returns the least and the most of all values.
    pub(crate) fn extent(&self) -> Option<(i64, i64)> {
        let least = self.buckets.iter().map(|bucket| bucket.min).min()?;
        let most = self.buckets.iter().map(|bucket| bucket.max).max()?;
        Some((least, most))
    }

    /// Returns what happened from `from` until before `to`, as one.
    pub(crate) fn between(&self, from: u64, to: u64) -> Option<Bucket> {
        let inside = self.buckets.iter();
        let inside = inside.filter(|bucket| bucket.from >= from && bucket.from < to);
        inside.copied().reduce(Bucket::with)
    }

    /// Joins what falls into one stretch of the present width.
    fn thin(&mut self) {
        let before = std::mem::take(&mut self.buckets);
        for bucket in before {
            push(&mut self.buckets, self.width, bucket);
        }
    }
}

impl Bucket {
    /// Returns both as one; `later` is the later one.
    fn with(self, later: Self) -> Self {
        Self {
            from: self.from,
            to: later.to,
            min: self.min.min(later.min),
            max: self.max.max(later.max),
            last: later.last,
            sum: self.sum + later.sum,
            count: self.count + later.count,
        }
    }
}

fn push(buckets: &mut Vec<Bucket>, width: u64, one: Bucket) {
    match buckets.last_mut() {
        Some(last) if last.from / width == one.from / width => *last = last.with(one),
        _ => buckets.push(one),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;

    fn series(values: &[(u64, i64)]) -> Series {
        let mut series = Series::default();
        let mut at = 0_u64;
        for (step, value) in values {
            at = at.saturating_add(*step);
            series.add(at, *value);
        }
        series
    }

    #[test]
    fn what_happens_at_one_time_is_one() {
        let series = series(&[(10, 5), (0, 1), (0, 3), (1, 2)]);
        let first = Bucket {
            from: 10,
            to: 10,
            min: 1,
            max: 5,
            last: 3,
            sum: 9,
            count: 3,
        };
        assert_eq!(series.buckets()[0], first);
        assert_eq!(series.buckets().len(), 2);
    }

    #[test]
    fn a_day_of_seconds_leaves_enough_to_draw() {
        let values: Vec<(u64, i64)> = (0..86_400).map(|n| (1_000_000_000, n)).collect();
        let kept = series(&values).buckets().len();
        assert!((BUCKETS_MAX / 2..=BUCKETS_MAX).contains(&kept), "{kept}");
    }

    proptest! {
        // Whatever happens when, extremes, ends, sums and counts survive, in bounded memory.
        #[test]
        fn extremes_survive_and_memory_is_bounded(
            values in proptest::collection::vec((0_u64..20_000_000_000, any::<i64>()), 1..3_000),
        ) {
            let series = series(&values);
            assert!(series.buckets().len() <= BUCKETS_MAX);
            let all = || values.iter().map(|(_, value)| *value);
            let extent = all().min().zip(all().max());
            assert_eq!(series.extent(), extent);
            assert_eq!(series.buckets().last().map(|last| last.last), all().next_back());
            assert_eq!(series.count(), values.len() as u64);
            let sums = series.buckets().iter().map(|bucket| bucket.sum);
            assert_eq!(sums.sum::<i128>(), all().map(i128::from).sum::<i128>());
            let ordered = series.buckets().windows(2).all(|pair| pair[0].to <= pair[1].from);
            assert!(ordered);
        }
    }
}
