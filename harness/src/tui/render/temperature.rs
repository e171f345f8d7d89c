//! The chart of temperatures: what is true, what is sensed, what is reported, and the band in
//! which a report is right.

use nodelab_sim::SimTime;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::symbols::Marker;
use ratatui::text::Line;
use ratatui::widgets::{Axis, Chart, Dataset, GraphType, Paragraph, Widget as _};

use super::Scene;
use super::palette::Tone;
use crate::tui::model::{NodeView, Sample};
use crate::tui::words;

/// Columns in which units have room.
const ROOMY: u16 = 60;
/// A chart is never flatter than this.
const RANGE_MIN: f64 = 2.0;

/// Points of the chart, seconds and degrees.
struct Points {
    above: Vec<(f64, f64)>,
    below: Vec<(f64, f64)>,
    reported: Vec<(f64, f64)>,
    sensed: Vec<(f64, f64)>,
    truth: Vec<(f64, f64)>,
}

pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let band_mc = scene.model.header.as_ref();
    let band_mc = band_mc.map_or(0, |header| header.error_band_mc);
    let verdict = scene
        .node()
        .and_then(|node| verdict(scene, node, band_mc, area.width));
    let block = scene
        .frame("Temperature")
        .title(verdict.unwrap_or_default().right_aligned());
    let inner = block.inner(area);
    block.render(area, buffer);
    let Some(node) = scene.node() else { return };
    let [legend, chart] =
        Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(inner);
    Paragraph::new(readouts(scene, node, band_mc, legend.width)).render(legend, buffer);
    let (from, to) = window(scene);
    let points = points(node, (from, to), band_mc, usize::from(chart.width) * 2);
    if points.truth.is_empty() {
        let words = "nothing was measured in this time yet";
        Line::from(scene.tone(Tone::Frame, words))
            .centered()
            .render(middle(chart), buffer);
        return;
    }
    plot(scene, &points, (from, to), chart, buffer);
}

/// Returns the row in the middle.
fn middle(area: Rect) -> Rect {
    Rect::new(
        area.x,
        area.y + area.height / 2,
        area.width,
        area.height.min(1),
    )
}

/// Returns the time that is shown, in seconds.
fn window(scene: &Scene<'_>) -> (f64, f64) {
    let length = scene.view.window(scene.now).as_secs_f64();
    let now = scene.now.as_secs_f64();
    if now < length {
        (0.0, length)
    } else {
        (now - length, now)
    }
}

