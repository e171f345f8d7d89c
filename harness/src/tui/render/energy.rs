//! Charge and energy, by what they went to.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget as _};

use super::Scene;
use super::palette::Tone;
use super::spark;
use crate::tui::model::Cause;

pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let inner = scene.framed("Energy", area, buffer);
    let Some(node) = scene.node() else { return };
    let total = node.charge_fc();
    if total == 0 {
        let words = match scene.model.header.as_ref().map(|header| header.supply_mv) {
            Some(None) => "no `power` in this scenario",
            Some(Some(_)) | None => "nothing was billed yet",
        };
        Line::from(scene.tone(Tone::Frame, words)).render(inner, buffer);
        return;
    }
    let mut causes: Vec<&Cause> = node.causes.iter().collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.charge_fc));
    let mut lines = vec![sum(scene, total)];
    for cause in causes {
        let share = coulombs(cause.charge_fc) / coulombs(total);
        let room = usize::from(inner.width).saturating_sub(17);
        let (full, empty) = spark::gauge(share, room);
        lines.push(Line::from(vec![
            Span::raw(format!("{:<11}", cause.name)),
            scene.tone(Tone::Truth, full),
            scene.tone(Tone::Frame, empty),
            Span::raw(format!("{:>5.1}%", share * 100.0)),
        ]));
    }
    Paragraph::new(lines).render(inner, buffer);
}

fn sum(scene: &Scene<'_>, total: u128) -> Line<'static> {
    let charge = coulombs(total);
    let supply_mv = scene
        .model
        .header
        .as_ref()
        .and_then(|header| header.supply_mv);
    let energy = supply_mv.map(|supply_mv| charge * f64::from(supply_mv) / 1e3);
    let energy = energy.map_or_else(String::new, |joules| format!(" · {}", scaled(joules, "J")));
    Line::from(scene.tone(Tone::Title, format!("{}{energy}", scaled(charge, "C"))))
}

#[expect(clippy::cast_precision_loss, reason = "a picture shows three digits")]
fn coulombs(charge_fc: u128) -> f64 {
    charge_fc as f64 / 1e15
}

/// Writes a quantity with a prefix that suits it.
fn scaled(value: f64, unit: &str) -> String {
    if value >= 1.0 {
        format!("{value:.2} {unit}")
    } else {
        format!("{:.2} m{unit}", value * 1e3)
    }
}
