//! The lines of the stream.
//!
//! Owns their fields. Does not know how they are made.

use nodelab_sim::SimTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::fact::{Fact, Word};
use crate::verdict::{Outcome, Status};

/// Version of the lines. It is raised when a field is renamed, removed or means something else.
pub const SCHEMA_VERSION: u32 = 1;

/// One line.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "line", rename_all = "kebab-case")]
pub enum Line {
    /// How the world ended.
    Ended(Ended),
    /// Something happened.
    Event(Moment),
    /// A world begins.
    World(Box<Header>),
}

/// One thing that happened, with its time and place.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Moment {
    /// When, in nanoseconds since the world began.
    #[serde(rename = "at_ns", with = "nanos")]
    pub at: SimTime,
    /// At which node, from 0; `null` when it concerns no single one.
    pub node: Option<u32>,
    /// What.
    #[serde(flatten)]
    pub fact: Fact,
}

/// What is run.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Header {
    /// Version of the lines, [`SCHEMA_VERSION`].
    pub schema: u32,
    /// Version of nodelab.
    pub nodelab: String,
    /// The scenario's file, as it was named.
    pub file: String,
    /// What the scenario claims.
    pub name: String,
    /// The seed.
    pub seed: u64,
    /// How many nodes there are.
    pub nodes: u32,
    /// The board, in words.
    pub board: String,
    /// `modelled` or `real`.
    pub network: Word,
    /// How long the scenario runs, healing not counted.
    pub duration_ns: u64,
    /// Time between samples.
    pub interval_us: u64,
    /// Readings that the node's queue holds.
    pub queue_capacity: u8,
    /// What a reading may be off by: the scenario's claim, or the sensor's data sheet.
    pub error_band_mc: i32,
    /// Whether that is the scenario's claim, `error-at-most`.
    #[serde(default)]
    pub error_is_claimed: bool,
    /// Supply voltage, where books of energy are kept.
    pub supply_mv: Option<u32>,
    /// What protects the streams, if anything does.
    pub security: Option<Security>,
    /// What was left to chance, and came out so.
    pub drawn: Vec<Drawn>,
    /// Faults that will strike, whether drawn or written.
    pub faults: Vec<FaultLine>,
}

/// What protects the streams of a world.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Security {
    /// The node's TLS library.
    pub library: String,
    /// The server's certificate, in words.
    pub certificate: String,
    /// How the node verifies it, in words.
    pub verification: String,
    /// Whether the node shows a certificate too.
    pub mutual: bool,
}

/// Something that was drawn from the seed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Drawn {
    /// What.
    pub what: String,
    /// The value, with its unit.
    pub value: String,
}

/// A fault that will strike.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FaultLine {
    /// When.
    pub at_ns: u64,
    /// What.
    pub fault: Word,
    /// How long it lasts; `null` until the end.
    pub lasts_ns: Option<u64>,
    /// Whom it strikes; `null` is all nodes, or what they share.
    pub nodes: Option<Vec<u32>>,
}

/// How a world ended.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Ended {
    /// Hash of everything that happened; equal digests mean equal runs.
    pub digest: String,
    /// The verdict.
    pub status: Verdict,
    /// Simulated time that it covered.
    pub virtual_ns: u64,
    /// What did not hold, in order of time.
    pub failures: Vec<FailureLine>,
}

/// How a world was judged.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A claim did not hold.
    Failed,
    /// Every claim held.
    Passed,
    /// The steps did not finish in time.
    Timeout,
}

/// A claim that did not hold.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FailureLine {
    /// When it was first seen.
    pub at_ns: u64,
    /// At which node; `null` when it concerns no single one.
    pub node: Option<u32>,
    /// The claim.
    pub claim: String,
    /// What was expected.
    pub expected: String,
    /// What was seen.
    pub seen: String,
}

impl Ended {
    /// Returns the line of an outcome.
    #[must_use]
    pub fn of(outcome: &Outcome) -> Self {
        let failures = outcome.failures.iter().map(|failure| FailureLine {
            at_ns: failure.at.as_nanos(),
            node: failure.node_number(),
            claim: failure.claim.clone(),
            expected: failure.expected.clone(),
            seen: failure.seen.clone(),
        });
        Self {
            digest: outcome.digest.to_string(),
            status: match outcome.status {
                Status::Failed => Verdict::Failed,
                Status::Passed => Verdict::Passed,
                Status::Timeout => Verdict::Timeout,
            },
            virtual_ns: outcome.virtual_time.as_nanos(),
            failures: failures.collect(),
        }
    }
}

/// A time as a number of nanoseconds.
mod nanos {
    use super::{Deserialize as _, Deserializer, Serializer, SimTime};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields so")]
    pub(super) fn serialize<S: Serializer>(at: &SimTime, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u64(at.as_nanos())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SimTime, D::Error> {
        u64::deserialize(from).map(SimTime::from_nanos)
    }
}
