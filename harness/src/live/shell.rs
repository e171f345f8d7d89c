//! The world around one node: its sensor is simulated, its network and its time are real.
//!
//! Owns the loop around the node's four methods, and what becomes of each command. Does not know
//! when to sample, to connect or to try again: the node does.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::pending;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use node_core::mqtt::ProtocolError;
use node_core::{AdcCode, CloseReason, Command, Connection, Effect, Event, Input, Node, UnixTime};
use nodelab_sim::Workbench;
use nodelab_sim::analog::RadioActivity;
use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::{Instant, sleep, sleep_until};

use crate::live::broker::Broker;
use crate::live::clock::Clock;
use crate::live::dial::{Opened, Step, dial};
use crate::live::engine::{Happening, Stage, Watch};
use crate::live::failure::Failure;
use crate::live::greeting::with_password;
use crate::live::line::{Line, LineEvent};
use crate::live::plan::{Credential, Limits, NodePlan};
use crate::live::tally::NodeSummary;

/// The end of a session in good order (MQTT 3.1.1 §3.14.1).
const DISCONNECT: [u8; 2] = [0xE0, 0];
/// What makes a node stop taking readings: its own longest interval, typed at its console.
const PAUSE: &[u8] = b"interval 7d\r";

/// Bytes that the node is told at once: it has room for 20 effects in a turn, and may have to
/// acknowledge every message of 7 bytes or more that a broker chooses to send.
const PIECE: usize = 32;

/// What all nodes of a run share.
pub(super) struct Surroundings {
    pub(super) broker: Rc<Broker>,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    pub(super) pace: Option<Duration>,
    pub(super) watch: Rc<RefCell<dyn Watch>>,
}

/// One node and its world.
pub(super) struct Shell {
    boot: Duration,
    node: Node,
    outside: Outside,
}

/// Everything around the node.
struct Outside {
    answers: VecDeque<Answer>,
    around: Surroundings,
    bench: Workbench,
    credential: Credential,
    farewell: Option<JoinHandle<()>>,
    /// When to end although readings wait, once sampling has stopped.
    gives_up: Option<Instant>,
    /// CONNECT is the next thing that the node writes.
    greets: bool,
    joined: bool,
    number: u32,
    stream: Stream,
    tally: NodeSummary,
    tls: Option<std::sync::Arc<tokio_rustls::rustls::ClientConfig>>,
}

/// The stream to the broker.
enum Stream {
    Closed,
    Dialling(Dialling),
    Open(Box<Line>),
}

/// A stream that is being opened.
struct Dialling {
    attempt: Pin<Box<dyn Future<Output = Result<Opened, Failure>>>>,
    step: Rc<Cell<Step>>,
}

/// What the node is told next.
enum Answer {
    Closed(CloseReason),
    LinkUp,
    Sampled(AdcCode),
    TimeKnown(UnixTime),
}

/// What came of a stream.
enum StreamEvent {
    Dialled(Box<Result<Opened, Failure>>),
    Line(LineEvent),
}

impl Shell {
    /// Switches a node on.
    ///
    /// # Panics
    ///
    /// When the plan has not checked the configuration.
    pub(super) fn new(number: u32, plan: NodePlan, around: Surroundings) -> Self {
        let seed = plan.bench.luck();
        let report = plan.config.report.as_ref();
        let client_id = report.map(|report| report.client_id.as_str().to_owned());
        let node = Node::new(plan.config, seed, node_core::Instant::ZERO);
        Self {
            boot: plan.boot,
            node: node.expect("the plan checked the configuration"),
            outside: Outside {
                answers: VecDeque::new(),
                around,
                bench: plan.bench,
                credential: plan.credential,
                farewell: None,
                gives_up: None,
                greets: false,
                joined: false,
                number,
                stream: Stream::Closed,
                tally: NodeSummary {
                    client_id: client_id.unwrap_or_default(),
                    node: number,
                    ..NodeSummary::default()
                },
                tls: plan.tls,
            },
        }
    }

    /// Lives until it is told to stop and everything is sent, or patience ends.
    pub(super) async fn run(mut self, mut stage: watch::Receiver<Stage>) -> NodeSummary {
        tokio::select! {
            () = sleep(self.boot.saturating_sub(self.outside.around.clock.elapsed())) => {}
            _ = stage.changed() => return self.outside.tally,
        }
        self.outside
            .bench
            .switch_on(self.outside.around.clock.sim_time());
        self.settle();
        loop {
            if self.outside.gives_up.is_none() && self.has_enough(*stage.borrow()) {
                self.stop();
            }
            if self.is_over() {
                break;
            }
            tokio::select! {
                biased;
                _ = stage.changed() => {
                    if *stage.borrow() == Stage::Abandoned {
                        break;
                    }
                }
                () = sleep_until(self.deadline()) => self.tell(Input::Timeout),
                event = self.outside.stream.next() => self.handle_stream(event),
            }
        }
        let abandoned = *stage.borrow() == Stage::Abandoned;
        self.finish(abandoned).await
    }

