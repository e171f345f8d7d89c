//! The HTML report, for people who look rather than read: one file that needs no network and no
//! script.
//!
//! Owns which worlds are shown with charts and how many. What is shown of a world is collected
//! while it runs, from the stream of events alone; nothing here reads a clock, so that equal
//! runs give equal files.
//!
//! ```text
//! Line ─▶ Portrait ─▶ charts, sequence diagram, log ─┐
//! Diagram ──────────▶ wiring ────────────────────────┼─▶ page
//! Outcome ──────────▶ verdicts, replay commands ─────┘
//! ```

mod charge;
mod chart;
mod claimed;

mod curves;
mod link;

mod page;

mod sequence;

mod svg;

mod wiring;
mod world;

use std::io::{self, Write};

use self::claimed::Ledger;
use self::page::{Badge, Failing, Page, Row, ScenarioPage, Section};

use self::wiring::Plan;
use crate::event::{Reporter, RunEvent, ScenarioInfo, Summary};
use crate::prepare::Prepared;
use crate::verdict::{Outcome, Status};

/// Worlds of a scenario that are listed.
const ROWS_MAX: usize = 200;
/// Failed worlds of a scenario that have charts, beside its first world.
const PORTRAITS_MAX: u64 = 3;
/// Failing scenarios that are told on top.
const FAILING_MAX: usize = 50;
/// Scenarios up to which all are open from the start.
const OPEN_MAX: usize = 3;

/// Writes one page when everything ended.
#[expect(missing_debug_implementations, reason = "a writer has nothing to show")]
pub struct HtmlReport {
    out: Box<dyn Write + Send>,
    /// The wiring of each scenario, drawn, and what it claims; in the order of the run.
    plans: Vec<(ScenarioInfo, String, Ledger)>,
    /// Whether worlds are ended before their time.
    is_cut: bool,
    /// Scenarios with the same name and file count as one only if they follow each other.
    sections: Vec<Section>,
    failing: Vec<Failing>,
    failing_left_out: usize,
    current: Option<Current>,
}

/// The scenario whose worlds are coming in.
struct Current {
    info: ScenarioInfo,
    id: String,
    seen: u64,
    failed: u64,
    status: Status,
    rows: Vec<Row>,
    rows_left_out: u64,
    facts: Vec<(String, String)>,
    portraits: Vec<String>,
    portraits_left_out: u64,
}

impl HtmlReport {
    /// Builds a report on these scenarios that is written to `out` at the end; `is_cut` says
    /// that worlds are ended before their time.
    #[must_use]
    pub fn new(
        out: Box<dyn Write + Send>,
        scenarios: &[(ScenarioInfo, Prepared)],
        is_cut: bool,
    ) -> Self {
        let plans = scenarios
            .iter()
            .enumerate()
            .map(|(place, (info, prepared))| {
                let id = format!("s{}-wiring", place + 1);
                let plan = Plan::of(id, &prepared.diagram, &prepared.wiring);
                (
                    info.clone(),
                    rendered(&plan),
                    Ledger::of(&prepared.scenario),
                )
            });
        Self {
            out,
            plans: plans.collect(),
            is_cut,
            sections: Vec::new(),
            failing: Vec::new(),
            failing_left_out: 0,
            current: None,
        }
    }

    fn add(&mut self, scenario: &ScenarioInfo, outcome: &Outcome) {
        if self
            .current
            .as_ref()
            .is_none_or(|current| current.info != *scenario)
        {
            self.close();
            let place = self.sections.len() + 1;
            self.current = Some(Current::new(scenario.clone(), place));
        }
        let mut plans = self.plans.iter_mut();
        if let Some((_, _, ledger)) = plans.find(|(info, _, _)| info == scenario) {
            ledger.add(outcome);
        }
        let current = self.current.as_mut().expect("it was just opened");
        let is_first_failure = current.failed == 0 && outcome.status != Status::Passed;
        current.add(outcome);
        if is_first_failure {
            if self.failing.len() < FAILING_MAX {
                self.failing.push(Failing {
                    id: current.id.clone(),
                    name: scenario.name.clone(),
                    file: scenario.file.clone(),
                    seed: outcome.seed,
                    more: 0,
                    html: world::failures(scenario, outcome),
                });
            } else {
                self.failing_left_out += 1;
            }
        }
    }

    /// Writes the section of the present scenario, which has no more worlds.
    fn close(&mut self) {
        let Some(current) = self.current.take() else {
            return;
        };
        if let Some(failing) = self.failing.last_mut()
            && failing.id == current.id
        {
            failing.more = current.failed - 1;
        }
        let mut plans = self.plans.iter();
        let plan = plans.find(|(info, _, _)| *info == current.info);
        let wiring = plan.map_or("", |(_, wiring, _)| wiring.as_str());
        let (claims, claims_left_out) =
            plan.map_or((Vec::new(), 0), |(_, _, ledger)| ledger.lines());
        let worlds = page::worlds(&current.info, current.seen, current.failed);
        let page = ScenarioPage {
            id: &current.id,
            name: &current.info.name,
            file: &current.info.file,
            status: Badge(current.status),
            open: current.status != Status::Passed || self.plans.len() <= OPEN_MAX,
            worlds: &worlds,
            wiring,
            claims: &claims,
            claims_left_out,
            is_cut: self.is_cut,
            facts: &current.facts,
            rows: &current.rows,
            rows_left_out: current.rows_left_out,
            portraits: &current.portraits,
            portraits_left_out: current.portraits_left_out,
        };
        let html = rendered(&page);
        self.sections.push(Section {
            id: current.id,
            name: current.info.name,
            status: Badge(current.status),
            worlds,
            html,
        });
    }

    fn write(&mut self, summary: &Summary) -> io::Result<()> {
        self.close();
        let page = Page::new(
            summary,
            &self.failing,
            self.failing_left_out,
            &self.sections,
        );
        let text: String = rendered(&page).chars().map(svg::printable).collect();
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

impl Current {
    fn new(info: ScenarioInfo, place: usize) -> Self {
        Self {
            info,
            id: format!("s{place}"),
            seen: 0,
            failed: 0,
            status: Status::Passed,
            rows: Vec::new(),
            rows_left_out: 0,
            facts: Vec::new(),
            portraits: Vec::new(),
            portraits_left_out: 0,
        }
    }

    fn add(&mut self, outcome: &Outcome) {
        let is_first = self.seen == 0;
        self.seen += 1;
        if outcome.status != Status::Passed {
            self.failed += 1;
            if self.status != Status::Failed {
                self.status = outcome.status;
            }
        }
        if self.rows.len() < ROWS_MAX {
            self.rows.push(page::row(outcome));
        } else {
            self.rows_left_out += 1;
        }
        let Some(portrait) = &outcome.portrait else {
            return;
        };
        if is_first {
            self.facts = world::facts(portrait);
        }
        if is_first || self.failed <= PORTRAITS_MAX {
            let id = format!("{}-w{}", self.id, self.portraits.len() + 1);
            let page = world::page(id, &self.info, outcome, portrait);
            self.portraits.push(rendered(&page));
        } else {
            self.portraits_left_out += 1;
        }
    }
}

impl Reporter for HtmlReport {
    fn on_event(&mut self, event: &RunEvent<'_>) -> io::Result<()> {
        match event {
            RunEvent::Finished { scenario, outcome } => {
                self.add(scenario, outcome);
                Ok(())
            }
            RunEvent::Ended(summary) => self.write(summary),
        }
    }
}

fn rendered(template: &impl askama::Template) -> String {
    template.render().expect("a string takes any text")
}
