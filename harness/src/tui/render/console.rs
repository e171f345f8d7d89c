//! What the node printed, and what is being typed at it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::palette::Tone;
use super::{Scene, tail};
use crate::tui::view::{Purpose, Tab};

pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let Some(node) = scene.node() else { return };
    let mut lines: Vec<Line<'static>> = node
        .console
        .iter()
        .map(|line| Line::from(printable(line)))
        .collect();
    let prompt = scene.view.prompt.as_ref();
    match prompt.filter(|prompt| prompt.purpose == Purpose::Console) {
        Some(prompt) => {
            lines.push(Line::from(vec![
                scene.tone(Tone::Focus, format!("> {}▏", prompt.text)),
                scene.tone(Tone::Frame, "  Esc ends typing"),
            ]));
        }
        None if !scene.is_recording => {
            lines.push(Line::from(scene.tone(Tone::Frame, "> i: type here")));
        }
        None => {}
    }
    tail(scene, Tab::Console, lines, area, buffer);
}

/// Returns a line without what would move the cursor.
fn printable(line: &str) -> String {
    line.chars()
        .filter(|character| !character.is_control())
        .collect()
}
