//! The messages at the broker.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::palette::Tone;
use super::{Scene, tail};
use crate::tui::model::BrokerMessage;
use crate::tui::view::Tab;
use crate::tui::words;

pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let wanted = usize::from(area.height) + scene.view.scroll;
    let messages = &scene.model.messages;
    let skipped = messages.len().saturating_sub(wanted);
    let mut lines: Vec<Line<'static>> = messages
        .iter()
        .skip(skipped)
        .map(|message| line(scene, message))
        .collect();
    if lines.is_empty() {
        lines.push(Line::from(scene.tone(Tone::Frame, "no message yet")));
    }
    tail(scene, Tab::Broker, lines, area, buffer);
}

fn line(scene: &Scene<'_>, message: &BrokerMessage) -> Line<'static> {
    let (arrow, tone) = if message.is_received {
        ("▶", Tone::Good)
    } else {
        ("◀", Tone::Sensed)
    };
    let mut flags = String::new();
    if message.duplicate {
        flags.push_str(" again");
    }
    if message.retain {
        flags.push_str(" kept");
    }
    let payload: String = message
        .payload
        .chars()
        .map(|character| {
            if character.is_control() {
                '·'
            } else {
                character
            }
        })
        .collect();
    Line::from(vec![
        scene.tone(Tone::Frame, format!("{} ", words::clock(message.at))),
        scene.tone(tone, format!("{arrow} ")),
        Span::raw(format!("{} ", message.topic)),
        scene.tone(Tone::Reported, payload),
        scene.tone(Tone::Frame, flags),
    ])
}
