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
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    let count = words::counted(count, "node", "nodes");
    let title = format!("{count} by {}", scene.view.metric.as_str());
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
            let (_, sign, _, tone) = steps(scene)[error_step(scene, node)];
            (sign, tone)
        }
        Metric::Queue => {
            let (_, sign, _, tone) = steps(scene)[queue_step(scene, node)];
            (sign, tone)
        }
    }
}

/// A step of a colouring: which, its sign, its words and its tone.
type Step = (usize, &'static str, String, Tone);

/// Returns the steps of the present colouring, the best first; for conditions there are none.
fn steps(scene: &Scene<'_>) -> Vec<Step> {
    let header = scene.model.header.as_ref();
    let words = match scene.view.metric {
        Metric::Condition => return Vec::new(),
        Metric::Error => {
            let band_mc = header.map_or(0, |header| header.error_band_mc);
            let part = |quarters: i32| f64::from(band_mc) * f64::from(quarters) / 4e3;
            [
                "no reading yet".to_owned(),
                format!("below {:.2} °C", part(1)),
                format!("below {:.2} °C", part(2)),
                format!("below {:.2} °C", part(4)),
                format!("{:.2} °C or more", part(4)),
            ]
        }
        Metric::Queue => {
            let capacity = header.map_or(1, |header| header.queue_capacity);
            let half = capacity.div_ceil(2);
            [
                String::new(),
                "nothing queued".to_owned(),
                format!("fewer than {half} queued"),
                format!("fewer than {capacity} queued"),
                format!("full: {capacity} queued"),
            ]
        }
    };
    let is_claimed = header.is_some_and(|header| header.error_is_claimed);
    let worst = match scene.view.metric {
        // Beyond what nobody claimed nothing is wrong.
        Metric::Error if !is_claimed => Tone::Warn,
        Metric::Condition | Metric::Error | Metric::Queue => Tone::Bad,
    };
    let signs = [
        ("·", Tone::Frame),
        ("░", Tone::Good),
        ("▒", Tone::Good),
        ("▓", Tone::Warn),
        ("█", worst),
    ];
    let steps = signs.into_iter().zip(words).enumerate();
    steps
        .map(|(step, ((sign, tone), words))| (step, sign, words, tone))
        .collect()
}

/// Returns which step of the colouring by error a node is at.
fn error_step(scene: &Scene<'_>, node: &NodeView) -> usize {
    let header = scene.model.header.as_ref();
    let band = header.map_or(1, |header| header.error_band_mc.max(1));
    let quarters = node
        .error_mc()
        .map(|error| i64::from(error).abs() * 4 / i64::from(band));
    match quarters {
        None => 0,
        Some(0) => 1,
        Some(1) => 2,
        Some(2..=3) => 3,
        Some(_) => 4,
    }
}

/// Returns which step of the colouring by queues a node is at.
fn queue_step(scene: &Scene<'_>, node: &NodeView) -> usize {
    let header = scene.model.header.as_ref();
    let capacity = header.map_or(1, |header| header.queue_capacity.max(1));
    match node.queued {
        0 => 1,
        queued if queued >= capacity => 4,
        queued if queued >= capacity.div_ceil(2) => 3,
        _ => 2,
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

/// Draws the signs of the present colouring, how many nodes have each, and where readings are.
fn legend(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let title = match scene.view.metric {
        Metric::Condition => "How they fare",
        Metric::Error => "Error of the last reading",
        Metric::Queue => "Queued readings",
    };
    let inner = scene.framed(title, area, buffer);
    let nodes = &scene.model.nodes;
    let row = |sign: &str, count: usize, words: &str, tone| {
        let tone = if count == 0 { Tone::Frame } else { tone };
        Line::from(scene.tone(tone, format!("{sign} {count:>5} {words}")))
    };
    let count = |is_it: &dyn Fn(&NodeView) -> bool| nodes.iter().filter(|node| is_it(node)).count();
    let publishes = publishes(scene);
    let mut lines: Vec<Line<'static>> = match scene.view.metric {
        Metric::Condition => CONDITIONS
            .iter()
            .rev()
            .map(|(condition, sign, words, tone)| {
                let count = count(&|node| node.condition(publishes) == *condition);
                row(sign, count, words, *tone)
            })
            .collect(),
        metric @ (Metric::Error | Metric::Queue) => steps(scene)
            .into_iter()
            .filter(|(.., words, _)| !words.is_empty())
            .map(|(step, sign, words, tone)| {
                let count = count(&|node| match metric {
                    Metric::Queue => queue_step(scene, node) == step,
                    Metric::Condition | Metric::Error => error_step(scene, node) == step,
                });
                row(sign, count, &words, tone)
            })
            .collect(),
    };
    let model = scene.model;
    let lost = format!("{} lost", model.lost);
    lines.push(Line::from(words::counted(
        model.taken,
        "reading taken",
        "readings taken",
    )));
    lines.push(Line::from(format!("{} acknowledged", model.acked)));
    lines.push(Line::from(format!("{} on their way", model.on_their_way())));
    lines.push(match model.lost {
        0 => Line::from(scene.tone(Tone::Good, format!("✓ {lost}"))),
        _ => Line::from(scene.tone(Tone::Bad, format!("✗ {lost}"))),
    });
    if usize::from(inner.height) > lines.len() {
        lines.insert(lines.len() - 4, Line::default());
    }
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
        Line::from(format!(
            "{}, {}",
            words::counted(node.sessions.into(), "session", "sessions"),
            words::counted(node.boots.into(), "boot", "boots")
        )),
    ];
    Paragraph::new(lines).render(inner, buffer);
}
