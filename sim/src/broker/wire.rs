//! Bytes to packets and back, by the codec of `mqtt-protocol-core`.
//!
//! Owns one stream's half-read packet, and everything the library does not check: which packets
//! may come, reserved bits, packet identifiers of zero, topics. Does not know sessions: it says
//! what was read and writes what it is told.
//!
//! The library's own `Connection` is left out on purpose: it takes 900 bytes for each stream, to
//! hold what the session holds anyway, and releases identifiers in the random order of its hash
//! sets. It is the oracle of the tests below.

use std::num::NonZeroU16;
use std::sync::Arc;

use mqtt_protocol_core::mqtt::common::Cursor;
use mqtt_protocol_core::mqtt::connection::{
    PacketBuildResult, PacketBuilder, PacketData, RawPacket,
};
use mqtt_protocol_core::mqtt::packet::{self, v3_1_1};
use mqtt_protocol_core::mqtt::result_code::{ConnectReturnCode, MqttError, SubackReturnCode};
use node_core::Qos;
use node_core::mqtt::ConnectRefusal;

use crate::broker::message::{ClientFault, Message};
use crate::broker::topic::{filter_is_valid, topic_is_valid};
use crate::event::Bytes;

// The packet types of MQTT 3.1.1 §2.2.1, table 2.1, that have rules here.
const CONNECT: u8 = 1;
const PUBLISH: u8 = 3;
const PUBACK: u8 = 4;
const PUBREL: u8 = 6;
const SUBSCRIBE: u8 = 8;
const UNSUBSCRIBE: u8 = 10;
const PINGREQ: u8 = 12;
const DISCONNECT: u8 = 14;

/// One stream, as MQTT sees it.
pub(super) struct Wire {
    /// True once a CONNECT has begun.
    connected: bool,
    packet_size_max: u32,
    /// The beginning of a packet whose end has not come yet.
    half_read: Option<Box<PacketBuilder>>,
}

/// A packet of a client.
#[derive(Debug, PartialEq)]
pub(super) enum Packet {
    Connect(Box<Connect>),
    Disconnect,
    Pingreq,
    Puback(NonZeroU16),
    Publish {
        duplicate: bool,
        message: Message,
        packet_id: Option<NonZeroU16>,
    },
    Subscribe {
        filters: Vec<(Arc<str>, Qos)>,
        packet_id: NonZeroU16,
    },
    Unsubscribe {
        filters: Vec<Arc<str>>,
        packet_id: NonZeroU16,
    },
}

/// What a CONNECT asks for.
#[derive(Debug, PartialEq)]
pub(super) struct Connect {
    pub(super) clean_session: bool,
    pub(super) client_id: Arc<str>,
    pub(super) keep_alive_s: u16,
    pub(super) password: Option<Vec<u8>>,
    pub(super) user: Option<String>,
    pub(super) will: Option<Message>,
}

impl Wire {
    /// Builds the wire of a new stream.
    pub(super) const fn new(packet_size_max: u32) -> Self {
        Self {
            connected: false,
            packet_size_max,
            half_read: None,
        }
    }

    /// Reads at most one packet from the front of `bytes`, and takes what it used.
    ///
    /// # Errors
    ///
    /// Says what the client did wrong; the stream cannot be read any further.
    pub(super) fn read(&mut self, bytes: &mut &[u8]) -> Result<Option<Packet>, ClientFault> {
        let mut cursor = Cursor::new(*bytes);
        let result = if let Some(builder) = &mut self.half_read {
            builder.feed(&mut cursor)
        } else {
            let Some(&first) = bytes.first() else {
                return Ok(None);
            };
            self.check_header(first)?;
            let mut builder = PacketBuilder::with_maximum_packet_size(self.packet_size_max);
            let result = builder.feed(&mut cursor);
            if matches!(result, PacketBuildResult::Incomplete) {
                self.half_read = Some(Box::new(builder));
            }
            result
        };
        let used = usize::try_from(cursor.position()).unwrap_or(bytes.len());
        *bytes = bytes.get(used..).unwrap_or_default();
        match result {
            PacketBuildResult::Incomplete => Ok(None),
            PacketBuildResult::Error(error) => Err(fault(error)),
            PacketBuildResult::Complete(raw) => {
                self.half_read = None;
                translate(&raw).map(Some)
            }
        }
    }

    /// Returns the CONNACK that opens a session.
    pub(super) fn accept(session_present: bool) -> Bytes {
        v3_1_1::Connack::builder()
            .session_present(session_present)
            .return_code(ConnectReturnCode::Accepted)
            .build()
            .expect("both fields are given")
            .to_continuous_buffer()
            .into()
    }

