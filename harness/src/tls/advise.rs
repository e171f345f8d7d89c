//! Which cells satisfy constraints, and what to do with the answer.
//!
//! Owns what can be demanded, how answers are ranked, and why others fall out. Does not know how
//! an answer is worded.
//!
//! ```text
//! a day = one full handshake + the other connections, resumed where library and server can
//! ```

mod configure;
mod render;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use nodelab_sim::stack::tls::Side;

use super::axis::{
    Aead, Auth, Axis, Device, Exchange, Intermediates, Library, Mode, Mutual, Protocol,
};
use super::cell::{Cell, CellFilter};
use super::lab::{Figures, Found, Query, Row};
use super::link::Link;
use super::measure::Conditions;
use super::skip::{SkipReason, built_for, possible};

pub use self::render::{json, text};

/// Libraries that firmware is built with, and that a cell may fit.
const LIBRARIES: [Library; 4] = [
    Library::AxTls,
    Library::BearSsl,
    Library::MbedTls,
    Library::EmbeddedTls,
];

/// What must hold.
#[derive(Clone, Debug)]
pub struct Constraints {
    /// What the battery holds, in milliampere-hours.
    pub battery_mah: Option<u32>,
    /// How often the node connects.
    pub connections_per_day: u32,
    /// Chip and clock.
    pub device: Device,
    /// Least strength.
    pub floor: Floor,
    /// Libraries; none is any.
    pub libraries: Vec<Library>,
    /// The way to the broker.
    pub link: Link,
    /// Whether the node needs a certificate; `None` is without, unless the server demands one.
    pub mutual: Option<Mutual>,
    /// Whether recordings must stay secret for decades.
    pub post_quantum: PostQuantum,
    /// Free memory.
    pub ram_bytes: Option<u64>,
    /// What the server takes.
    pub server: CellFilter,
}

/// The least strength of every key, in bits.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Floor {
    /// RSA-2048 suffices.
    Bits112,
    /// P-256 does.
    Bits128,
    /// P-384 does.
    Bits192,
}

impl Axis for Floor {
    const KEY: &'static str = "floor";
    const ALL: &'static [Self] = &[Self::Bits112, Self::Bits128, Self::Bits192];

    fn name(self) -> &'static str {
        match self {
            Self::Bits112 => "112",
            Self::Bits128 => "128",
            Self::Bits192 => "192",
        }
    }
}

/// Whether a post-quantum exchange is asked for.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum PostQuantum {
    /// Only with one.
    Must,
    /// No matter.
    No,
    /// With one if a library has it.
    Wish,
}

impl Axis for PostQuantum {
    const KEY: &'static str = "post-quantum";
    const ALL: &'static [Self] = &[Self::No, Self::Wish, Self::Must];

    fn name(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::No => "no",
            Self::Wish => "wish",
        }
    }
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Advice {
    /// What was asked.
    pub constraints: Constraints,
    /// The best choices, the cheapest first.
    pub choices: Vec<Choice>,
    /// How many choices satisfied the constraints.
    pub satisfying: usize,
    /// How many fell out, by reason.
    pub fallen: BTreeMap<String, u32>,
    /// What a post-quantum exchange would take, if one was asked for.
    pub post_quantum: Option<PostQuantumCost>,
}

/// A way to connect all day.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The library.
    pub library: Library,
    /// The first connection.
    pub full: Offer,
    /// The others, if they are resumed.
    pub resumed: Option<Offer>,
    /// Millijoules of a day, at least and at most; `None` over a modem.
    pub day_mj: Option<(f64, f64)>,
    /// Seconds of a day until connected, at least and at most.
    pub day_s: (f64, f64),
}

/// A cell with its figures on the device.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The cell.
    pub cell: Cell,
    /// What it takes.
    pub figures: Figures,
    /// Bytes up and down, tickets included.
    pub bytes: (u32, u32),
    /// Signatures that the node checks and makes.
    pub signatures: (u32, u32),
}

/// The same handshake with and without a post-quantum exchange, on `RustCrypto`'s primitives.
#[derive(Clone, Debug)]
pub struct PostQuantumCost {
    /// With X25519.
    pub without: Offer,
    /// With X25519MLKEM768.
    pub with: Offer,
    /// Why each library cannot, by library; empty if one can.
    pub missing: Vec<(Library, SkipReason)>,
}

