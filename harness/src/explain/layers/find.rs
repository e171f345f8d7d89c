//! Finds the bytes of one PUBLISH among the frames, and measures what surrounds them.
//!
//! Owns reading: TCP streams, TLS records, MQTT packets, and the search for what nobody should
//! see. Asks no part of the simulator what it meant to send.

use nodelab_sim::capture::{Flow, Follower};
use nodelab_sim::radio::{Attempt, Preamble, Rate, Standard, Timing, ack_time, frame_time};
use nodelab_sim::stack::Direction;
use nodelab_sim::stack::tcp::Segment;
use nodelab_sim::stack::tls::{TlsEvent, TlsVersion};
use nodelab_sim::{NodeId, SimSpan};

use super::anatomy::{Air, Anatomy, Layer, Part, Session, Sighting};
use super::promise::Message;
use super::watch::{Seen, Watch};

/// Header of a TLS record, and the tag of every AEAD in use (RFC 8446 §5.2, RFC 5116).
const RECORD_HEADER: usize = 5;
const TAG: usize = 16;
/// What follows the plaintext of a TLS 1.3 record: its real content type.
const CONTENT_TYPE: usize = 1;
/// The part of the nonce that AES-GCM sends with each record of TLS 1.2 (RFC 5288 §3).
const EXPLICIT_NONCE: usize = 8;
/// Suites of TLS 1.2 with ChaCha20-Poly1305, which send none (RFC 7905 §2).
const CHACHA_SUITES: std::ops::RangeInclusive<u16> = 0xCCA8..=0xCCAE;
/// Blocks of AES-CBC, and HMAC-SHA-1 (RFC 5246 §6.2.3.2).
const CBC_BLOCK: usize = 16;
const CBC_CODE: usize = 20;
const RECORD_OF_DATA: u8 = 23;
/// 802.11: header of a data frame, and QoS control, LLC/SNAP, CCMP's header and MIC, FCS.
const MAC_HEADER: usize = 24;
const QOS_CONTROL: usize = 2;
const LLC_SNAP: usize = 8;
const CCMP: usize = 16;
const FCS: usize = 4;
/// Where the extensions of a `ClientHello` name the server (RFC 6066 §3).
const SERVER_NAME: [u8; 2] = [0, 0];

/// One direction of a connection, put together.
#[derive(Debug, Default)]
struct Stream {
    bytes: Vec<u8>,
    /// Which packet brought which part: place of the packet, first byte, length.
    pieces: Vec<(usize, usize, usize)>,
    /// Length of the stream when the reading left.
    mark: usize,
}

