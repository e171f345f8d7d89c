//! The page: templates and what they are filled with.
//!
//! Owns structure and order of the page. Does not know how a picture is drawn.

use askama::Template;

use super::chart::Table;
use crate::event::{ScenarioInfo, Summary};
use crate::verdict::{Outcome, Status};

/// Colours, sizes and layout, for screens and paper.
const STYLE: &str = include_str!("../../../templates/report.css");

/// The whole page.
#[derive(Debug, Template)]
#[template(path = "report.html")]
pub(super) struct Page<'a> {
    pub(super) version: &'static str,
    style: &'static str,
    headline: String,
    class: &'static str,
    mark: &'static str,
    bar: Vec<Part>,
    bar_words: String,
    simulated: String,
    failures: &'a [Failing],
    failures_left_out: usize,
    scenarios: &'a [Section],
}

/// Worlds that ended alike.
#[derive(Debug)]
struct Part {
    class: &'static str,
    count: u32,
    words: &'static str,
}

/// A scenario of which a claim did not hold, as it stands on top.
#[derive(Debug)]
pub(super) struct Failing {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) file: String,
    pub(super) seed: u64,
    /// Worlds of it that failed too.
    pub(super) more: u64,
    pub(super) html: String,
}

/// A scenario that is written.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) status: Badge,
    pub(super) worlds: String,
    pub(super) html: String,
}

/// A scenario that is about to be written.
#[derive(Debug, Template)]
#[template(path = "scenario.html")]
pub(super) struct ScenarioPage<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) file: &'a str,
    pub(super) status: Badge,
    pub(super) open: bool,
    pub(super) worlds: &'a str,
    pub(super) wiring: &'a str,
    pub(super) claims: &'a [ClaimLine],
    pub(super) claims_left_out: usize,
    pub(super) is_cut: bool,
    pub(super) facts: &'a [(String, String)],
    pub(super) rows: &'a [Row],
    pub(super) rows_left_out: u64,
    pub(super) portraits: &'a [String],
    pub(super) portraits_left_out: u64,
}

/// A claim in the list of a scenario's claims.
#[derive(Debug)]
pub(super) struct ClaimLine {
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    /// What the mark says, in words.
    pub(super) verdict: &'static str,
    pub(super) words: String,
    /// Where it stands.
    pub(super) line: String,
    /// In which worlds it did not hold, how often and when.
    pub(super) how: String,
}

/// A world in the list of a scenario's worlds.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) seed: u64,
    pub(super) status: Badge,
    pub(super) duration: String,
    pub(super) digest: String,
}

/// The claims of a world that did not hold.
#[derive(Debug, Template)]
#[template(path = "failure.html")]
pub(super) struct FailurePage {
    /// Those that are shown in full.
    pub(super) first: Vec<BrokenPage>,
    /// Those that have a line.
    pub(super) rest: Vec<BrokenPage>,
    pub(super) left_out: usize,
}

/// A claim that did not hold.
#[derive(Debug)]
pub(super) struct BrokenPage {
    pub(super) claim: String,
    pub(super) expected: String,
    pub(super) seen: String,
    /// How often, and when first.
    pub(super) how: String,
    pub(super) place: String,
    pub(super) replay: String,
}

/// A world with its charts.
#[derive(Debug, Template)]
#[template(path = "world.html")]
pub(super) struct WorldPage {
    pub(super) id: String,
    pub(super) seed: u64,
    pub(super) status: Badge,
    pub(super) duration: String,
    pub(super) digest: String,
    pub(super) drawn: Vec<(String, String)>,
    pub(super) failures: String,
    /// Name, value and class of each number that sums it up.
    pub(super) tiles: Vec<(&'static str, String, &'static str)>,
    pub(super) nodes: Vec<NodePage>,
    pub(super) fleet: bool,
    pub(super) fleet_table: Table,
    pub(super) note: String,
    pub(super) faults: Table,
    pub(super) log: Vec<LogLine>,
    pub(super) log_count: usize,
    pub(super) log_left_out: u64,
    pub(super) console: String,
}

