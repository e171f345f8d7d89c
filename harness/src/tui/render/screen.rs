//! Which panel goes where, and what all of them are drawn with.

use nodelab_sim::SimTime;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Borders, Clear, Paragraph, Widget as _, Wrap};

use super::palette::{Palette, Tone};
use super::{
    broker, codes, connection, console, energy, fleet, help, link, log, pick, queue, status,
    temperature, timeline,
};
use crate::tui::app::Choice;
use crate::tui::driver::Motion;
use crate::tui::model::{Model, NodeView};
use crate::tui::view::{Areas, Page, Tab, View};

/// The smallest screen on which everything has room.
pub const SMALLEST: (u16, u16) = (80, 24);
/// The smallest screen on which all lists are shown beside one another.
const WIDE: (u16, u16) = (110, 34);

/// Everything that is drawn.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) choices: &'a [Choice],
    /// When something was done by hand.
    pub(crate) deeds: &'a [SimTime],
    /// Whether quitting goes back to a list of scenarios.
    pub(crate) has_list: bool,
    pub(crate) is_recording: bool,
    pub(crate) model: &'a Model,
    pub(crate) motion: Motion,
    pub(crate) now: SimTime,
    pub(crate) palette: Palette,
    /// How far winding back has come, if it takes long.
    pub(crate) progress: Option<f64>,
    pub(crate) view: &'a View,
    /// What is done as soon as time goes on, in words.
    pub(crate) waiting: &'a [String],
}

impl Scene<'_> {
    /// Returns the node whose panels are shown.
    pub(super) fn node(&self) -> Option<&NodeView> {
        self.model.nodes.get(self.view.selected)
    }

    /// Returns a frame with a title.
    pub(super) fn frame(&self, title: impl Into<String>) -> Block<'static> {
        let title = Span::styled(
            format!(" {} ", title.into()),
            self.palette.style(Tone::Title),
        );
        Block::new()
            .borders(Borders::ALL)
            .border_type(BorderType::Rounded)
            .border_style(self.palette.style(Tone::Frame))
            .title(Line::from(title))
    }

    /// Draws a frame; returns what is left inside.
    pub(super) fn framed(&self, title: impl Into<String>, area: Rect, buffer: &mut Buffer) -> Rect {
        let block = self.frame(title);
        let inner = block.inner(area);
        block.render(area, buffer);
        inner
    }

    pub(super) fn tone(&self, tone: Tone, text: impl Into<String>) -> Span<'static> {
        Span::styled(text.into(), self.palette.style(tone))
    }
}

/// Draws a scene; returns where things are.
pub(crate) fn draw(scene: &Scene<'_>, frame: &mut Frame<'_>) -> Areas {
    let area = frame.area();
    let buffer = frame.buffer_mut();
    let mut areas = Areas::default();
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        too_small(scene, area, buffer);
        return areas;
    }
    if scene.view.page == Page::Pick {
        pick::draw(scene, area, buffer, &mut areas);
    } else {
        let [head, time, body, state, keys] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(1),
            Constraint::Fill(1),
            Constraint::Length(1),
            Constraint::Length(1),
        ])
        .areas(area);
        timeline::title(scene, head, buffer);
        timeline::draw(scene, time, buffer, &mut areas);
        match scene.view.page {
            Page::Fleet => fleet::draw(scene, body, buffer, &mut areas),
            Page::Node | Page::Pick => node(scene, body, buffer, &mut areas),
        }
        if status::is_long(scene, area.width) {
            status::draw(scene, state.union(keys), buffer);
        } else {
            status::draw(scene, state, buffer);
            status::keys(scene, keys, buffer);
        }
    }
    if scene.view.help {
        help::draw(scene, area, buffer);
    }
    areas
}

/// Draws the panels of one node.
fn node(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer, areas: &mut Areas) {
    if area.width >= WIDE.0 && area.height + 4 >= WIDE.1 {
        wide(scene, area, buffer, areas);
        return;
    }
    let [left, right] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(30)]).areas(area);
    let [chart, code, list] = Layout::vertical([
        Constraint::Fill(3),
        Constraint::Length(3),
        Constraint::Fill(2),
    ])
    .areas(left);
    temperature::draw(scene, chart, buffer);
    codes::draw(scene, code, buffer);
    tabbed(scene, list, buffer, areas);
    let [radio, stream, queued, charge] = Layout::vertical([
        Constraint::Length(6),
        Constraint::Fill(1),
        Constraint::Length(4),
        Constraint::Length(4),
    ])
    .areas(right);
    link::draw(scene, radio, buffer);
    connection::draw(scene, stream, buffer);
    queue::draw(scene, queued, buffer);
    energy::draw(scene, charge, buffer);
}

