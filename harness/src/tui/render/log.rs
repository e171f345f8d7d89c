//! The log of what happened.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::palette::{Tone, sign};
use super::{Scene, tail};
use crate::telemetry::Moment;
use crate::tui::view::Tab;
use crate::tui::words;

/// Columns in which milliseconds have room.
const ROOMY: u16 = 56;

pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let wanted = usize::from(area.height) + scene.view.scroll;
    let filter = scene.view.filter.to_lowercase();
    let mut lines: Vec<Line<'static>> = scene
        .model
        .log
        .iter()
        .rev()
        .filter(|moment| filter.is_empty() || matches(moment, &filter))
        .take(wanted)
        .map(|moment| line(scene, moment, area.width))
        .collect();
    lines.reverse();
    if lines.is_empty() {
        let words = if filter.is_empty() {
            "nothing yet"
        } else {
            "nothing matches the filter"
        };
        lines.push(Line::from(scene.tone(Tone::Frame, words)));
    }
    tail(scene, Tab::Log, lines, area, buffer);
}

fn matches(moment: &Moment, filter: &str) -> bool {
    let kind = words::classify(&moment.fact).map_or("", |(kind, _)| kind.as_str());
    let node = moment
        .node
        .map_or_else(String::new, |node| format!("node {node}"));
    format!("{kind} {node} {}", words::describe(moment))
        .to_lowercase()
        .contains(filter)
}

fn line(scene: &Scene<'_>, moment: &Moment, width: u16) -> Line<'static> {
    let (kind, mood) = words::classify(&moment.fact).expect("the log holds what is notable");
    let node = match moment.node {
        Some(node) if scene.model.nodes.len() > 1 => format!("{node:>4} "),
        Some(_) | None => String::new(),
    };
    let style = scene.palette.mood(mood);
    let time = if width < ROOMY {
        words::clock(moment.at)
    } else {
        words::clock_ms(moment.at)
    };
    Line::from(vec![
        scene.tone(Tone::Frame, format!("{time} ")),
        scene.tone(Tone::Truth, node),
        Span::styled(format!("{} {:<6} ", sign(mood), kind.as_str()), style),
        Span::styled(words::describe(moment), style),
    ])
}
