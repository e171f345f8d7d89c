//! Properties of the MQTT codec, judged by an independent implementation.
//!
//! What the node writes, `mqtt-protocol-core` must read with equal fields; what that writes for
//! a client, the node must read; and the pieces in which a stream arrives must not matter.

use std::num::NonZeroU16;

use mqtt_protocol_core::mqtt::packet::{Qos, SubEntry, SubOpts, v3_1_1};
use mqtt_protocol_core::mqtt::result_code::{ConnectReturnCode, SubackReturnCode};
use node_core::mqtt::{
    Connect, ConnectRefusal, Delivery, PACKET_MAX, Packet, Parser, ProtocolError, Publish, Session,
    SessionPresent, Will, write_puback, write_subscribe,
};
use node_core::{Instant, ReportConfig, Text, Writer};
use proptest::option::weighted;
use proptest::prelude::{
    Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
};

/// Text that is legal anywhere in MQTT.
const TEXT: &str = "[^\\p{C}#+]{1,20}";

proptest! {
    #[test]
    fn a_written_connect_reads_back_equal(
        clean_session in any::<bool>(),
        client_id in TEXT,
        keep_alive_s in any::<u16>(),
        username in prop_oneof![Just(String::new()), TEXT.prop_map(String::from)],
        password in prop_oneof![Just(String::new()), TEXT.prop_map(String::from)],
        will in weighted(0.5, (TEXT, any::<Vec<u8>>())),
    ) {
        let connect = Connect {
            clean_session,
            client_id: &client_id,
            keep_alive_s,
            password: &password,
            username: &username,
            will: will.as_ref().map(|(topic, payload)| Will { payload, topic }),
        };
        let bytes = written(|out| connect.write(out));
        prop_assert_eq!(bytes[0], 0x10);
        let body = body_of(&bytes);
        let (read, len) = v3_1_1::Connect::parse(body).unwrap();
        prop_assert_eq!(len, body.len());
        prop_assert_eq!(read.clean_session(), clean_session);
        prop_assert_eq!(read.client_id(), &client_id);
        prop_assert_eq!(read.keep_alive(), keep_alive_s);
        let user = (!username.is_empty()).then_some(&*username);
        prop_assert_eq!(read.user_name(), user);
        let secret = (!password.is_empty() && user.is_some()).then_some(password.as_bytes());
        prop_assert_eq!(read.password(), secret);
        prop_assert_eq!(read.will_topic(), will.as_ref().map(|(topic, _)| &**topic));
        let last_words = read.will_payload().map(<[u8]>::to_vec);
        prop_assert_eq!(last_words, will.as_ref().map(|(_, payload)| payload.clone()));
        prop_assert_eq!(read.will_qos(), Qos::AtMostOnce);
        prop_assert_eq!(read.will_retain(), will.is_some());
        prop_assert_eq!(read.to_continuous_buffer(), bytes);
    }

    #[test]
    fn a_written_publish_reads_back_equal(
        topic in TEXT,
        payload in prop::collection::vec(any::<u8>(), 0..300),
        retain in any::<bool>(),
        id in weighted(0.7, (any::<NonZeroU16>(), any::<bool>())),
    ) {
        let publish = Publish {
            delivery: delivery(id),
            payload: &payload,
            retain,
            topic: &topic,
        };
        let bytes = written(|out| publish.write(out));
        let body = body_of(&bytes);
        let (read, len) = v3_1_1::Publish::parse(bytes[0] & 0x0F, body.into()).unwrap();
        prop_assert_eq!(len, body.len());
        prop_assert_eq!(read.topic_name(), &topic);
        prop_assert_eq!(read.payload().as_slice(), &payload[..]);
        prop_assert_eq!(read.retain(), retain);
        prop_assert_eq!(read.packet_id(), id.map(|(id, _)| id.get()));
        prop_assert_eq!(read.dup(), id.is_some_and(|(_, duplicate)| duplicate));
        let qos = if id.is_some() { Qos::AtLeastOnce } else { Qos::AtMostOnce };
        prop_assert_eq!(read.qos(), qos);

        // And by the node's own reader, or skipped if it is too long for that.
        let (mut parser, mut rest) = (Parser::new(), &bytes[..]);
        let expected = if body.len() <= PACKET_MAX {
            Packet::Publish(publish)
        } else {
            Packet::TooLong { packet_id: id.map(|(id, _)| id) }
        };
        prop_assert_eq!(parser.read(&mut rest), Some(Ok(expected)));
        prop_assert!(rest.is_empty());
    }

    #[test]
    fn written_requests_equal_those_of_the_other_implementation(
        id in any::<NonZeroU16>(),
        filter in TEXT,
    ) {
        let entry = SubEntry::new(&filter, SubOpts::new().set_qos(Qos::AtMostOnce)).unwrap();
        let subscribe = v3_1_1::Subscribe::builder()
            .packet_id(id.get())
            .entries(vec![entry])
            .build()
            .unwrap();
        let bytes = written(|out| write_subscribe(id, &filter, out));
        prop_assert_eq!(bytes, subscribe.to_continuous_buffer());

        let puback = v3_1_1::Puback::builder().packet_id(id.get()).build().unwrap();
        let bytes = written(|out| write_puback(id, out));
        prop_assert_eq!(bytes, puback.to_continuous_buffer());
    }

    #[test]
    fn what_the_other_implementation_writes_is_read(
        id in any::<NonZeroU16>(),
        session_present in any::<bool>(),
        refusal in 0..5_usize,
        granted in 0..4_usize,
        topic in TEXT,
        payload in prop::collection::vec(any::<u8>(), 0..100),
        retain in any::<bool>(),
        duplicate in weighted(0.7, any::<bool>()),
    ) {
        let connack = |session_present, code| {
            v3_1_1::Connack::builder()
                .session_present(session_present)
                .return_code(code)
                .build()
                .unwrap()
                .to_continuous_buffer()
        };
        let accepted = connack(session_present, ConnectReturnCode::Accepted);
        let answer = Ok(SessionPresent(session_present));
        prop_assert_eq!(read_all(&accepted), [Ok(format!("{:?}", Packet::Connack(answer)))]);
        let (code, refusal) = REFUSALS[refusal];
        let refused = connack(false, code);
        prop_assert_eq!(
            read_all(&refused),
            [Ok(format!("{:?}", Packet::Connack(Err(refusal))))]
        );

        let puback = v3_1_1::Puback::builder().packet_id(id.get()).build().unwrap();
        prop_assert_eq!(
            read_all(&puback.to_continuous_buffer()),
            [Ok(format!("{:?}", Packet::Puback(id)))]
        );

        let (code, granted) = GRANTS[granted];
        let suback = v3_1_1::Suback::builder()
            .packet_id(id.get())
            .return_codes(vec![code])
            .build()
            .unwrap();
        let expected = Packet::Suback { granted, packet_id: id };
        prop_assert_eq!(
            read_all(&suback.to_continuous_buffer()),
            [Ok(format!("{expected:?}"))]
        );

        let mut publish = v3_1_1::Publish::builder()
            .topic_name(&*topic)
            .unwrap()
            .payload(payload.clone())
            .retain(retain);
        if let Some(duplicate) = duplicate {
            publish = publish.qos(Qos::AtLeastOnce).packet_id(id.get()).dup(duplicate);
        }
        let bytes = publish.build().unwrap().to_continuous_buffer();
        let expected = Packet::Publish(Publish {
            delivery: delivery(duplicate.map(|duplicate| (id, duplicate))),
            payload: &payload,
            retain,
            topic: &topic,
        });
        prop_assert_eq!(read_all(&bytes), [Ok(format!("{expected:?}"))]);

        let pingresp = v3_1_1::Pingresp::new().to_continuous_buffer();
        prop_assert_eq!(read_all(&pingresp), [Ok("Pingresp".into())]);
    }

    #[test]
    fn the_pieces_of_a_stream_do_not_matter(
        packets in prop::collection::vec(incoming(), 0..12),
        cuts in prop::collection::vec(1..40_usize, 1..40),
    ) {
        let stream = packets.concat();
        let whole = observe(&mut online(), &[&stream]);
        prop_assert_eq!(observe(&mut online(), &pieces(&stream, &cuts)), whole.clone());
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        prop_assert_eq!(observe(&mut online(), &bytes), whole);
    }

    #[test]
    fn any_bytes_in_any_pieces_are_read_alike_to_the_end(
        stream in any::<Vec<u8>>(),
        cuts in prop::collection::vec(1..40_usize, 1..40),
    ) {
        let whole = read_all(&stream);
        let mut parser = Parser::new();
        let mut pieced = Vec::new();
        for mut piece in pieces(&stream, &cuts) {
            while let Some(packet) = parser.read(&mut piece) {
                pieced.push(packet.map(|packet| format!("{packet:?}")));
            }
            prop_assert!(piece.is_empty());
        }
        prop_assert_eq!(&pieced, &whole);
        let errors = whole.iter().filter(|packet| packet.is_err()).count();
        prop_assert!(errors == 0 || (errors == 1 && whole.last().unwrap().is_err()));
    }
}

