//! The contract of `Node`: the drain rule, bounds and conservation hold for any order of inputs,
//! and the whole table of state by input is written down.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::mem::MaybeUninit;

use node_core::{
    AdcCode, CloseReason, Command, Config, Connection, DropPolicy, Duration, Effect, Event, Input,
    Instant, LinkLoss, Node, PayloadFormat, Qos, QueueConfig, ReportConfig, Text, UnixTime,
    WifiConfig, WifiPolicy,
};
use proptest::prelude::*;

/// CONNACK that accepts, without and with a kept session (MQTT 3.1.1 §3.2).
const ACCEPTED: [u8; 4] = [0x20, 2, 0, 0];
const ACCEPTED_PRESENT: [u8; 4] = [0x20, 2, 1, 0];
/// CONNACK that refuses: bad user name or password.
const REFUSED: [u8; 4] = [0x20, 2, 0, 4];
/// What no broker may send: a reserved packet type.
const GARBAGE: [u8; 2] = [0xf0, 0];
/// Effects of one turn; more means that one input can make a node speak for ever.
const EFFECTS_OF_A_TURN_MAX: usize = 24;

/// The node has no equality of its own; its whole state is in its `Debug` form.
#[test]
fn a_node_built_in_place_is_the_same_node() {
    let config = config(true, WifiPolicy::Stay, Qos::AtLeastOnce, 5);
    let now = Instant::from_micros(9);
    let moved = Node::new(config, 7, now).unwrap();
    let mut memory = MaybeUninit::uninit();
    let placed = Node::new_in(&mut memory, &config, 7, now).unwrap();
    assert_eq!(format!("{placed:?}"), format!("{moved:?}"));
    let broken = Config {
        queue: QueueConfig {
            capacity: 0,
            ..config.queue
        },
        ..config
    };
    let refused = Node::new_in(&mut memory, &broken, 7, now).err();
    assert_eq!(refused, Node::new(broken, 7, now).err());
    assert!(refused.is_some());
}

#[derive(Clone, Debug)]
enum Stimulus {
    Accept { present: bool },
    Ack { offset: u16 },
    Bytes(Vec<u8>),
    Close(CloseReason),
    Down(LinkLoss),
    Sample(u16),
    Serial(Vec<u8>),
    Simple(u8),
    Wait(u64),
}

fn config(report: bool, policy: WifiPolicy, qos: Qos, capacity: u8) -> Config {
    let report = report.then(|| ReportConfig {
        client_id: Text::new("node-1").unwrap(),
        topic: Text::new("room/1/temperature").unwrap(),
        commands: true,
        status: true,
        format: PayloadFormat::HomeAssistant,
        qos,
        ..ReportConfig::default()
    });
    let queue = QueueConfig {
        capacity,
        drop: DropPolicy::Oldest,
    };
    let wifi = WifiConfig {
        policy,
        ..WifiConfig::default()
    };
    Config {
        report,
        queue,
        wifi,
        ..Config::default()
    }
}

fn stimulus() -> impl Strategy<Value = Stimulus> {
    let loss = prop::sample::select(vec![
        LinkLoss::AccessPointNotFound,
        LinkLoss::AuthenticationFailed,
        LinkLoss::BeaconsLost,
        LinkLoss::Deauthenticated,
    ]);
    let close = prop::sample::select(vec![
        CloseReason::Finished,
        CloseReason::Refused,
        CloseReason::Reset,
        CloseReason::TimedOut,
    ]);
    let commands = prop::sample::select(vec![
        b"read\r\n".to_vec(),
        b"status\n".to_vec(),
        b"help\r".to_vec(),
        b"interval 10s\r\n".to_vec(),
        b"interval never\r\nread\r\nstatus\r\nhelp\r\nfoo\r\ninterval 1s\r\n".to_vec(),
    ]);
    prop_oneof![
        4 => any::<bool>().prop_map(|present| Stimulus::Accept { present }),
        6 => (0_u16..3).prop_map(|offset| Stimulus::Ack { offset }),
        1 => prop::collection::vec(any::<u8>(), 0..80).prop_map(Stimulus::Bytes),
        1 => close.prop_map(Stimulus::Close),
        1 => loss.prop_map(Stimulus::Down),
        6 => prop_oneof![Just(240_u16), 0..1100_u16, Just(65535)].prop_map(Stimulus::Sample),
        1 => commands.prop_map(Stimulus::Serial),
        8 => (0_u8..3).prop_map(Stimulus::Simple),
        8 => prop_oneof![Just(0), 0_u64..100_000_000].prop_map(Stimulus::Wait),
    ]
}