/// Takes the acknowledged reading apart.
pub(super) fn anatomy(
    watch: &Watch,
    radio: (Standard, Preamble),
    others: &[(&'static str, Vec<u8>)],
) -> Result<Anatomy, String> {
    let Some((acknowledged, departure)) = watch.acknowledged else {
        return Err("no reading of the first node was acknowledged within its time".to_owned());
    };
    let message = watch.published.iter().rev();
    let message = message
        .clone()
        .find(|(packet_id, _)| *packet_id == departure.packet_id);
    let Some((_, message)) = message else {
        return Err("the broker took no such reading".to_owned());
    };
    let mark = departure.frames_before.saturating_sub(watch.forgotten);
    let mark = usize::try_from(mark).unwrap_or(usize::MAX);
    let session = session(watch);
    let mqtt = publish_bytes(message.topic.len(), message.payload.len());
    let stream = stream(watch, mark);
    let (start, length) = match session {
        Some(session) => find_record(&stream, mqtt + overhead(session, mqtt)),
        None => find_publish(&stream, mqtt),
    }
    .ok_or("its bytes were not found among the frames")?;
    let carriers: Vec<&Seen> = stream
        .pieces
        .iter()
        .filter(|(_, first, bytes)| *first < start + length && start < first + bytes)
        .map(|(place, _, _)| &watch.frames[*place])
        .collect();
    let first = carriers
        .first()
        .and_then(|seen| Segment::read(&seen.packet));
    let first = first.ok_or("its first segment was not seen")?;
    let layered = Layered {
        carriers: &carriers,
        mqtt,
        payload: message.payload.len(),
        standard: radio.0,
        session,
        topic: &message.topic,
    };
    let name = server_name(&stream.bytes);
    let mut wanted = vec![
        ("the reading", message.payload.to_vec()),
        ("topic", message.topic.as_bytes().to_vec()),
    ];
    wanted.extend(others.iter().cloned());
    wanted.extend(name.map(|name| ("server name", name)));
    Ok(Anatomy {
        acknowledged,
        air: carriers
            .iter()
            .filter_map(|seen| air(seen, radio))
            .collect(),
        broker: first.destination,
        handshake: handshake(watch),
        node: first.source,
        packets: watch.frames.len(),
        parts: layered.parts(),
        payload: message.payload.to_vec(),
        published: departure.at,
        sightings: sightings(watch, wanted),
        session,
        topic: message.topic.to_string(),
        verification: None,
    })
}

/// Puts the node's last connection before the acknowledgement together.
fn stream(watch: &Watch, mark: usize) -> Stream {
    let mut follower = Follower::default();
    let mut stream = Stream::default();
    for (place, seen) in watch.frames.iter().enumerate() {
        if place == mark {
            stream.mark = stream.bytes.len();
        }
        if seen.direction != Direction::Up {
            continue;
        }
        let Some(segment) = Segment::read(&seen.packet) else {
            continue;
        };
        if segment.is_first() && place < mark {
            stream = Stream::default();
        }
        let new = follower.take(Flow::of(NodeId(0), &segment), &segment);
        if !new.is_empty() {
            stream.pieces.push((place, stream.bytes.len(), new.len()));
            stream.bytes.extend_from_slice(&new);
        }
    }
    if mark >= watch.frames.len() {
        stream.mark = stream.bytes.len();
    }
    stream
}

/// Returns the first record of data after the mark that has room for the PUBLISH.
fn find_record(stream: &Stream, at_least: usize) -> Option<(usize, usize)> {
    let mut start = 0;
    while let Some(head) = stream.bytes.get(start..start + RECORD_HEADER) {
        let body = usize::from(u16::from_be_bytes([head[3], head[4]]));
        let length = RECORD_HEADER + body;
        let is_data = head[0] == RECORD_OF_DATA;
        if start >= stream.mark && is_data && length >= at_least {
            return (start + length <= stream.bytes.len()).then_some((start, length));
        }
        start += length;
    }
    None
}

/// Returns the first PUBLISH after the mark, if it is as long as it should be.
fn find_publish(stream: &Stream, length: usize) -> Option<(usize, usize)> {
    const PUBLISH: u8 = 3;
    let found = stream.bytes.get(stream.mark..stream.mark + length)?;
    (found.first()? >> 4 == PUBLISH).then_some((stream.mark, length))
}

/// Returns the length of a PUBLISH with QoS 1 (MQTT 3.1.1 §3.3).
fn publish_bytes(topic: usize, payload: usize) -> usize {
    let rest = 2 + topic + 2 + payload;
    1 + length_digits(rest) + rest
}

/// Returns how many bytes the remaining length takes (MQTT 3.1.1 §2.2.3).
const fn length_digits(rest: usize) -> usize {
    match rest {
        0..0x80 => 1,
        0x80..0x4000 => 2,
        0x4000..0x20_0000 => 3,
        _ => 4,
    }
}

/// Returns what a record adds to so many bytes of plaintext.
fn overhead(session: Session, plain: usize) -> usize {
    if session.has_rsa_key_exchange() {
        return RECORD_HEADER + CBC_BLOCK + CBC_CODE + padding(plain);
    }
    RECORD_HEADER
        + TAG
        + match session.version {
            TlsVersion::V1_2 if CHACHA_SUITES.contains(&session.suite) => 0,
            TlsVersion::V1_2 => EXPLICIT_NONCE,
            TlsVersion::V1_3 => CONTENT_TYPE,
        }
}

/// Returns how many bytes fill the last block of CBC, their own count included.
const fn padding(plain: usize) -> usize {
    CBC_BLOCK - (plain + CBC_CODE) % CBC_BLOCK
}

/// What is measured to tell the layers apart.
#[derive(Debug)]
struct Layered<'a> {
    carriers: &'a [&'a Seen],
    mqtt: usize,
    payload: usize,
    session: Option<Session>,
    standard: Standard,
    topic: &'a str,
}

