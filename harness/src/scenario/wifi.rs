//! Reads the link: `x-nodelab.wifi`, in both forms of the network.
//!
//! Owns which keys belong to which form. Does not know the physics behind them.

use nodelab_sim::SimSpan;
use nodelab_sim::radio::{Decibels, JoinCache, PowerSave, Standard};

use crate::diagnostic::Problems;
use crate::scenario::extension::DURATION_MAX;
use crate::scenario::faults::items;
use crate::scenario::fields::{
    Fields, boolean, bounded, bounded_range, choice, number, range, small, text,
};
use crate::scenario::quantity::{DISTANCE, DURATION, LEVEL, Metres, Ppm, SHARE};
use crate::scenario::range::Range;
use crate::scenario::reference::{BURST, DHCP, DNS, POWER_SAVE, SHADOWING, STATION, WIFI};
use crate::scenario::settings::{
    AirSettings, BurstSettings, DhcpSettings, DnsSettings, Network, ShadowingSettings,
    StationSettings, WifiPreset, WifiSettings,
};
use crate::scenario::tree::{Kind, Node};

/// Keys that a modelled network has alone.
const MODELLED_ONLY: [&str; 2] = ["join", "latency"];
/// Keys that both forms of the network have.
const SHARED: [&str; 3] = ["preset", "loss", "password"];
/// Longest name of a host (RFC 1035 §2.3.4).
const NAME_MAX: usize = 253;
/// Chances that never end a burst would be no bursts.
const CHANCE: [(&str, Ppm); 2] = [("1 ppm", Ppm(1)), ("100 %", Ppm(1_000_000))];
/// Waits that a station may be set to.
const PATIENCE: [(&str, SimSpan); 2] = [
    ("1 ms", SimSpan::from_millis(1)),
    ("1 h", SimSpan::from_secs(3_600)),
];

/// Reads `wifi` for one form of the network.
pub(crate) fn read(node: &Node, network: Network, problems: &mut Problems) -> Option<WifiSettings> {
    let fields = Fields::open(node, &WIFI, problems)?;
    judge_form(&fields, network, problems);
    let presets = [
        ("good", WifiPreset::Good),
        ("lossy", WifiPreset::Lossy),
        ("far", WifiPreset::Far),
        ("crowded", WifiPreset::Crowded),
        ("flaky-ap", WifiPreset::FlakyAp),
    ];
    let passwords = [("right", false), ("wrong", true)];
    Some(WifiSettings {
        preset: fields
            .read("preset", problems, |node, problems| {
                choice(node, &presets, problems)
            })
            .unwrap_or_default(),
        join: fields.read("join", problems, span),
        latency: fields.read("latency", problems, span),
        loss: fields.read("loss", problems, share),
        password_wrong: fields
            .read("password", problems, |node, problems| {
                choice(node, &passwords, problems)
            })
            .unwrap_or_default(),
        air: air(&fields, problems),
    })
}

/// Reports every key that the other form of the network has alone.
fn judge_form(fields: &Fields<'_>, network: Network, problems: &mut Problems) {
    for (key, _) in fields.pairs() {
        let name = key.text().unwrap_or("");
        let modelled = MODELLED_ONLY.contains(&name);
        let foreign = match network {
            Network::Modelled => !modelled && !SHARED.contains(&name) && fields.knows(name),
            Network::Real => modelled,
        };
        if foreign && modelled {
            let error = problems
                .file()
                .error(key.span, format!("`{name}` belongs to a modelled network"))
                .expected("expected no such key beside `network: real`")
                .advice(
                    "on a real network this follows from frames: see `distance`, `cache`, `dhcp`",
                );
            problems.report(error);
        } else if foreign {
            problems.report(needs_real(key, name, problems));
        }
    }
}

/// Returns what is said about a key that a modelled network does not have.
pub(crate) fn needs_real(
    key: &Node,
    name: &str,
    problems: &Problems,
) -> crate::diagnostic::Diagnostic {
    problems
        .file()
        .error(key.span, format!("`{name}` needs a real network"))
        .expected("expected `network: real` in `x-nodelab`")
        .advice("a modelled network draws times and knows no frames, addresses or certificates")
}

