//! Random lives: configurations of every kind, and worlds from kind to hostile.
//!
//! Owns what may happen and how often. Reacts to the node on this machine, so that most lives
//! reach a session and acknowledged readings, and not only the first refusal.

use node_core::{
    AdcCode, BackoffConfig, Calibration, CloseReason, Config, Conversion, DropPolicy, Duration,
    Filter, INTERVAL_MAX, INTERVAL_MIN, Input, Instant, LinkLoss, MilliCelsius, OVERSAMPLE_MAX,
    PayloadFormat, QUEUE_CAPACITY_MAX, Qos, QueueConfig, ReportConfig, SamplingConfig, Scale,
    SensorConfig, Text, UnixTime, WifiConfig, WifiPolicy,
};

use crate::parity::draw::Draw;
use crate::parity::life::Life;
use crate::parity::world::{Seen, World};

/// Fewest turns of a life.
const TURNS_MIN: u64 = 30;
/// Turns that may come on top.
const TURNS_MORE: u64 = 120;
/// Longest run of hostile bytes; two of the parser's buffers.
const HOSTILE_MAX: usize = 1100;
/// Longest time that passes without a reason.
const PAUSE_MAX: Duration = Duration::from_secs(7 * 24 * 3600);

/// What somebody types, or a broker sends.
const LINES: [&[u8]; 10] = [
    b"help",
    b"read",
    b"status",
    b"interval 10s",
    b"interval 100ms",
    b"interval 7d",
    b"interval 18446744073709551616h",
    b"interval",
    b"{\"name\":\"interval\",\"payload\":\"5s\"}",
    b"\xff\x00 \x7f",
];

