//! All nodes at a glance: a map of heat, and how many fare how.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget as _};

use super::palette::Tone;
use super::{Scene, tabbed};
use crate::tui::model::{Condition, NodeView, Stream};
use crate::tui::view::{Areas, Grid, Metric};
use crate::tui::words;

/// Sizes of one node, the largest first; the first that all nodes fit in is taken.
const TILES: [(u16, u16); 4] = [(10, 3), (6, 2), (2, 1), (1, 1)];
/// How nodes may fare, with a sign of their own each.
const CONDITIONS: [(Condition, &str, &str, Tone); 6] = [
    (Condition::Off, "×", "without power", Tone::Bad),
    (Condition::Unlinked, "○", "without a link", Tone::Bad),
    (Condition::Unconnected, "◐", "without a session", Tone::Warn),
    (Condition::Doubted, "?", "sensor not believed", Tone::Warn),
    (Condition::Waiting, "▪", "readings wait", Tone::Truth),
    (Condition::Well, "■", "all is well", Tone::Good),
];

pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer, areas: &mut Areas) {
    let [upper, lower] = Layout::vertical([Constraint::Fill(3), Constraint::Fill(1)]).areas(area);
    let [map, side] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(30)]).areas(upper);
    let count = scene.model.nodes.len();
    let title = format!("{count} nodes by {}", scene.view.metric.as_str());
    let inner = scene.framed(title, map, buffer);
    let grid = grid(scene, inner);
    areas.fleet = Some(grid);
    tiles(scene, grid, buffer);
    let [counts, one] = Layout::vertical([Constraint::Fill(1), Constraint::Length(7)]).areas(side);
    legend(scene, counts, buffer);
    selected(scene, one, buffer);
    tabbed(scene, lower, buffer, areas);
}

/// Chooses the largest tiles in which all nodes fit; the smallest scroll.
fn grid(scene: &Scene<'_>, area: Rect) -> Grid {
    let nodes = scene.model.nodes.len();
    let room = |(width, height): (u16, u16)| {
        usize::from(area.width / width) * usize::from(area.height / height)
    };
    let fits = TILES.into_iter().find(|tile| room(*tile) >= nodes);
    let tile = fits.unwrap_or((1, 1));
    let grid = Grid {
        area,
        first: 0,
        tile,
    };
    let columns = grid.columns();
    let rows = usize::from(area.height / tile.1).max(1);
    let row = scene.view.selected / columns;
    let last = nodes.div_ceil(columns).saturating_sub(rows);
    let first = row.saturating_sub(rows / 2).min(last);
    Grid {
        first: first * columns,
        ..grid
    }
}

fn tiles(scene: &Scene<'_>, grid: Grid, buffer: &mut Buffer) {
    let columns = grid.columns();
    let rows = usize::from(grid.area.height / grid.tile.1);
    let shown = scene.model.nodes.iter().enumerate();
    for (place, (index, node)) in shown.skip(grid.first).take(columns * rows).enumerate() {
        let column = u16::try_from(place % columns).unwrap_or(0);
        let row = u16::try_from(place / columns).unwrap_or(0);
        let (x, y) = (
            grid.area.x + column * grid.tile.0,
            grid.area.y + row * grid.tile.1,
        );
        tile(scene, (index, node), (x, y), grid.tile, buffer);
    }
}

fn tile(
    scene: &Scene<'_>,
    (index, node): (usize, &NodeView),
    (x, y): (u16, u16),
    (width, height): (u16, u16),
    buffer: &mut Buffer,
) {
    let (sign, tone) = heat(scene, node);
    let mut style = scene.palette.style(tone);
    if index == scene.view.selected {
        style = style.add_modifier(Modifier::REVERSED);
    }
    if width < 4 {
        buffer.set_string(x, y, sign, style);
        return;
    }
    let room = usize::from(width - 1);
    let line = |text: String| {
        format!("{text:<room$}")
            .chars()
            .take(room)
            .collect::<String>()
    };
    let value = node.reported.last();
    let value = value.map_or_else(
        || "–".to_owned(),
        |last| {
            let celsius = f64::from(last.value_mc) / 1e3;
            if width > 8 {
                format!("{celsius:.1} °C")
            } else {
                format!("{celsius:.1}")
            }
        },
    );
    buffer.set_string(x, y, line(format!("{sign} {index}")), style);
    let faint = if index == scene.view.selected {
        style
    } else {
        Style::new()
    };
    buffer.set_string(
        x,
        y + 1,
        line(format!("{}{value}", if width > 8 { "  " } else { "" })),
        faint,
    );
    debug_assert!(height > 1, "only narrow tiles are of one row");
}

