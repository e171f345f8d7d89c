//! From what a scenario says about the network to both of its forms.
//!
//! Owns what depends on the board and on the number of nodes.

use nodelab_sim::board::BoardKind;
use nodelab_sim::radio::{
    Background, BurstSpec, RadioFault, RadioSpec, ReasonCode, Shadowing, StationSpec, WifiSpec,
};
use nodelab_sim::stack::address::ServiceSpec;
use nodelab_sim::stack::tcp::TcpProfile;
use nodelab_sim::stack::{NetworkSpec, RealSpec};
use nodelab_sim::{Fault, Rng, ScheduledFault, SimSpan, SimTime, SpanRange, Victims};

use super::share;
use crate::prepare::Prepared;
use crate::scenario::{
    AirSettings, ClockSpeed, Extension, Network, Range, StationSettings, TlsKeys, WifiPreset,
};

/// How long a flaky access point keeps its stations (cesanta/mongoose-os issue 403).
const FLAKY_HOLD: [SimSpan; 2] = [SimSpan::from_secs(180), SimSpan::from_secs(300)];
/// Times that a flaky access point loses its stations at most; enough for three weeks.
const FLAKY_MAX: usize = 10_000;

/// Draws the modelled form.
pub(super) fn modelled(extension: &Extension, rng: &mut Rng) -> NetworkSpec {
    let wifi = &extension.wifi;
    let mut network = match wifi.preset {
        WifiPreset::Crowded => NetworkSpec::crowded(),
        WifiPreset::Far => NetworkSpec::far(),
        WifiPreset::FlakyAp => NetworkSpec::flaky_ap(),
        WifiPreset::Good => NetworkSpec::good(),
        WifiPreset::Lossy => NetworkSpec::lossy(),
    };
    if let Some(join) = wifi.join {
        network.join = spans(join);
    }
    if let Some(latency) = wifi.latency {
        network.latency = latency.low();
        network.jitter = difference(latency);
    }
    if let Some(loss) = wifi.loss {
        network.loss_ppm = share(loss.draw(rng));
    }
    if let Some(latency) = extension.broker.latency {
        network.answer_time = spans(latency);
    }
    if wifi.password_wrong {
        network.join_failure_ppm = 1_000_000;
        network.join_failure = node_core::LinkLoss::AuthenticationFailed;
    }
    network
}

/// Draws the real form, if the scenario asks for it.
pub(super) fn real(prepared: &Prepared, rng: &mut Rng) -> Option<RealSpec> {
    let extension = &prepared.scenario.extension;
    if extension.network == Network::Modelled {
        return None;
    }
    let board = prepared.wiring.board();
    let settings = &extension.wifi.air;
    let base = RealSpec::new(wifi(extension, board, rng));
    let loss = extension.wifi.loss;
    Some(RealSpec {
        answer_time: extension.broker.latency.map_or(base.answer_time, spans),
        checks_address: settings.dhcp.check_address,
        lan_delay: settings.lan_delay.map_or(base.lan_delay, spans),
        loss_ppm: loss.map_or(0, |loss| share(loss.draw(rng))),
        services: services(extension, base.services),
        station: station(extension, board, base.station),
        tcp: extension.tcp.unwrap_or(match board {
            BoardKind::Esp32C3 => TcpProfile::ESP_RADIO,
            BoardKind::Esp12 | BoardKind::NodeMcu => TcpProfile::ARDUINO_LOWER_MEMORY,
        }),
        wifi: base.wifi,
    })
}

/// Draws when a flaky access point of a real network loses its stations: what its preset says
/// on a modelled one.
pub(super) fn flaky(extension: &Extension, rng: &mut Rng) -> Vec<ScheduledFault> {
    let is_flaky = extension.wifi.preset == WifiPreset::FlakyAp;
    if extension.network == Network::Modelled || !is_flaky {
        return Vec::new();
    }
    let [shortest, longest] = FLAKY_HOLD;
    let hold = SpanRange::new(shortest, longest);
    let end = SimTime::ZERO.after(extension.duration);
    let mut at = SimTime::ZERO;
    let mut losses = Vec::new();
    while losses.len() < FLAKY_MAX {
        at = at.after(hold.draw(rng));
        if at >= end {
            break;
        }
        losses.push(ScheduledFault {
            at,
            fault: Fault::Radio(RadioFault::Deauthenticated {
                reason: ReasonCode::AUTH_EXPIRE,
            }),
            lasts: None,
            victims: Victims::All,
        });
    }
    losses
}

fn wifi(extension: &Extension, board: BoardKind, rng: &mut Rng) -> WifiSpec {
    let mut wifi = match extension.wifi.preset {
        WifiPreset::Crowded => WifiSpec::crowded(),
        WifiPreset::Far => WifiSpec::far(),
        WifiPreset::FlakyAp => WifiSpec::flaky_ap(),
        WifiPreset::Good => WifiSpec::good(),
        WifiPreset::Lossy => WifiSpec::lossy(),
    };
    let settings = &extension.wifi.air;
    wifi.cache = settings.cache.unwrap_or(wifi.cache);
    wifi.standard = settings.standard.unwrap_or(wifi.standard);
    if let Some(distance) = settings.distance {
        wifi.path.distance_m = distance.draw(rng).0;
    }
    if let Some(exponent) = settings.path_loss_exponent {
        wifi.path.exponent = exponent;
    }
    if board == BoardKind::Esp32C3 {
        wifi.phy.node = RadioSpec::esp32c3();
    }
    access_point(extension, &mut wifi);
    air(settings, &mut wifi, rng);
    wifi
}

