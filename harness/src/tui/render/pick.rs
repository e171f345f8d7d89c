//! The list of scenarios to choose from.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget as _};

use super::Scene;
use super::palette::Tone;
use crate::tui::app::{Choice, found};
use crate::tui::view::{Areas, first_shown};

pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer, areas: &mut Areas) {
    let [list, keys] = Layout::vertical([Constraint::Fill(1), Constraint::Length(1)]).areas(area);
    let found = found(scene.choices, &scene.view.sought);
    let chosen = found.iter().position(|index| *index == scene.view.choice);
    let chosen = chosen.unwrap_or(0);
    let place = if found.is_empty() { 0 } else { chosen + 1 };
    let of = match scene.view.sought.as_str() {
        "" => String::new(),
        sought => format!(" that hold `{sought}`, {} in all", scene.choices.len()),
    };
    let title = format!("nodelab · {place}/{} scenarios{of}", found.len());
    let inner = scene.framed(title, list, buffer);
    areas.list = inner;
    let height = usize::from(inner.height);
    let first = first_shown(chosen, height, found.len());
    let rows = found.iter().enumerate().skip(first).take(height);
    let width = usize::from(inner.width);
    let shared = shared_folder(scene.choices);
    let lines: Vec<Line<'static>> = rows
        .map(|(row, index)| {
            let choice = &scene.choices[*index];
            let file = &choice.file[shared..];
            line(scene, (&choice.name, file), row == chosen, width)
        })
        .collect();
    if lines.is_empty() {
        Line::from(scene.tone(Tone::Frame, "no scenario holds that")).render(inner, buffer);
    }
    Paragraph::new(lines).render(inner, buffer);
    let hint = if scene.view.prompt.is_some() {
        let sought = &scene.view.sought;
        format!(" /{sought}▏  ↑↓ choose   Enter run   Esc clears")
    } else {
        " ↑↓ choose   Enter run   / filter   q quit".to_owned()
    };
    Line::from(scene.tone(Tone::Title, hint)).render(keys, buffer);
}

/// Returns a row, in which the name leaves room for the end of the path.
fn line(
    scene: &Scene<'_>,
    (name, file): (&str, &str),
    is_chosen: bool,
    width: usize,
) -> Line<'static> {
    let (mark, tone) = if is_chosen {
        ("▸ ", Tone::Focus)
    } else {
        ("  ", Tone::Title)
    };
    let room = width.saturating_sub(4);
    let path = file.chars().count();
    // A long path keeps two fifths at least, and its end, which tells it from others.
    let kept = name
        .chars()
        .count()
        .min(room.saturating_sub(path.min(room * 2 / 5)));
    let path = path.min(room - kept);
    Line::from(vec![
        scene.tone(tone, format!("{mark}{}", beginning(name, kept))),
        Span::raw("  "),
        scene.tone(Tone::Frame, end(file, path)),
    ])
}

/// Returns how many bytes all files begin with that name the same folders.
fn shared_folder(choices: &[Choice]) -> usize {
    let Some((first, others)) = choices.split_first() else {
        return 0;
    };
    let is_shared = |folder: &&str| others.iter().all(|other| other.file.starts_with(folder));
    let folders = first.file.match_indices('/').rev();
    let mut folders = folders.map(|(at, _)| &first.file[..=at]);
    folders.find(is_shared).map_or(0, str::len)
}

/// Returns so many characters of a text, the first ones.
fn beginning(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept = text.chars().take(most.saturating_sub(1));
    kept.chain(['…']).collect()
}

/// Returns so many characters of a text, the last ones.
fn end(text: &str, most: usize) -> String {
    let all = text.chars().count();
    if all <= most {
        return text.to_owned();
    }
    let kept = text.chars().skip(all - most.saturating_sub(1));
    ['…'].into_iter().chain(kept).collect()
}
