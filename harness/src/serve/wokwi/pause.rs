//! Pause points: where a simulation that runs comes to a stop.
//!
//! Owns when a point is reached, and that it is then gone. Does not know what runs.
//!
//! ```text
//! time-absolute  when it is that time                 or at once, if it was before
//! time-relative  when that much has passed since the point was added
//! serial-bytes   right after the last of these bytes, printed after the point was added
//! ```

use nodelab_sim::{SimSpan, SimTime};

/// Points at a time.
pub(super) const POINTS_MAX: usize = 64;
/// Longest text to wait for, in bytes. Worst case: nine times that for each point.
pub(super) const NEEDLE_MAX: usize = 4_096;
/// Longest name of a point, in bytes.
const ID_MAX: usize = 128;

/// What a point waits for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Condition {
    Absolute(SimTime),
    Relative(SimSpan),
    Serial(Vec<u8>),
}

/// A point that was reached.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Hit {
    pub(super) id: String,
    pub(super) condition: Condition,
}

/// All points that are still to come, in the order in which they were added.
#[derive(Clone, Debug, Default)]
pub(super) struct PausePoints(Vec<Point>);

#[derive(Clone, Debug)]
struct Point {
    hit: Hit,
    progress: Progress,
}

#[derive(Clone, Debug)]
enum Progress {
    /// When it will be reached.
    Due(SimTime),
    /// How many bytes were seen of those that are waited for, and where to go on after each if
    /// the next is another (Knuth, Morris, Pratt).
    Seen { count: usize, borders: Vec<usize> },
}

impl PausePoints {
    /// Adds a point; the error says what is wrong with it.
    pub(super) fn add(
        &mut self,
        now: SimTime,
        id: String,
        condition: Condition,
    ) -> Result<(), String> {
        if self.0.len() >= POINTS_MAX {
            return Err(format!("there are {POINTS_MAX} pause points already"));
        }
        if id.len() > ID_MAX {
            return Err(format!("a pause point's id has {ID_MAX} bytes at most"));
        }
        if self.0.iter().any(|point| point.hit.id == id) {
            return Err(format!("there is a pause point {id:?} already"));
        }
        if matches!(&condition, Condition::Serial(bytes) if bytes.len() > NEEDLE_MAX) {
            return Err(format!(
                "a pause point waits for {NEEDLE_MAX} bytes at most"
            ));
        }
        let progress = Progress::new(now, &condition);
        let hit = Hit { id, condition };
        self.0.push(Point { hit, progress });
        Ok(())
    }

    /// Removes a point; returns whether there was one.
    pub(super) fn remove(&mut self, id: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|point| point.hit.id != id);
        self.0.len() < before
    }

    /// Lets all points wait anew, because time begins anew.
    pub(super) fn restart(&mut self) {
        for point in &mut self.0 {
            point.progress = Progress::new(SimTime::ZERO, &point.hit.condition);
        }
    }

    /// Returns when the next point is reached at the latest, if one waits for a time.
    pub(super) fn deadline(&self) -> Option<SimTime> {
        let due = self.0.iter().filter_map(|point| match point.progress {
            Progress::Due(at) => Some(at),
            Progress::Seen { .. } => None,
        });
        due.min()
    }

    /// Returns whether nothing is waited for.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes away the points whose time has come.
    pub(super) fn due(&mut self, now: SimTime) -> Vec<Hit> {
        self.take(|point| matches!(point.progress, Progress::Due(at) if at <= now))
    }

    /// Shows what was printed, up to the first byte after which a point is reached; returns how
    /// many bytes that are, and the points, taken away.
    pub(super) fn print(&mut self, bytes: &[u8]) -> (usize, Vec<Hit>) {
        for (index, byte) in bytes.iter().enumerate() {
            let mut reached = false;
            for point in &mut self.0 {
                reached |= point.see(*byte);
            }
            if reached {
                return (index + 1, self.take(Point::is_complete));
            }
        }
        (bytes.len(), Vec::new())
    }

    fn take(&mut self, is_hit: impl Fn(&Point) -> bool) -> Vec<Hit> {
        let taken = self.0.extract_if(.., |point| is_hit(point));
        taken.map(|point| point.hit).collect()
    }
}

impl Progress {
    fn new(now: SimTime, condition: &Condition) -> Self {
        match condition {
            Condition::Absolute(at) => Self::Due(*at),
            Condition::Relative(span) => Self::Due(now.after(*span)),
            // Nothing was printed as soon as anybody looks.
            Condition::Serial(bytes) if bytes.is_empty() => Self::Due(now),
            Condition::Serial(bytes) => Self::Seen {
                count: 0,
                borders: borders(bytes),
            },
        }
    }
}

impl Point {
    /// Takes a printed byte; returns whether the point is reached.
    fn see(&mut self, byte: u8) -> bool {
        let (Progress::Seen { count, borders }, Condition::Serial(needle)) =
            (&mut self.progress, &self.hit.condition)
        else {
            return false;
        };
        while *count > 0 && needle[*count] != byte {
            *count = borders[*count - 1];
        }
        if needle[*count] == byte {
            *count += 1;
        }
        *count == needle.len()
    }

    fn is_complete(&self) -> bool {
        matches!(
            (&self.progress, &self.hit.condition),
            (Progress::Seen { count, .. }, Condition::Serial(needle)) if *count == needle.len()
        )
    }
}

