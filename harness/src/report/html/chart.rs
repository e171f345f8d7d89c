//! The frame of a chart over time: axes, faults behind the curves, legend, and the table that
//! says the same in numbers.
//!
//! Owns scales and where labels stand. Words are text of the page, not of the picture: a picture
//! may be stretched to any width, its words stay readable. Does not know what a curve means.

use askama::Template;
use nodelab_sim::{SimSpan, SimTime};

use super::svg::{Path, line, rect};
use crate::portrait::Series;
use crate::portrait::{FaultSpan, Portrait};

/// Width of every picture in its own units; it is stretched to the page.
pub(super) const WIDTH: f64 = 1_000.0;
/// Rows of a table at most.
pub(super) const ROWS_MAX: u64 = 24;
/// How far labels of faults stay apart, in hundredths of the width.
const LABEL_GAP: f64 = 30.0;
/// Characters of a label that are seen on a wide page.
const LABEL_CHARS_MAX: usize = 40;
/// Faults that have a label at most, and those that stand below.
const LABELS_MAX: usize = 8;

/// A chart with everything around it.
#[derive(Debug, Template)]
#[template(path = "chart.html")]
pub(super) struct Chart {
    pub(super) id: String,
    pub(super) title: String,
    /// What there is to see, in a sentence.
    pub(super) summary: String,
    pub(super) height: u32,
    /// The picture, as SVG.
    pub(super) marks: String,
    pub(super) x: Vec<Tick>,
    pub(super) y: Vec<Tick>,
    /// Names of faults above the picture.
    pub(super) faults: Vec<Tick>,
    /// Faults that found no room there, in words; empty when all did.
    pub(super) footnote: String,
    /// Words beside a curve.
    pub(super) labels: Vec<Tick>,
    pub(super) legend: Vec<Legend>,
    pub(super) table: Table,
}

/// Words at a place along an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    /// Hundredths of the way.
    pub(super) at: String,
    /// `first`, `last` or nothing: words at the ends stay inside.
    pub(super) place: &'static str,
    pub(super) words: String,
}

/// What a mark stands for.
#[derive(Clone, Debug)]
pub(super) struct Legend {
    /// The mark, as SVG of 28 by 12.
    pub(super) swatch: String,
    pub(super) words: String,
}

/// Numbers behind a picture.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

/// What all charts of a world share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stage<'a> {
    pub(super) portrait: &'a Portrait,
    /// Which node is shown.
    pub(super) node: usize,
}

/// How values become places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    step: f64,
    height: f64,
}