fn access_point(extension: &Extension, wifi: &mut WifiSpec) {
    let settings = &extension.wifi.air;
    let access_point = &mut wifi.access_point;
    if let Some(interval) = settings.beacon_interval {
        access_point.beacon_interval = interval;
    }
    if let Some(channel) = settings.channel {
        access_point.channel = channel;
    }
    if let Some(period) = settings.dtim_period {
        access_point.dtim_period = period;
    }
    let room = access_point.stations_max.max(extension.nodes);
    access_point.stations_max = settings.stations_max.unwrap_or(room);
    access_point.password_wrong = extension.wifi.password_wrong;
}

fn air(settings: &AirSettings, wifi: &mut WifiSpec, rng: &mut Rng) {
    let phy = &mut wifi.phy;
    if let Some(attempts_max) = settings.attempts_max {
        phy.attempts_max = attempts_max;
    }
    if let Some(background) = settings.background {
        phy.background = Background {
            share_ppm: share(background.draw(rng)),
            ..phy.background
        };
    }
    if let Some(burst) = settings.burst {
        phy.burst = Some(BurstSpec {
            p_ppm: share(burst.into_bad.draw(rng)),
            r_ppm: share(burst.out_of_bad.draw(rng)),
            bad_loss_ppm: share(burst.loss_bad.draw(rng)),
            good_loss_ppm: share(burst.loss_good.draw(rng)),
        });
    }
    if let Some(interference) = settings.interference {
        phy.interference_ppm = share(interference.draw(rng));
    }
    if let Some(power_save) = settings.power_save {
        phy.power_save = power_save;
    }
    if let Some(shadowing) = settings.shadowing {
        phy.shadowing = Some(Shadowing {
            deviation: shadowing.deviation,
            coherence: shadowing.coherence,
        });
    }
}

fn services(extension: &Extension, base: ServiceSpec) -> ServiceSpec {
    let AirSettings {
        dhcp,
        dns,
        time_delay,
        ..
    } = &extension.wifi.air;
    let name = dns.name.as_deref();
    ServiceSpec {
        addresses: dhcp.pool.unwrap_or(base.addresses.max(extension.nodes)),
        lease: dhcp.lease.unwrap_or(base.lease),
        offer_delay: dhcp.offer_delay.map_or(base.offer_delay, spans),
        acknowledge_delay: dhcp.acknowledge_delay.map_or(base.acknowledge_delay, spans),
        resolve_delay: dns.delay.map_or(base.resolve_delay, spans),
        time_delay: time_delay.map_or(base.time_delay, spans),
        broker_name: name.map_or(base.broker_name, Box::from),
        name_lifetime: dns.lifetime.unwrap_or(base.name_lifetime),
        ..base
    }
}

fn station(extension: &Extension, board: BoardKind, base: StationSpec) -> StationSpec {
    let clock = extension.tls.as_ref().map_or_else(
        || ClockSpeed::of(board),
        |tls: &TlsKeys| tls.clock_speed(board),
    );
    let AirSettings {
        cache,
        power_save,
        station,
        ..
    } = &extension.wifi.air;
    let StationSettings {
        answer_timeout,
        association_tries,
        authentication_tries,
        beacon_silence,
        handshake_timeout,
        key_derivation,
    } = *station;
    let listens = power_save.and_then(|power_save| match power_save {
        nodelab_sim::radio::PowerSave::Listen(beacons) => Some(u16::from(beacons)),
        nodelab_sim::radio::PowerSave::Awake | nodelab_sim::radio::PowerSave::Dtim => None,
    });
    StationSpec {
        cache: cache.unwrap_or(base.cache),
        key_derivation: key_derivation
            .unwrap_or_else(|| StationSpec::key_derivation_at(clock.mhz())),
        answer_timeout: answer_timeout.unwrap_or(base.answer_timeout),
        authentication_tries: authentication_tries.unwrap_or(base.authentication_tries),
        association_tries: association_tries.unwrap_or(base.association_tries),
        handshake_timeout: handshake_timeout.unwrap_or(base.handshake_timeout),
        beacon_silence: beacon_silence.unwrap_or(base.beacon_silence),
        listen_interval: listens.unwrap_or(base.listen_interval),
        ..base
    }
}

fn spans(range: Range<SimSpan>) -> SpanRange {
    SpanRange::new(range.low(), range.high())
}

fn difference(range: Range<SimSpan>) -> SimSpan {
    SimSpan::from_nanos(range.high().as_nanos() - range.low().as_nanos())
}