/// Packets of a broker that are whole, and mostly wrong here.
const PACKETS: [&[u8]; 12] = [
    // CONNACK: session present, refused, and one that may not be.
    &[0x20, 2, 1, 0],
    &[0x20, 2, 0, 5],
    &[0x20, 2, 1, 3],
    // PUBACK of another, of none.
    &[0x40, 2, 0x12, 0x34],
    &[0x40, 2, 0, 0],
    // SUBACK: refused; PINGRESP that nobody asked for.
    &[0x90, 3, 0, 1, 0x80],
    &[0xD0, 0],
    // PUBREC, DISCONNECT of a client, a reserved type.
    &[0x50, 2, 0, 1],
    &[0xE0, 0],
    &[0xF0, 0],
    // Lengths: five bytes of them, and a megabyte that never comes.
    &[0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
    &[0x30, 0xC0, 0x84, 0x3D, 0, 1, b't'],
];

/// Leads one random life, and says how far it came.
pub(crate) fn lead(seed: u64, sequence: u64) -> (Life, Seen) {
    let draw = &mut Draw::new(seed, sequence);
    let mut config = config(draw);
    if draw.once_in(64) {
        spoil(&mut config, draw);
    }
    let start = draw.one_of(&[0, 1, 1 << 32, 1 << 53, 1 << 62]);
    let now = Instant::from_micros(start + draw.below(1 << 31));
    let mut world = World::boot(&config, draw.bits(), now);
    // How hostile this world is: one step in so many is not a polite one.
    let politeness = draw.one_of(&[4, 8, 16, 64]);
    let mut code = if draw.once_in(8) {
        draw.below(4096)
    } else {
        believable(config.sensor.scale, draw)
    };
    if world.is_alive() {
        for _ in 0..TURNS_MIN + draw.below(TURNS_MORE) {
            code = (code + draw.below(9)).saturating_sub(4).min(4095);
            if draw.once_in(politeness) {
                disturb(&mut world, draw);
            } else {
                world.now = world.now.after(draw.span(Duration::from_millis(90)));
                world.oblige(adc(code));
            }
        }
    }
    let reached = world.seen;
    (world.into_life(&name(seed, sequence)), reached)
}

/// Returns the name of a random life.
pub(crate) fn name(seed: u64, sequence: u64) -> String {
    format!("random seed {seed} sequence {sequence}")
}

/// Reads the name of a random life.
pub(crate) fn parse_name(name: &str) -> Option<(u64, u64)> {
    let rest = name.strip_prefix("random seed ")?;
    let (seed, sequence) = rest.split_once(" sequence ")?;
    Some((seed.parse().ok()?, sequence.parse().ok()?))
}

fn adc(code: u64) -> AdcCode {
    AdcCode(u16::try_from(code).unwrap_or(u16::MAX))
}

/// Returns the code of a temperature between 0 °C and 50 °C, or the nearest that a board has.
fn believable(scale: Scale, draw: &mut Draw) -> u64 {
    let wanted = MilliCelsius(i32::try_from(draw.below(50_000)).expect("a small number"));
    let full = u64::from(scale.full_scale().0);
    let codes = (0..full).find(|code| scale.microvolts(adc(*code)) >= wanted.to_tmp36());
    codes.unwrap_or(full)
}

/// Does something that nobody asked for.
fn disturb(world: &mut World, draw: &mut Draw) {
    match draw.below(16) {
        0 | 1 => {
            world.now = world.now.after(draw.span(PAUSE_MAX));
            world.tell(Input::Timeout);
        }
        2 | 3 => {
            let mut line = draw.one_of(&LINES).to_vec();
            line.push(draw.one_of(b"\r\n\x08x"));
            world.tell(Input::SerialRead(&line));
        }
        4 => world.tell(Input::SerialRead(&draw.bytes(100))),
        5 | 6 => {
            let message = message(draw);
            world.owed.bytes.extend(message);
            world.deliver(draw.place(HOSTILE_MAX));
        }
        7 => world.tell(Input::StreamRead(draw.one_of(&PACKETS))),
        8 => world.tell(Input::StreamRead(&draw.bytes(HOSTILE_MAX))),
        9 => world.tell(Input::LinkDown(draw.one_of(&LinkLoss::ALL))),
        10 => world.tell(Input::StreamClosed(draw.one_of(&CloseReason::ALL))),
        11 => world.deliver(draw.place(3)),
        12 => {
            let civil =
                UnixTime::from_millis(draw.span(Duration::from_micros(1 << 43)).as_micros());
            world.tell(Input::TimeKnown(civil));
        }
        13 => {
            let code = draw.one_of(&[0, 1, 1022, 1023, 1024, 4094, 4095, 65_535]);
            world.tell(Input::Sampled(adc(code)));
        }
        14 => world.tell(Input::LinkUp),
        _ => world.tell(Input::StreamOpened),
    }
}

/// Returns a PUBLISH, at QoS 0 or 1, with a command or with something else (MQTT 3.1.1 §3.3).
fn message(draw: &mut Draw) -> Vec<u8> {
    let payload = if draw.once_in(4) {
        draw.bytes(700)
    } else {
        draw.one_of(&LINES).to_vec()
    };
    let acknowledged = draw.once_in(2);
    let mut body = vec![0, 9];
    body.extend(b"t/command");
    if acknowledged {
        body.extend([draw.byte(), draw.byte()]);
    }
    body.extend(payload);
    let mut packet = vec![if acknowledged { 0x32 } else { 0x30 }];
    let mut length = body.len();
    loop {
        let low = u8::try_from(length & 0x7F).expect("seven bits");
        length >>= 7;
        packet.push(if length > 0 { low | 0x80 } else { low });
        if length == 0 {
            break;
        }
    }
    packet.extend(body);
    packet
}

/// Draws a configuration that a node takes.
fn config(draw: &mut Draw) -> Config {
    Config {
        queue: QueueConfig {
            capacity: small(draw, QUEUE_CAPACITY_MAX),
            drop: draw.one_of(&[DropPolicy::Newest, DropPolicy::Oldest]),
        },
        report: (!draw.once_in(16)).then(|| report(draw)),
        sampling: SamplingConfig {
            filter: draw.one_of(&[Filter::Mean, Filter::Median]),
            interval: draw.span(INTERVAL_MAX).max(INTERVAL_MIN),
            oversample: match draw.below(3) {
                0 => small(draw, OVERSAMPLE_MAX),
                _ => 1,
            },
            response_timeout: at_least_one(draw.span(Duration::from_secs(10))),
        },
        sensor: sensor(draw),
        wifi: wifi(draw),
    }
}

fn sensor(draw: &mut Draw) -> SensorConfig {
    let mut number = |max: u64| {
        let number = i32::try_from(draw.below(2 * max + 1)).expect("a small number");
        number - i32::try_from(max).expect("a small number")
    };
    let calibration = Calibration {
        gain_ppm: number(1_000_000),
        offset: MilliCelsius(number(10_000)),
    };
    let step = number(50_000).abs();
    SensorConfig {
        calibration: if draw.once_in(2) {
            calibration
        } else {
            Calibration::default()
        },
        conversion: draw.one_of(&[
            Conversion::Datasheet,
            Conversion::Datasheet,
            Conversion::TenthOfCode,
        ]),
        scale: draw.one_of(&Scale::ALL),
        step_max: (!draw.once_in(2)).then_some(MilliCelsius(step)),
    }
}

fn wifi(draw: &mut Draw) -> WifiConfig {
    let base = at_least_one(draw.span(Duration::from_secs(60)));
    WifiConfig {
        backoff: BackoffConfig {
            base,
            cap: draw.span(Duration::from_secs(3600)).max(base),
        },
        join_timeout: at_least_one(draw.span(Duration::from_secs(60))),
        policy: draw.one_of(&[WifiPolicy::LeaveWhenIdle, WifiPolicy::Stay]),
    }
}

fn report(draw: &mut Draw) -> ReportConfig {
    let username = text(draw, 0);
    let password = if username.is_empty() {
        Text::EMPTY
    } else {
        text(draw, 0)
    };
    ReportConfig {
        clean_session: draw.once_in(2),
        client_id: text(draw, 1),
        commands: draw.once_in(2),
        format: draw.one_of(&PayloadFormat::ALL),
        keep_alive_s: draw.one_of(&[0, 1, 60, u16::MAX]),
        password,
        qos: if draw.once_in(5) {
            Qos::AtMostOnce
        } else {
            Qos::AtLeastOnce
        },
        response_timeout: at_least_one(draw.span(Duration::from_secs(60))),
        status: draw.once_in(2),
        topic: text(draw, 1),
        username,
    }
}

/// Breaks one rule of a configuration.
fn spoil(config: &mut Config, draw: &mut Draw) {
    match draw.below(5) {
        0 => config.queue.capacity = 0,
        1 => config.sampling.oversample = 255,
        2 => config.sampling.interval = Duration::ZERO,
        3 => config.sensor.calibration.gain_ppm = i32::MIN,
        _ => config.wifi.join_timeout = Duration::ZERO,
    }
}

/// Draws a text of at least `min` characters, some of two bytes.
fn text<const N: usize>(draw: &mut Draw, min: usize) -> Text<N> {
    // Short ones are common, long ones find the edges of buffers.
    let max = if draw.once_in(8) { N / 2 } else { 12 };
    let length = min + draw.place(max - min + 1);
    let letters = ['a', 'Z', '0', '/', '-', ' ', '"', 'é'];
    let text: String = (0..length).map(|_| draw.one_of(&letters)).collect();
    Text::new(&text).expect("half as many characters as bytes")
}

fn small(draw: &mut Draw, max: usize) -> u8 {
    u8::try_from(1 + draw.place(max)).expect("a small number")
}

fn at_least_one(span: Duration) -> Duration {
    span.max(Duration::from_micros(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_and_a_number_give_one_life() {
        assert_eq!(lead(1, 2).0, lead(1, 2).0);
        assert_ne!(lead(1, 2).0, lead(1, 3).0);
    }

    #[test]
    fn most_lives_reach_a_session_and_acknowledged_readings() {
        let lives = 300;
        let seen: Vec<Seen> = (0..lives).map(|sequence| lead(1, sequence).1).collect();
        let online = seen.iter().filter(|seen| seen.online).count();
        let acked = seen.iter().filter(|seen| seen.acked).count();
        // A fifth send at QoS 0, which is never acknowledged; some report to nobody.
        let found = format!("{online} and {acked} of {lives}");
        assert!(online * 4 >= seen.len() * 3, "{found}");
        assert!(acked * 5 >= seen.len() * 3, "{found}");
    }

    #[test]
    fn some_nodes_refuse_to_boot() {
        let length = |sequence| lead(1, sequence).0.script().turns;
        assert!((0..300).any(|sequence| length(sequence) == 1));
    }

    #[test]
    fn names_can_be_read_back() {
        assert_eq!(parse_name(&name(7, 123)), Some((7, 123)));
        assert_eq!(parse_name("scenarios/a seed 1 node 0 boot 0"), None);
    }
}