/// Draws the panels of one node on a large screen, all lists beside one another.
fn wide(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer, areas: &mut Areas) {
    let [upper, lower] = Layout::vertical([Constraint::Fill(3), Constraint::Fill(2)]).areas(area);
    let [left, middle, right] = Layout::horizontal([
        Constraint::Fill(1),
        Constraint::Length(32),
        Constraint::Length(36),
    ])
    .areas(upper);
    let [chart, code] = Layout::vertical([Constraint::Fill(1), Constraint::Length(5)]).areas(left);
    temperature::draw(scene, chart, buffer);
    codes::draw(scene, code, buffer);
    let [radio, queued, charge] = Layout::vertical([
        Constraint::Length(9),
        Constraint::Length(4),
        Constraint::Fill(1),
    ])
    .areas(middle);
    link::draw(scene, radio, buffer);
    queue::draw(scene, queued, buffer);
    energy::draw(scene, charge, buffer);
    connection::draw(scene, right, buffer);
    let [first, second, third] = Layout::horizontal([
        Constraint::Fill(6),
        Constraint::Fill(4),
        Constraint::Fill(5),
    ])
    .areas(lower);
    areas.list = first;
    areas.tabs = vec![
        (Tab::Log, first),
        (Tab::Console, second),
        (Tab::Broker, third),
    ];
    for (tab, area) in &areas.tabs {
        let mark = if *tab == scene.view.tab { "▸ " } else { "" };
        let inner = scene.framed(format!("{mark}{}", list_title(scene, *tab)), *area, buffer);
        list(scene, *tab, inner, buffer);
    }
}

/// Draws the list that was chosen, under the titles of all.
pub(crate) fn tabbed(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer, areas: &mut Areas) {
    let inner = scene.framed("", area, buffer);
    let mut x = area.x + 2;
    for tab in Tab::ALL {
        let title = if tab == scene.view.tab {
            scene.tone(Tone::Focus, format!(" {} ", list_title(scene, tab)))
        } else {
            scene.tone(Tone::Frame, format!(" {} ", tab.as_str()))
        };
        let width = u16::try_from(title.width()).unwrap_or(0);
        if x + width >= area.right() {
            break;
        }
        buffer.set_span(x, area.y, &title, width);
        areas.tabs.push((tab, Rect::new(x, area.y, width, 1)));
        x += width + 1;
    }
    areas.list = inner;
    list(scene, scene.view.tab, inner, buffer);
}

fn list_title(scene: &Scene<'_>, tab: Tab) -> String {
    match tab {
        Tab::Log if !scene.view.filter.is_empty() => format!("Log /{}", scene.view.filter),
        Tab::Console if scene.model.nodes.len() > 1 => format!("Console {}", scene.view.selected),
        Tab::Broker | Tab::Console | Tab::Log => tab.as_str().to_owned(),
    }
}

fn list(scene: &Scene<'_>, tab: Tab, area: Rect, buffer: &mut Buffer) {
    match tab {
        Tab::Broker => broker::draw(scene, area, buffer),
        Tab::Console => console::draw(scene, area, buffer),
        Tab::Log => log::draw(scene, area, buffer),
    }
}

/// Draws the last lines that fit, scrolled up as far as was asked.
pub(crate) fn tail(
    scene: &Scene<'_>,
    tab: Tab,
    lines: Vec<Line<'static>>,
    area: Rect,
    buffer: &mut Buffer,
) {
    let height = usize::from(area.height);
    let scroll = if tab == scene.view.tab {
        scene.view.scroll
    } else {
        0
    };
    let last = lines
        .len()
        .saturating_sub(scroll.min(lines.len().saturating_sub(height)));
    let first = last.saturating_sub(height);
    let shown: Vec<Line<'static>> = lines.into_iter().take(last).skip(first).collect();
    Paragraph::new(shown).render(area, buffer);
    if scroll > 0 && area.width > 12 {
        let mark = scene.tone(Tone::Focus, format!(" ↑{scroll} "));
        let width = u16::try_from(mark.width()).unwrap_or(0);
        buffer.set_span(area.right() - width, area.bottom() - 1, &mark, width);
    }
}

fn too_small(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let (columns, rows) = SMALLEST;
    let text = format!(
        "nodelab needs {columns}×{rows} characters; this terminal has {}×{}.\nMake it larger or \
         its font smaller. q quits.",
        area.width, area.height
    );
    Clear.render(area, buffer);
    Paragraph::new(text)
        .style(scene.palette.style(Tone::Title))
        .wrap(Wrap { trim: true })
        .render(area, buffer);
}