impl Layered<'_> {
    fn parts(&self) -> Vec<Part> {
        let parts = self.stream_parts().into_iter().chain(self.frame_parts());
        parts.filter(|part| part.bytes > 0).collect()
    }

    /// Returns what travels in the stream.
    fn stream_parts(&self) -> [Part; 4] {
        let segments = self.segments();
        let carried: usize = segments.iter().map(|segment| segment.payload.len()).sum();
        let record = self
            .session
            .map_or(0, |session| overhead(session, self.mqtt));
        let fixed = 1 + length_digits(self.mqtt - 2);
        let topic = self.topic.len();
        let mqtt = format!("fixed header {fixed}, topic 2 + {topic}, packet id 2");
        let company = carried - self.mqtt - record;
        [
            part(Layer::Reading, self.payload, "what the node has to say"),
            part(Layer::Mqtt, self.mqtt - self.payload, &mqtt),
            part(Layer::Tls, record, &self.record_words()),
            part(
                Layer::Company,
                company,
                "of the same stream, in the same segments",
            ),
        ]
    }

    /// Returns what carries the stream.
    fn frame_parts(&self) -> [Part; 6] {
        let segments = self.segments();
        let count = self.carriers.len();
        let qos = qos_control(self.standard) * count;
        let tcp: usize = segments.iter().map(|segment| segment.tcp_header).sum();
        let ip = segments.iter().map(|segment| segment.ip_header).sum();
        let ports = format!("ports, numbers, window; options {}", tcp - 20 * count);
        let addresses = format!("three addresses, sequence; QoS control {qos}");
        let ccmp = "header 8 and MIC 8 of the Wi-Fi's encryption";
        [
            part(Layer::Tcp, tcp, &ports),
            part(Layer::Ip, ip, "addresses, time to live, checksum"),
            part(
                Layer::LogicalLink,
                count * LLC_SNAP,
                "what the frame carries",
            ),
            part(Layer::Mac, count * MAC_HEADER + qos, &addresses),
            part(Layer::Ccmp, count * CCMP, ccmp),
            part(Layer::CheckSequence, count * FCS, "checksum of the frame"),
        ]
    }

    fn segments(&self) -> Vec<Segment<'_>> {
        let carriers = self.carriers.iter();
        carriers
            .filter_map(|seen| Segment::read(&seen.packet))
            .collect()
    }

    fn record_words(&self) -> String {
        let session = self.session;
        match session.map(|session| (session, overhead(session, self.mqtt))) {
            Some((session, _)) if session.has_rsa_key_exchange() => {
                let padding = padding(self.mqtt);
                format!(
                    "header {RECORD_HEADER}, vector {CBC_BLOCK}, code {CBC_CODE}, padding {padding}"
                )
            }
            Some((session, _)) if session.version == TlsVersion::V1_3 => {
                format!("header {RECORD_HEADER}, content type {CONTENT_TYPE}, tag {TAG}")
            }
            Some((_, all)) if all > RECORD_HEADER + TAG => {
                format!("header {RECORD_HEADER}, nonce {EXPLICIT_NONCE}, tag {TAG}")
            }
            Some(_) => format!("header {RECORD_HEADER}, tag {TAG}"),
            None => String::new(),
        }
    }
}

fn part(layer: Layer, bytes: usize, holds: &str) -> Part {
    Part {
        bytes,
        holds: holds.to_owned(),
        layer,
    }
}

/// Returns the attempt by which a frame arrived, or else its last one.
fn last_attempt(seen: &Seen) -> Option<&Attempt> {
    let attempts = &seen.sent.attempts;
    let arrived = attempts.iter().find(|attempt| attempt.received);
    arrived.or(attempts.last())
}

const fn qos_control(standard: Standard) -> usize {
    match standard {
        Standard::B | Standard::G => 0,
        Standard::N => QOS_CONTROL,
    }
}