#[test]
fn pings_and_goodbyes_equal_those_of_the_other_implementation() {
    let mut session = online();
    let ping_at = session.poll_timeout().unwrap();
    let ping = written(|out| assert_eq!(session.handle_timeout(ping_at, out), None));
    assert_eq!(ping, v3_1_1::Pingreq::new().to_continuous_buffer());
    let goodbye = written(|out| session.close(out));
    assert_eq!(goodbye, v3_1_1::Disconnect::new().to_continuous_buffer());
}

const REFUSALS: [(ConnectReturnCode, ConnectRefusal); 5] = [
    (
        ConnectReturnCode::UnacceptableProtocolVersion,
        ConnectRefusal::ProtocolVersion,
    ),
    (
        ConnectReturnCode::IdentifierRejected,
        ConnectRefusal::IdentifierRejected,
    ),
    (
        ConnectReturnCode::ServerUnavailable,
        ConnectRefusal::ServerUnavailable,
    ),
    (
        ConnectReturnCode::BadUserNameOrPassword,
        ConnectRefusal::BadCredentials,
    ),
    (
        ConnectReturnCode::NotAuthorized,
        ConnectRefusal::NotAuthorized,
    ),
];

const GRANTS: [(SubackReturnCode, bool); 4] = [
    (SubackReturnCode::SuccessMaximumQos0, true),
    (SubackReturnCode::SuccessMaximumQos1, true),
    (SubackReturnCode::SuccessMaximumQos2, true),
    (SubackReturnCode::Failure, false),
];

