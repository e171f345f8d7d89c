//! A table of cells: each measured once, then priced on every device.
//!
//! Owns what a row holds and how rows are spread over threads; they come in the order that was
//! asked for, whatever the number of threads. Does not know how a row is shown.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use nodelab_sim::stack::tls::{Handshake, Side, TlsFailure};

use super::axis::{Axis as _, Device, Library};
use super::basis::Basis;
use super::calibration::Cpi;
use super::cell::Cell;
use super::energy::millijoules;
use super::link::{Link, Travel};
use super::measure::{Conditions, demands, legs, shake};
use super::memory::{Memory, memory, whole};
use super::price::{Demand, price};
use super::skip::{SkipReason, possible, possible_on};

/// What a table is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Query {
    /// The cells, in the order of the rows.
    pub cells: Vec<Cell>,
    /// Seed and tickets.
    pub conditions: Conditions,
    /// Devices with their libraries, in the order of each row.
    pub devices: Vec<(Device, Library)>,
    /// Rows at a time.
    pub jobs: NonZeroUsize,
    /// The link that energy is for.
    pub link: Link,
}

/// One cell and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The cell.
    pub cell: Cell,
    /// Its figures, or why it cannot be.
    pub outcome: Result<Found, SkipReason>,
}

/// Figures of a cell that can be.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What crossed the wire, and what was computed.
    pub handshake: Handshake,
    /// What it takes on each device.
    pub devices: Vec<OnDevice>,
}

/// A device with a library, and what it says to a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct OnDevice {
    /// The device.
    pub device: Device,
    /// The library.
    pub library: Library,
    /// The figures, or why there are none.
    pub outcome: Result<Figures, SkipReason>,
}

/// What a handshake takes on a device.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// Instructions; `None` where only cycles are published.
    pub instructions: Option<u64>,
    /// How they are known.
    pub instructions_basis: Basis,
    /// Seconds of the processor, at least and at most.
    pub seconds: (f64, f64),
    /// How they are known.
    pub seconds_basis: Basis,
    /// Millijoules over the query's link; `None` over a modem.
    pub millijoules: Option<(f64, f64)>,
    /// Buffers, state and stack; `None` where nobody measured it.
    pub memory: Option<Memory>,
    /// The deepest stack of one operation, in bytes; `None` for a library that was not counted.
    pub stack_bytes: Option<u64>,
    /// Seconds until the node may write, over each link.
    pub connected: Vec<Connected>,
}

/// From SYN to the first byte that the node may write.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Connected {
    /// Over which link.
    pub link: Link,
    /// The way alone.
    pub travel: Travel,
    /// With the node's processor, at least and at most. The server's takes no time.
    pub seconds: (f64, f64),
}

/// A cell that should be possible, and failed: a bug.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LabError {
    /// The cell.
    pub cell: Cell,
    /// Why it failed.
    pub failure: TlsFailure,
}

/// Every device with every library.
#[must_use]
pub fn every_device() -> Vec<(Device, Library)> {
    let of = |device: &'static Device| Library::ALL.iter().map(move |library| (*device, *library));
    Device::ALL.iter().flat_map(of).collect()
}

/// Measures and prices the cells of a query; `done` is told of each that is finished.
///
/// # Errors
///
/// A [`LabError`] for the first cell in order that failed.
///
/// # Panics
///
/// When a worker panicked, which is a bug of nodelab.
pub fn run(query: &Query, done: &(dyn Fn() + Sync)) -> Result<Vec<Row>, LabError> {
    let next = AtomicUsize::new(0);
    let rows: Mutex<Vec<Option<Result<Row, LabError>>>> = Mutex::new(vec![None; query.cells.len()]);
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(cell) = query.cells.get(index) else {
                break;
            };
            let row = row(*cell, query);
            rows.lock().expect("storing does not panic")[index] = Some(row);
            done();
        }
    };
    thread::scope(|scope| {
        for _ in 0..query.jobs.get().min(query.cells.len()) {
            scope.spawn(work);
        }
    });
    let rows = rows.into_inner().expect("storing does not panic");
    rows.into_iter()
        .map(|row| row.expect("every cell was taken"))
        .collect()
}

fn row(cell: Cell, query: &Query) -> Result<Row, LabError> {
    if let Err(reason) = possible(cell) {
        return Ok(Row {
            cell,
            outcome: Err(reason),
        });
    }
    let handshake = shake(cell, query.conditions).map_err(|failure| LabError { cell, failure })?;
    let demands = demands(&handshake);
    let devices = query.devices.iter().map(|(device, library)| OnDevice {
        device: *device,
        library: *library,
        outcome: figures(cell, &handshake, &demands, (*device, *library), query.link),
    });
    let devices = devices.collect();
    Ok(Row {
        cell,
        outcome: Ok(Found { handshake, devices }),
    })
}

fn figures(
    cell: Cell,
    handshake: &Handshake,
    demands: &[Demand],
    (device, library): (Device, Library),
    link: Link,
) -> Result<Figures, SkipReason> {
    possible_on(cell, device, library)?;
    let mut bill = price(demands, device, library)?;
    let mut instructions_basis = Basis::Modelled;
    let whole = whole(cell, device).filter(|_| library == Library::EmbeddedTls);
    if let Some(whole) = whole {
        bill.instructions = Some(whole.instructions);
        bill.seconds = Cpi::of(device).seconds(whole.instructions, device);
        instructions_basis = Basis::Measured;
    }
    if bill.instructions.is_none() {
        instructions_basis = Basis::Assumed;
    }
    let legs = legs(handshake);
    let connected: Vec<Connected> = Link::ALL
        .iter()
        .map(|link| {
            let travel = link.travel(&legs, device);
            Connected {
                link: *link,
                travel,
                seconds: (
                    travel.low_s + bill.seconds.0,
                    travel.high_s + bill.seconds.1,
                ),
            }
        })
        .collect();
    let up = |leg: &&super::link::Leg| leg.is_up;
    let largest_up = legs.iter().filter(up).map(|leg| leg.bytes).max();
    let travel = over(&connected, link).travel;
    let bytes_up = u64::from(handshake.bytes_from(Side::Client));
    Ok(Figures {
        instructions: bill.instructions,
        instructions_basis,
        seconds: bill.seconds,
        seconds_basis: seconds_basis(device, library),
        millijoules: millijoules(device, link, bill.seconds, travel, bytes_up),
        memory: memory(cell, device, library, &bill, largest_up.unwrap_or(0)),
        stack_bytes: bill.stack_bytes,
        connected,
    })
}

/// The ESP8266's cycles are fitted to times of `BearSSL`'s code; that other code takes as many is
/// assumed. So is the lower end of the ESP32-C3's, and mbedTLS's come from another core.
const fn seconds_basis(device: Device, library: Library) -> Basis {
    if device.is_esp8266() && matches!(library, Library::BearSsl) {
        Basis::Modelled
    } else {
        Basis::Assumed
    }
}

impl Figures {
    /// Returns how the energy is known: no better than the time, nor than the model.
    #[must_use]
    pub fn energy_basis(&self) -> Basis {
        self.seconds_basis.max(Basis::Modelled)
    }

    /// Returns the time to connected over a link.
    ///
    /// # Panics
    ///
    /// Never: every link is in the list.
    #[must_use]
    pub fn over(&self, link: Link) -> &Connected {
        over(&self.connected, link)
    }
}

fn over(connected: &[Connected], link: Link) -> &Connected {
    let mut connected = connected.iter();
    let over = connected.find(|connected| connected.link == link);
    over.expect("every link is in the list")
}