    /// Returns the CONNACK that refuses a client.
    pub(super) fn refuse(why: ConnectRefusal) -> Bytes {
        //= MQTT 3.1.1 §3.2.2.3, table 3.1.
        let code = match why {
            ConnectRefusal::ProtocolVersion => 1,
            ConnectRefusal::IdentifierRejected => 2,
            ConnectRefusal::ServerUnavailable => 3,
            ConnectRefusal::BadCredentials => 4,
            ConnectRefusal::NotAuthorized => 5,
        };
        Bytes::from_slice(&[0x20, 2, 0, code])
    }

    /// Returns the PUBLISH of a message, with an identifier if it is to be acknowledged.
    pub(super) fn publish(
        message: &Message,
        packet_id: Option<NonZeroU16>,
        duplicate: bool,
    ) -> Bytes {
        let qos = match packet_id {
            Some(_) => packet::Qos::AtLeastOnce,
            None => packet::Qos::AtMostOnce,
        };
        let publish = v3_1_1::Publish::builder()
            .topic_name(&*message.topic)
            .and_then(|builder| {
                builder
                    .qos(qos)
                    .retain(message.retain)
                    .dup(duplicate)
                    .packet_id(packet_id.map(NonZeroU16::get))
                    .payload(&*message.payload)
                    .build()
            });
        let publish = publish.expect("topics are checked before they are stored");
        publish.to_continuous_buffer().into()
    }

    /// Returns the PUBACK of a message.
    pub(super) fn puback(packet_id: NonZeroU16) -> Bytes {
        let [high, low] = packet_id.get().to_be_bytes();
        Bytes::from_slice(&[0x40, 2, high, low])
    }

    /// Returns the SUBACK of a SUBSCRIBE, with one answer for each of its filters.
    pub(super) fn suback(packet_id: NonZeroU16, granted: &[Option<Qos>]) -> Bytes {
        let codes = granted.iter().map(|granted| match granted {
            Some(Qos::AtMostOnce) => SubackReturnCode::SuccessMaximumQos0,
            Some(Qos::AtLeastOnce) => SubackReturnCode::SuccessMaximumQos1,
            None => SubackReturnCode::Failure,
        });
        v3_1_1::Suback::builder()
            .packet_id(packet_id.get())
            .return_codes(codes.collect())
            .build()
            .expect("a SUBSCRIBE has filters and an identifier")
            .to_continuous_buffer()
            .into()
    }

    /// Returns the UNSUBACK of an UNSUBSCRIBE.
    pub(super) fn unsuback(packet_id: NonZeroU16) -> Bytes {
        let [high, low] = packet_id.get().to_be_bytes();
        Bytes::from_slice(&[0xB0, 2, high, low])
    }

    /// Returns the PINGRESP of a PINGREQ.
    pub(super) fn pingresp() -> Bytes {
        Bytes::from_slice(&[0xD0, 0])
    }

    /// Checks what can be told from the first byte of a packet.
    fn check_header(&mut self, first: u8) -> Result<(), ClientFault> {
        let (kind, flags) = (first >> 4, first & 0x0F);
        //= MQTT 3.1.1 §2.2.2, table 2.2: flags other than those of PUBLISH are reserved.
        let flags_fit = match kind {
            PUBLISH => true,
            PUBREL | SUBSCRIBE | UNSUBSCRIBE => flags == 0b0010,
            _ => flags == 0,
        };
        if !flags_fit || kind == 0 || kind == 15 {
            return Err(ClientFault::Malformed);
        }
        //= MQTT 3.1.1 §3.1.0-1 and §3.1.0-2: CONNECT comes first, and once.
        if self.connected == (kind == CONNECT) {
            return Err(ClientFault::Unexpected);
        }
        self.connected = true;
        Ok(())
    }
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire")
            .field("connected", &self.connected)
            .field("half_read", &self.half_read.is_some())
            .finish_non_exhaustive()
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library has 50 errors, and grows"
)]
fn fault(error: MqttError) -> ClientFault {
    match error {
        MqttError::PacketTooLarge => ClientFault::TooLarge,
        MqttError::UnsupportedProtocolVersion => ClientFault::VersionNotSupported,
        _ => ClientFault::Malformed,
    }
}

fn translate(raw: &RawPacket) -> Result<Packet, ClientFault> {
    match raw.packet_type() {
        CONNECT => translate_connect(raw),
        PUBLISH => translate_publish(raw),
        PUBACK => {
            let puback = raw.parse_exact(v3_1_1::Puback::parse).map_err(fault)?;
            checked_id(puback.packet_id()).map(Packet::Puback)
        }
        SUBSCRIBE => translate_subscribe(raw),
        UNSUBSCRIBE => {
            let unsubscribe = raw.parse_exact(v3_1_1::Unsubscribe::parse);
            let unsubscribe = unsubscribe.map_err(fault)?;
            let filters = unsubscribe.entries().iter();
            let filters = filters.map(|filter| checked_filter(filter.as_str()));
            Ok(Packet::Unsubscribe {
                filters: filters.collect::<Result<_, _>>()?,
                packet_id: checked_id(unsubscribe.packet_id())?,
            })
        }
        PINGREQ | DISCONNECT if raw.remaining_length() > 0 => Err(ClientFault::Malformed),
        PINGREQ => Ok(Packet::Pingreq),
        DISCONNECT => Ok(Packet::Disconnect),
        // Only a server sends these, or they belong to QoS 2.
        _ => Err(ClientFault::Unexpected),
    }
}

