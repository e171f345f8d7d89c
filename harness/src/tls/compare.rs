//! What changes from one cell to another, and why.
//!
//! Owns the differences: of messages, of operations, of devices. Does not know how a cell came by
//! its figures.

mod render;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use nodelab_sim::stack::tls::{Handshake, Side};

use super::cell::Cell;
use super::lab::{self, Found, LabError, Query};
use super::link::Link;
use super::measure::{Conditions, demands};
use super::skip::{SkipReason, possible};
use super::table::Operation;

pub use self::render::{json, text};

/// Two cells with their figures.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The cells.
    pub cells: [Cell; 2],
    /// What each takes.
    pub found: [Found; 2],
    /// The link between node and broker.
    pub link: Link,
}

/// Why two cells cannot be compared.
#[derive(Clone, Copy, Debug)]
pub enum CompareError {
    /// A cell failed, which is a bug.
    Failed(LabError),
    /// A cell cannot be.
    Impossible {
        /// The cell.
        cell: Cell,
        /// Why.
        reason: SkipReason,
    },
}

/// A figure of both cells.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Both {
    /// Of the first.
    pub one: u64,
    /// Of the second.
    pub other: u64,
}

/// Measures two cells.
///
/// # Errors
///
/// [`CompareError::Impossible`] names a cell that cannot be, [`CompareError::Failed`] one that
/// should be and failed.
///
/// # Panics
///
/// When a worker panicked, which is a bug of nodelab.
pub fn compare(
    cells: [Cell; 2],
    conditions: Conditions,
    link: Link,
) -> Result<Comparison, CompareError> {
    for cell in cells {
        possible(cell).map_err(|reason| CompareError::Impossible { cell, reason })?;
    }
    let query = Query {
        cells: cells.to_vec(),
        conditions,
        devices: lab::every_device(),
        jobs: NonZeroUsize::MIN,
        link,
    };
    let rows = lab::run(&query, &|| {}).map_err(CompareError::Failed)?;
    let mut found = rows
        .into_iter()
        .map(|row| row.outcome.expect("both are possible"));
    let mut next = || found.next().expect("a row for each cell");
    Ok(Comparison {
        cells,
        found: [next(), next()],
        link,
    })
}

impl Comparison {
    /// Returns the keys whose values differ, with both values.
    #[must_use]
    pub fn changed(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let [one, other] = self.cells.map(Cell::values);
        let pairs = one.into_iter().zip(other);
        pairs
            .filter(|((_, one), (_, other))| one != other)
            .map(|((key, one), (_, other))| (key, one, other))
            .collect()
    }

    /// Returns the bytes of each kind of message, by its sender; in the order of the wire.
    #[must_use]
    pub fn messages(&self) -> Vec<(Side, &'static str, Both)> {
        let mut messages: Vec<(Side, &'static str, Both)> = Vec::new();
        for (second, found) in [false, true].into_iter().zip(&self.found) {
            for flight in &found.handshake.flights {
                for message in &flight.messages {
                    let key = (flight.by, message.kind.as_str());
                    let index = messages
                        .iter()
                        .position(|(by, name, _)| (*by, *name) == key);
                    let index = index.unwrap_or_else(|| {
                        messages.push((key.0, key.1, Both::ZERO));
                        messages.len() - 1
                    });
                    messages[index].2.add(second, u64::from(message.bytes));
                }
            }
        }
        messages
    }

    /// Returns how often the node does each operation that is done a whole number of times.
    #[must_use]
    pub fn operations(&self) -> Vec<(Operation, Both)> {
        let mut counts: BTreeMap<Operation, Both> = BTreeMap::new();
        for (second, found) in [false, true].into_iter().zip(&self.found) {
            for demand in demands(&found.handshake) {
                if demand.bytes == 0 && !demand.operation.is_hash() {
                    let both = counts.entry(demand.operation).or_insert(Both::ZERO);
                    both.add(second, demand.calls);
                }
            }
        }
        counts.into_iter().collect()
    }

    /// Returns a figure of both handshakes.
    #[must_use]
    pub fn both(&self, of: impl Fn(&Handshake) -> u32) -> Both {
        let [one, other] = [0, 1].map(|at: usize| u64::from(of(&self.found[at].handshake)));
        Both { one, other }
    }
}

impl Both {
    const ZERO: Self = Self { one: 0, other: 0 };

    const fn add(&mut self, second: bool, number: u64) {
        if second {
            self.other += number;
        } else {
            self.one += number;
        }
    }

    /// Returns how much the second has more.
    #[must_use]
    pub fn change(self) -> i128 {
        i128::from(self.other) - i128::from(self.one)
    }
}