/// Returns the cells that advice looks at, for one device.
#[must_use]
pub fn query(constraints: &Constraints, conditions: Conditions, jobs: NonZeroUsize) -> Query {
    let looked_at = |cell: &Cell| {
        possible(*cell).is_ok()
            && cell.mode != Mode::Retry
            && cell.mutual == constraints.mutual()
            && constraints.chain_fits(*cell)
    };
    let device = constraints.device;
    let libraries = Library::ALL.iter().map(|library| (device, *library));
    Query {
        cells: Cell::all().into_iter().filter(looked_at).collect(),
        conditions,
        devices: libraries.collect(),
        jobs,
        link: constraints.link,
    }
}

/// Ranks what satisfies the constraints, from rows of [`query`].
#[must_use]
pub fn advise(constraints: &Constraints, rows: &[Row], top: usize) -> Advice {
    let mut fallen: BTreeMap<String, u32> = BTreeMap::new();
    let mut choices = Vec::new();
    let built = LIBRARIES
        .into_iter()
        .filter(|library| built_for(constraints.device, *library).is_ok());
    for library in built {
        for row in rows.iter().filter(|row| row.cell.mode == Mode::Full) {
            match choice(constraints, rows, row, library) {
                Ok(choice) => choices.push(choice),
                Err(why) => *fallen.entry(why).or_default() += 1,
            }
        }
    }
    let satisfying = choices.len();
    choices.sort_by(|one, other| {
        let ready = |choice: &Choice| readiness(constraints, choice.full.cell);
        let order = ready(one).cmp(&ready(other));
        let order = order.then(one.rank().total_cmp(&other.rank()));
        order.then(usual(one.full.cell).cmp(&usual(other.full.cell)))
    });
    // The cheapest exchange and cipher stand for all with the same certificate.
    let mut shown: Vec<Choice> = Vec::new();
    for choice in choices {
        let key = |choice: &Choice| {
            let cell = choice.full.cell;
            (choice.library, cell.protocol, cell.auth)
        };
        if !shown.iter().any(|other| key(other) == key(&choice)) {
            shown.push(choice);
        }
    }
    shown.truncate(top);
    Advice {
        constraints: constraints.clone(),
        choices: shown,
        satisfying,
        fallen,
        post_quantum: post_quantum(constraints, rows),
    }
}

/// Returns 0 for what was wished for, and 1 for what is without it.
fn readiness(constraints: &Constraints, cell: Cell) -> u8 {
    let wished = constraints.post_quantum == PostQuantum::Wish;
    u8::from(wished && cell.kx != Exchange::X25519MlKem768)
}

/// Returns how usual a cipher is: AES-128-GCM is on by default everywhere.
const fn usual(cell: Cell) -> u8 {
    match cell.aead {
        Aead::Aes128Gcm => 0,
        Aead::Aes256Gcm => 1,
        Aead::ChaCha20Poly1305 => 2,
    }
}

/// Returns a choice, or the words for why it falls out.
fn choice(
    constraints: &Constraints,
    rows: &[Row],
    row: &Row,
    library: Library,
) -> Result<Choice, String> {
    let cell = row.cell;
    if !constraints.libraries.is_empty() && !constraints.libraries.contains(&library) {
        return Err(format!("not --stack {}", library.name()));
    }
    if strength(cell) < constraints.floor {
        return Err(format!("weaker than {} bits", constraints.floor.name()));
    }
    // Every day begins with a full handshake, whatever the server resumes.
    let mut modes = Mode::ALL.iter();
    if !modes.any(|mode| {
        constraints.server_takes(Cell {
            mode: *mode,
            ..cell
        })
    }) {
        return Err("the server does not take it".to_owned());
    }
    if constraints.post_quantum == PostQuantum::Must && cell.kx != Exchange::X25519MlKem768 {
        return Err("no post-quantum exchange".to_owned());
    }
    let full = offer(row, library).map_err(|reason| reason.to_string())?;
    let needed = full.figures.memory.map(|memory| memory.bytes);
    if let (Some(free), Some(needed)) = (constraints.ram_bytes, needed)
        && needed > free
    {
        return Err(format!("needs more than {free} bytes of memory"));
    }
    let resumed = [Mode::Ticket, Mode::SessionId]
        .into_iter()
        .find_map(|mode| {
            let cell = Cell { mode, ..cell };
            let row = rows.iter().find(|row| row.cell == cell)?;
            offer(row, library)
                .ok()
                .filter(|_| constraints.server_takes(cell))
        });
    Ok(Choice::new(library, full, resumed, constraints))
}

fn offer(row: &Row, library: Library) -> Result<Offer, SkipReason> {
    let found = row.outcome.as_ref().map_err(|reason| *reason)?;
    let on = found.devices.iter().find(|on| on.library == library);
    let figures = on.ok_or(SkipReason::StackNotOnDevice)?.outcome.clone()?;
    Ok(Offer {
        cell: row.cell,
        figures,
        bytes: bytes(found),
        signatures: super::measure::signatures(&found.handshake),
    })
}

