//! The commands of the TLS lab.

use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use super::{complain, print, processors};
use crate::exit::Exit;
use crate::report::Bar;
use crate::tls::advise::{self, Constraints};
use crate::tls::axis::{Axis, Device, Library};
use crate::tls::cell::{Cell, CellFilter};
use crate::tls::lab::{self, LabError, Query, Row};
use crate::tls::link::Link;
use crate::tls::measure::Conditions;
use crate::tls::render::{self, Format, SortKey, View};
use crate::tls::{calibrate, compare, plot, trace};

/// Arguments of `tls`.
#[derive(Clone, Debug)]
pub enum TlsAction {
    /// Say what to choose.
    Advise(AdviseAction),
    /// Show how instructions become seconds.
    Calibrate(TextOrJson),
    /// Compare two cells.
    Compare(CompareAction),
    /// Draw a plot.
    Plot(PlotAction),
    /// Print the table.
    Table(TableAction),
    /// Print the operations of a cell.
    Trace(TraceAction),
}

/// Arguments of `tls advise`.
#[derive(Clone, Debug)]
pub struct AdviseAction {
    /// Seed and tickets.
    pub conditions: Conditions,
    /// What must hold.
    pub constraints: Constraints,
    /// How to print it.
    pub format: TextOrJson,
    /// How many answers.
    pub top: usize,
}

/// Arguments of `tls compare`.
#[derive(Clone, Copy, Debug)]
pub struct CompareAction {
    /// Both cells.
    pub cells: [Cell; 2],
    /// Seed and tickets.
    pub conditions: Conditions,
    /// How to print it.
    pub format: TextOrJson,
    /// The link.
    pub link: Link,
}

/// Arguments of `tls plot`.
#[derive(Clone, Debug)]
pub struct PlotAction {
    /// Seed and tickets.
    pub conditions: Conditions,
    /// One panel for each.
    pub devices: Vec<Device>,
    /// Where to write it.
    pub out: PathBuf,
}

/// Arguments of `tls` alone.
#[derive(Clone, Debug)]
pub struct TableAction {
    /// Seed and tickets.
    pub conditions: Conditions,
    /// Devices that a table shows.
    pub devices: Vec<Device>,
    /// Which cells.
    pub filter: CellFilter,
    /// How to print it.
    pub format: Format,
    /// Every cell.
    pub full: bool,
    /// Cells at a time; `None` is one for each processor.
    pub jobs: Option<NonZeroUsize>,
    /// The link that energy is for.
    pub link: Link,
    /// Devices with libraries.
    pub pairs: Vec<(Device, Library)>,
    /// What comes first.
    pub sort: SortKey,
}

/// Arguments of `tls trace`.
#[derive(Clone, Copy, Debug)]
pub struct TraceAction {
    /// The cell.
    pub cell: Cell,
    /// Seed and tickets.
    pub conditions: Conditions,
    /// How to print it.
    pub format: TextOrJson,
}

/// For people or for programs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TextOrJson {
    /// For programs.
    Json,
    /// For people.
    Text,
}

impl Axis for TextOrJson {
    const KEY: &'static str = "format";
    const ALL: &'static [Self] = &[Self::Text, Self::Json];

    fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Text => "text",
        }
    }
}

pub(super) fn tls(action: &TlsAction) -> Exit {
    match action {
        TlsAction::Advise(action) => advise(action),
        TlsAction::Calibrate(TextOrJson::Json) => print(&calibrate::json()),
        TlsAction::Calibrate(TextOrJson::Text) => print(&calibrate::text()),
        TlsAction::Compare(action) => compare(*action),
        TlsAction::Plot(action) => plot(action),
        TlsAction::Table(action) => table(action),
        TlsAction::Trace(action) => trace(*action),
    }
}

