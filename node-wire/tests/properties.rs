//! Every message comes back as it was; arbitrary bytes are judged without a panic.

use std::num::NonZeroU16;

use node_core::mqtt::{ConnectRefusal, ProtocolError};
use node_core::sensor::SensorFault;
use node_core::{
    AdcCode, BackoffConfig, Calibration, CloseReason, Command, Config, ConfigError, Connection,
    Conversion, DropPolicy, DropReason, Duration, Effect, Event, Filter, Input, Instant, LinkLoss,
    MilliCelsius, PayloadFormat, Qos, QueueConfig, Reading, ReportConfig, SamplingConfig, Scale,
    SensorConfig, State, Text, UnixTime, WifiConfig, WifiPolicy,
};
use node_wire::{Answer, FRAME_MAX, Frame, Request, Standing, WireError, split};
use proptest::prelude::*;
use proptest::sample::select;

proptest! {
    #[test]
    fn requests_come_back_as_they_were(
        boot in boot(), now in any::<u64>(), choice in 0_u8..9, bytes in bytes(),
        number in any::<u64>(), code in any::<u16>(),
        loss in link_loss(), reason in close_reason(),
    ) {
        let input = match choice {
            0 => Input::LinkDown(loss),
            1 => Input::LinkUp,
            2 => Input::Sampled(AdcCode(code)),
            3 => Input::SerialRead(&bytes),
            4 => Input::StreamClosed(reason),
            5 => Input::StreamOpened,
            6 => Input::StreamRead(&bytes),
            7 => Input::TimeKnown(UnixTime::from_millis(number)),
            _ => Input::Timeout,
        };
        let handle = Request::Handle { now: Instant::from_micros(now), input };
        let (config, seed) = boot;
        let boot = Request::Boot { config, seed, now: Instant::from_micros(now) };
        for request in [handle, boot, Request::Dump, Request::Measure, Request::Queued] {
            let mut buffer = vec![0; FRAME_MAX];
            let frame = only_frame(request.encode(&mut buffer));
            prop_assert_eq!(Request::decode(frame.body), Ok(request));
            prop_assert!(frame.rest.is_empty());
        }
    }

    #[test]
    fn answers_come_back_as_they_were(
        event in event(), command in command(), bytes in bytes(), reading in reading(),
        refused in config_error(), standing in standing(), numbers in any::<(u32, u32)>(),
    ) {
        let (node, stack) = numbers;
        for answer in [
            Answer::Dumped(&bytes),
            Answer::Effect(Effect::Command(command)),
            Answer::Effect(Effect::Event(event)),
            Answer::Effect(Effect::SerialWrite(&bytes)),
            Answer::Effect(Effect::StreamWrite(&bytes)),
            Answer::Measured { node, stack },
            Answer::Reading(reading),
            Answer::Refused(refused),
            Answer::Turn { instructions: node, standing },
        ] {
            let mut buffer = vec![0; FRAME_MAX];
            let frame = only_frame(answer.encode(&mut buffer));
            prop_assert_eq!(Answer::decode(frame.body), Ok(answer));
        }
    }

    #[test]
    fn arbitrary_bytes_are_read_back_equal_or_refused(bytes in bytes()) {
        let mut buffer = vec![0; FRAME_MAX];
        if let Ok(request) = Request::decode(&bytes) {
            let again = only_frame(request.encode(&mut buffer));
            prop_assert_eq!(again.body, &bytes[..]);
        }
        if let Ok(answer) = Answer::decode(&bytes) {
            let again = only_frame(answer.encode(&mut buffer));
            prop_assert_eq!(again.body, &bytes[..]);
        }
    }
}

/// Returns the frame that was just written.
fn only_frame(written: Result<&[u8], WireError>) -> Frame<'_> {
    let bytes = written.expect("the message fits");
    let frame = split(bytes).expect("the length is legal");
    frame.expect("the frame is whole")
}

fn text<const N: usize>(text: &str) -> Text<N> {
    Text::new(text).expect("the pattern is no longer than the field")
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..300)
}

fn boot() -> impl Strategy<Value = (Config, u64)> {
    let rest = (
        any::<(u8, u8, u64, u64)>(),
        any::<(i32, i32, Option<i32>)>(),
    );
    (
        proptest::option::of(report()),
        rest,
        choices(),
        any::<u64>(),
    )
        .prop_map(
            |(report, (whole, signed), (drop, filter, conversion, scale, policy), seed)| {
                let config = Config {
                    queue: QueueConfig {
                        capacity: whole.0,
                        drop,
                    },
                    report,
                    sampling: SamplingConfig {
                        filter,
                        interval: Duration::from_micros(whole.2),
                        oversample: whole.1,
                        response_timeout: Duration::from_micros(whole.3),
                    },
                    sensor: SensorConfig {
                        calibration: Calibration {
                            gain_ppm: signed.0,
                            offset: MilliCelsius(signed.1),
                        },
                        conversion,
                        scale,
                        step_max: signed.2.map(MilliCelsius),
                    },
                    wifi: WifiConfig {
                        backoff: BackoffConfig {
                            base: Duration::from_micros(whole.3),
                            cap: Duration::from_micros(seed),
                        },
                        join_timeout: Duration::from_micros(whole.2),
                        policy,
                    },
                };
                (config, seed)
            },
        )
}

