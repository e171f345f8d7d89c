//! Reads the `x-nodelab` block: the top of it.
//!
//! Owns the run's own settings. The parts are read by the modules beside it.

use std::path::Path;

use node_core::UnixTime;
use nodelab_sim::stack::tcp::TcpProfile;
use nodelab_sim::{SimSpan, Volts};

use crate::diagnostic::Problems;
use crate::scenario::by_hand::{self, ByHand};
use crate::scenario::civil::unix_time;
use crate::scenario::fields::{
    Fields, boolean, bounded, bounded_range, choice, place, range, small, text, whole,
};
use crate::scenario::model::{Extension, FileReference};
use crate::scenario::quantity::{DURATION, VOLTAGE};
use crate::scenario::range::Range;
use crate::scenario::reference::EXTENSION;
use crate::scenario::settings::{
    AdcSettings, BrokerSettings, ClockSettings, Network, NodeSettings, SensorSettings, Temperature,
    WifiSettings,
};
use crate::scenario::tree::{Kind, Node};
use crate::scenario::{claims, faults, node, power, tls, wifi, world};

/// Simulated time without a limit of its own: what wokwi-cli takes, `--timeout 30000`.
pub const DURATION_DEFAULT: SimSpan = SimSpan::from_secs(30);
/// Longest run, ten years.
pub const DURATION_MAX: SimSpan = SimSpan::from_secs(3_650 * 86_400);
/// Civil time at power-on of a scenario with `tls` that gives none: certificates are judged by
/// it, and 2026-01-01 is as good as any day.
pub const START_WITH_TLS: UnixTime = UnixTime::from_millis(1_767_225_600_000);
/// Nodes in one world at most.
pub const NODES_IN_WORLD_MAX: u32 = 1_000_000;
/// Worlds of one scenario at most.
pub const SEEDS_MAX: u32 = 100_000;
/// Largest seed: every whole number up to 2⁵³ survives every YAML and JSON reader.
pub const SEED_MAX: u64 = 1 << 53;
/// Bytes of a path or of any other text that no core type limits.
pub(crate) const TEXT_MAX: usize = 4_096;

impl Default for Extension {
    fn default() -> Self {
        Self {
            diagram: None,
            duration: DURATION_DEFAULT,
            start: None,
            seed: 1,
            seeds: 1,
            ideal: false,
            nodes: 1,
            boot: Range::only(SimSpan::ZERO),
            network: Network::Modelled,
            supply: None,
            tcp: None,
            tls: None,
            node: NodeSettings::default(),
            sensor: SensorSettings::default(),
            adc: AdcSettings::default(),
            clock: ClockSettings::default(),
            power: None,
            temperature: Temperature::default(),
            wifi: WifiSettings::default(),
            broker: BrokerSettings::default(),
            faults: Vec::new(),
            by_hand: ByHand::default(),
            expect: Vec::new(),
        }
    }
}

/// Reads the block; `None` only when it is no mapping.
pub(crate) fn read(node: &Node, problems: &mut Problems) -> Option<Extension> {
    let fields = Fields::open(node, &EXTENSION, problems)?;
    let base = Extension::default();
    fields.read("version", problems, |node, problems| {
        small(node, [1, 1], problems)
    });
    let nodes = fields
        .read("nodes", problems, |node, problems| {
            small(node, [1, NODES_IN_WORLD_MAX], problems)
        })
        .unwrap_or(base.nodes);
    let bounds = [("1 ms", SimSpan::from_millis(1)), ("3650 d", DURATION_MAX)];
    let networks = [("modelled", Network::Modelled), ("real", Network::Real)];
    let network = fields
        .read("network", problems, |node, problems| {
            choice(node, &networks, problems)
        })
        .unwrap_or(match fields.find("network") {
            // Whoever misspells it wants another than the default.
            Some(_) => Network::Real,
            None => Network::default(),
        });
    if network == Network::Modelled {
        judge_modelled(&fields, problems);
    }
    let tls = fields.read("tls", problems, tls::read);
    Some(Extension {
        diagram: fields.read("diagram", problems, file),
        duration: fields
            .read("duration", problems, |node, problems| {
                bounded(node, (&DURATION, bounds), problems)
            })
            .unwrap_or(base.duration),
        start: fields
            .read("start", problems, civil_time)
            .or(tls.as_ref().map(|_| START_WITH_TLS)),
        seed: fields
            .read("seed", problems, |node, problems| {
                whole(node, [0, SEED_MAX], problems)
            })
            .unwrap_or(base.seed),
        seeds: fields
            .read("seeds", problems, |node, problems| {
                small(node, [1, SEEDS_MAX], problems)
            })
            .unwrap_or(base.seeds),
        ideal: fields
            .read("ideal", problems, boolean)
            .unwrap_or(base.ideal),
        nodes,
        boot: fields
            .read("boot", problems, |node, problems| {
                range(node, &DURATION, problems)
            })
            .unwrap_or(base.boot),
        network,
        supply: fields.read("supply", problems, supply),
        tcp: fields.read("tcp", problems, tcp),
        tls,
        ..parts(&fields, (nodes, network), problems)
    })
}