    /// Returns whether enough readings were taken.
    fn has_enough(&self, stage: Stage) -> bool {
        let most = self.outside.around.limits.readings;
        stage != Stage::Running
            || most.is_some_and(|most| self.outside.tally.taken >= u64::from(most))
    }

    /// Stops sampling; from now on the queue is emptied.
    fn stop(&mut self) {
        let grace = self.outside.around.limits.grace;
        self.outside.gives_up = Some(Instant::now() + grace);
        self.tell(Input::SerialRead(PAUSE));
    }

    fn is_over(&self) -> bool {
        let idle = self.node.queue_length() == 0 && !self.node.state().sampling;
        self.outside
            .gives_up
            .is_some_and(|at| idle || at <= Instant::now())
    }

    fn deadline(&self) -> Instant {
        let clock = &self.outside.around.clock;
        let node = self
            .node
            .poll_timeout()
            .map(|at| clock.host_time(self.boot, at));
        let far = || Instant::now() + Duration::from_secs(86_400);
        let own = node.unwrap_or_else(far);
        self.outside.gives_up.map_or(own, |at| own.min(at))
    }

    fn handle_stream(&mut self, event: StreamEvent) {
        let outside = &mut self.outside;
        match event {
            StreamEvent::Dialled(result) => match *result {
                Ok(opened) => {
                    outside.open(opened);
                    self.tell(Input::StreamOpened);
                }
                Err(failure) => self.lose_stream(&failure),
            },
            StreamEvent::Line(LineEvent::Broken(mut failure)) => {
                if self.node.state().connection == Connection::Greeting {
                    failure.words.push_str(", without answering CONNECT");
                }
                self.lose_stream(&failure);
            }
            StreamEvent::Line(LineEvent::Read(count)) => self.read(count),
        }
    }

    /// Tells the node what came, in pieces whose answers have room.
    fn read(&mut self, count: usize) {
        for start in (0..count).step_by(PIECE) {
            let now = self.outside.around.clock.node_time(self.boot);
            // The node may have closed the stream because of the piece before.
            let Stream::Open(line) = &self.outside.stream else {
                return;
            };
            let piece = &line.read_bytes(count)[start..count.min(start + PIECE)];
            self.node.handle(now, Input::StreamRead(piece));
            self.settle();
        }
    }

    fn lose_stream(&mut self, failure: &Failure) {
        self.outside.stream = Stream::Closed;
        self.outside.trouble(&failure.words);
        self.tell(Input::StreamClosed(failure.reason));
    }

    fn tell(&mut self, input: Input<'_>) {
        let now = self.outside.around.clock.node_time(self.boot);
        self.node.handle(now, input);
        self.settle();
    }

    /// Does what the node asks, and tells it what is known at once, until it asks no more.
    fn settle(&mut self) {
        loop {
            while let Some(effect) = self.node.poll() {
                self.outside.obey(effect);
            }
            let Some(answer) = self.outside.answers.pop_front() else {
                return;
            };
            let now = self.outside.around.clock.node_time(self.boot);
            self.node.handle(
                now,
                match answer {
                    Answer::Closed(why) => Input::StreamClosed(why),
                    Answer::LinkUp => Input::LinkUp,
                    Answer::Sampled(code) => Input::Sampled(code),
                    Answer::TimeKnown(civil) => Input::TimeKnown(civil),
                },
            );
        }
    }

    /// Leaves the broker in good order, and says what became of everything.
    async fn finish(self, abandoned: bool) -> NodeSummary {
        let Self {
            node, mut outside, ..
        } = self;
        let stream = std::mem::replace(&mut outside.stream, Stream::Closed);
        if let (Stream::Open(mut line), false) = (stream, abandoned) {
            // A broker that hears DISCONNECT forgets the will (MQTT 3.1.1 §3.14.4), which is what
            // tells others that a node with a status is gone.
            let report = node.config().report.as_ref();
            if !report.is_some_and(|report| report.status) {
                // A stream that takes no more is closed all the same.
                let _ = line.push(&DISCONNECT);
            }
            line.close().await;
        }
        if let (Some(farewell), false) = (outside.farewell, abandoned) {
            farewell.await.ok();
        }
        let mut tally = outside.tally;
        tally.waiting = node.queued().copied().collect();
        tally
    }
}