fn air(seen: &Seen, (standard, preamble): (Standard, Preamble)) -> Option<Air> {
    let attempt = last_attempt(seen)?;
    let header = MAC_HEADER + qos_control(standard);
    let bytes = header + CCMP + LLC_SNAP + seen.packet.len() + FCS;
    let head = match attempt.rate {
        // An empty frame is all preamble and header.
        Rate::Dsss(_) => frame_time(attempt.rate, preamble, 0),
        //= IEEE 802.11-2020 §17.3.2 (ERP-OFDM), §19.3.2 (HT-mixed, one stream)
        Rate::Ofdm(_) => SimSpan::from_micros(20),
        Rate::Ht(_) => SimSpan::from_micros(36),
    };
    let frame_ns = attempt.airtime.as_nanos().saturating_sub(head.as_nanos());
    Some(Air {
        attempts: seen.sent.attempts.len(),
        acknowledgement: ack_time(attempt.rate, preamble),
        bytes,
        preamble: head,
        frame: SimSpan::from_nanos(frame_ns),
        rate: attempt.rate,
        sifs: Timing::of(standard).sifs,
    })
}

fn session(watch: &Watch) -> Option<Session> {
    let facts = watch.handshake.iter().rev();
    facts.clone().find_map(|(_, _, event)| match *event {
        TlsEvent::Connected {
            resumed,
            suite,
            group,
            version,
        } => Some(Session {
            group,
            resumed,
            suite,
            version,
        }),
        TlsEvent::AlertSent { .. }
        | TlsEvent::Failed(_)
        | TlsEvent::HandshakeSent { .. }
        | TlsEvent::Started => None,
    })
}

fn handshake(watch: &Watch) -> Vec<Message> {
    let facts = watch.handshake.iter();
    facts
        .filter_map(|(at, side, event)| match *event {
            TlsEvent::HandshakeSent {
                kind,
                bytes,
                encrypted,
            } => Some(Message {
                at: *at,
                bytes,
                encrypted,
                kind,
                side: *side,
            }),
            TlsEvent::AlertSent { .. }
            | TlsEvent::Connected { .. }
            | TlsEvent::Failed(_)
            | TlsEvent::Started => None,
        })
        .collect()
}

/// Looks for each value in every packet that was sent or received.
fn sightings(watch: &Watch, wanted: Vec<(&'static str, Vec<u8>)>) -> Vec<Sighting> {
    let holds = |seen: &Seen, value: &[u8]| {
        let mut windows = seen.packet.windows(value.len());
        windows.any(|window| window == value)
    };
    let look = |(what, value): (&'static str, Vec<u8>)| Sighting {
        packets: watch
            .frames
            .iter()
            .filter(|seen| holds(seen, &value))
            .count(),
        value,
        what,
    };
    let wanted = wanted.into_iter().filter(|(_, value)| !value.is_empty());
    wanted.map(look).collect()
}

/// Returns the name that the `ClientHello` at the start of a stream asks for.
fn server_name(stream: &[u8]) -> Option<Vec<u8>> {
    // Record header, message header, version, random.
    let mut rest = stream.get(RECORD_HEADER + 4 + 2 + 32..)?;
    if stream.first() != Some(&22) {
        return None;
    }
    // Session identifier, suites, compression methods.
    skip(&mut rest, 1)?;
    skip(&mut rest, 2)?;
    skip(&mut rest, 1)?;
    let mut extensions = skip(&mut rest, 2)?;
    while extensions.len() >= 4 {
        let kind = [extensions[0], extensions[1]];
        extensions = &extensions[2..];
        let body = skip(&mut extensions, 2)?;
        if kind == SERVER_NAME {
            // Length of the list, the type "host name", and the length of the name.
            return body.get(5..).map(<[u8]>::to_vec);
        }
    }
    None
}

/// Takes a field with a length of `digits` bytes before it.
fn skip<'a>(rest: &mut &'a [u8], digits: usize) -> Option<&'a [u8]> {
    let (length, after) = rest.split_at_checked(digits)?;
    let length = length
        .iter()
        .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    let (field, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(field)
}
