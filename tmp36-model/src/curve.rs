//! Reading a curve that a data sheet gives as points.

/// Returns the height of the curve at `x`: straight between its points, level beyond its ends.
///
/// The points rise in `x`. A curve without points is zero.
#[must_use]
pub fn interpolate(points: &[(f64, f64)], x: f64) -> f64 {
    let passed = points.partition_point(|(at, _)| *at <= x);
    match (
        passed.checked_sub(1).map(|last| points[last]),
        points.get(passed),
    ) {
        (Some((x0, y0)), Some(&(x1, y1))) => y0 + (y1 - y0) * ((x - x0) / (x1 - x0)),
        (Some((_, y)), None) | (None, Some(&(_, y))) => y,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_are_straight_inside_and_level_outside() {
        let curve = [(0.0, 10.0), (10.0, 20.0), (20.0, 0.0)];
        let cases = [
            (-5.0, 10.0),
            (0.0, 10.0),
            (2.5, 12.5),
            (10.0, 20.0),
            (15.0, 10.0),
            (99.0, 0.0),
        ];
        for (x, y) in cases {
            assert!((interpolate(&curve, x) - y).abs() < 1e-12, "{x}");
        }
        assert!(interpolate(&[], 3.0).abs() < 1e-12);
    }
}