/// Returns bytes of one packet that a broker may send, or of one that it may not.
fn incoming() -> impl Strategy<Value = Vec<u8>> {
    let publish = (
        TEXT,
        0..400_usize,
        weighted(0.5, any::<(NonZeroU16, bool)>()),
    );
    prop_oneof![
        8 => publish.prop_map(|(topic, len, id)| {
            let payload = vec![b'x'; len];
            let publish = Publish {
                delivery: delivery(id),
                payload: &payload,
                retain: false,
                topic: &topic,
            };
            written(|out| publish.write(out))
        }),
        4 => (0..4_u16).prop_map(|id| [&[0x40, 2][..], &id.to_be_bytes()].concat()),
        4 => Just(b"\xD0\x00".to_vec()),
        1 => any::<Vec<u8>>(),
    ]
}

fn delivery(id: Option<(NonZeroU16, bool)>) -> Delivery {
    id.map_or(Delivery::AtMostOnce, |(packet_id, duplicate)| {
        Delivery::AtLeastOnce {
            duplicate,
            packet_id,
        }
    })
}

fn online() -> Session {
    let config = ReportConfig {
        client_id: Text::new("n1").expect("it fits"),
        topic: Text::new("t").expect("it fits"),
        ..ReportConfig::default()
    };
    let mut session = Session::new();
    written(|out| session.open(Instant::ZERO, &config, out));
    let meant = observe(&mut session, &[b"\x20\x02\x00\x00"]);
    assert_eq!(meant.0, [Ok("Accepted { session_present: false }".into())]);
    session
}

/// Returns all that the pieces of a stream meant, and all bytes that were written in answer.
fn observe(
    session: &mut Session,
    pieces: &[&[u8]],
) -> (Vec<Result<String, ProtocolError>>, Vec<u8>) {
    let (mut meant, mut answers) = (Vec::new(), Vec::new());
    for &(mut piece) in pieces {
        loop {
            let mut more = false;
            answers.extend(written(|out| {
                if let Some(incoming) = session.read(Instant::ZERO, &mut piece, out) {
                    meant.push(incoming.map(|incoming| format!("{incoming:?}")));
                    more = true;
                }
            }));
            if !more {
                break;
            }
        }
        assert!(piece.is_empty());
    }
    (meant, answers)
}

fn read_all(mut bytes: &[u8]) -> Vec<Result<String, ProtocolError>> {
    let mut parser = Parser::new();
    let mut packets = Vec::new();
    while let Some(packet) = parser.read(&mut bytes) {
        packets.push(packet.map(|packet| format!("{packet:?}")));
    }
    packets
}

/// Cuts `stream` into pieces of these lengths, over and over.
fn pieces<'a>(mut stream: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    for &cut in cuts.iter().cycle() {
        if stream.is_empty() {
            break;
        }
        let (piece, rest) = stream.split_at(cut.min(stream.len()));
        pieces.push(piece);
        stream = rest;
    }
    pieces
}

/// Returns what follows the fixed header, after checking the remaining length.
fn body_of(bytes: &[u8]) -> &[u8] {
    let mut length = 0;
    for (index, &byte) in bytes[1..].iter().enumerate() {
        length |= usize::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            let body = &bytes[index + 2..];
            assert_eq!(body.len(), length, "the remaining length is right");
            return body;
        }
    }
    panic!("the remaining length does not end");
}

fn written(write: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
    let mut buffer = [0; 1024];
    let mut out = Writer::new(&mut buffer);
    write(&mut out);
    out.finish().expect("it fits").to_vec()
}
