//! The link: how the node stands with the access point, and what its radio does.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget as _};

use super::Scene;
use super::palette::Tone;
use super::spark;
use crate::tui::model::{Link, NodeView};
use crate::tui::words;

pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let inner = scene.framed("Link", area, buffer);
    let Some(node) = scene.node() else { return };
    let mut lines = vec![state(scene, node)];
    if scene.model.is_real() {
        lines.extend(radio(scene, node, usize::from(inner.width)));
    } else {
        lines.push(Line::from(
            scene.tone(Tone::Frame, "modelled: no frames to show"),
        ));
    }
    if let Some((attempt, at)) = node.retry
        && at > scene.now
    {
        let wait = words::short_us(at.since(scene.now).as_micros());
        lines.push(Line::from(
            scene.tone(Tone::Warn, format!("try {attempt} failed, next in {wait}")),
        ));
    }
    if let Some((at, why, reason)) = &node.lost_link {
        let ago = words::short_us(scene.now.max(*at).since(*at).as_micros());
        let text = format!("{why}, {ago} ago ({reason})");
        lines.push(Line::from(scene.tone(Tone::Frame, text)));
    }
    Paragraph::new(lines).render(inner, buffer);
}

fn state(scene: &Scene<'_>, node: &NodeView) -> Line<'static> {
    let since = scene.now.max(node.link_since).since(node.link_since);
    let since = words::short_us(since.as_micros());
    let channel = match node.radio.channel {
        Some(channel) => format!(" · ch. {channel}"),
        None => String::new(),
    };
    Line::from(match &node.link {
        _ if !node.is_powered => scene.tone(Tone::Bad, "✗ no power"),
        Link::Down => scene.tone(Tone::Bad, format!("✗ down for {since}")),
        Link::Joining(phase) => scene.tone(Tone::Warn, format!("… {phase}{channel}")),
        Link::Up => scene.tone(Tone::Good, format!("● up for {since}{channel}")),
    })
}

fn radio(scene: &Scene<'_>, node: &NodeView, width: usize) -> Vec<Line<'static>> {
    let radio = &node.radio;
    let Some(rssi) = radio.rssi_dbm else {
        return vec![Line::from(scene.tone(Tone::Frame, "no frame yet"))];
    };
    let strength = format!("{rssi} dBm ");
    let room = width.saturating_sub(strength.chars().count());
    let strengths = radio.strengths.iter().map(|dbm| i64::from(*dbm));
    let skipped = radio.strengths.len().saturating_sub(room);
    let bars = spark::bars(
        strengths
            .collect::<Vec<i64>>()
            .into_iter()
            .skip(skipped)
            .collect::<Vec<i64>>()
            .into_iter(),
    );
    let sent = radio.frames[0] + radio.frames[1];
    let rate = f64::from(radio.rate_kbps) / 1e3;
    let airtime = words::span_us(radio.airtime_ns / 1_000);
    vec![
        Line::from(vec![
            scene.tone(Tone::Title, strength),
            scene.tone(Tone::Truth, bars),
        ]),
        Line::from(format!(
            "{rate} Mb/s · ↻ {} · ✗ {}",
            radio.retries, radio.lost
        )),
        Line::from(format!("frames ↑{} ↓{}", radio.frames[0], radio.frames[1])),
        Line::from(scene.tone(Tone::Frame, format!("{sent} frames, {airtime} on air"))),
    ]
}