impl Stage<'_> {
    /// Returns the length of the world; never zero.
    pub(super) fn end(&self) -> u64 {
        self.portrait.end.max(1)
    }

    /// Returns where charts begin: at zero, or with the first sample where that comes so late
    /// that nothing could be seen.
    pub(super) fn begin(&self) -> u64 {
        let node = self.portrait.nodes.get(self.node);
        let first = node.and_then(|node| node.code.buckets().first());
        let first = first.map_or(0, |bucket| bucket.from);
        if first > self.end() / 2 && first < self.end() {
            first
        } else {
            0
        }
    }

    /// Returns where a moment is.
    #[expect(clippy::cast_precision_loss, reason = "a place in a picture")]
    pub(super) fn x(&self, at: u64) -> f64 {
        let begin = self.begin();
        let whole = (self.end() - begin) as f64;
        WIDTH * (at.saturating_sub(begin) as f64 / whole).min(1.0)
    }

    /// Returns the moment to which a series of samples is drawn: the end of the world, if no
    /// sample is missing before it, and else its last sample.
    pub(super) fn held_until(&self, series: &Series) -> u64 {
        let last = series.buckets().last().map_or(0, |bucket| bucket.to);
        let header = self.portrait.header.as_ref();
        let interval = header.map_or(0, |header| header.interval_us);
        let next = last.saturating_add(interval.saturating_mul(2 * 1_000));
        if next >= self.end() { self.end() } else { last }
    }

    /// Returns the faults that concern the node.
    fn faults(&self) -> impl Iterator<Item = &FaultSpan> {
        let node = u32::try_from(self.node).ok();
        let all = self.portrait.faults.iter();
        all.filter(move |fault| fault.node.is_none() || fault.node == node)
    }

    /// Draws what lies behind the curves.
    pub(super) fn background(&self, scale: Scale) -> String {
        let mut out = String::new();
        for fault in self.faults() {
            let from = self.x(fault.from);
            let to = self.x(fault.to.unwrap_or_else(|| self.end()));
            out += &rect("fault", (from, 0.0), (to - from, scale.height));
            out += &line("fault-edge", (from, 0.0), (from, scale.height));
            if to > from + 2.0 && to < WIDTH {
                out += &line("fault-edge", (to, 0.0), (to, scale.height));
            }
        }
        for value in scale.marks() {
            out += &line("grid", (0.0, scale.y(value)), (WIDTH, scale.y(value)));
        }
        out
    }

    /// Returns the names of faults, as many as find room, and what is said of the others.
    pub(super) fn fault_labels(&self) -> (Vec<Tick>, String) {
        let mut labels: Vec<Tick> = Vec::new();
        let mut notes: Vec<String> = Vec::new();
        let mut unnoted = 0_u64;
        let mut free = 0.0;
        for fault in self.faults() {
            let at = self.x(fault.from) / WIDTH * 100.0;
            // Words stand right of where the fault begins, or left of it where that has no room.
            let (left, place) = if at <= 100.0 - LABEL_GAP {
                (at, "first")
            } else {
                (at - LABEL_GAP, "last")
            };
            let has_room = left >= free && labels.len() < LABELS_MAX;
            let is_whole = fault.fault.chars().count() <= LABEL_CHARS_MAX;
            if has_room {
                labels.push(Tick {
                    place,
                    ..tick(at, fault.fault.clone())
                });
                free = left + LABEL_GAP;
            }
            if has_room && is_whole {
                continue;
            }
            if notes.len() < LABELS_MAX {
                notes.push(noted(fault));
            } else {
                unnoted += 1;
            }
        }
        if unnoted > 0 {
            notes.push(format!("{unnoted} more"));
        }
        let footnote = match notes.as_slice() {
            [] => String::new(),
            notes => format!("Also shaded: {}.", notes.join("; ")),
        };
        (labels, footnote)
    }

    /// Returns the marks of the axis of time.
    pub(super) fn x_ticks(&self) -> Vec<Tick> {
        let begin = self.begin();
        let step = time_step(self.end() - begin);
        let places = begin.div_ceil(step)..=self.end() / step;
        let ticks = places.map(|n| {
            let at = self.x(n * step) / WIDTH * 100.0;
            tick(at, SimSpan::from_nanos(n * step).to_string())
        });
        ticks
            .map(|mut tick| {
                if tick.words == "0 ns" {
                    "0".clone_into(&mut tick.words);
                }
                tick
            })
            .collect()
    }

    /// Returns the stretches of time that rows of a table stand for.
    pub(super) fn rows(&self) -> impl Iterator<Item = (u64, u64)> + use<> {
        let begin = self.begin();
        let whole = self.end() - begin;
        let step = whole.div_ceil(ROWS_MAX).max(1);
        let count = whole.div_ceil(step);
        (0..count).map(move |n| {
            let to = begin + (n + 1) * step;
            let to = if n + 1 == count { u64::MAX } else { to };
            (begin + n * step, to)
        })
    }

    /// Draws a series as a line through its stretches, from least to most in each.
    pub(super) fn curve(&self, series: &Series, y: impl Fn(i64) -> f64) -> Path {
        let mut path = Path::default();
        for bucket in series.buckets() {
            let x = self.x(u64::midpoint(bucket.from, bucket.to));
            path.to(x, y(bucket.min));
            if bucket.max != bucket.min {
                path.to(x, y(bucket.max));
            }
        }
        path
    }

    /// Draws each stretch of a series as a dot, or as two with a thin line between least and most.
    pub(super) fn dots(&self, series: &Series, y: impl Fn(i64) -> f64, class: &str) -> String {
        let (mut dots, mut lines) = (Path::default(), Path::default());
        for bucket in series.buckets() {
            let x = self.x(u64::midpoint(bucket.from, bucket.to));
            dots.dot(x, y(bucket.min));
            if bucket.max != bucket.min {
                dots.dot(x, y(bucket.max));
                lines.jump(x, y(bucket.min));
                lines.to(x, y(bucket.max));
            }
        }
        lines.element(&format!("{class} range")) + &dots.element(class)
    }
}

