//! The JSON report, for programs. Keys are only ever added.

use std::io::{self, Write};
use std::path::PathBuf;

use nodelab_sim::capture::Counts;
use nodelab_sim::power::{Cause, Energy};
use serde::Serialize;

use crate::compute::{ComputeSummary, show_clock};
use crate::energy::{EnergySummary, Share};
use crate::event::{Reporter, RunEvent, ScenarioInfo, Summary, replay_command};
use crate::record::Recorded;
use crate::verdict::{Failure, Outcome, Status};

/// Version of the report's shape; grows when a key changes its meaning.
const VERSION: u32 = 1;

/// Writes one JSON document when everything ended.
#[expect(missing_debug_implementations, reason = "a writer has nothing to show")]
pub struct JsonReport {
    out: Box<dyn Write + Send>,
    scenarios: Vec<Entry>,
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    scenarios: &'a [Entry],
    summary: Totals,
}

#[derive(Serialize)]
struct Entry {
    name: String,
    file: String,
    seed: u64,
    status: Status,
    digest: String,
    virtual_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    core: Option<CoreEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    energy: Option<EnergyEntry>,
    failures: Vec<FailureEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<RecordedEntry>,
    unsupported: Vec<String>,
}

/// What all nodes computed on emulated cores.
#[derive(Serialize)]
struct CoreEntry {
    instructions: u64,
    readings: u64,
    instructions_per_reading: Option<u64>,
    clock: &'static str,
    /// At one instruction for each cycle.
    cpu_us: u64,
    /// Of the processor alone, where books are kept; they hold it already.
    energy_mj: Option<f64>,
}

/// What all nodes drew; charges also to the femtocoulomb, as text, since they exceed a double.
#[derive(Serialize)]
struct EnergyEntry {
    supply_mv: u32,
    powered_ms: u64,
    charge_fc: String,
    charge_mah: f64,
    energy_mj: f64,
    average_ma: f64,
    readings: u64,
    /// Of the node that needed most.
    energy_per_reading_mj: Option<f64>,
    battery_mah: Option<f64>,
    /// Of the node that drew most.
    battery_life_days: Option<f64>,
    causes: Vec<CauseEntry>,
}

#[derive(Serialize)]
struct CauseEntry {
    cause: &'static str,
    powered_ms: u64,
    charge_fc: String,
    charge_mah: f64,
    energy_mj: f64,
}

#[derive(Serialize)]
struct FailureEntry {
    claim: String,
    at_ms: u64,
    node: Option<u32>,
    expected: String,
    seen: String,
    replay: String,
}

/// Files of the run, and what is in them.
#[derive(Serialize)]
struct RecordedEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    capture: Option<CaptureEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keylog: Option<KeyLogEntry>,
}

#[derive(Serialize)]
struct CaptureEntry {
    file: String,
    frames: u64,
    bytes: u64,
    tcp_segments: u64,
    tcp_bytes: u64,
    tls_records: u64,
    /// Those outside TLS.
    mqtt_packets: u64,
    /// PUBLISH packets that the broker took, TLS or not.
    mqtt_messages: u64,
}

#[derive(Serialize)]
struct KeyLogEntry {
    file: String,
    secrets: u64,
}

#[derive(Serialize)]
struct Totals {
    passed: u32,
    failed: u32,
    timed_out: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    unfinished: Option<u32>,
    virtual_ms: u64,
}

impl JsonReport {
    /// Builds a report that is written to `out` at the end.
    #[must_use]
    pub fn new(out: Box<dyn Write + Send>) -> Self {
        Self {
            out,
            scenarios: Vec::new(),
        }
    }

    fn write(&mut self, summary: &Summary) -> io::Result<()> {
        let document = Document {
            version: VERSION,
            scenarios: &self.scenarios,
            summary: Totals {
                passed: summary.passed,
                failed: summary.failed + summary.timed_out,
                timed_out: summary.timed_out,
                unfinished: (summary.unfinished > 0).then_some(summary.unfinished),
                virtual_ms: summary.virtual_time.as_millis(),
            },
        };
        serde_json::to_writer_pretty(&mut self.out, &document)?;
        self.out.write_all(b"\n")?;
        self.out.flush()
    }
}