fn readouts(scene: &Scene<'_>, node: &NodeView, band_mc: i32, width: u16) -> Line<'static> {
    let degrees = |milli: i32| {
        if width < ROOMY {
            format!("{:.1}", f64::from(milli) / 1e3)
        } else {
            words::celsius(milli)
        }
    };
    let mut spans = Vec::new();
    if let Some(sample) = node.samples.last() {
        let truth = format!("━ true {}  ", degrees(sample.truth_mc));
        spans.push(scene.tone(Tone::Truth, truth));
        let sensed = format!("┄ sensed {}  ", degrees(sample.sensed_mc));
        spans.push(scene.tone(Tone::Sensed, sensed));
    }
    if let Some(reported) = node.reported.last() {
        let words = format!("• node {}  ", degrees(reported.value_mc));
        spans.push(scene.tone(Tone::Reported, words));
    }
    if !spans.is_empty() {
        spans.push(scene.tone(Tone::Frame, format!("─ ±{}", degrees(band_mc))));
    }
    Line::from(spans)
}

/// Returns by how much the last reading is off, and whether it may be.
fn verdict(scene: &Scene<'_>, node: &NodeView, band_mc: i32, width: u16) -> Option<Line<'static>> {
    let error = node.error_mc()?;
    let header = scene.model.header.as_ref();
    let is_claimed = header.is_some_and(|header| header.error_is_claimed);
    let band = format!("±{:.1}", f64::from(band_mc) / 1e3);
    // What nobody claimed is neither right nor wrong: a data sheet speaks of the sensor alone.
    let (sign, tone, band) = match (is_claimed, error.abs() <= band_mc) {
        (false, _) if width < ROOMY => ("·", Tone::Title, format!("data sheet {band}")),
        (false, _) => ("·", Tone::Title, format!("{band} by the data sheet")),
        (true, true) => ("✓", Tone::Good, format!("{band} allowed")),
        (true, false) => ("✗", Tone::Bad, format!("{band} allowed")),
    };
    let unit = if width < ROOMY { "" } else { " °C" };
    let error = f64::from(error) / 1e3;
    Some(Line::from(vec![
        scene.tone(tone, format!(" {sign} off by {error:+.1}{unit}")),
        scene.tone(Tone::Frame, format!(", {band} ")),
    ]))
}

/// Collects what lies in a window, at most about so many points of each.
fn points(node: &NodeView, (from, to): (f64, f64), band_mc: i32, most: usize) -> Points {
    let is_shown = |at: SimTime| (from..=to).contains(&at.as_secs_f64());
    let degrees = |milli: i32| f64::from(milli) / 1e3;
    let band = degrees(band_mc);
    let samples: Vec<&Sample> = node
        .samples
        .iter()
        .filter(|sample| is_shown(sample.at))
        .collect();
    let stride = samples.len().div_ceil(most.max(1)).max(1);
    let shown = || samples.iter().step_by(stride);
    let truth: Vec<(f64, f64)> = shown()
        .map(|sample| (sample.at.as_secs_f64(), degrees(sample.truth_mc)))
        .collect();
    let reported: Vec<(f64, f64)> = node
        .reported
        .iter()
        .filter(|reported| is_shown(reported.at))
        .map(|reported| (reported.at.as_secs_f64(), degrees(reported.value_mc)))
        .collect();
    let stride = reported.len().div_ceil(most.max(1)).max(1);
    Points {
        above: truth
            .iter()
            .map(|(at, value)| (*at, value + band))
            .collect(),
        below: truth
            .iter()
            .map(|(at, value)| (*at, value - band))
            .collect(),
        reported: reported.into_iter().step_by(stride).collect(),
        sensed: shown()
            .map(|sample| (sample.at.as_secs_f64(), degrees(sample.sensed_mc)))
            .collect(),
        truth,
    }
}

fn plot(
    scene: &Scene<'_>,
    points: &Points,
    (from, to): (f64, f64),
    area: Rect,
    buffer: &mut Buffer,
) {
    let all = [&points.above, &points.below, &points.reported];
    let values = all.into_iter().flatten().map(|(_, value)| *value);
    let least = values.clone().fold(f64::INFINITY, f64::min);
    let most = values.fold(f64::NEG_INFINITY, f64::max);
    let slack = ((RANGE_MIN - (most - least)) / 2.0).max(0.1);
    let (least, most) = (least - slack, most + slack);
    let line = |data, tone| {
        Dataset::default()
            .data(data)
            .marker(Marker::Braille)
            .graph_type(GraphType::Line)
            .style(scene.palette.style(tone))
    };
    let reported = Dataset::default()
        .data(&points.reported)
        .marker(Marker::Dot)
        .graph_type(GraphType::Scatter)
        .style(scene.palette.style(Tone::Reported));
    let frame = scene.palette.style(Tone::Frame);
    let time = |at: f64| {
        let ns = std::time::Duration::from_secs_f64(at.max(0.0)).as_nanos();
        words::clock(SimTime::from_nanos(u64::try_from(ns).unwrap_or(u64::MAX)))
    };
    let degrees = |value: f64| format!("{value:>5.1}");
    Chart::new(vec![
        line(&points.above, Tone::Frame),
        line(&points.below, Tone::Frame),
        line(&points.sensed, Tone::Sensed),
        line(&points.truth, Tone::Truth),
        reported,
    ])
    .legend_position(None)
    .x_axis(Axis::default().style(frame).bounds([from, to]).labels([
        time(from),
        time(f64::midpoint(from, to)),
        time(to),
    ]))
    .y_axis(Axis::default().style(frame).bounds([least, most]).labels([
        degrees(least),
        degrees(f64::midpoint(least, most)),
        degrees(most),
    ]))
    .render(area, buffer);
}
