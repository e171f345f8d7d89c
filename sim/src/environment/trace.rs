//! Reading a recorded temperature: `seconds,celsius` lines.
//!
//! Owns the text format. Reads no file: whoever calls has the text.

use std::fmt;

use crate::environment::{POINTS_MAX, Points, Profile};
use crate::time::SimTime;
use crate::units::Celsius;

/// Mistakes listed at most; the rest of the text is not read.
pub const ERRORS_MAX: usize = 20;

const HEADER: &str = "seconds,celsius";
/// Absolute zero.
const CELSIUS_MIN: f64 = -273.15;
const CELSIUS_MAX: f64 = 1_000.0;
/// Latest time in a trace, about 31 years.
const SECONDS_MAX: f64 = 1e9;
/// Characters of a wrong text that a message repeats.
const READ_CHARS_MAX: usize = 40;

/// A mistake in a trace, and where it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TraceError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What was read there, shortened.
    pub read: String,
    /// What is wrong with it.
    pub problem: TraceProblem,
}

/// What is wrong with a line of a trace.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TraceProblem {
    /// The text has no point at all.
    Empty,
    /// The line has not exactly two fields.
    Fields,
    /// The time is not later than the one before.
    NotRising,
    /// The first field is not a time.
    Seconds,
    /// The second field is not a temperature.
    Temperature,
    /// There are more than [`POINTS_MAX`] points.
    TooMany,
}

impl Profile {
    /// Reads a trace: lines `seconds,celsius`, straight between them.
    ///
    /// The first line may be the header `seconds,celsius`; empty lines and lines that begin with
    /// `#` are skipped. Times are at least 0 and rise strictly; 100 000 points at most.
    ///
    /// # Examples
    ///
    /// ```
    /// use nodelab_sim::environment::Profile;
    /// assert!(Profile::parse_trace("seconds,celsius\n0,20\n3600,23.5\n").is_ok());
    /// let errors = Profile::parse_trace("0,20\n3600,warm\n").unwrap_err();
    /// assert_eq!(
    ///     errors[0].to_string(),
    ///     "line 2, column 6: read \"warm\", expected a temperature from -273.15 to 1000 °C; \
    ///      write a decimal number, such as 23.5",
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// Every mistake in the order of lines, at most [`ERRORS_MAX`] of them.
    pub fn parse_trace(csv: &str) -> Result<Self, Vec<TraceError>> {
        let mut reader = TraceReader::default();
        let text = csv.strip_prefix('\u{feff}').unwrap_or(csv);
        for (index, line) in text.lines().enumerate() {
            reader.line(index + 1, line);
            if reader.errors.len() >= ERRORS_MAX || reader.points.len() > POINTS_MAX {
                break;
            }
        }
        reader.finish()
    }
}

/// What was read so far.
#[derive(Debug, Default)]
struct TraceReader {
    errors: Vec<TraceError>,
    /// Whether a line that is neither empty nor a comment was seen.
    begun: bool,
    points: Vec<(SimTime, Celsius)>,
}

impl TraceReader {
    fn line(&mut self, line: usize, text: &str) {
        let content = text.trim();
        if content.is_empty() || content.starts_with('#') {
            return;
        }
        let first = !std::mem::replace(&mut self.begun, true);
        if first && is_header(content) {
            return;
        }
        match self.point(text) {
            Ok(point) => self.points.push(point),
            Err((field, problem)) => {
                let read = field.trim().chars().take(READ_CHARS_MAX).collect();
                let column = column_of(text, field);
                self.errors.push(TraceError {
                    line,
                    column,
                    read,
                    problem,
                });
            }
        }
    }

    /// Reads one point, or tells which part of the line is wrong.
    fn point<'a>(&self, text: &'a str) -> Result<(SimTime, Celsius), (&'a str, TraceProblem)> {
        let Some((seconds, celsius)) = text.split_once(',') else {
            return Err((text, TraceProblem::Fields));
        };
        if celsius.contains(',') {
            return Err((text, TraceProblem::Fields));
        }
        let at = time(seconds).ok_or((seconds, TraceProblem::Seconds))?;
        let value = number(celsius, CELSIUS_MIN, CELSIUS_MAX);
        let value = value.ok_or((celsius, TraceProblem::Temperature))?;
        if self.points.last().is_some_and(|(before, _)| at <= *before) {
            return Err((seconds, TraceProblem::NotRising));
        }
        if self.points.len() >= POINTS_MAX {
            return Err((text, TraceProblem::TooMany));
        }
        Ok((at, Celsius(value)))
    }

    fn finish(mut self) -> Result<Profile, Vec<TraceError>> {
        if self.errors.is_empty() {
            let points = Points::new(self.points).ok();
            if let Some(points) = points {
                return Ok(Profile::Trace(points));
            }
            let (problem, read) = (TraceProblem::Empty, String::new());
            self.errors.push(TraceError {
                line: 1,
                column: 1,
                read,
                problem,
            });
        }
        Err(self.errors)
    }
}

