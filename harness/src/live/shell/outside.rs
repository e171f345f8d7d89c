//! Everything around one node: what becomes of its commands, and what it is told at once.
//!
//! Owns sensor and stream. Does not call the node: its shell does.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::pending;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use node_core::mqtt::ProtocolError;
use node_core::{AdcCode, CloseReason, Command, Effect, Event, UnixTime};
use nodelab_sim::Workbench;
use nodelab_sim::analog::RadioActivity;
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::Instant;
use tokio_rustls::rustls::ClientConfig;

use crate::live::broker::Broker;
use crate::live::clock::Clock;
use crate::live::dial::{Opened, Step, dial};
use crate::live::engine::{Happening, Watch};
use crate::live::failure::Failure;
use crate::live::greeting::with_password;
use crate::live::line::{Line, LineEvent};
use crate::live::plan::{Credential, Limits, NodePlan};
use crate::live::tally::NodeSummary;

/// What all nodes of a run share.
pub(in crate::live) struct Surroundings {
    pub(in crate::live) broker: Rc<Broker>,
    pub(in crate::live) clock: Clock,
    pub(in crate::live) limits: Limits,
    pub(in crate::live) pace: Option<Duration>,
    pub(in crate::live) watch: Rc<RefCell<dyn Watch>>,
}

/// Everything around the node.
pub(super) struct Outside {
    pub(super) answers: VecDeque<Answer>,
    pub(super) around: Surroundings,
    pub(super) bench: Workbench,
    credential: Credential,
    pub(super) farewell: Option<JoinHandle<()>>,
    /// When to end although readings wait, once sampling has stopped.
    pub(super) gives_up: Option<Instant>,
    /// CONNECT is the next thing that the node writes.
    greets: bool,
    joined: bool,
    number: u32,
    pub(super) stream: Stream,
    pub(super) tally: NodeSummary,
    tls: Option<Arc<ClientConfig>>,
}

/// The stream to the broker.
pub(super) enum Stream {
    Closed,
    Dialling(Dialling),
    Open(Box<Line>),
}

/// A stream that is being opened.
pub(super) struct Dialling {
    attempt: Pin<Box<dyn Future<Output = Result<Opened, Failure>>>>,
    step: Rc<Cell<Step>>,
}

/// What the node is told next.
pub(super) enum Answer {
    Closed(CloseReason),
    LinkUp,
    Sampled(AdcCode),
    TimeKnown(UnixTime),
}

/// What came of a stream.
pub(super) enum StreamEvent {
    Dialled(Box<Result<Opened, Failure>>),
    Line(LineEvent),
}

impl Outside {
    /// Builds the world of one node, switched off.
    pub(super) fn new(number: u32, plan: NodePlan, around: Surroundings) -> Self {
        let report = plan.config.report.as_ref();
        let client_id = report.map(|report| report.client_id.as_str().to_owned());
        Self {
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
        }
    }

    /// Does what the node asks for, or shows what it says.
    pub(super) fn obey(&mut self, effect: Effect<'_>) {
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

    /// Takes a stream that was opened.
    pub(super) fn open(&mut self, opened: Opened) {
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
        // Who has stopped is not told that its sensor is silent.
        if self.gives_up.is_some() && matches!(event, Event::SensorFaulted { .. }) {
            return;
        }
        self.tally.add(&event);
        self.show(&Happening::Node(event));
        if let Event::ConnectRefused(why) = event {
            self.trouble(&format!("the broker refused the session: {}", why.as_str()));
        }
        if let Event::ProtocolBroken(why) = event {
            self.trouble(match why {
                ProtocolError::Malformed => {
                    "what came is not MQTT; the connection is closed (is this the right port?)"
                }
                ProtocolError::NoAnswer => "the broker is silent; the connection is closed",
                ProtocolError::Unexpected => {
                    "the broker sent a packet that may not come here; the connection is closed"
                }
            });
        }
    }

    /// Tells people what is wrong.
    pub(super) fn trouble(&mut self, words: &str) {
        self.tally.failures += 1;
        self.show(&Happening::Trouble(words));
    }

    fn show(&self, what: &Happening<'_>) {
        self.around.watch.borrow_mut().on_event(self.number, what);
    }
}

impl Stream {
    /// Returns the next thing that happens. May be dropped at any time.
    pub(super) async fn next(&mut self) -> StreamEvent {
        match self {
            Self::Closed => pending().await,
            Self::Dialling(dialling) => {
                StreamEvent::Dialled(Box::new(dialling.attempt.as_mut().await))
            }
            Self::Open(line) => StreamEvent::Line(line.next().await),
        }
    }
}
