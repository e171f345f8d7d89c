//! Readings that wait, and what became of the others.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget as _};

use super::Scene;
use super::palette::Tone;
use super::spark;

pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let inner = scene.framed("Queue", area, buffer);
    let (Some(node), Some(header)) = (scene.node(), &scene.model.header) else {
        return;
    };
    let capacity = header.queue_capacity.max(1);
    let words = format!(" {}/{capacity}, once {}", node.queued, node.queued_max);
    let width = usize::from(inner.width).saturating_sub(words.chars().count());
    let (full, empty) = spark::gauge(f64::from(node.queued) / f64::from(capacity), width);
    let tone = match node.queued {
        0..=1 => Tone::Good,
        queued if queued < capacity => Tone::Warn,
        _ => Tone::Bad,
    };
    let lost = match node.lost {
        0 => scene.tone(Tone::Good, "✓ 0 lost"),
        lost => scene.tone(Tone::Bad, format!("✗ {lost} lost")),
    };
    let lines = vec![
        Line::from(vec![
            scene.tone(tone, full),
            scene.tone(Tone::Frame, empty),
            Span::raw(words),
        ]),
        Line::from(vec![
            Span::raw(format!("{}/{} acked, ", node.acked, node.taken)),
            lost,
        ]),
    ];
    Paragraph::new(lines).render(inner, buffer);
}
