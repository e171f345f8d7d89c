//! The list of scenarios to choose from.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget as _};

use super::Scene;
use super::palette::Tone;
use crate::tui::view::{Areas, first_shown};

pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer, areas: &mut Areas) {
    let [list, keys] = Layout::vertical([Constraint::Fill(1), Constraint::Length(1)]).areas(area);
    let title = format!("nodelab · {} scenarios", scene.choices.len());
    let inner = scene.framed(title, list, buffer);
    areas.list = inner;
    let height = usize::from(inner.height);
    let chosen = scene.view.choice;
    let first = first_shown(chosen, height, scene.choices.len());
    let rows = scene.choices.iter().enumerate().skip(first).take(height);
    let lines: Vec<Line<'static>> = rows
        .map(|(index, choice)| {
            let (mark, tone) = if index == chosen {
                ("▸ ", Tone::Focus)
            } else {
                ("  ", Tone::Title)
            };
            Line::from(vec![
                scene.tone(tone, format!("{mark}{}", choice.name)),
                Span::raw("  "),
                scene.tone(Tone::Frame, choice.file.clone()),
            ])
        })
        .collect();
    Paragraph::new(lines).render(inner, buffer);
    let hint = " ↑↓ choose   Enter run   q quit";
    Line::from(scene.tone(Tone::Frame, hint)).render(keys, buffer);
}
