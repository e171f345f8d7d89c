//! `nodelab live`: checks what was asked for, runs it, and says what became of every reading.

use std::cell::RefCell;
use std::fs;
use std::io::{self, IsTerminal as _};
use std::rc::Rc;

use super::{ColourChoice, TextOrJson, complain, complain_of, print};
use crate::exit::Exit;
use crate::live::{
    Desk, DeskOptions, Ended, Happening, Order, Plan, PlanError, Summary, Watch, run, summary_json,
    summary_text,
};
use crate::report::Target;

/// Arguments of `live`.
#[derive(Clone, Debug)]
pub struct LiveAction {
    /// What to run.
    pub order: Order,
    /// What to report, and where to; at least one.
    pub reports: Vec<LiveReport>,
    /// Whether to show consoles.
    pub serial: bool,
}

/// A summary that was asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LiveReport {
    /// Its format.
    pub format: TextOrJson,
    /// Where it goes.
    pub target: Target,
}

pub(super) fn live(action: &LiveAction) -> Exit {
    let plan = match Plan::new(&action.order) {
        Ok(plan) => plan,
        Err(PlanError::Scenario(complaints)) => {
            complain_of(&complaints.errors, ColourChoice::Auto);
            complain_of(&complaints.warnings, ColourChoice::Auto);
            return Exit::Invalid;
        }
        Err(PlanError::Arguments(errors)) => {
            for error in errors {
                complain(&format!("error: {error}\n"));
            }
            return Exit::Invalid;
        }
    };
    complain_of(&plan.warnings, ColourChoice::Auto);
    for note in &plan.notes {
        complain(&format!("note: {note}\n"));
    }
    let (nodes, broker) = (plan.nodes(), plan.broker());
    let each = if nodes == 1 { "node" } else { "nodes" };
    complain(&format!(
        "{nodes} {each} → {broker} · ^C stops in good order\n"
    ));
    let options = DeskOptions {
        nodes,
        serial: action.serial,
        terminal: io::stderr().is_terminal(),
    };
    let desk = Rc::new(RefCell::new(Screen(Desk::new(
        options,
        io::stdout(),
        io::stderr(),
    ))));
    let summary = run(plan, desk.clone());
    desk.borrow_mut().0.clear();
    match summary {
        Ok(summary) => conclude(action, &summary),
        Err(error) => {
            complain(&format!("error: failed to run: {error}\n"));
            Exit::Bug
        }
    }
}

/// The screen on the standard streams.
struct Screen(Desk<io::Stdout, io::Stderr>);

impl Watch for Screen {
    fn on_event(&mut self, node: u32, what: &Happening<'_>) {
        self.0.on_event(node, what);
    }

    fn on_stopping(&mut self, why: Ended) {
        self.0.on_stopping(why);
    }

    fn on_tick(&mut self, elapsed: std::time::Duration) -> bool {
        self.0.on_tick(elapsed)
    }
}

fn conclude(action: &LiveAction, summary: &Summary) -> Exit {
    let mut exit = if !summary.is_conserved() {
        Exit::Bug
    } else if summary.is_complete() {
        Exit::Passed
    } else {
        Exit::Failed
    };
    for report in &action.reports {
        let text = match report.format {
            TextOrJson::Json => format!("{:#}\n", summary_json(summary)),
            TextOrJson::Text => summary_text(summary),
        };
        let written = match &report.target {
            Target::Stdout => print(&text),
            Target::File(path) => match fs::write(path, text) {
                Ok(()) => Exit::Passed,
                Err(error) => {
                    let path = path.display();
                    complain(&format!("error: failed to write {path}: {error}\n"));
                    Exit::Bug
                }
            },
        };
        if written != Exit::Passed {
            exit = written;
        }
    }
    exit
}