fn bytes(found: &Found) -> (u32, u32) {
    let handshake = &found.handshake;
    let tickets = handshake.tickets;
    (
        handshake.bytes_from(Side::Client) + tickets.bytes_up,
        handshake.bytes_from(Side::Server) + tickets.bytes_down,
    )
}

impl Constraints {
    /// Returns whether the node has a certificate: as asked, or as the server demands.
    fn mutual(&self) -> Mutual {
        let demanded = self.server.demands_a_client();
        self.mutual
            .unwrap_or(if demanded { Mutual::Yes } else { Mutual::No })
    }

    fn server_takes(&self, cell: Cell) -> bool {
        self.server.takes(cell)
    }

    /// Returns whether the chain is one that the server has, or the shortest if it says nothing.
    fn chain_fits(&self, cell: Cell) -> bool {
        if self.server.names_a_chain() {
            self.server.takes_chain(cell.intermediates)
        } else {
            cell.intermediates == Intermediates::None
        }
    }
}

impl Choice {
    fn new(
        library: Library,
        full: Offer,
        resumed: Option<Offer>,
        constraints: &Constraints,
    ) -> Self {
        let again = f64::from(constraints.connections_per_day - 1);
        let other = resumed.as_ref().unwrap_or(&full);
        let day = |first: (f64, f64), others: (f64, f64)| {
            (first.0 + again * others.0, first.1 + again * others.1)
        };
        let energies = full.figures.millijoules.zip(other.figures.millijoules);
        let link = constraints.link;
        Self {
            library,
            day_mj: energies.map(|(first, others)| day(first, others)),
            day_s: day(
                full.figures.over(link).seconds,
                other.figures.over(link).seconds,
            ),
            full,
            resumed,
        }
    }

    /// The middle of a day's energy, or of its waiting over a modem, to two digits: the bands are
    /// wider than that.
    fn rank(&self) -> f64 {
        let (low, high) = self.day_mj.unwrap_or(self.day_s);
        let middle = f64::midpoint(low, high);
        let unit = libm::pow(10.0, libm::floor(libm::log10(middle)) - 1.0);
        if unit > 0.0 {
            (middle / unit).round() * unit
        } else {
            middle
        }
    }
}

/// Returns the strength of the weakest part (NIST SP 800-57 part 1 rev. 5, table 2).
fn strength(cell: Cell) -> Floor {
    let auth = match cell.auth {
        Auth::Rsa2048 => Floor::Bits112,
        // RSA-3072 has 128 bits, RSA-7680 would have 192.
        Auth::Ed25519 | Auth::P256 | Auth::Rsa4096 => Floor::Bits128,
        Auth::P384 => Floor::Bits192,
    };
    let exchange = match cell.kx {
        Exchange::P256 | Exchange::X25519 => Floor::Bits128,
        // ML-KEM-768 is of category 3, as strong as AES-192 (FIPS 203, table 2).
        Exchange::X25519MlKem768 => Floor::Bits192,
    };
    let cipher = match cell.aead {
        Aead::Aes128Gcm => Floor::Bits128,
        Aead::Aes256Gcm | Aead::ChaCha20Poly1305 => Floor::Bits192,
    };
    auth.min(exchange).min(cipher)
}

/// Prices the exchange on its own, whichever library has it.
fn post_quantum(constraints: &Constraints, rows: &[Row]) -> Option<PostQuantumCost> {
    if constraints.post_quantum == PostQuantum::No {
        return None;
    }
    let base = Cell {
        mutual: constraints.mutual(),
        protocol: Protocol::V1_3,
        ..Cell::BASE
    };
    let of = |kx| {
        let fits = |row: &&Row| {
            let intermediates = row.cell.intermediates;
            row.cell
                == Cell {
                    intermediates,
                    kx,
                    ..base
                }
        };
        offer(rows.iter().find(fits)?, Library::RustCrypto).ok()
    };
    let with = of(Exchange::X25519MlKem768)?;
    let row = rows.iter().find(|row| row.cell == with.cell)?;
    let missing = LIBRARIES.into_iter().filter_map(|library| {
        let reason = offer(row, library).err()?;
        (reason != SkipReason::StackNotOnDevice).then_some((library, reason))
    });
    let missing = missing.collect();
    Some(PostQuantumCost {
        without: of(Exchange::X25519)?,
        with,
        missing,
    })
}