fn choices() -> impl Strategy<Value = (DropPolicy, Filter, Conversion, Scale, WifiPolicy)> {
    (
        select(vec![DropPolicy::Newest, DropPolicy::Oldest]),
        select(vec![Filter::Mean, Filter::Median]),
        select(vec![Conversion::Datasheet, Conversion::TenthOfCode]),
        select(&Scale::ALL),
        select(vec![WifiPolicy::LeaveWhenIdle, WifiPolicy::Stay]),
    )
}

fn report() -> impl Strategy<Value = ReportConfig> {
    let flags = any::<(bool, bool, bool, u16, u64)>();
    let texts = ("[a-z]{0,48}", "[ -~]{0,160}", "[a-z/]{0,80}", "[é]{0,48}");
    let qos = select(vec![Qos::AtMostOnce, Qos::AtLeastOnce]);
    (flags, texts, select(&PayloadFormat::ALL), qos).prop_map(|(flags, texts, format, qos)| {
        ReportConfig {
            clean_session: flags.0,
            client_id: text(&texts.0),
            commands: flags.1,
            format,
            keep_alive_s: flags.3,
            password: text(&texts.1),
            qos,
            response_timeout: Duration::from_micros(flags.4),
            status: flags.2,
            topic: text(&texts.2),
            username: text(&texts.3),
        }
    })
}

fn link_loss() -> impl Strategy<Value = LinkLoss> {
    select(&LinkLoss::ALL)
}

fn close_reason() -> impl Strategy<Value = CloseReason> {
    select(&CloseReason::ALL)
}

fn command() -> impl Strategy<Value = Command> {
    select(vec![
        Command::CloseStream,
        Command::JoinWifi,
        Command::LeaveWifi,
        Command::OpenStream,
        Command::Sample,
        Command::Sleep,
    ])
}

fn config_error() -> impl Strategy<Value = ConfigError> {
    select(vec![
        ConfigError::BackoffInverted,
        ConfigError::ClientIdEmpty,
        ConfigError::GainOutOfRange,
        ConfigError::IntervalOutOfRange,
        ConfigError::OversampleOutOfRange,
        ConfigError::PasswordWithoutUsername,
        ConfigError::QueueCapacityOutOfRange,
        ConfigError::TimeoutZero,
        ConfigError::TopicInvalid,
    ])
}

fn reading() -> impl Strategy<Value = Reading> {
    any::<(u64, i32, u32)>().prop_map(|(taken, value, sequence)| Reading {
        taken: Instant::from_micros(taken),
        value: MilliCelsius(value),
        sequence,
    })
}

fn standing() -> impl Strategy<Value = Standing> {
    let connections = vec![
        Connection::Greeting,
        Connection::Joining,
        Connection::Offline,
        Connection::Online,
        Connection::Opening,
        Connection::RejoinPause,
        Connection::ReopenPause,
    ];
    (select(connections), any::<(bool, Option<u64>, u8)>()).prop_map(|(connection, rest)| {
        Standing {
            state: State {
                connection,
                sampling: rest.0,
            },
            timeout: rest.1.map(Instant::from_micros),
            queued: rest.2,
        }
    })
}

fn refusal() -> impl Strategy<Value = ConnectRefusal> {
    select(vec![
        ConnectRefusal::BadCredentials,
        ConnectRefusal::IdentifierRejected,
        ConnectRefusal::NotAuthorized,
        ConnectRefusal::ProtocolVersion,
        ConnectRefusal::ServerUnavailable,
    ])
}

fn sensor_fault() -> impl Strategy<Value = SensorFault> {
    select(vec![
        SensorFault::AboveRange,
        SensorFault::ImpossibleStep,
        SensorFault::Misconfigured,
        SensorFault::NoAnswer,
        SensorFault::NoSignal,
        SensorFault::Saturated,
    ])
}

fn event() -> impl Strategy<Value = Event> {
    let protocol = vec![
        ProtocolError::Malformed,
        ProtocolError::NoAnswer,
        ProtocolError::Unexpected,
    ];
    let dropped = vec![
        DropReason::QueueFullNewest,
        DropReason::QueueFullOldest,
        DropReason::TooLarge,
    ];
    let packet = any::<NonZeroU16>();
    prop_oneof![
        select(vec![
            Event::Booted,
            Event::LinkJoined,
            Event::MessageIgnored
        ]),
        refusal().prop_map(Event::ConnectRefused),
        any::<u64>().prop_map(|us| Event::IntervalChanged(Duration::from_micros(us))),
        link_loss().prop_map(Event::LinkLost),
        select(protocol).prop_map(Event::ProtocolBroken),
        (packet, any::<u32>()).prop_map(|(packet_id, sequence)| Event::PublishAcked {
            packet_id,
            sequence
        }),
        any::<(bool, Option<NonZeroU16>, u32)>().prop_map(|(duplicate, packet_id, sequence)| {
            Event::PublishSent {
                duplicate,
                packet_id,
                sequence,
            }
        }),
        (any::<u32>(), select(dropped))
            .prop_map(|(sequence, why)| Event::ReadingDropped { sequence, why }),
        any::<u32>().prop_map(|sequence| Event::ReadingShown { sequence }),
        reading().prop_map(Event::ReadingTaken),
        any::<(u16, u64)>().prop_map(|(attempt, us)| Event::RetryScheduled {
            attempt,
            delay: Duration::from_micros(us)
        }),
        (any::<u16>(), sensor_fault()).prop_map(|(code, why)| Event::SensorFaulted {
            code: AdcCode(code),
            why
        }),
        close_reason().prop_map(Event::SessionClosed),
        any::<bool>().prop_map(|session_present| Event::SessionOpened { session_present }),
    ]
}
