//! The line that says what is wrong, what was done and what is being typed; and the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget as _, Wrap};

use super::Scene;
use super::palette::Tone;
use super::spark;
use crate::telemetry::Verdict;
use crate::tui::view::{Notice, Page, Prompt, Purpose};
use crate::tui::words;

/// Returns whether what is to be said needs the row of the keys too.
pub(super) fn is_long(scene: &Scene<'_>, width: u16) -> bool {
    line(scene).width() > usize::from(width)
}

pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    Paragraph::new(line(scene))
        .wrap(Wrap { trim: false })
        .render(area, buffer);
}

fn line(scene: &Scene<'_>) -> Line<'static> {
    if let Some(progress) = scene.progress {
        let (full, empty) = spark::gauge(progress, 30);
        return Line::from(vec![
            Span::raw(" running the world again up to there "),
            scene.tone(Tone::Truth, full),
            scene.tone(Tone::Frame, empty),
            Span::raw(format!(" {:.0} %", progress * 100.0)),
        ]);
    }
    if let Some(prompt) = &scene.view.prompt {
        // What came of the last line is said until the next one is begun.
        let is_between = prompt.purpose == Purpose::Console && prompt.text.is_empty();
        return match &scene.view.notice {
            Some(notice) if is_between => {
                let mut line = noted(scene, notice);
                line.push_span(scene.tone(Tone::Frame, "  still typing: Esc ends it"));
                line
            }
            Some(_) | None => asked(scene, prompt),
        };
    }
    match &scene.view.notice {
        Some(notice) => noted(scene, notice),
        None => standing(scene),
    }
}

/// Says what was said last, and which faults are active.
fn noted(scene: &Scene<'_>, notice: &Notice) -> Line<'static> {
    let (sign, tone) = if notice.is_bad {
        ("✗", Tone::Bad)
    } else {
        ("›", Tone::Title)
    };
    let mut spans = vec![scene.tone(tone, format!(" {sign} {} ", notice.text))];
    spans.extend(faults(scene));
    Line::from(spans)
}

fn asked(scene: &Scene<'_>, prompt: &Prompt) -> Line<'static> {
    let once = "  Enter does it, Esc leaves it";
    let (question, hint) = match prompt.purpose {
        Purpose::Console => ("type at the console:", "  Enter sends it, Esc ends typing"),
        Purpose::Filter => ("show lines of the log that hold:", once),
        Purpose::Save => ("save to:", once),
        Purpose::Scenario => ("show scenarios that hold:", once),
        Purpose::Temperature => ("hold the air at, in °C:", once),
    };
    Line::from(vec![
        scene.tone(Tone::Title, format!(" {question} ")),
        Span::raw(prompt.text.clone()),
        scene.tone(Tone::Focus, " "),
        scene.tone(Tone::Frame, hint),
    ])
}

/// Says which faults are active, or how the world ended.
fn standing(scene: &Scene<'_>) -> Line<'static> {
    let model = scene.model;
    if let Some(ended) = &model.ended {
        if let Some(failure) = ended.failures.first() {
            let text = format!(
                " ✗ {}: expected {}, saw {}",
                failure.claim, failure.expected, failure.seen
            );
            return Line::from(scene.tone(Tone::Bad, text));
        }
        let tone = if ended.status == Verdict::Passed {
            Tone::Good
        } else {
            Tone::Bad
        };
        let text = format!(" ✓ every claim held · digest {}", ended.digest);
        return Line::from(scene.tone(tone, text));
    }
    if !scene.waiting.is_empty() {
        let text = format!(" ◆ as soon as time goes on: {}", scene.waiting.join(", "));
        let mut spans = vec![scene.tone(Tone::Warn, text)];
        spans.extend(faults(scene));
        return Line::from(spans);
    }
    faults(scene).map_or_else(
        || {
            let (taken, acked, lost) = (model.taken, model.acked, model.lost);
            let way = model.on_their_way();
            let taken = words::counted(taken, "reading taken", "readings taken");
            let text = format!(" {taken}: {acked} acknowledged, {way} on their way, {lost} lost");
            Line::from(scene.tone(Tone::Frame, text))
        },
        Line::from,
    )
}

/// Says which faults are active, if any are.
fn faults(scene: &Scene<'_>) -> Option<Span<'static>> {
    let active = scene.model.faults.iter().map(|active| {
        let since = scene.now.max(active.since).since(active.since);
        let since = words::span_us(since.as_micros());
        format!("⚠ {} for {since}", active.fault)
    });
    let active: Vec<String> = active.collect();
    let said = format!(" {}", active.join("  "));
    (!active.is_empty()).then(|| scene.tone(Tone::Bad, said))
}

/// Draws the keys that matter most where the person is; how to leave is never left out.
pub(super) fn keys(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let own: &[(&str, &str)] = match scene.view.page {
        Page::Fleet => &[
            ("space", "pause"),
            ("1-4", "pace"),
            ("↑↓[]", "select"),
            ("f", "node"),
            ("m", "colour"),
            ("a", "AP"),
            ("b", "broker"),
        ],
        Page::Node | Page::Pick if scene.is_recording => &[
            ("space", "pause"),
            ("1-4", "pace"),
            ("n", "next event"),
            ("←→", "time"),
            ("Tab", "list"),
            ("z", "zoom"),
        ],
        Page::Node | Page::Pick => &[
            ("space", "pause"),
            ("1-4", "pace"),
            ("←→", "time"),
            ("a", "AP"),
            ("b", "broker"),
            ("u", "sensor"),
            ("s", "save"),
            ("+-", "°C"),
        ],
    };
    let last = [
        ("?", "keys"),
        ("q", if scene.has_list { "list" } else { "quit" }),
    ];
    let width = |(key, what): &(&str, &str)| key.chars().count() + what.chars().count() + 2;
    let mut room = usize::from(area.width).saturating_sub(last.iter().map(width).sum());
    let fitting = own.iter().take_while(|key| {
        let fits = width(key) <= room;
        room = room.saturating_sub(width(key));
        fits
    });
    let spans = fitting.chain(&last).flat_map(|(key, what)| {
        [
            scene.tone(Tone::Title, format!(" {key}")),
            scene.tone(Tone::Frame, format!(" {what}")),
        ]
    });
    Paragraph::new(spans.collect::<Line<'_>>()).render(area, buffer);
}