fn air(fields: &Fields<'_>, problems: &mut Problems) -> AirSettings {
    let standards = [
        ("11b", Standard::B),
        ("11g", Standard::G),
        ("11n", Standard::N),
    ];
    let beacons = [
        ("1.024 ms", SimSpan::from_micros(1_024)),
        ("67 s", SimSpan::from_secs(67)),
    ];
    let distances = [("10 cm", Metres(0.1)), ("10 km", Metres(10_000.0))];
    let busy = [("0 %", Ppm(0)), ("95 %", Ppm(950_000))];
    AirSettings {
        background: fields.read("background", problems, |node, problems| {
            bounded_range(node, (&SHARE, busy), problems)
        }),
        beacon_interval: fields.read("beacon-interval", problems, |node, problems| {
            bounded(node, (&DURATION, beacons), problems)
        }),
        burst: fields.read("burst", problems, burst),
        cache: fields.read("cache", problems, cache),
        channel: fields.read("channel", problems, channel),
        dhcp: fields.read("dhcp", problems, dhcp).unwrap_or_default(),
        distance: fields.read("distance", problems, |node, problems| {
            bounded_range(node, (&DISTANCE, distances), problems)
        }),
        dns: fields.read("dns", problems, dns).unwrap_or_default(),
        dtim_period: fields.read("dtim-period", problems, |node, problems| {
            byte(node, [1, 10], problems)
        }),
        interference: fields.read("interference", problems, share),
        lan_delay: fields.read("lan-delay", problems, span),
        path_loss_exponent: fields.read("path-loss-exponent", problems, |node, problems| {
            number(node, [1.0, 8.0], problems)
        }),
        power_save: fields.read("power-save", problems, power_save),
        attempts_max: fields.read("max-attempts", problems, |node, problems| {
            byte(node, [1, 255], problems)
        }),
        shadowing: fields.read("shadowing", problems, shadowing),
        standard: fields.read("standard", problems, |node, problems| {
            choice(node, &standards, problems)
        }),
        station: fields
            .read("station", problems, station)
            .unwrap_or_default(),
        stations_max: fields.read("max-stations", problems, |node, problems| {
            // 2007 association identifiers (IEEE 802.11-2020 §9.4.1.8); more for large fleets.
            small(node, [1, 1_000_000], problems)
        }),
        time_delay: fields.read("time-delay", problems, span),
    }
}

/// Reads the number of a channel.
pub(crate) fn channel(node: &Node, problems: &mut Problems) -> Option<u8> {
    byte(node, [1, 13], problems)
}

fn burst(node: &Node, problems: &mut Problems) -> Option<BurstSettings> {
    let fields = Fields::open(node, &BURST, problems)?;
    let chance =
        |node: &Node, problems: &mut Problems| bounded_range(node, (&SHARE, CHANCE), problems);
    let into_bad = fields.require("into-bad", problems, chance);
    let out_of_bad = fields.require("out-of-bad", problems, chance);
    let loss_bad = fields.read("loss-bad", problems, share);
    let loss_good = fields.read("loss-good", problems, share);
    Some(BurstSettings {
        into_bad: into_bad?,
        out_of_bad: out_of_bad?,
        loss_bad: loss_bad.unwrap_or(Range::only(Ppm(1_000_000))),
        loss_good: loss_good.unwrap_or(Range::only(Ppm(0))),
    })
}

fn cache(node: &Node, problems: &mut Problems) -> Option<JoinCache> {
    const NAMES: [(&str, u8); 3] = [("access-point", 0), ("address", 1), ("key", 2)];
    let mut cache = JoinCache::default();
    for item in items(node, ("cache", NAMES.len()), problems)? {
        match choice(item, &NAMES, problems)? {
            0 => cache.access_point = true,
            1 => cache.address = true,
            _ => cache.key = true,
        }
    }
    Some(cache)
}

fn dhcp(node: &Node, problems: &mut Problems) -> Option<DhcpSettings> {
    let fields = Fields::open(node, &DHCP, problems)?;
    let leases = [("1 s", SimSpan::from_secs(1)), ("3650 d", DURATION_MAX)];
    Some(DhcpSettings {
        acknowledge_delay: fields.read("acknowledge-delay", problems, span),
        check_address: fields
            .read("check-address", problems, boolean)
            .unwrap_or_default(),
        lease: fields.read("lease", problems, |node, problems| {
            bounded(node, (&DURATION, leases), problems)
        }),
        offer_delay: fields.read("offer-delay", problems, span),
        pool: fields.read("pool", problems, |node, problems| {
            small(node, [0, 16_000_000], problems)
        }),
    })
}