impl Reporter for JsonReport {
    fn on_event(&mut self, event: &RunEvent<'_>) -> io::Result<()> {
        match event {
            RunEvent::Finished { scenario, outcome } => {
                self.scenarios.push(Entry::new(scenario, outcome));
                Ok(())
            }
            RunEvent::Ended(summary) => self.write(summary),
        }
    }
}

impl Entry {
    fn new(scenario: &ScenarioInfo, outcome: &Outcome) -> Self {
        let failure = |failure: &Failure| FailureEntry {
            claim: failure.claim.clone(),
            at_ms: failure.at.since(nodelab_sim::SimTime::ZERO).as_millis(),
            node: failure.node_number(),
            expected: failure.expected.clone(),
            seen: failure.seen.clone(),
            replay: replay_command(&scenario.file, outcome.seed, failure.at),
        };
        Self {
            name: scenario.name.clone(),
            file: scenario.file.clone(),
            seed: outcome.seed,
            status: outcome.status,
            digest: outcome.digest.to_string(),
            virtual_ms: outcome.virtual_time.as_millis(),
            core: outcome
                .compute
                .as_ref()
                .map(|core| CoreEntry::new(core, outcome.energy.as_ref())),
            energy: outcome.energy.as_ref().map(EnergyEntry::new),
            failures: outcome.failures.iter().map(failure).collect(),
            recorded: outcome.recorded.as_ref().map(RecordedEntry::new),
            unsupported: outcome.unsupported.clone(),
        }
    }
}

impl CoreEntry {
    fn new(core: &ComputeSummary, energy: Option<&EnergySummary>) -> Self {
        let drawn = core.charge().zip(energy);
        let drawn = drawn.map(|(charge, energy)| charge.at(energy.source.supply));
        Self {
            instructions: core.instructions,
            readings: core.readings,
            instructions_per_reading: core.per_reading(),
            clock: show_clock(core.processor.clock),
            cpu_us: core.span().as_micros(),
            energy_mj: drawn.map(Energy::as_millijoules),
        }
    }
}

impl RecordedEntry {
    fn new(recorded: &Recorded) -> Self {
        let capture = |(path, counts): &(PathBuf, Counts)| CaptureEntry {
            file: path.display().to_string(),
            frames: counts.frames,
            bytes: counts.bytes,
            tcp_segments: counts.tcp_segments,
            tcp_bytes: counts.tcp_bytes,
            tls_records: counts.tls_records,
            mqtt_packets: counts.mqtt_packets,
            mqtt_messages: counts.mqtt_messages,
        };
        let keylog = |(path, secrets): &(PathBuf, u64)| KeyLogEntry {
            file: path.display().to_string(),
            secrets: *secrets,
        };
        Self {
            capture: recorded.pcap.as_ref().map(capture),
            keylog: recorded.key_log.as_ref().map(keylog),
        }
    }
}

impl EnergyEntry {
    fn new(summary: &EnergySummary) -> Self {
        let drain = summary.drain();
        let source = summary.source;
        let days = |life: nodelab_sim::SimSpan| life.as_secs_f64() / 86_400.0;
        let cause = |(cause, share): (Cause, Share)| CauseEntry {
            cause: cause.as_str(),
            powered_ms: share.span.as_millis(),
            charge_fc: share.charge.0.to_string(),
            charge_mah: share.charge.as_milliamp_hours(),
            energy_mj: share.charge.at(source.supply).as_millijoules(),
        };
        Self {
            supply_mv: source.supply.0,
            powered_ms: drain.powered.as_millis(),
            charge_fc: drain.charge.0.to_string(),
            charge_mah: drain.charge.as_milliamp_hours(),
            energy_mj: drain.charge.at(source.supply).as_millijoules(),
            average_ma: drain.charge.as_milliamps_over(drain.powered),
            readings: summary.readings,
            energy_per_reading_mj: summary.per_reading.map(Energy::as_millijoules),
            battery_mah: source
                .battery
                .map(|battery| battery.capacity.as_milliamp_hours()),
            battery_life_days: summary.life.map(days),
            causes: Cause::ALL
                .into_iter()
                .zip(summary.causes)
                .map(cause)
                .collect(),
        }
    }
}