fn table(action: &TableAction) -> Exit {
    let all = if action.full {
        Cell::all()
    } else {
        Cell::core()
    };
    let wanted = |cell: &Cell| action.filter.takes(*cell);
    let cells: Vec<Cell> = all.into_iter().filter(wanted).collect();
    if cells.is_empty() {
        let advice = if action.full {
            "no cell has all of these values"
        } else {
            "no core cell has all of these values; add --full to look at every cell"
        };
        complain(&format!("error: failed to print the table: {advice}\n"));
        return Exit::Invalid;
    }
    let query = Query {
        cells,
        conditions: action.conditions,
        devices: action.pairs.clone(),
        jobs: action.jobs.unwrap_or_else(processors),
        link: action.link,
    };
    let mut rows = match run(&query) {
        Ok(rows) => rows,
        Err(error) => return failed(error),
    };
    render::sort(&mut rows, action.sort);
    let view = View {
        devices: action.devices.clone(),
        link: action.link,
    };
    print(&match action.format {
        Format::Csv => render::csv(&rows, action.link),
        Format::Json => render::json(&rows),
        Format::Markdown => render::markdown(&rows, &view),
        Format::Table => render::table(&rows, &view),
    })
}

fn compare(action: CompareAction) -> Exit {
    match compare::compare(action.cells, action.conditions, action.link) {
        Ok(comparison) => print(&match action.format {
            TextOrJson::Json => compare::json(&comparison),
            TextOrJson::Text => compare::text(&comparison),
        }),
        Err(compare::CompareError::Failed(error)) => failed(error),
        Err(compare::CompareError::Impossible { cell, reason }) => impossible(cell, reason),
    }
}

fn trace(action: TraceAction) -> Exit {
    if let Err(reason) = crate::tls::skip::possible(action.cell) {
        return impossible(action.cell, reason);
    }
    match crate::tls::measure::shake(action.cell, action.conditions) {
        Ok(handshake) => print(&match action.format {
            TextOrJson::Json => trace::json(action.cell, &handshake),
            TextOrJson::Text => trace::text(action.cell, action.conditions, &handshake),
        }),
        Err(failure) => failed(LabError {
            cell: action.cell,
            failure,
        }),
    }
}

fn advise(action: &AdviseAction) -> Exit {
    let query = advise::query(&action.constraints, action.conditions, processors());
    match run(&query) {
        Ok(rows) => {
            let advice = advise::advise(&action.constraints, &rows, action.top);
            print(&match action.format {
                TextOrJson::Json => advise::json(&advice),
                TextOrJson::Text => advise::text(&advice),
            })
        }
        Err(error) => failed(error),
    }
}

fn plot(action: &PlotAction) -> Exit {
    let pairs = lab::every_device().into_iter();
    let query = Query {
        cells: Cell::core(),
        conditions: action.conditions,
        devices: pairs
            .filter(|(device, _)| action.devices.contains(device))
            .collect(),
        jobs: processors(),
        link: Link::Good,
    };
    let rows = match run(&query) {
        Ok(rows) => rows,
        Err(error) => return failed(error),
    };
    let out = action.out.display();
    match fs::write(&action.out, plot::svg(&rows, &action.devices)) {
        Ok(()) => print(&format!("{out}: drawn\n")),
        Err(error) => {
            complain(&format!("error: failed to write {out}: {error}\n"));
            Exit::Invalid
        }
    }
}

/// Measures with a bar for people who wait.
fn run(query: &Query) -> Result<Vec<Row>, LabError> {
    let bar = Bar::new(query.cells.len(), "cells");
    let rows = lab::run(query, &|| bar.advance());
    bar.finish();
    rows
}

fn impossible(cell: Cell, reason: crate::tls::skip::SkipReason) -> Exit {
    let words = reason.words();
    complain(&format!("error: {cell} cannot be: {words} ({reason})\n"));
    Exit::Invalid
}

fn failed(error: LabError) -> Exit {
    let LabError { cell, failure } = error;
    complain(&format!(
        "error: failed to shake hands for {cell}: {failure:?}; this is a bug of nodelab\n"
    ));
    Exit::Bug
}