/// Returns, for each beginning of `needle`, how long the longest shorter beginning is that also
/// ends it.
fn borders(needle: &[u8]) -> Vec<usize> {
    let mut borders = vec![0; needle.len()];
    let mut length = 0;
    for index in 1..needle.len() {
        while length > 0 && needle[index] != needle[length] {
            length = borders[length - 1];
        }
        if needle[index] == needle[length] {
            length += 1;
        }
        borders[index] = length;
    }
    borders
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{Just, Strategy, prop_assert_eq, proptest};
    use proptest::{collection::vec, prop_oneof};

    #[test]
    fn a_text_is_found_where_it_ends_even_across_chunks() {
        let mut points = PausePoints::default();
        add_serial(&mut points, "a", b"25.0");
        assert_eq!(points.print(b"Celsius 2"), (9, Vec::new()));
        let (length, hits) = points.print(b"5.0\r\nmore");
        assert_eq!((length, ids(&hits)), (3, vec!["a"]));
        assert!(points.is_empty());
    }

    #[test]
    fn two_texts_that_end_together_are_found_together_in_their_order() {
        let mut points = PausePoints::default();
        add_serial(&mut points, "long", b"Celsius");
        add_serial(&mut points, "other", b"x");
        add_serial(&mut points, "short", b"us");
        let (length, hits) = points.print(b"Degrees Celsius x");
        assert_eq!((length, ids(&hits)), (15, vec!["long", "short"]));
    }

    #[test]
    fn times_count_from_zero_or_from_when_they_were_added() {
        let mut points = PausePoints::default();
        let second = SimSpan::from_secs(1);
        let relative = Condition::Relative(second.times(2));
        points.add(at(5), "relative".to_owned(), relative).unwrap();
        let absolute = Condition::Absolute(at(6));
        points.add(at(5), "absolute".to_owned(), absolute).unwrap();
        let past = Condition::Absolute(at(1));
        points.add(at(5), "past".to_owned(), past).unwrap();
        assert_eq!(points.deadline(), Some(at(1)));
        assert_eq!(ids(&points.due(at(5))), ["past"]);
        assert_eq!(points.deadline(), Some(at(6)));
        points.restart();
        assert_eq!(points.deadline(), Some(at(2)));
        assert_eq!(ids(&points.due(at(7))), ["relative", "absolute"]);
        assert_eq!(points.deadline(), None);
    }

    #[test]
    fn an_empty_text_is_there_at_once() {
        let mut points = PausePoints::default();
        add_serial(&mut points, "empty", b"");
        assert_eq!(points.deadline(), Some(at(0)));
        assert_eq!(ids(&points.due(at(0))), ["empty"]);
    }

    #[test]
    fn points_are_bounded_and_have_names_of_their_own() {
        let mut points = PausePoints::default();
        for index in 0..POINTS_MAX {
            add_serial(&mut points, &index.to_string(), b"x");
        }
        let mut add = |id: &str, bytes: usize| {
            let condition = Condition::Serial(vec![b'x'; bytes]);
            points.add(at(0), id.to_owned(), condition)
        };
        assert!(add("more", 1).unwrap_err().contains("already"));
        assert!(points.remove("3") && !points.remove("3"));
        let mut add = |id: &str, bytes: usize| {
            let condition = Condition::Serial(vec![b'x'; bytes]);
            points.add(at(0), id.to_owned(), condition)
        };
        assert!(add("4", 1).is_err());
        assert!(add("long", NEEDLE_MAX + 1).is_err());
        assert!(add(&"x".repeat(ID_MAX + 1), 1).is_err());
        assert!(add("more", NEEDLE_MAX).is_ok());
    }

    proptest! {
        // Against a search that is too simple to be wrong, over few letters, so that texts
        // overlap themselves and one another.
        #[test]
        fn every_point_is_reached_at_the_first_end_of_its_text(
            needles in vec(letters(1..6), 1..5),
            chunks in vec(letters(0..9), 0..12),
        ) {
            let mut points = PausePoints::default();
            for (index, needle) in needles.iter().enumerate() {
                add_serial(&mut points, &index.to_string(), needle);
            }
            let mut found = vec![None; needles.len()];
            let mut told = 0;
            for chunk in &chunks {
                let mut rest = &chunk[..];
                while !rest.is_empty() {
                    let (length, hits) = points.print(rest);
                    told += length;
                    rest = &rest[length..];
                    for hit in hits {
                        found[hit.id.parse::<usize>().unwrap()] = Some(told);
                    }
                }
            }
            let whole = chunks.concat();
            let expected: Vec<Option<usize>> = needles
                .iter()
                .map(|needle| {
                    let mut windows = whole.windows(needle.len());
                    Some(windows.position(|window| window == needle)? + needle.len())
                })
                .collect();
            prop_assert_eq!(found, expected);
        }
    }

    fn letters(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
        vec(prop_oneof![Just(b'a'), Just(b'b')], count)
    }

    fn add_serial(points: &mut PausePoints, id: &str, bytes: &[u8]) {
        let condition = Condition::Serial(bytes.to_vec());
        points.add(at(0), id.to_owned(), condition).unwrap();
    }

    fn ids(hits: &[Hit]) -> Vec<&str> {
        hits.iter().map(|hit| hit.id.as_str()).collect()
    }

    fn at(s: u64) -> SimTime {
        SimTime::ZERO.after(SimSpan::from_secs(s))
    }
}
