//! Bars of eight heights, and gauges, as text.

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Returns one bar for each value, from the least to the most of them.
pub(super) fn bars(values: impl DoubleEndedIterator<Item = i64> + Clone) -> String {
    let least = values.clone().min().unwrap_or(0);
    let most = values.clone().max().unwrap_or(0);
    let range = (most - least).max(1);
    values
        .map(|value| {
            let step = (value - least) * 7 / range;
            BARS[usize::try_from(step).unwrap_or(0).min(7)]
        })
        .collect()
}

/// Returns a gauge of so many characters.
pub(super) fn gauge(part: f64, width: usize) -> (String, String) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a part of a width fits it"
    )]
    let filled = (part.clamp(0.0, 1.0) * width as f64).round() as usize;
    ("━".repeat(filled), "─".repeat(width - filled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_is_low_and_the_most_is_high() {
        assert_eq!(bars([3_i64, 10, 3, 6].into_iter()), "▁█▁▄");
    }

    #[test]
    fn a_gauge_is_as_wide_as_it_should_be() {
        let (full, empty) = gauge(0.5, 10);
        assert_eq!((full.chars().count(), empty.chars().count()), (5, 5));
    }
}