/// Reads the parts of the world, each a block of its own.
fn parts(
    fields: &Fields<'_>,
    (nodes, network): (u32, Network),
    problems: &mut Problems,
) -> Extension {
    Extension {
        node: fields
            .read("node", problems, |node, problems| {
                node::read(node, nodes, problems)
            })
            .unwrap_or_default(),
        sensor: fields
            .read("sensor", problems, world::sensor)
            .unwrap_or_default(),
        adc: fields.read("adc", problems, world::adc).unwrap_or_default(),
        clock: fields
            .read("clock", problems, world::clock)
            .unwrap_or_default(),
        power: fields.read("power", problems, power::read),
        temperature: fields
            .read("environment", problems, world::environment)
            .unwrap_or_default(),
        wifi: fields
            .read("wifi", problems, |node, problems| {
                wifi::read(node, network, problems)
            })
            .unwrap_or_default(),
        broker: fields
            .read("broker", problems, world::broker)
            .unwrap_or_default(),
        faults: fields
            .read("faults", problems, |node, problems| {
                faults::read(node, (nodes, network), problems)
            })
            .unwrap_or_default(),
        by_hand: fields
            .read("by-hand", problems, |node, problems| {
                by_hand::read(node, (nodes, network), problems)
            })
            .unwrap_or_default(),
        expect: fields
            .read("expect", problems, |node, problems| {
                claims::read(node, network, problems)
            })
            .unwrap_or_default(),
        ..Extension::default()
    }
}

/// Reads a path, relative to the folder of the scenario file.
pub(crate) fn file(node: &Node, problems: &mut Problems) -> Option<FileReference> {
    let written = text(node, TEXT_MAX, problems)?;
    let folder = Path::new(problems.file().name())
        .parent()
        .unwrap_or(Path::new(""));
    Some(FileReference {
        path: folder.join(written),
        place: place(node, problems),
    })
}

/// Reports what only a real network has, the keys of `wifi` aside.
fn judge_modelled(fields: &Fields<'_>, problems: &mut Problems) {
    let watchdog = fields.find("node").and_then(|node| match &node.kind {
        Kind::Mapping(entries) => entries
            .iter()
            .find(|entry| entry.key.text() == Some("watchdog")),
        Kind::Scalar(_) | Kind::Sequence(_) => None,
    });
    if let Some(entry) = watchdog {
        problems.report(wifi::needs_real(&entry.key, "watchdog", problems));
    }
    // TLS is for both: a modelled network carries the shape of the same handshake.
    for (key, _) in fields.pairs() {
        if key.text() == Some("tcp") {
            problems.report(wifi::needs_real(key, "tcp", problems));
        }
    }
}

fn tcp(node: &Node, problems: &mut Problems) -> Option<TcpProfile> {
    let names: Vec<(&'static str, &'static str)> =
        TcpProfile::names().map(|name| (name, name)).collect();
    choice(node, &names, problems).and_then(TcpProfile::named)
}

fn civil_time(node: &Node, problems: &mut Problems) -> Option<UnixTime> {
    let time = node.text().and_then(unix_time);
    if time.is_none() {
        let error = problems
            .file()
            .error(
                node.span,
                format!("{} is not a date and time", node.describe()),
            )
            .expected("expected UTC as in RFC 3339, such as `2026-01-01T00:00:00Z`");
        problems.report(error);
    }
    time
}

fn supply(node: &Node, problems: &mut Problems) -> Option<Range<Volts>> {
    let bounds = [("0 V", Volts(0.0)), ("20 V", Volts(20.0))];
    bounded_range(node, (&VOLTAGE, bounds), problems)
}
