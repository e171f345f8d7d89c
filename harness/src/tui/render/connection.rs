//! The connection: the stream, its TLS handshake as a sequence, and the session.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget as _};

use super::Scene;
use super::palette::Tone;
use crate::tui::model::{Flight, Handshake, HandshakeEnd, NodeView, Stream};
use crate::tui::words;

/// Rows in which a handshake and its result have room.
const ROOMY: u16 = 10;

pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let inner = scene.framed("Connection", area, buffer);
    let Some(node) = scene.node() else { return };
    let mut lines = vec![state(scene, node)];
    // Where there is little room, what happens goes before what came of it last.
    if node.stream != Stream::Handshaking || inner.height >= ROOMY {
        lines.extend(security(scene, node, usize::from(inner.width)));
    }
    if let Some((at, why)) = &node.closed
        && node.stream != Stream::Open
    {
        let at = words::clock(*at);
        lines.push(Line::from(scene.tone(Tone::Bad, format!("✗ {at} {why}"))));
    }
    if let Some(handshake) = &node.handshake {
        let room = usize::from(inner.height).saturating_sub(lines.len());
        lines.extend(sequence(scene, handshake, room, usize::from(inner.width)));
    }
    Paragraph::new(lines).render(inner, buffer);
}

fn state(scene: &Scene<'_>, node: &NodeView) -> Line<'static> {
    let since = scene.now.max(node.stream_since).since(node.stream_since);
    let since = words::short_us(since.as_micros());
    Line::from(match node.stream {
        Stream::Closed => scene.tone(Tone::Bad, "✗ no connection"),
        Stream::Handshaking => scene.tone(Tone::Warn, format!("… TLS shakes hands, {since}")),
        Stream::Secured => scene.tone(Tone::Warn, "… TLS is up, no session yet"),
        Stream::Open => {
            let nth = node.sessions;
            scene.tone(Tone::Good, format!("● session {nth}, open for {since}"))
        }
    })
}

fn security(scene: &Scene<'_>, node: &NodeView, width: usize) -> Vec<Line<'static>> {
    let Some(security) = scene
        .model
        .header
        .as_ref()
        .and_then(|header| header.security.as_ref())
    else {
        return vec![Line::from(
            scene.tone(Tone::Warn, "no TLS: everything is in the clear"),
        )];
    };
    let mut lines = Vec::new();
    match node
        .handshake
        .as_ref()
        .and_then(|handshake| handshake.end.as_ref())
    {
        Some(HandshakeEnd::Connected {
            version,
            suite,
            group,
            resumed,
        }) => {
            let kind = if *resumed { "resumed" } else { "full" };
            lines.push(Line::from(format!("{version} {kind} · {group}")));
            lines.extend(suite_lines(suite, width));
        }
        Some(HandshakeEnd::Failed { side, why }) => {
            lines.push(Line::from(
                scene.tone(Tone::Bad, format!("✗ {side}: {why}")),
            ));
        }
        None => lines.push(Line::from(
            scene.tone(Tone::Frame, security.library.clone()),
        )),
    }
    let mutual = if security.mutual { ", mutual" } else { "" };
    let certificate = format!("{}{mutual}", security.certificate);
    lines.push(Line::from(scene.tone(Tone::Frame, certificate)));
    lines
}

/// Returns a suite in one line, or in two where it is too long: how keys are agreed on, and what
/// they encrypt.
fn suite_lines(suite: &str, width: usize) -> Vec<Line<'static>> {
    let suite = suite.trim_start_matches("TLS_");
    match suite.split_once("_WITH_") {
        Some((agreed, sealed)) if suite.chars().count() > width => {
            vec![Line::from(agreed.to_owned()), Line::from(sealed.to_owned())]
        }
        _ => vec![Line::from(suite.to_owned())],
    }
}

/// Returns the messages that fit, the latest last, with arrows as between two ends.
fn sequence(
    scene: &Scene<'_>,
    handshake: &Handshake,
    room: usize,
    width: usize,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if room > 3 {
        let took = handshake
            .ended
            .max(handshake.started)
            .since(handshake.started);
        let took = match handshake.end {
            Some(_) => format!(" {}", words::span_us(took.as_micros())),
            None => String::new(),
        };
        let head = format!("node ── handshake{took} ── broker");
        lines.push(Line::from(scene.tone(Tone::Frame, head)));
    }
    let rest = room.saturating_sub(lines.len() + usize::from(handshake.alert.is_some()));
    let skipped = handshake.messages.len().saturating_sub(rest);
    lines.extend(
        handshake
            .messages
            .iter()
            .skip(skipped)
            .map(|flight| arrow(scene, flight, handshake, width)),
    );
    if let Some((side, alert)) = &handshake.alert {
        lines.push(Line::from(
            scene.tone(Tone::Bad, format!("✗ {side}: alert {alert}")),
        ));
    }
    lines
}

fn arrow(scene: &Scene<'_>, flight: &Flight, handshake: &Handshake, width: usize) -> Line<'static> {
    let after = flight.at.max(handshake.started).since(handshake.started);
    let after = words::span_us(after.as_micros());
    let (sign, tone) = if flight.from_client {
        ("─▶", Tone::Truth)
    } else {
        ("◀─", Tone::Sensed)
    };
    let shield = if flight.encrypted { "▒" } else { " " };
    let message = format!("{} {}", flight.message, flight.bytes);
    let used = 5 + message.chars().count();
    let gap = width.saturating_sub(used + after.chars().count() + 1);
    Line::from(vec![
        scene.tone(tone, format!("{sign} ")),
        scene.tone(Tone::Frame, format!("{shield} ")),
        Span::raw(message),
        Span::raw(" ".repeat(gap + 1)),
        scene.tone(Tone::Frame, after),
    ])
}
