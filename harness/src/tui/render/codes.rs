//! The converter's codes, all that the node sees.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{RenderDirection, Sparkline, Widget as _};

use super::Scene;
use super::palette::Tone;

/// How far around the codes the bars reach, so that a flat course is not drawn as noise.
const MARGIN: u64 = 4;

pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let Some(node) = scene.node() else {
        scene.framed("ADC codes", area, buffer);
        return;
    };
    let width = usize::from(area.width.saturating_sub(2));
    let codes: Vec<u64> = node
        .samples
        .iter()
        .rev()
        .take(width)
        .map(|sample| u64::from(sample.code))
        .collect();
    let (Some(latest), Some(lowest), Some(highest)) =
        (codes.first(), codes.iter().min(), codes.iter().max())
    else {
        scene.framed("ADC codes", area, buffer);
        return;
    };
    let doubt = match &node.faulted {
        Some(why) => format!(" · ✗ {why}"),
        None => String::new(),
    };
    let title = format!("ADC code {latest} · {lowest} to {highest}{doubt}");
    let inner = scene.framed(title, area, buffer);
    let floor = lowest.saturating_sub(MARGIN);
    Sparkline::default()
        .data(codes.iter().map(|code| code - floor))
        .max(highest + MARGIN - floor)
        .direction(RenderDirection::RightToLeft)
        .style(scene.palette.style(Tone::Sensed))
        .render(inner, buffer);
}