/// Returns the sign and the tone of a node by what the fleet is coloured by.
fn heat(scene: &Scene<'_>, node: &NodeView) -> (&'static str, Tone) {
    match scene.view.metric {
        Metric::Condition => {
            let condition = node.condition(publishes(scene));
            let known = CONDITIONS.iter().find(|(one, ..)| *one == condition);
            known.map_or(("■", Tone::Good), |(_, sign, _, tone)| (sign, *tone))
        }
        Metric::Error => {
            let band = scene
                .model
                .header
                .as_ref()
                .map_or(1, |header| header.error_band_mc.max(1));
            match node.error_mc().map(|error| error.abs() * 4 / band) {
                None => ("·", Tone::Frame),
                Some(0) => ("░", Tone::Good),
                Some(1) => ("▒", Tone::Good),
                Some(2..=3) => ("▓", Tone::Warn),
                Some(_) => ("█", Tone::Bad),
            }
        }
        Metric::Queue => {
            let capacity = scene
                .model
                .header
                .as_ref()
                .map_or(1, |header| header.queue_capacity);
            match u32::from(node.queued) * 4 / u32::from(capacity.max(1)) {
                0 if node.queued == 0 => ("░", Tone::Good),
                0 | 1 => ("▒", Tone::Good),
                2 | 3 => ("▓", Tone::Warn),
                _ => ("█", Tone::Bad),
            }
        }
    }
}

/// Returns whether the nodes have anybody to report to, as far as one can see.
fn publishes(scene: &Scene<'_>) -> bool {
    scene
        .model
        .nodes
        .iter()
        .any(|node| node.sessions > 0 || node.stream != Stream::Closed)
        || scene.model.logged > 0 && scene.model.messaged > 0
        || scene.model.is_real()
}

fn legend(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let inner = scene.framed("How they fare", area, buffer);
    let publishes = publishes(scene);
    let mut lines: Vec<Line<'static>> = CONDITIONS
        .iter()
        .rev()
        .map(|(condition, sign, words, tone)| {
            let nodes = &scene.model.nodes;
            let count = nodes
                .iter()
                .filter(|node| node.condition(publishes) == *condition)
                .count();
            let tone = if count == 0 { Tone::Frame } else { *tone };
            Line::from(scene.tone(tone, format!("{sign} {count:>5} {words}")))
        })
        .collect();
    let model = scene.model;
    lines.push(Line::default());
    lines.push(Line::from(format!("{} readings taken", model.taken)));
    lines.push(Line::from(format!("{} acknowledged", model.acked)));
    let lost = format!("{} lost", model.lost);
    lines.push(match model.lost {
        0 => Line::from(scene.tone(Tone::Good, format!("✓ {lost}"))),
        _ => Line::from(scene.tone(Tone::Bad, format!("✗ {lost}"))),
    });
    Paragraph::new(lines).render(inner, buffer);
}

/// Draws the selected node in a few words.
fn selected(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let inner = scene.framed(
        format!("Node {} · f opens", scene.view.selected),
        area,
        buffer,
    );
    let Some(node) = scene.node() else { return };
    let (sign, tone) = heat(scene, node);
    let condition = node.condition(publishes(scene));
    let known = CONDITIONS.iter().find(|(one, ..)| *one == condition);
    let condition = known.map_or("", |(_, _, words, _)| words);
    let reading = node.reported.last();
    let reading = reading.map_or_else(|| "–".to_owned(), |last| words::celsius(last.value_mc));
    let error = node.error_mc();
    let error = error.map_or_else(String::new, |mc| {
        format!(", off by {:+.2}", f64::from(mc) / 1e3)
    });
    let lines = vec![
        Line::from(vec![
            scene.tone(tone, sign),
            Span::raw(format!(" {condition}")),
        ]),
        Line::from(format!("{reading}{error}")),
        Line::from(format!("{} queued, {} lost", node.queued, node.lost)),
        Line::from(format!("{} taken, {} acked", node.taken, node.acked)),
        Line::from(format!("sessions {}, boots {}", node.sessions, node.boots)),
    ];
    Paragraph::new(lines).render(inner, buffer);
}