impl Scale {
    /// Returns a scale that holds everything from `low` to `high`, in steps that people count in.
    pub(super) fn around(low: f64, high: f64, height: u32) -> Self {
        let span = (high - low).max(1e-6);
        Self::stepped(low, high, height, nice_step(span / 4.0))
    }

    /// Returns a scale for what comes in whole numbers.
    pub(super) fn counting(low: f64, high: f64, height: u32) -> Self {
        let step = nice_step((high - low).max(1.0) / 4.0).max(1.0);
        Self::stepped(low, high, height, step)
    }

    fn stepped(low: f64, high: f64, height: u32, step: f64) -> Self {
        let low = (low / step).floor() * step;
        let high = (high / step).ceil() * step;
        Self {
            low,
            high: if high > low { high } else { low + step },
            step,
            height: f64::from(height),
        }
    }

    /// Returns where a value is: its top is 0.
    pub(super) fn y(&self, value: f64) -> f64 {
        self.height * (1.0 - (value - self.low) / (self.high - self.low))
    }

    /// Returns the marks of the axis, each with its value and words.
    pub(super) fn ticks(&self, words: impl Fn(f64) -> String) -> Vec<Tick> {
        let marks = self.marks().into_iter();
        let at = |value: f64| self.y(value) / self.height * 100.0;
        marks.map(|value| tick(at(value), words(value))).collect()
    }

    /// Returns where a value is, or the edge that it lies beyond.
    pub(super) fn inside(&self, value: f64) -> f64 {
        self.y(value).clamp(0.0, self.height)
    }

    /// Returns how many decimals tell the marks apart.
    pub(super) fn decimals(&self) -> usize {
        [0, 1, 2]
            .into_iter()
            .find(|decimals| {
                let scaled = self.step * [1.0, 10.0, 100.0][*decimals];
                (scaled - scaled.round()).abs() < 1e-6
            })
            .unwrap_or(3)
    }

    fn marks(&self) -> Vec<f64> {
        let count = ((self.high - self.low) / self.step).round();
        let mut marks = Vec::new();
        let mut place = 0.0;
        while place <= count && marks.len() < 16 {
            marks.push(self.low + place * self.step);
            place += 1.0;
        }
        marks
    }
}

impl Legend {
    /// Returns an entry for a mark of this class: a line, dots or an area.
    pub(super) fn new(kind: Mark, class: &str, words: impl Into<String>) -> Self {
        let swatch = match kind {
            Mark::Area => rect(class, (0.0, 0.0), (28.0, 12.0)),
            Mark::Dots => {
                let mut path = Path::default();
                for x in [5.0, 14.0, 23.0] {
                    path.dot(x, 6.0);
                }
                path.element(class)
            }
            Mark::Line => line(class, (0.0, 6.0), (28.0, 6.0)),
            Mark::Strokes => {
                let strokes = [5.0, 14.0, 23.0];
                let strokes = strokes.map(|x| line(class, (x, 0.0), (x, 12.0)));
                strokes.concat()
            }
        };
        Self {
            swatch,
            words: words.into(),
        }
    }
}

/// Kinds of marks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mark {
    Area,
    Dots,
    Line,
    Strokes,
}

/// Returns words at a place in hundredths of the way.
pub(super) fn tick(at: f64, words: String) -> Tick {
    Tick {
        at: format!("{at:.2}"),
        place: if at < 4.0 {
            "first"
        } else if at > 92.0 {
            "last"
        } else {
            ""
        },
        words,
    }
}

