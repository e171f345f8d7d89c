//! Where a label goes so that nothing lies on it.
//!
//! Owns boxes and the places that are tried. Does not know what a label says.

use std::fmt::Write as _;

use super::length;

/// Width of a character and height of a line, at the size of labels.
const CHARACTER: (f64, f64) = (6.1, 12.0);
/// Places around a dot, the best first: how far right and down, and whether the text ends there.
const PLACES: [(f64, f64, bool); 14] = [
    (8.0, 4.0, false),
    (-8.0, 4.0, true),
    (8.0, -9.0, false),
    (8.0, 16.0, false),
    (-8.0, -9.0, true),
    (-8.0, 16.0, true),
    (14.0, -22.0, false),
    (14.0, 29.0, false),
    (-14.0, -22.0, true),
    (-14.0, 29.0, true),
    (20.0, -36.0, false),
    (20.0, 43.0, false),
    (-20.0, -36.0, true),
    (-20.0, 43.0, true),
];
/// From here on a line leads from the dot to its label.
const LEADER: f64 = 12.0;

/// What labels stay inside of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// A box that is taken, with where its text begins and what it belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Label {
    frame: Frame,
    baseline: f64,
    dot: (f64, f64),
}

/// Returns the first place around a dot where words lie on nothing that is taken.
pub(super) fn place(words: &str, dot: (f64, f64), within: Frame, taken: &[Label]) -> Option<Label> {
    let width = CHARACTER.0 * length(words);
    let labels = PLACES.iter().map(|(right, down, ends)| {
        let left = if *ends {
            dot.0 + right - width
        } else {
            dot.0 + right
        };
        let baseline = dot.1 + down;
        let frame = Frame {
            left,
            right: left + width,
            top: baseline - CHARACTER.1 + 2.0,
            bottom: baseline + 3.0,
        };
        Label {
            frame,
            baseline,
            dot,
        }
    });
    labels
        .into_iter()
        .find(|label| label.frame.inside(within) && !taken.iter().any(|other| label.hits(other)))
}

impl Frame {
    fn inside(self, other: Self) -> bool {
        other.left <= self.left
            && self.right <= other.right
            && other.top <= self.top
            && self.bottom <= other.bottom
    }
}

impl Label {
    /// Returns what a dot takes up.
    pub(super) const fn dot(x: f64, y: f64) -> Self {
        const RADIUS: f64 = 5.0;
        Self {
            frame: Frame {
                left: x - RADIUS,
                right: x + RADIUS,
                top: y - RADIUS,
                bottom: y + RADIUS,
            },
            baseline: y,
            dot: (x, y),
        }
    }

    /// Returns what an upright line takes up.
    pub(super) const fn line(x: f64, top: f64, bottom: f64) -> Self {
        Self {
            frame: Frame {
                left: x - 2.0,
                right: x + 2.0,
                top,
                bottom,
            },
            baseline: bottom,
            dot: (x, top),
        }
    }

    fn hits(&self, other: &Self) -> bool {
        let (one, two) = (self.frame, other.frame);
        one.left < two.right && two.left < one.right && one.top < two.bottom && two.top < one.bottom
    }

    /// Returns the text, and a line to its dot if it lies further away.
    pub(super) fn svg(&self, words: &str) -> String {
        let Frame { left, right, .. } = self.frame;
        let mut svg = String::new();
        let (x, y) = self.dot;
        let middle = self.baseline - 4.0;
        if (middle - y).abs() > LEADER {
            let end = if left > x { left - 1.0 } else { right + 1.0 };
            writeln!(
                svg,
                "  <line class=\"leader\" x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{end:.1}\" \
                 y2=\"{middle:.1}\"/>"
            )
            .expect("a string takes any text");
        }
        svg + &format!(
            "  <text class=\"label\" x=\"{left:.1}\" y=\"{:.1}\">{words}</text>",
            self.baseline
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAGE: Frame = Frame {
        left: 0.0,
        right: 400.0,
        top: 0.0,
        bottom: 300.0,
    };

    proptest! {
        #[test]
        fn labels_lie_on_no_dot_and_on_no_other_label(
            dots in proptest::collection::vec((0.0..400.0_f64, 0.0..300.0_f64), 1..40),
        ) {
            let mut taken: Vec<Label> = dots.iter().map(|(x, y)| Label::dot(*x, *y)).collect();
            let first = taken.len();
            for dot in dots {
                if let Some(label) = place("1.3 p256", dot, PAGE, &taken) {
                    prop_assert!(label.frame.inside(PAGE));
                    taken.push(label);
                }
            }
            for (index, label) in taken.iter().enumerate().skip(first) {
                prop_assert!(!taken[..index].iter().any(|other| label.hits(other)));
            }
        }
    }
}