/// A node, and the books of a driver that knows nothing but the contract.
struct Rig {
    node: Node,
    now: Instant,
    open: BTreeSet<u32>,
    last_packet: u16,
    reports: bool,
}

impl Rig {
    fn new(config: &Config) -> Self {
        let node = Node::new(*config, 7, Instant::ZERO).unwrap();
        let reports = config.report.is_some();
        let mut rig = Self {
            node,
            now: Instant::ZERO,
            open: BTreeSet::new(),
            last_packet: 1,
            reports,
        };
        rig.drain();
        rig
    }

    fn feed(&mut self, input: Input<'_>) {
        self.node.handle(self.now, input);
        self.drain();
    }

    fn drain(&mut self) -> Vec<String> {
        let mut told = Vec::new();
        while let Some(effect) = self.node.poll() {
            told.push(describe(&effect));
            assert!(
                told.len() <= EFFECTS_OF_A_TURN_MAX,
                "a turn does not end: {told:?}"
            );
            match effect {
                Effect::Event(Event::ReadingTaken(reading)) => {
                    assert!(self.open.insert(reading.sequence));
                }
                Effect::Event(
                    Event::PublishAcked { sequence, .. }
                    | Event::PublishSent {
                        packet_id: None,
                        sequence,
                        ..
                    }
                    | Event::ReadingDropped { sequence, .. }
                    | Event::ReadingShown { sequence },
                ) => assert!(self.open.remove(&sequence), "reading {sequence} left twice"),
                Effect::Event(Event::PublishSent {
                    packet_id: Some(id),
                    ..
                }) => {
                    self.last_packet = id.get();
                }
                Effect::Command(_)
                | Effect::Event(_)
                | Effect::SerialWrite(_)
                | Effect::StreamWrite(_) => {}
            }
        }
        assert!(self.node.poll().is_none(), "a drained node stays drained");
        let queued: BTreeSet<u32> = self.node.queued().map(|r| r.sequence).collect();
        assert_eq!(queued, self.open, "readings are conserved");
        assert!(self.node.queue_length() <= self.node.config().queue.capacity);
        assert!(
            self.node.poll_timeout().is_some(),
            "a node always has something to wait for"
        );
        told
    }