impl Outside {
    fn obey(&mut self, effect: Effect<'_>) {
        match effect {
            Effect::Command(command) => self.obey_command(command),
            Effect::Event(event) => self.note(event),
            Effect::SerialWrite(bytes) => {
                if self.gives_up.is_none() {
                    self.show(&Happening::Serial(bytes));
                }
            }
            Effect::StreamWrite(bytes) => self.write(bytes),
        }
    }

    fn obey_command(&mut self, command: Command) {
        match command {
            Command::CloseStream => self.close_stream(),
            Command::JoinWifi => {
                // The host's network is the link, and its clock is set.
                self.joined = true;
                self.answers.push_back(Answer::LinkUp);
                self.answers.extend(Clock::civil().map(Answer::TimeKnown));
            }
            Command::LeaveWifi => {
                self.joined = false;
                self.close_stream();
            }
            Command::OpenStream => {
                let step = Rc::new(Cell::new(Step::Resolving));
                let broker = Rc::clone(&self.around.broker);
                let attempt = Box::pin(dial(broker, self.tls.clone(), Rc::clone(&step)));
                self.stream = Stream::Dialling(Dialling { attempt, step });
            }
            Command::Sample => self.sample(),
            Command::Sleep => {}
        }
    }

    /// Converts at once: what a converter takes, 40 to 384 µs, is less than a timer of the host.
    fn sample(&mut self) {
        // A node that has stopped hears nothing from its sensor, and so takes no reading.
        if self.gives_up.is_some() {
            return;
        }
        let radio = match &self.stream {
            _ if !self.joined => RadioActivity::Off,
            Stream::Open(line) if line.is_sending() => RadioActivity::Transmitting,
            Stream::Closed | Stream::Dialling(_) | Stream::Open(_) => RadioActivity::Listening,
        };
        let at = self.around.clock.sim_time();
        let code = self.bench.convert(at, radio).code;
        self.answers.push_back(Answer::Sampled(code));
    }

    fn open(&mut self, opened: Opened) {
        if let Some(secured) = &opened.secured {
            self.tally.add_handshake(secured);
            self.show(&Happening::Secured(secured));
        }
        self.greets = true;
        let line = Line::new(opened.transport, self.around.pace);
        self.stream = Stream::Open(Box::new(line));
    }

    fn write(&mut self, bytes: &[u8]) {
        let Stream::Open(line) = &mut self.stream else {
            return;
        };
        let password = std::mem::take(&mut self.greets)
            .then(|| self.credential.password())
            .flatten();
        let fits = match password {
            None => line.push(bytes),
            Some(password) => match with_password(bytes, password.reveal()) {
                Some(packet) => line.push(&packet),
                None => false,
            },
        };
        if !fits {
            self.stream = Stream::Closed;
            self.trouble("the broker takes nothing of what is sent to it");
            self.answers
                .push_back(Answer::Closed(CloseReason::TimedOut));
        }
    }

    /// Closes the stream that the node is done with, or lost patience with.
    fn close_stream(&mut self) {
        match std::mem::replace(&mut self.stream, Stream::Closed) {
            Stream::Closed => {}
            Stream::Dialling(dialling) => self.trouble(dialling.step.get().silence()),
            Stream::Open(line) => self.farewell = Some(spawn_local(line.close())),
        }
    }

    fn note(&mut self, event: Event) {
        if self.gives_up.is_some() && matches!(event, Event::SensorFaulted { .. }) {
            return;
        }
        self.tally.add(&event);
        self.show(&Happening::Node(event));
        match event {
            Event::ConnectRefused(why) => {
                let why = why.as_str();
                self.trouble(&format!("the broker refused the session: {why}"));
            }
            Event::ProtocolBroken(why) => self.trouble(match why {
                ProtocolError::Malformed => {
                    "what came is not MQTT; the connection is closed (is this the right port?)"
                }
                ProtocolError::NoAnswer => "the broker is silent; the connection is closed",
                ProtocolError::Unexpected => {
                    "the broker sent a packet that may not come here; the connection is closed"
                }
            }),
            _ => {}
        }
    }

    fn trouble(&mut self, words: &str) {
        self.tally.failures += 1;
        self.show(&Happening::Trouble(words));
    }

    fn show(&self, what: &Happening<'_>) {
        self.around.watch.borrow_mut().on_event(self.number, what);
    }
}

impl Stream {
    /// Returns the next thing that happens. May be dropped at any time.
    async fn next(&mut self) -> StreamEvent {
        match self {
            Self::Closed => pending().await,
            Self::Dialling(dialling) => {
                StreamEvent::Dialled(Box::new(dialling.attempt.as_mut().await))
            }
            Self::Open(line) => StreamEvent::Line(line.next().await),
        }
    }
}
