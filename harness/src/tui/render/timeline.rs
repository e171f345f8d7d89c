//! The title, and the bar of time.

use nodelab_sim::SimTime;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget as _};

use super::Scene;
use super::palette::Tone;
use crate::telemetry::Verdict;
use crate::tui::driver::Motion;
use crate::tui::view::Areas;
use crate::tui::words;

/// Draws what is run.
pub(super) fn title(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let Some(header) = &scene.model.header else {
        Line::from(scene.tone(Tone::Title, " nodelab  …")).render(area, buffer);
        return;
    };
    let nodes = match header.nodes {
        1 => String::new(),
        many => format!("node {} of {many} · ", scene.view.selected),
    };
    let source = if scene.is_recording {
        "recording · "
    } else {
        ""
    };
    let right = format!("{source}{nodes}{} · seed {} ", header.board, header.seed);
    let width = usize::from(area.width).saturating_sub(right.chars().count() + 11);
    let name: String = if header.name.chars().count() > width {
        let kept = header.name.chars().take(width.saturating_sub(1));
        kept.chain(['…']).collect()
    } else {
        header.name.clone()
    };
    let left = Line::from(vec![
        scene.tone(Tone::Focus, " nodelab "),
        Span::raw(" "),
        scene.tone(Tone::Title, name),
    ]);
    Paragraph::new(left).render(area, buffer);
    let right = Line::from(scene.tone(Tone::Frame, right)).right_aligned();
    let room = area
        .width
        .saturating_sub(u16::try_from(width + 11).unwrap_or(area.width));
    let place = Rect::new(area.right() - room, area.y, room, 1);
    right.render(place, buffer);
}

/// Draws how time passes, and where in the run it is.
pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer, areas: &mut Areas) {
    let (sign, tone) = match (&scene.model.ended, scene.motion) {
        (Some(ended), _) => match ended.status {
            Verdict::Passed => ("✓ passed ".to_owned(), Tone::Good),
            Verdict::Failed => ("✗ failed ".to_owned(), Tone::Bad),
            Verdict::Timeout => ("✗ timeout".to_owned(), Tone::Bad),
        },
        (None, Motion::Running(pace)) => (format!("▶ {pace:<7}"), Tone::Good),
        (None, Motion::Paused) => ("‖ paused ".to_owned(), Tone::Warn),
        (None, Motion::Jump(_) | Motion::Seek(_)) => ("» seeking".to_owned(), Tone::Warn),
    };
    let over = scene.model.duration();
    let now = words::clock_ms(scene.now);
    let end = words::clock(over);
    let left = vec![
        Span::raw(" "),
        scene.tone(tone, sign),
        Span::raw(" "),
        scene.tone(Tone::Title, format!("{now} ")),
    ];
    let taken = left.iter().map(Span::width).sum::<usize>();
    let taken = u16::try_from(taken).unwrap_or(area.width);
    Paragraph::new(Line::from(left)).render(area, buffer);
    let last = u16::try_from(end.chars().count() + 2).unwrap_or(0);
    let bar = Rect::new(
        area.x + taken,
        area.y,
        area.width.saturating_sub(taken + last),
        1,
    );
    let place = Rect::new(bar.right(), area.y, last, 1);
    Line::from(scene.tone(Tone::Frame, format!(" {end}"))).render(place, buffer);
    areas.timeline = bar;
    marks(scene, bar, buffer);
}

/// Draws the bar with the scenario's faults and what was done by hand.
fn marks(scene: &Scene<'_>, bar: Rect, buffer: &mut Buffer) {
    let end = scene.model.duration().max(SimTime::from_nanos(1));
    let width = u64::from(bar.width.saturating_sub(1).max(1));
    let column = |at: SimTime| {
        let at = u128::from(at.min(end).as_nanos()) * u128::from(width);
        u16::try_from(at / u128::from(end.as_nanos())).unwrap_or(0)
    };
    let now = column(scene.now);
    for x in 0..bar.width {
        let (symbol, tone) = match x {
            _ if x < now => ("━", Tone::Truth),
            _ if x == now => ("╸", Tone::Truth),
            _ => ("─", Tone::Frame),
        };
        buffer.set_string(bar.x + x, bar.y, symbol, scene.palette.style(tone));
    }
    let planned = scene.model.header.iter().flat_map(|header| &header.faults);
    for fault in planned {
        let x = bar.x + column(SimTime::from_nanos(fault.at_ns));
        buffer.set_string(x, bar.y, "▼", scene.palette.style(Tone::Bad));
    }
    for at in scene.deeds {
        let x = bar.x + column(*at);
        buffer.set_string(x, bar.y, "◆", scene.palette.style(Tone::Warn));
    }
}
