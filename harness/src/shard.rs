//! One part of many: which worlds this machine runs.

use std::str::FromStr;

/// Part `index` of `total`, both from 1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Shard {
    index: u32,
    total: u32,
}

/// A build server's variables for the part and the number of parts, and the first part's number:
/// `GitLab` CI, `CircleCI`, Buildkite.
const VARIABLES: [(&str, &str, u32); 3] = [
    ("CI_NODE_INDEX", "CI_NODE_TOTAL", 1),
    ("CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0),
    ("BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0),
];

impl Shard {
    /// Everything.
    pub const WHOLE: Self = Self { index: 1, total: 1 };

    /// Builds a part; `None` unless `1 ≤ index ≤ total`.
    #[must_use]
    pub const fn new(index: u32, total: u32) -> Option<Self> {
        if index >= 1 && index <= total {
            Some(Self { index, total })
        } else {
            None
        }
    }

    /// Returns the part that a build server's variables ask for, with the name of the first.
    #[must_use]
    pub fn from_variables(read: impl Fn(&str) -> Option<String>) -> Option<(Self, &'static str)> {
        VARIABLES
            .iter()
            .find_map(|&(index_name, total_name, first)| {
                let index: u32 = read(index_name)?.parse().ok()?;
                let total: u32 = read(total_name)?.parse().ok()?;
                let shard = Self::new(index.checked_sub(first)?.checked_add(1)?, total)?;
                (total > 1).then_some((shard, index_name))
            })
    }

    /// Returns true when the job at this place, from 0, belongs to the part.
    #[must_use]
    pub const fn holds(self, place: usize) -> bool {
        place % self.total as usize == self.index as usize - 1
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('/');
        let parsed = parts.and_then(|(index, total)| {
            Self::new(index.trim().parse().ok()?, total.trim().parse().ok()?)
        });
        parsed.ok_or_else(|| {
            format!("\"{text}\" is no shard; expected part/parts counted from 1, such as 2/5")
        })
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index, self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_job_belongs_to_exactly_one_shard() {
        for place in 0..100 {
            let owners = (1..=7)
                .filter(|&i| Shard::new(i, 7).unwrap().holds(place))
                .count();
            assert_eq!(owners, 1);
        }
    }

    #[test]
    fn shards_are_counted_from_one() {
        assert_eq!("2/5".parse(), Ok(Shard { index: 2, total: 5 }));
        for wrong in ["0/5", "6/5", "1", "a/b", "", "-1/2", "1/0"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn build_servers_count_differently() {
        let with = |pairs: &'static [(&str, &str)]| {
            Shard::from_variables(|name| {
                pairs
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            })
        };
        let second = Shard::new(2, 4);
        let gitlab = with(&[("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "4")]);
        let circle = with(&[("CIRCLE_NODE_INDEX", "1"), ("CIRCLE_NODE_TOTAL", "4")]);
        assert_eq!(gitlab.map(|(shard, _)| shard), second);
        assert_eq!(circle.map(|(shard, _)| shard), second);
        assert_eq!(
            with(&[("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "1")]),
            None
        );
        assert_eq!(with(&[]), None);
    }
}
