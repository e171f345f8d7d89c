//! What is said of a world before anything happens.
//!
//! Owns which parameters are told, and their words. What parts were drawn for each board stays
//! with the simulator.

use nodelab_sim::environment::Profile;
use nodelab_sim::stack::tls::{KeyKind, Stack, Verification};
use nodelab_sim::{Celsius, ScheduledFault, Victims, WorldSpec};

use super::line::{Drawn, FaultLine, Header, SCHEMA_VERSION, Security};
use crate::expand;
use crate::prepare::Prepared;
use crate::scenario::{Claim, Grade};

impl Header {
    /// Describes the world of a scenario that `spec` was drawn from.
    #[must_use]
    pub fn of(prepared: &Prepared, spec: &WorldSpec) -> Self {
        let scenario = &prepared.scenario;
        let config = &spec.node.config;
        Self {
            schema: SCHEMA_VERSION,
            nodelab: env!("CARGO_PKG_VERSION").to_owned(),
            file: scenario.file.name().to_owned(),
            name: scenario.name.clone(),
            seed: spec.seed,
            nodes: spec.nodes,
            board: prepared.wiring.board().name().to_owned(),
            network: if spec.real.is_some() {
                "real"
            } else {
                "modelled"
            }
            .into(),
            duration_ns: scenario.extension.duration.as_nanos(),
            interval_us: config.sampling.interval.as_micros(),
            queue_capacity: config.queue.capacity,
            error_band_mc: error_band_mc(prepared),
            supply_mv: expand::source(prepared).map(|source| source.supply.0),
            security: spec.security.as_ref().map(|security| {
                let settings = security.tls.settings();
                Security {
                    library: library(settings.stack).to_owned(),
                    certificate: certificate(settings.certificate_key, settings.intermediates),
                    verification: verification(settings.verification).to_owned(),
                    mutual: settings.mutual,
                }
            }),
            drawn: drawn(prepared, spec),
            faults: spec.faults.iter().map(fault).collect(),
        }
    }
}

/// Returns what a reading may be off by: the scenario's claim, or else what the data sheet of
/// the sensor allows over its whole range (TMP35/36/37 Rev. H, table 1, "Accuracy": ±3 °C for
/// grade F, ±4 °C for grade G).
fn error_band_mc(prepared: &Prepared) -> i32 {
    let extension = &prepared.scenario.extension;
    let claims = extension.expect.iter();
    let claimed = claims.filter_map(|expectation| {
        if let Claim::ErrorAtMost(limit) = expectation.claim {
            return Some(milli(limit));
        }
        None
    });
    claimed.min().unwrap_or(match extension.sensor.grade {
        Grade::F => 3_000,
        Grade::G => 4_000,
    })
}

/// Lists what the scenario left to chance, and what came of it.
fn drawn(prepared: &Prepared, spec: &WorldSpec) -> Vec<Drawn> {
    let extension = &prepared.scenario.extension;
    let mut drawn = Vec::new();
    let mut note = |what: &str, value: String| {
        drawn.push(Drawn {
            what: what.to_owned(),
            value,
        });
    };
    if let Some(volts) = spec.node.supply
        && extension
            .supply
            .is_some_and(|range| range.single().is_none())
    {
        note("supply", format!("{:.3} V", volts.0));
    }
    note("temperature", course(&spec.temperature));
    if let Some(range) = extension.wifi.loss
        && range.single().is_none()
    {
        let ppm = spec
            .real
            .as_ref()
            .map_or(spec.network.loss_ppm, |real| real.loss_ppm);
        note("loss", format!("{:.2} %", f64::from(ppm) / 1e4));
    }
    if extension.boot.single().is_none() {
        let (first, last) = spec.node.boot;
        note(
            "switched on",
            format!("between {first} and {last}, drawn for each node"),
        );
    }
    drawn
}

/// Describes a course of the temperature.
fn course(profile: &Profile) -> String {
    match profile {
        Profile::Constant(level) => format!("{:.2} °C", level.0),
        Profile::Diurnal(diurnal) => {
            let half = diurnal.swing.0 / 2.0;
            format!("{:.2} °C ± {half:.2} °C each day", diurnal.mean.0)
        }
        Profile::Ramp(ramp) => {
            let (from, to) = (ramp.from.0, ramp.to.0);
            format!("from {from:.2} °C to {to:.2} °C within {}", ramp.length)
        }
        Profile::RandomWalk(walk) => format!("a random walk from {:.2} °C", walk.start.0),
        Profile::Steps(_) => "in steps".to_owned(),
        Profile::Trace(_) => "as recorded".to_owned(),
    }
}

fn fault(scheduled: &ScheduledFault) -> FaultLine {
    FaultLine {
        at_ns: scheduled.at.as_nanos(),
        fault: scheduled.fault.as_str().into(),
        lasts_ns: scheduled.lasts.map(nodelab_sim::SimSpan::as_nanos),
        nodes: match &scheduled.victims {
            Victims::All => None,
            Victims::Nodes(nodes) => Some(nodes.iter().map(|node| node.0).collect()),
        },
    }
}

const fn library(stack: Stack) -> &'static str {
    match stack {
        Stack::BearSsl => "BearSSL",
        Stack::EmbeddedTls => "embedded-tls",
        Stack::MbedTls => "mbedTLS",
        Stack::MicroPython => "axTLS of MicroPython",
        Stack::RustCrypto => "RustCrypto",
    }
}

fn certificate(key: KeyKind, intermediates: u8) -> String {
    let key = match key {
        KeyKind::Ed25519 => "Ed25519",
        KeyKind::P256 => "P-256",
        KeyKind::P384 => "P-384",
        KeyKind::Rsa2048 => "RSA-2048",
        KeyKind::Rsa4096 => "RSA-4096",
    };
    match intermediates {
        0 => format!("{key}, signed by the root"),
        1 => format!("{key}, 1 intermediate"),
        many => format!("{key}, {many} intermediates"),
    }
}

const fn verification(verification: Verification) -> &'static str {
    match verification {
        Verification::Full => "chain, validity, purpose and name",
        Verification::None => "none",
        Verification::PinnedKey => "pinned key",
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a claim is a few degrees")]
fn milli(value: Celsius) -> i32 {
    (value.0 * 1e3).round() as i32
}