fn dns(node: &Node, problems: &mut Problems) -> Option<DnsSettings> {
    let fields = Fields::open(node, &DNS, problems)?;
    Some(DnsSettings {
        delay: fields.read("delay", problems, span),
        lifetime: fields.read("lifetime", problems, |node, problems| {
            let bounds = [("0 s", SimSpan::ZERO), ("3650 d", DURATION_MAX)];
            bounded(node, (&DURATION, bounds), problems)
        }),
        name: fields.read("name", problems, host),
    })
}

/// Reads the name of a host, as the resolver can ask for it.
pub(crate) fn host(node: &Node, problems: &mut Problems) -> Option<String> {
    const LABEL_MAX: usize = 63;
    let name = text(node, NAME_MAX, problems)?;
    let letters = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !label.is_empty() && label.len() <= LABEL_MAX && label.bytes().all(plain)
    };
    let edge = |label: &str| label.starts_with('-') || label.ends_with('-');
    if name.split('.').all(|label| letters(label) && !edge(label)) {
        return Some(name);
    }
    let error = problems
        .file()
        .error(node.span, format!("{} is no name of a host", node.quoted()))
        .expected("expected letters, digits, hyphens and dots, such as `broker.test`");
    problems.report(error);
    None
}

fn power_save(node: &Node, problems: &mut Problems) -> Option<PowerSave> {
    if let Kind::Scalar(_) = node.kind {
        let options = [("awake", PowerSave::Awake), ("dtim", PowerSave::Dtim)];
        return choice(node, &options, problems);
    }
    let fields = Fields::open(node, &POWER_SAVE, problems)?;
    let beacons = fields.require("listen-interval", problems, |node, problems| {
        byte(node, [1, 255], problems)
    })?;
    Some(PowerSave::Listen(beacons))
}

fn shadowing(node: &Node, problems: &mut Problems) -> Option<ShadowingSettings> {
    let fields = Fields::open(node, &SHADOWING, problems)?;
    let levels = [("0 dB", Decibels(0.0)), ("40 dB", Decibels(40.0))];
    let deviation = fields.require("deviation", problems, |node, problems| {
        bounded(node, (&LEVEL, levels), problems)
    });
    let coherence = fields.read("coherence", problems, |node, problems| {
        let bounds = [("1 ms", SimSpan::from_millis(1)), ("3650 d", DURATION_MAX)];
        bounded(node, (&DURATION, bounds), problems)
    });
    Some(ShadowingSettings {
        deviation: deviation?,
        coherence: coherence.unwrap_or(SimSpan::from_secs(30)),
    })
}

fn station(node: &Node, problems: &mut Problems) -> Option<StationSettings> {
    let fields = Fields::open(node, &STATION, problems)?;
    let patience =
        |node: &Node, problems: &mut Problems| bounded(node, (&DURATION, PATIENCE), problems);
    let tries = |node: &Node, problems: &mut Problems| byte(node, [1, 255], problems);
    Some(StationSettings {
        answer_timeout: fields.read("answer-timeout", problems, patience),
        association_tries: fields.read("association-tries", problems, tries),
        authentication_tries: fields.read("authentication-tries", problems, tries),
        beacon_silence: fields.read("beacon-silence", problems, patience),
        handshake_timeout: fields.read("handshake-timeout", problems, patience),
        key_derivation: fields.read("key-derivation", problems, |node, problems| {
            let bounds = [("0 s", SimSpan::ZERO), ("1 min", SimSpan::from_secs(60))];
            bounded(node, (&DURATION, bounds), problems)
        }),
    })
}

fn byte(node: &Node, bounds: [u32; 2], problems: &mut Problems) -> Option<u8> {
    small(node, bounds, problems).and_then(|value| u8::try_from(value).ok())
}

fn share(node: &Node, problems: &mut Problems) -> Option<Range<Ppm>> {
    range(node, &SHARE, problems)
}

fn span(node: &Node, problems: &mut Problems) -> Option<Range<SimSpan>> {
    range(node, &DURATION, problems)
}