/// Returns a fault in words: what, when, and for how long.
fn noted(fault: &FaultSpan) -> String {
    let (what, from) = (&fault.fault, SimTime::from_nanos(fault.from));
    match fault.to.map(|to| SimSpan::from_nanos(to - fault.from)) {
        None => format!("{what} from {from} on"),
        Some(SimSpan::ZERO) => format!("{what} at {from}"),
        Some(lasts) => format!("{what} at {from} for {lasts}"),
    }
}

/// Returns 1, 2 or 5 times a power of ten that is no less than `rough`.
fn nice_step(rough: f64) -> f64 {
    let power = libm::pow(10.0, libm::log10(rough).floor());
    let factors = [1.0, 2.0, 5.0, 10.0].into_iter();
    let fitting = factors.map(|factor| factor * power);
    fitting
        .into_iter()
        .find(|step| *step >= rough * 0.999)
        .unwrap_or(power * 10.0)
}

/// Returns the step of an axis of time so that it has at most five.
fn time_step(end: u64) -> u64 {
    const US: u64 = 1_000;
    const MS: u64 = 1_000 * US;
    const S: u64 = 1_000 * MS;
    const MIN: u64 = 60 * S;
    const H: u64 = 60 * MIN;
    let small = [1, 2, 5, 10, 20, 50, 100, 200, 500];
    let short = [US, MS]
        .into_iter()
        .flat_map(|unit| small.map(|n| n * unit));
    let counted = [1, 2, 5, 10, 15, 30];
    let seconds = [S, MIN]
        .into_iter()
        .flat_map(|unit| counted.map(|n| n * unit));
    let hours = [1, 2, 3, 6, 12, 24, 48, 120, 240, 480, 960].map(|n| n * H);
    let mut steps = short.chain(seconds).chain(hours);
    steps
        .find(|step| end / step <= 5)
        .unwrap_or_else(|| end.div_ceil(5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_without_room_for_a_label_are_told_below() {
        let second = 1_000_000_000;
        let fault = |at: u64, what: &str| FaultSpan {
            fault: what.to_owned(),
            node: None,
            from: at * second,
            to: Some((at + 1) * second),
        };
        let portrait = Portrait {
            faults: vec![fault(100, "one"), fault(103, "two"), fault(600, "three")],
            end: 1_000 * second,
            ..Portrait::default()
        };
        let stage = Stage {
            portrait: &portrait,
            node: 0,
        };
        let (labels, footnote) = stage.fault_labels();
        let words: Vec<&str> = labels.iter().map(|label| &*label.words).collect();
        assert_eq!(words, ["one", "three"]);
        assert_eq!(footnote, "Also shaded: two at 00:01:43.000 for 1 s.");
    }

    #[test]
    fn steps_are_those_that_people_count_in() {
        assert_eq!(time_step(86_400_000_000_000), 6 * 3_600_000_000_000);
        assert_eq!(time_step(3_600_000_000_000), 15 * 60_000_000_000);
        assert_eq!(time_step(134_920_000), 50_000_000);
        assert!((nice_step(0.7) - 1.0).abs() < 1e-9);
        assert!((nice_step(3.0) - 5.0).abs() < 1e-9);
    }

    #[test]
    fn a_scale_holds_what_it_was_made_for() {
        let scale = Scale::around(18.3, 26.1, 200);
        assert!(scale.y(26.1) >= 0.0 && scale.y(18.3) <= 200.0);
        let words: Vec<String> = scale
            .ticks(|value| format!("{value:.0}"))
            .into_iter()
            .map(|tick| tick.words)
            .collect();
        assert_eq!(words, ["18", "20", "22", "24", "26", "28"]);
    }

    #[test]
    fn a_value_that_never_changes_has_a_scale() {
        let scale = Scale::around(5.0, 5.0, 100);
        assert!(scale.y(5.0).is_finite());
    }
}