fn is_header(content: &str) -> bool {
    let squeezed: String = content.chars().filter(|c| !c.is_whitespace()).collect();
    squeezed.eq_ignore_ascii_case(HEADER)
}

/// Returns the column, from 1, at which the text of `field` begins within `line`.
fn column_of(line: &str, field: &str) -> usize {
    let begin = field.as_ptr().addr() - line.as_ptr().addr();
    let spaces = field.chars().take_while(|c| c.is_whitespace()).count();
    line[..begin].chars().count() + spaces + 1
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be 0 to 1e18 ns, rounded to the nearest"
)]
fn time(field: &str) -> Option<SimTime> {
    let seconds = number(field, 0.0, SECONDS_MAX)?;
    Some(SimTime::from_nanos((seconds * 1e9).round() as u64))
}

fn number(field: &str, low: f64, high: f64) -> Option<f64> {
    let value: f64 = field.trim().parse().ok()?;
    (low..=high).contains(&value).then_some(value)
}

impl TraceError {
    /// Returns what was read, what was expected and what to do, without the place.
    #[must_use]
    pub fn message(&self) -> String {
        let read = &self.read;
        match self.problem {
            TraceProblem::Empty => {
                "read no point, expected lines seconds,celsius; add one, such as 0,22.5".to_owned()
            }
            TraceProblem::Fields => format!(
                "read {read:?}, expected seconds,celsius; write two numbers and one comma, with \
                 a point for decimals"
            ),
            TraceProblem::NotRising => format!(
                "read {read:?}, expected a later time than on the line before; sort the lines by \
                 time and drop doubles"
            ),
            TraceProblem::Seconds => format!(
                "read {read:?}, expected seconds from 0 to {SECONDS_MAX}; count them from the \
                 start of the run"
            ),
            TraceProblem::Temperature => format!(
                "read {read:?}, expected a temperature from {CELSIUS_MIN} to {CELSIUS_MAX} °C; \
                 write a decimal number, such as 23.5"
            ),
            TraceProblem::TooMany => {
                format!("read {read:?}, expected at most {POINTS_MAX} points; keep every n-th line")
            }
        }
    }
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line,
            self.column,
            self.message()
        )
    }
}

impl std::error::Error for TraceError {}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn header_comments_blanks_and_line_ends_are_not_points() {
        let text = "\u{feff}# room\r\nSeconds, Celsius\r\n\r\n0,20\r\n # noon\r\n1.5 , -3.25\r\n";
        let Ok(Profile::Trace(points)) = Profile::parse_trace(text) else {
            panic!("a good trace was refused");
        };
        let expected = [
            (SimTime::ZERO, Celsius(20.0)),
            (SimTime::from_nanos(1_500_000_000), Celsius(-3.25)),
        ];
        assert_eq!(points.as_slice(), expected);
    }

    #[test]
    fn every_mistake_says_where_what_and_what_to_do() {
        let text = "0,20\nseconds,celsius\n1 20\n1,5,20\n-1,20\n2,nan\n3, inf\n4,-300\n0,20\n\
                    1e99,20\n5,é20\n";
        let errors = Profile::parse_trace(text).unwrap_err();
        let list: Vec<String> = errors.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(list.join("\n"));
    }

    #[test]
    fn a_text_without_points_is_refused() {
        for text in ["", "\n\n", "# nothing\nseconds,celsius\n"] {
            let errors = Profile::parse_trace(text).unwrap_err();
            assert_eq!(errors[0].problem, TraceProblem::Empty, "{text:?}");
        }
    }

    #[test]
    fn too_many_points_and_too_many_mistakes_end_the_reading() {
        let long: String = (0..=POINTS_MAX + 5).fold(String::new(), |mut text, s| {
            writeln!(text, "{s},20").expect("a string takes any text");
            text
        });
        let errors = Profile::parse_trace(&long).unwrap_err();
        assert_eq!(errors[0].problem, TraceProblem::TooMany);
        assert_eq!(errors[0].line, POINTS_MAX + 1);
        let errors = Profile::parse_trace(&"wrong\n".repeat(10_000)).unwrap_err();
        assert_eq!(errors.len(), ERRORS_MAX);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*|([0-9.,#eE+\\-\\r\\n é]{0,60})") {
            if let Err(errors) = Profile::parse_trace(&text) {
                prop_assert!((1..=ERRORS_MAX).contains(&errors.len()));
            }
        }

        #[test]
        fn what_was_written_is_read_back(
            rises in prop::collection::vec((1_u32..1_000_000, -40.0_f64..125.0), 1..50),
        ) {
            let mut text = String::new();
            let mut at_ms = 0_u64;
            let mut written = Vec::new();
            for (rise_ms, celsius) in rises {
                at_ms += u64::from(rise_ms);
                writeln!(text, "{}.{:03},{celsius}", at_ms / 1000, at_ms % 1000).unwrap();
                written.push((SimTime::from_nanos(at_ms * 1_000_000), Celsius(celsius)));
            }
            let read = Profile::parse_trace(&text);
            prop_assert_eq!(read, Ok(Profile::Trace(Points::new(written).unwrap())));
        }
    }
}