    fn apply(&mut self, stimulus: &Stimulus) {
        match stimulus {
            Stimulus::Accept { present: false } => self.feed(Input::StreamRead(&ACCEPTED)),
            Stimulus::Accept { present: true } => self.feed(Input::StreamRead(&ACCEPTED_PRESENT)),
            Stimulus::Ack { offset } => {
                let [high, low] = self.last_packet.wrapping_add(*offset).to_be_bytes();
                self.feed(Input::StreamRead(&[0x40, 2, high, low]));
            }
            Stimulus::Bytes(bytes) => self.feed(Input::StreamRead(bytes)),
            Stimulus::Close(why) => self.feed(Input::StreamClosed(*why)),
            Stimulus::Down(why) => self.feed(Input::LinkDown(*why)),
            Stimulus::Sample(code) => self.feed(Input::Sampled(AdcCode(*code))),
            Stimulus::Serial(bytes) => self.feed(Input::SerialRead(bytes)),
            Stimulus::Simple(0) => self.feed(Input::LinkUp),
            Stimulus::Simple(1) => self.feed(Input::StreamOpened),
            Stimulus::Simple(_) => {
                self.feed(Input::TimeKnown(UnixTime::from_millis(1_700_000_000_000)));
            }
            Stimulus::Wait(us) => {
                let deadline = self.node.poll_timeout().unwrap_or(self.now);
                let later = self.now.after(Duration::from_micros(*us));
                self.now = if *us == 0 {
                    self.now.max(deadline)
                } else {
                    later
                };
                self.feed(Input::Timeout);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_order_of_inputs_keeps_the_contract(
        report in prop::bool::weighted(0.9),
        stays: bool,
        acknowledged: bool,
        capacity in 1_u8..=32,
        stimuli in prop::collection::vec(stimulus(), 0..120),
    ) {
        let policy = if stays { WifiPolicy::Stay } else { WifiPolicy::LeaveWhenIdle };
        let qos = if acknowledged { Qos::AtLeastOnce } else { Qos::AtMostOnce };
        let mut rig = Rig::new(&config(report, policy, qos, capacity));
        prop_assert!(rig.reports == report);
        for stimulus in &stimuli {
            rig.apply(stimulus);
        }
    }

    /// A helpful world after any history: everything queued is delivered, whatever came before.
    #[test]
    fn a_world_that_answers_gets_every_reading(
        stays: bool,
        stimuli in prop::collection::vec(stimulus(), 0..80),
    ) {
        let policy = if stays { WifiPolicy::Stay } else { WifiPolicy::LeaveWhenIdle };
        let mut rig = Rig::new(&config(true, policy, Qos::AtLeastOnce, 8));
        for stimulus in &stimuli {
            rig.apply(stimulus);
        }
        let waiting: BTreeSet<u32> = rig.open.clone();
        for _ in 0..400 {
            rig.answer();
        }
        let left: Vec<_> = waiting.intersection(&rig.open).collect();
        prop_assert!(left.is_empty(), "never delivered: {left:?} in {:?}", rig.node.state());
    }
}

impl Rig {
    /// Does what a healthy world would do next.
    fn answer(&mut self) {
        match self.node.state().connection {
            Connection::Joining => self.feed(Input::LinkUp),
            Connection::Opening => self.feed(Input::StreamOpened),
            Connection::Greeting => self.feed(Input::StreamRead(&ACCEPTED)),
            Connection::Online if self.node.queue_length() > 0 => {
                self.apply(&Stimulus::Ack { offset: 0 });
            }
            Connection::Offline
            | Connection::Online
            | Connection::RejoinPause
            | Connection::ReopenPause => self.apply(&Stimulus::Wait(0)),
        }
    }

    /// Brings a fresh node into a state.
    fn at(connection: Connection) -> Self {
        let idle = connection == Connection::Offline;
        let policy = if idle {
            WifiPolicy::LeaveWhenIdle
        } else {
            WifiPolicy::Stay
        };
        let mut rig = Self::new(&config(true, policy, Qos::AtLeastOnce, 8));
        let path: &[Input<'_>] = match connection {
            Connection::Joining | Connection::Offline => &[],
            Connection::Opening => &[Input::LinkUp],
            Connection::Greeting => &[Input::LinkUp, Input::StreamOpened],
            Connection::Online => &[
                Input::LinkUp,
                Input::StreamOpened,
                Input::StreamRead(&ACCEPTED),
            ],
            Connection::RejoinPause => &[Input::LinkDown(LinkLoss::BeaconsLost)],
            Connection::ReopenPause => &[Input::LinkUp, Input::StreamClosed(CloseReason::Refused)],
        };
        for input in path {
            rig.feed(*input);
        }
        assert_eq!(rig.node.state().connection, connection);
        rig
    }
}

/// The worst turn there is: an answered CONNECT, every command and garbage in one read.
#[test]
fn the_fullest_read_fits_one_turn() {
    let mut rig = Rig::at(Connection::Greeting);
    let mut bytes = ACCEPTED.to_vec();
    for command in [
        "interval 10s",
        "help",
        "status",
        "foo",
        "interval x",
        "read",
    ] {
        let topic = b"room/1/temperature/command";
        let length = 2 + topic.len() + command.len();
        bytes.extend([
            0x30,
            u8::try_from(length).unwrap(),
            0,
            u8::try_from(topic.len()).unwrap(),
        ]);
        bytes.extend(topic);
        bytes.extend(command.as_bytes());
    }
    bytes.extend(GARBAGE);
    rig.feed(Input::SerialRead(
        b"interval 5s\nhelp\nstatus\nfoo\ninterval y\nread\n",
    ));
    rig.feed(Input::StreamRead(&bytes));
    assert_eq!(rig.node.state().connection, Connection::ReopenPause);
}

/// A broker that floods the node with messages in one read: each is acknowledged, in order.
#[test]
fn a_flood_of_messages_fits_one_turn() {
    let mut rig = Rig::at(Connection::Online);
    rig.drain();
    let identifiers = 1..=150_u8;
    let flood: Vec<u8> = identifiers
        .clone()
        .flat_map(|id| [0x32, 5, 0, 1, b't', 0, id])
        .collect();
    rig.node.handle(rig.now, Input::StreamRead(&flood));
    let mut sent = Vec::new();
    while let Some(effect) = rig.node.poll() {
        if let Effect::StreamWrite(bytes) = effect {
            sent.extend_from_slice(bytes);
        }
    }
    let acknowledgements: Vec<u8> = identifiers.flat_map(|id| [0x40, 2, 0, id]).collect();
    assert_eq!(sent, acknowledgements);
    assert_eq!(rig.node.state().connection, Connection::Online);
}

/// Every state meets every kind of input; the table is the specification.
#[test]
fn the_table_of_states_and_inputs_is_as_written() {
    let states = [
        Connection::Offline,
        Connection::Joining,
        Connection::Opening,
        Connection::Greeting,
        Connection::Online,
        Connection::RejoinPause,
        Connection::ReopenPause,
    ];
    let inputs = [
        Input::LinkDown(LinkLoss::BeaconsLost),
        Input::LinkUp,
        Input::Sampled(AdcCode(240)),
        Input::Sampled(AdcCode(65535)),
        Input::SerialRead(b"status\n"),
        Input::StreamClosed(CloseReason::Reset),
        Input::StreamOpened,
        Input::StreamRead(&ACCEPTED),
        Input::StreamRead(&REFUSED),
        Input::StreamRead(&GARBAGE),
        Input::TimeKnown(UnixTime::from_millis(1_700_000_000_000)),
        Input::Timeout,
    ];
    let mut table = String::new();
    for state in states {
        for input in inputs {
            let mut rig = Rig::at(state);
            // Each node has its first conversion under way.
            rig.feed(Input::Timeout);
            if let Some(deadline) = rig.node.poll_timeout().filter(|_| input == Input::Timeout) {
                rig.now = deadline;
            }
            rig.node.handle(rig.now, input);
            let told = rig.drain().join(", ");
            let after = rig.node.state();
            let sampling = if after.sampling { " sampling" } else { "" };
            writeln!(
                table,
                "{state:?} + {input:?} -> {:?}{sampling}: {told}",
                after.connection
            )
            .unwrap();
        }
        table.push('\n');
    }
    insta::assert_snapshot!(table);
}

/// Describes an effect in a few words; bytes to the broker by their packet type.
fn describe(effect: &Effect<'_>) -> String {
    match effect {
        Effect::Command(command) => command_name(*command).to_owned(),
        Effect::Event(event) => format!("{event:?}"),
        Effect::SerialWrite(bytes) => format!("print {:?}", String::from_utf8_lossy(bytes)),
        Effect::StreamWrite(bytes) => {
            format!("send {} bytes of type {}", bytes.len(), bytes[0] >> 4)
        }
    }
}

fn command_name(command: Command) -> &'static str {
    match command {
        Command::CloseStream => "CloseStream",
        Command::JoinWifi => "JoinWifi",
        Command::LeaveWifi => "LeaveWifi",
        Command::OpenStream => "OpenStream",
        Command::Sample => "Sample",
        Command::Sleep => "Sleep",
    }
}
