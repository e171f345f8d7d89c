//! What a person chose to see.
//!
//! Owns choices only; what there is to see is the model's.

use std::time::Instant;

use nodelab_sim::{SimSpan, SimTime};
use ratatui::layout::{Position, Rect};

/// Times that a chart can show.
pub(crate) const ZOOMS: [SimSpan; 9] = [
    SimSpan::from_secs(60),
    SimSpan::from_secs(120),
    SimSpan::from_secs(300),
    SimSpan::from_secs(600),
    SimSpan::from_secs(1_200),
    SimSpan::from_secs(3_600),
    SimSpan::from_secs(4 * 3_600),
    SimSpan::from_secs(12 * 3_600),
    SimSpan::from_secs(48 * 3_600),
];

/// Up to which of [`ZOOMS`] a chart grows by itself with what was seen.
const GROWS_TO: usize = 4;

/// What is shown, and how.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// The page.
    pub(crate) page: Page,
    /// Which node's panels.
    pub(crate) selected: usize,
    /// Which list is at the bottom.
    pub(crate) tab: Tab,
    /// What colours the fleet.
    pub(crate) metric: Metric,
    /// Whether the keys are shown.
    pub(crate) help: bool,
    /// What is being typed, and what for.
    pub(crate) prompt: Option<Prompt>,
    /// The log shows only lines that hold this.
    pub(crate) filter: String,
    /// Lines of the list below the last one shown.
    pub(crate) scroll: usize,
    /// Which of [`ZOOMS`]; `None` grows with what was seen.
    pub(crate) zoom: Option<usize>,
    /// What was said last.
    pub(crate) notice: Option<Notice>,
    /// The list holds only scenarios that hold this.
    pub(crate) sought: String,
    /// Which scenario of the list.
    pub(crate) choice: usize,
    /// Where things were drawn, for the mouse.
    pub(crate) areas: Areas,
}

/// A page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Page {
    /// All nodes at a glance.
    Fleet,
    /// One node in full.
    Node,
    /// The list of scenarios.
    Pick,
}

/// A list at the bottom, in the order of the tabs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Tab {
    /// What happened.
    Log,
    /// What the node printed.
    Console,
    /// Messages at the broker.
    Broker,
}

/// What colours the fleet, in the order in which a key goes through them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Metric {
    /// How each node fares.
    Condition,
    /// By how much its last reading is off.
    Error,
    /// How many readings wait.
    Queue,
}

/// Something that is being typed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Prompt {
    /// What for.
    pub(crate) purpose: Purpose,
    /// The text so far.
    pub(crate) text: String,
}

/// What a prompt is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Purpose {
    /// For the console.
    Console,
    /// A filter of the log.
    Filter,
    /// A file to save to.
    Save,
    /// What the name or the file of a scenario holds.
    Scenario,
    /// A temperature.
    Temperature,
}

/// Something to say to the person.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    /// The words.
    pub(crate) text: String,
    /// Whether something went wrong.
    pub(crate) is_bad: bool,
    /// When it may go; `None` is when something else is said.
    pub(crate) until: Option<Instant>,
}

/// Where things were drawn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Areas {
    /// The bar of time.
    pub(crate) timeline: Rect,
    /// Each tab with its title.
    pub(crate) tabs: Vec<(Tab, Rect)>,
    /// The grid of nodes.
    pub(crate) fleet: Option<Grid>,
    /// The list at the bottom, or of scenarios.
    pub(crate) list: Rect,
}

/// A grid of nodes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Grid {
    /// Where it is.
    pub(crate) area: Rect,
    /// The node in its first corner.
    pub(crate) first: usize,
    /// Width and height of one node.
    pub(crate) tile: (u16, u16),
}

impl Grid {
    /// Returns how many nodes stand in one row, at least one.
    #[must_use]
    pub(crate) fn columns(&self) -> usize {
        usize::from((self.area.width / self.tile.0).max(1))
    }
}

impl Default for View {
    fn default() -> Self {
        Self {
            page: Page::Node,
            selected: 0,
            tab: Tab::Log,
            metric: Metric::Condition,
            help: false,
            prompt: None,
            filter: String::new(),
            scroll: 0,
            zoom: None,
            notice: None,
            sought: String::new(),
            choice: 0,
            areas: Areas::default(),
        }
    }
}

impl View {
    /// Returns which of [`ZOOMS`] the chart has at a moment.
    #[must_use]
    pub(crate) fn zoom_at(&self, now: SimTime) -> usize {
        self.zoom.unwrap_or_else(|| {
            let seen = now.since(SimTime::ZERO);
            let mut grown = 0..GROWS_TO;
            grown.find(|zoom| seen <= ZOOMS[*zoom]).unwrap_or(GROWS_TO)
        })
    }

    /// Returns how much time the chart shows at a moment.
    #[must_use]
    pub(crate) fn window(&self, now: SimTime) -> SimSpan {
        ZOOMS[self.zoom_at(now)]
    }
}

impl Tab {
    /// Every tab, in order.
    pub(crate) const ALL: [Self; 3] = [Self::Log, Self::Console, Self::Broker];

    /// Returns its title.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Broker => "Broker",
            Self::Console => "Console",
            Self::Log => "Log",
        }
    }

    /// Returns the tab after it.
    #[must_use]
    pub(crate) const fn next(self) -> Self {
        match self {
            Self::Log => Self::Console,
            Self::Console => Self::Broker,
            Self::Broker => Self::Log,
        }
    }
}

impl Metric {
    /// Returns it in words.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Condition => "condition",
            Self::Error => "error of the last reading",
            Self::Queue => "queued readings",
        }
    }

    /// Returns the one after it.
    #[must_use]
    pub(crate) const fn next(self) -> Self {
        match self {
            Self::Condition => Self::Error,
            Self::Error => Self::Queue,
            Self::Queue => Self::Condition,
        }
    }
}

impl Areas {
    /// Returns the node that was drawn at a place.
    #[must_use]
    pub(crate) fn node_at(&self, place: Position, nodes: usize) -> Option<usize> {
        let grid = self.fleet?;
        if !grid.area.contains(place) {
            return None;
        }
        let column = usize::from((place.x - grid.area.x) / grid.tile.0);
        let row = usize::from((place.y - grid.area.y) / grid.tile.1);
        let node = grid.first + row * grid.columns() + column;
        (column < grid.columns() && node < nodes).then_some(node)
    }

    /// Returns the scenario of so many that was drawn at a place while one was chosen.
    #[must_use]
    pub(crate) fn choice_at(&self, place: Position, chosen: usize, count: usize) -> Option<usize> {
        if !self.list.contains(place) {
            return None;
        }
        let first = first_shown(chosen, usize::from(self.list.height), count);
        let choice = first + usize::from(place.y - self.list.y);
        (choice < count).then_some(choice)
    }

    /// Returns where a place lies on the bar of time, from 0 to 1.
    #[must_use]
    pub(crate) fn time_at(&self, place: Position) -> Option<f64> {
        if !self.timeline.contains(place) {
            return None;
        }
        let last = self.timeline.width.saturating_sub(1).max(1);
        Some(f64::from(place.x - self.timeline.x) / f64::from(last))
    }
}

/// Returns the first row of a list that is shown, so that the chosen one is among them.
#[must_use]
pub(crate) fn first_shown(chosen: usize, height: usize, count: usize) -> usize {
    chosen
        .saturating_sub(height / 2)
        .min(count.saturating_sub(height))
}