fn translate_connect(raw: &RawPacket) -> Result<Packet, ClientFault> {
    let connect = raw.parse_exact(v3_1_1::Connect::parse).map_err(fault)?;
    // The flags follow "MQTT" with its length, and the version.
    let flags = raw.data_as_slice().get(7);
    let flags = *flags.ok_or(ClientFault::Malformed)?;
    //= MQTT 3.1.1 §3.1.2-3, §3.1.2-11, §3.1.2-13 to §3.1.2-15.
    let will_bits_fit = flags & 0b100 != 0 || flags & 0b11_1000 == 0;
    if flags & 1 != 0 || !will_bits_fit || flags & 0b1_1000 == 0b1_1000 {
        return Err(ClientFault::Malformed);
    }
    let will = match (connect.will_topic(), connect.will_payload()) {
        (Some(topic), Some(payload)) => Some(Message {
            topic: checked_topic(topic)?,
            payload: payload.into(),
            qos: offered(connect.will_qos())?,
            retain: connect.will_retain(),
        }),
        _ => None,
    };
    //= MQTT 3.1.1 §1.5.3-2: no string holds the null character.
    let texts = [Some(connect.client_id()), connect.user_name()];
    if texts.iter().flatten().any(|text| text.contains('\0')) {
        return Err(ClientFault::Malformed);
    }
    Ok(Packet::Connect(Box::new(Connect {
        clean_session: connect.clean_session(),
        client_id: connect.client_id().into(),
        keep_alive_s: connect.keep_alive(),
        password: connect.password().map(<[u8]>::to_vec),
        user: connect.user_name().map(str::to_owned),
        will,
    })))
}

fn translate_publish(raw: &RawPacket) -> Result<Packet, ClientFault> {
    let PacketData::Publish(bytes) = &raw.data else {
        return Err(ClientFault::Malformed);
    };
    let parsed = v3_1_1::Publish::parse(raw.flags(), Arc::clone(bytes));
    let (publish, _) = parsed.map_err(fault)?;
    let qos = offered(publish.qos())?;
    //= MQTT 3.1.1 §3.3.1-2: DUP means nothing with QoS 0, and must not be set.
    if qos == Qos::AtMostOnce && publish.dup() {
        return Err(ClientFault::Malformed);
    }
    Ok(Packet::Publish {
        duplicate: publish.dup(),
        message: Message {
            topic: checked_topic(publish.topic_name())?,
            payload: publish.payload().as_slice().into(),
            qos,
            retain: publish.retain(),
        },
        packet_id: publish.packet_id().map(checked_id).transpose()?,
    })
}

fn translate_subscribe(raw: &RawPacket) -> Result<Packet, ClientFault> {
    let subscribe = raw.parse_exact(v3_1_1::Subscribe::parse).map_err(fault)?;
    let mut filters = Vec::new();
    for entry in subscribe.entries() {
        let options = entry.sub_opts().to_buffer();
        //= MQTT 3.1.1 §3.8.3-4: the upper six bits of the requested QoS are reserved.
        if options[0] & 0b1111_1100 != 0 {
            return Err(ClientFault::Malformed);
        }
        let qos = match entry.sub_opts().qos() {
            packet::Qos::AtMostOnce => Qos::AtMostOnce,
            packet::Qos::AtLeastOnce | packet::Qos::ExactlyOnce => Qos::AtLeastOnce,
        };
        filters.push((checked_filter(entry.topic_filter())?, qos));
    }
    Ok(Packet::Subscribe {
        filters,
        packet_id: checked_id(subscribe.packet_id())?,
    })
}

fn offered(qos: packet::Qos) -> Result<Qos, ClientFault> {
    match qos {
        packet::Qos::AtMostOnce => Ok(Qos::AtMostOnce),
        packet::Qos::AtLeastOnce => Ok(Qos::AtLeastOnce),
        packet::Qos::ExactlyOnce => Err(ClientFault::QosNotSupported),
    }
}

/// Returns an identifier, which must not be zero (MQTT 3.1.1 §2.3.1-1).
fn checked_id(packet_id: u16) -> Result<NonZeroU16, ClientFault> {
    NonZeroU16::new(packet_id).ok_or(ClientFault::Malformed)
}

fn checked_filter(filter: &str) -> Result<Arc<str>, ClientFault> {
    if filter_is_valid(filter) {
        Ok(filter.into())
    } else {
        Err(ClientFault::Malformed)
    }
}

fn checked_topic(topic: &str) -> Result<Arc<str>, ClientFault> {
    if topic_is_valid(topic) {
        Ok(topic.into())
    } else {
        Err(ClientFault::Malformed)
    }
}
