//! The overlay of keys, made from the table that input is read by.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Flex, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph, Widget as _};

use super::Scene;
use super::palette::Tone;
use crate::tui::keys::{GROUPS, Group};

/// Characters of one column.
const COLUMN: u16 = 37;

pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let columns = [[&GROUPS[0], &GROUPS[2]], [&GROUPS[1], &GROUPS[3]]];
    let lines = columns.map(|groups| groups.map(|group| of(scene, group)).concat());
    let height = lines.iter().map(Vec::len).max().unwrap_or(0);
    let height = u16::try_from(height).unwrap_or(u16::MAX).saturating_add(2);
    let [area] = Layout::vertical([Constraint::Length(height.min(area.height))])
        .flex(Flex::Center)
        .areas(area);
    let [area] = Layout::horizontal([Constraint::Length(2 * COLUMN + 3)])
        .flex(Flex::Center)
        .areas(area);
    Clear.render(area, buffer);
    let inner = scene.framed("Keys · ? closes", area, buffer);
    let places: [Rect; 2] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(inner);
    for (lines, place) in lines.into_iter().zip(places) {
        Paragraph::new(lines).render(place, buffer);
    }
}

fn of(scene: &Scene<'_>, group: &Group) -> Vec<Line<'static>> {
    let title = Line::from(scene.tone(Tone::Truth, format!(" {}", group.title)));
    let named = group
        .bindings
        .iter()
        .filter(|binding| !binding.label.is_empty());
    let rows = named.map(|binding| {
        Line::from(vec![
            scene.tone(Tone::Title, format!(" {:>6}  ", binding.label)),
            Span::raw(binding.help),
        ])
    });
    std::iter::once(title).chain(rows).collect()
}
