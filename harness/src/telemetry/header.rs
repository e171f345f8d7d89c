//! What is said of a world before anything happens.
//!
//! Owns which parameters are told, and their words. What parts were drawn for each board stays
//! with the simulator.

use nodelab_sim::environment::Profile;
use nodelab_sim::stack::RealSpec;
use nodelab_sim::stack::tls::{KeyKind, Stack, Verification};
use nodelab_sim::{Celsius, NodeId, PartErrors, ScheduledFault, Victims, WorldSpec};

use super::line::{Drawn, FaultLine, Header, SCHEMA_VERSION, Security};
use crate::expand;
use crate::prepare::Prepared;
use crate::scenario::quantity::Ppm;
use crate::scenario::{AirSettings, Claim, Grade, Range};

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
            error_band_mc: claimed_error_mc(prepared).unwrap_or_else(|| data_sheet_mc(prepared)),
            error_is_claimed: claimed_error_mc(prepared).is_some(),
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

/// Returns what a reading may be off by as the scenario claims it, if it does.
fn claimed_error_mc(prepared: &Prepared) -> Option<i32> {
    let claims = prepared.scenario.extension.expect.iter();
    let claimed = claims.filter_map(|expectation| {
        if let Claim::ErrorAtMost(limit) = expectation.claim {
            return Some(milli(limit));
        }
        None
    });
    claimed.min()
}

/// Returns what the data sheet of the sensor allows over its whole range (TMP35/36/37 Rev. H,
/// table 1, "Accuracy": ±3 °C for grade F, ±4 °C for grade G).
fn data_sheet_mc(prepared: &Prepared) -> i32 {
    match prepared.scenario.extension.sensor.grade {
        Grade::F => 3_000,
        Grade::G => 4_000,
    }
}

/// Lists what the scenario left to chance, and what came of it: of the world, and of the first
/// board.
fn drawn(prepared: &Prepared, spec: &WorldSpec) -> Vec<Drawn> {
    let extension = &prepared.scenario.extension;
    let mut drawn = vec![note("temperature", course(&spec.temperature))];
    if let Some(volts) = spec.node.supply
        && extension
            .supply
            .is_some_and(|range| range.single().is_none())
    {
        drawn.push(note("supply", format!("{:.3} V", volts.0)));
    }
    if extension
        .wifi
        .loss
        .is_some_and(|range| range.single().is_none())
    {
        let ppm = spec
            .real
            .as_ref()
            .map_or(spec.network.loss_ppm, |real| real.loss_ppm);
        drawn.push(note("loss", percent(ppm)));
    }
    if let Some(real) = &spec.real {
        drawn.extend(air(&extension.wifi.air, real));
    }
    if !extension.ideal {
        drawn.extend(board(spec));
    }
    drawn
}

/// Lists what was drawn of the air.
fn air(settings: &AirSettings, real: &RealSpec) -> Vec<Drawn> {
    let phy = &real.wifi.phy;
    let is_open = |range: Option<Range<Ppm>>| range.is_some_and(|range| range.single().is_none());
    let mut drawn = Vec::new();
    if settings
        .distance
        .is_some_and(|range| range.single().is_none())
    {
        let metres = real.wifi.path.distance_m;
        drawn.push(note("distance", format!("{metres:.1} m")));
    }
    if is_open(settings.background) {
        drawn.push(note(
            "air taken by others",
            percent(phy.background.share_ppm),
        ));
    }
    if is_open(settings.interference) {
        drawn.push(note("interference", percent(phy.interference_ppm)));
    }
    drawn
}

/// Lists how the parts of the first board differ from perfect ones.
fn board(spec: &WorldSpec) -> Vec<Drawn> {
    let parts = PartErrors::of(spec, NodeId(0));
    let mut drawn = vec![
        note(
            "sensor of node 0",
            format!("{:+.2} °C at 25 °C", parts.sensor_offset.0),
        ),
        note("converter of node 0", parts.converter),
        note("clock of node 0", ppm(parts.clock_drift_ppb)),
    ];
    if let Some(divider) = parts.divider {
        let (top, bottom) = (divider.top.0 / 1e3, divider.bottom.0 / 1e3);
        drawn.push(note(
            "divider of node 0",
            format!("{top:.1} kΩ over {bottom:.1} kΩ"),
        ));
    }
    if spec.node.boot.0 != spec.node.boot.1 {
        drawn.push(note("node 0 switched on", format!("after {}", parts.boot)));
    }
    drawn
}

fn note(what: &str, value: String) -> Drawn {
    Drawn {
        what: what.to_owned(),
        value,
    }
}

fn percent(ppm: u32) -> String {
    format!("{:.2} %", f64::from(ppm) / 1e4)
}

#[expect(clippy::cast_precision_loss, reason = "a clock's error is small")]
fn ppm(ppb: i64) -> String {
    format!("{:+.1} ppm", ppb as f64 / 1e3)
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