/// The pictures of a node.
#[derive(Debug)]
pub(super) struct NodePage {
    pub(super) number: usize,
    pub(super) charts: Vec<String>,
    pub(super) talks: Vec<String>,
}

/// A line of the log.
#[derive(Debug)]
pub(super) struct LogLine {
    pub(super) at: String,
    pub(super) node: String,
    pub(super) class: &'static str,
    pub(super) words: String,
    /// Lines left out before it.
    pub(super) gap: u64,
}

/// A verdict as it is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Badge(pub(super) Status);

impl Badge {
    pub(super) const fn class(self) -> &'static str {
        match self.0 {
            Status::Failed => "failed",
            Status::Passed => "passed",
            Status::Timeout => "timeout",
        }
    }

    pub(super) const fn words(self) -> &'static str {
        match self.0 {
            Status::Failed => "✗ failed",
            Status::Passed => "✓ passed",
            Status::Timeout => "◷ out of time",
        }
    }
}

impl<'a> Page<'a> {
    /// Lays the page out.
    pub(super) fn new(
        summary: &Summary,
        failures: &'a [Failing],
        failures_left_out: usize,
        scenarios: &'a [Section],
    ) -> Self {
        let all = [
            ("passed", summary.passed, "passed"),
            ("failed", summary.failed, "failed"),
            ("timeout", summary.timed_out, "out of time"),
            ("unfinished", summary.unfinished, "not finished"),
        ];
        let bar = all.into_iter().filter(|(_, count, _)| *count > 0);
        let bar: Vec<Part> = bar
            .map(|(class, count, words)| Part {
                class,
                count,
                words,
            })
            .collect();
        let words = bar
            .iter()
            .map(|part| format!("{} {}", part.count, part.words));
        let bar_words = words.collect::<Vec<_>>().join(", ");
        let total: u32 = bar.iter().map(|part| part.count).sum();
        let (class, mark, headline) = headline(summary, total);
        Self {
            version: env!("CARGO_PKG_VERSION"),
            style: STYLE,
            headline,
            class,
            mark,
            bar_words: format!("Of {total} worlds: {bar_words}"),
            bar,
            simulated: summary.virtual_time.to_string(),
            failures,
            failures_left_out,
            scenarios,
        }
    }
}

fn headline(summary: &Summary, total: u32) -> (&'static str, &'static str, String) {
    let of = |count: u32| match total {
        1 => "The only world".to_owned(),
        total => format!("{count} of {total} worlds"),
    };
    if summary.failed > 0 {
        ("failed", "✗", format!("{} failed", of(summary.failed)))
    } else if summary.timed_out > 0 {
        let words = format!("{} ran out of time", of(summary.timed_out));
        ("timeout", "◷", words)
    } else if summary.unfinished > 0 {
        let words = format!("{} did not finish", of(summary.unfinished));
        ("timeout", "◷", words)
    } else {
        ("passed", "✓", "All claims held".to_owned())
    }
}

/// Returns how many worlds there are, in words.
pub(super) fn worlds(info: &ScenarioInfo, seen: u64, failed: u64) -> String {
    let all = if seen == u64::from(info.seeds) {
        match seen {
            1 => "1 world".to_owned(),
            many => format!("{many} worlds"),
        }
    } else {
        format!("{seen} of {} worlds", info.seeds)
    };
    match failed {
        0 => all,
        failed => format!("{all}, {failed} not passed"),
    }
}

/// Returns a world's line in the list.
pub(super) fn row(outcome: &Outcome) -> Row {
    Row {
        seed: outcome.seed,
        status: Badge(outcome.status),
        duration: outcome.virtual_time.to_string(),
        digest: outcome.digest.to_string(),
    }
}
