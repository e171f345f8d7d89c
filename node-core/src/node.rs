//! The node state machine: what is told, what is asked, and which part handles it.
//!
//! Owns the drain rule and the dispatch. Sampling and the connection each live in a file of
//! their own, with the deadlines they own.

use crate::backoff::Backoff;
use crate::config::{Config, ConfigError, ReportConfig};
use crate::connection::Connection;
use crate::console::{self, LineEditor, Request};
use crate::effect::{Command, Effect, Event, Reading};
use crate::input::Input;
use crate::mqtt::Session;
use crate::outbox::Outbox;
use crate::queue::Queue;
use crate::rng::Rng;
use crate::sampling::Sampler;
use crate::time::{Duration, Instant, UnixTime};
use crate::timer::{Timer, Timers, earlier};

/// One sensor node.
///
/// # The drain rule
///
/// Every call of [`Node::handle`] is followed by calls of [`Node::poll`] until it returns
/// `None`, before the next call of `handle`. [`Node::new`] counts as a `handle`.
///
/// # Examples
///
/// A driver, here one without any hardware:
///
/// ```
/// use node_core::{AdcCode, Command, Config, Effect, Input, Instant, Node};
///
/// let mut node = Node::new(Config::default(), 1, Instant::ZERO).unwrap();
/// let mut now = Instant::ZERO;
/// for _ in 0..4 {
///     let mut sample = false;
///     // Drain, doing what is asked …
///     while let Some(effect) = node.poll() {
///         match effect {
///             Effect::Command(command) => sample |= command == Command::Sample,
///             Effect::SerialWrite(bytes) => print!("{}", String::from_utf8_lossy(bytes)),
///             Effect::StreamWrite(_) | Effect::Event(_) => {}
///         }
///     }
///     // … then tell the next thing that happened.
///     if sample {
///         node.handle(now, Input::Sampled(AdcCode(240)));
///     } else if let Some(deadline) = node.poll_timeout() {
///         now = deadline;
///         node.handle(now, Input::Timeout);
///     }
/// }
/// # while node.poll().is_some() {}
/// ```
#[derive(Clone, Debug)]
pub struct Node {
    pub(crate) config: Config,
    pub(crate) connection: Connection,
    pub(crate) backoff: Backoff,
    pub(crate) stream_failures: u8,
    /// Announcements of the present session that are out.
    pub(crate) announced: u8,
    /// The civil time in the packet that was sent last.
    pub(crate) sent_civil: Option<UnixTime>,
    pub(crate) session: Session,
    pub(crate) sampler: Sampler,
    pub(crate) queue: Queue,
    pub(crate) timers: Timers,
    pub(crate) outbox: Outbox,
    pub(crate) rng: Rng,
    editor: LineEditor,
    civil: Option<(Instant, UnixTime)>,
    asleep: bool,
}

/// Where a node stands.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct State {
    /// How far it has come towards the broker.
    pub connection: Connection,
    /// Whether conversions are under way.
    pub sampling: bool,
}

/// Requests of one turn, gathered so that a flood of them costs one answer each.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a set of requests, each made or not"
)]
pub(crate) struct Requests {
    bad_interval: bool,
    help: bool,
    interval: Option<Duration>,
    read: bool,
    status: bool,
    unknown: bool,
}

impl Node {
    /// Creates a node that boots at `now` and takes its first reading at once.
    ///
    /// # Errors
    ///
    /// A [`ConfigError`] that names the first rule `config` breaks.
    pub fn new(config: Config, seed: u64, now: Instant) -> Result<Self, ConfigError> {
        config.check()?;
        let mut node = Self {
            config,
            connection: Connection::Offline,
            backoff: Backoff::default(),
            stream_failures: 0,
            announced: 0,
            sent_civil: None,
            session: Session::new(),
            sampler: Sampler::new(),
            queue: Queue::new(),
            timers: Timers::default(),
            outbox: Outbox::new(),
            rng: Rng::new(seed),
            editor: LineEditor::new(),
            civil: None,
            asleep: false,
        };
        node.outbox.event(Event::Booted);
        node.outbox.print_fixed(console::BOOT);
        node.timers.arm(Timer::Reading, now);
        node.finish_turn(now);
        Ok(node)
    }

    /// Feeds one input. Drain [`Node::poll`] to `None` before the next call.
    pub fn handle(&mut self, now: Instant, input: Input<'_>) {
        debug_assert!(
            self.outbox.is_drained(),
            "the drain rule: poll until None, then handle"
        );
        match input {
            Input::LinkDown(why) => self.handle_link_down(now, why),
            Input::LinkUp => self.handle_link_up(now),
            Input::Sampled(code) => self.handle_sampled(now, code),
            Input::SerialRead(bytes) => self.handle_serial(now, bytes),
            Input::StreamClosed(why) => self.handle_stream_closed(now, why),
            Input::StreamOpened => self.handle_stream_opened(now),
            Input::StreamRead(bytes) => self.handle_stream_read(now, bytes),
            Input::TimeKnown(civil) => self.civil = Some((now, civil)),
            Input::Timeout => self.handle_timeout(now),
        }
        self.finish_turn(now);
    }

    /// Returns the next effect, or `None` when the node has nothing more to ask.
    #[must_use]
    pub fn poll(&mut self) -> Option<Effect<'_>> {
        self.outbox.poll()
    }

    /// Returns when to feed [`Input::Timeout`], if ever.
    ///
    /// The value may change with each call of [`Node::handle`]. A timeout fed early does no
    /// harm; one fed late makes the node late.
    #[must_use]
    pub const fn poll_timeout(&self) -> Option<Instant> {
        earlier(self.timers.next(), self.session.poll_timeout())
    }

    /// Returns where the node stands.
    #[must_use]
    pub const fn state(&self) -> State {
        State {
            connection: self.connection,
            sampling: self.sampler.is_busy(),
        }
    }

    /// Returns the readings that wait to be acknowledged, oldest first.
    pub fn queued(&self) -> impl Iterator<Item = &Reading> {
        self.queue.iter()
    }

    /// Returns how many readings wait to be acknowledged.
    #[must_use]
    pub const fn queue_length(&self) -> u8 {
        self.queue.length()
    }

    /// Returns the configuration, with the interval as commands have changed it.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Returns civil time at a local instant, once it is known.
    pub(crate) fn civil_at(&self, at: Instant) -> Option<UnixTime> {
        let (anchor, civil) = self.civil?;
        let anchored = civil.as_millis();
        let ms = if at >= anchor {
            anchored.saturating_add(at.since(anchor).as_millis())
        } else {
            anchored.saturating_sub(anchor.since(at).as_millis())
        };
        Some(UnixTime::from_millis(ms))
    }

    fn handle_serial(&mut self, now: Instant, bytes: &[u8]) {
        let mut gathered = Requests::default();
        for &byte in bytes {
            if let Some(request) = self.editor.push(byte) {
                gathered.add(request);
            }
        }
        self.obey(now, gathered);
    }

    /// Does what was asked for during one turn.
    pub(crate) fn obey(&mut self, now: Instant, requests: Requests) {
        if let Some(interval) = requests.interval {
            self.change_interval(now, interval);
        }
        if requests.help {
            self.outbox.print_fixed(console::HELP);
        }
        if requests.status {
            self.print_status(now);
        }
        if requests.unknown {
            self.outbox.print_fixed(console::UNKNOWN);
        }
        if requests.bad_interval {
            self.outbox.print_fixed(console::BAD_INTERVAL);
        }
        if requests.read {
            self.start_sampling(now);
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        for timer in Timer::ALL {
            if !self.timers.take_expired(now, timer) {
                continue;
            }
            match timer {
                Timer::Reading => self.handle_reading_due(now),
                Timer::Conversion => self.handle_conversion_late(now),
                Timer::Join => self.handle_join_late(now),
                Timer::Open => self.handle_open_late(now),
                Timer::Retry => self.handle_retry_due(now),
                Timer::Publish => {}
            }
        }
        self.handle_session_timeout(now);
    }

    /// Sends what can be sent, and goes to sleep when nothing is left to do.
    fn finish_turn(&mut self, now: Instant) {
        self.advance_connection(now);
        let idle = self.connection == Connection::Offline && !self.sampler.is_busy();
        if idle && !self.asleep {
            self.outbox.command(Command::Sleep);
        }
        self.asleep = idle;
    }

    fn print_status(&mut self, now: Instant) {
        let (queued, capacity) = (self.queue.length(), self.config.queue.capacity);
        let (connection, interval) = (self.connection, self.config.sampling.interval);
        self.outbox.print(&|out| {
            out.text("Uptime ")
                .number(now.since(Instant::ZERO).as_secs())
                .text(" s, queue ");
            out.number(u64::from(queued)).text("/");
            out.number(u64::from(capacity))
                .text(", ")
                .text(connection.as_str());
            out.text(", interval ")
                .number(interval.as_millis())
                .text(" ms\r\n");
        });
    }

    /// Returns where readings go, if anywhere.
    pub(crate) const fn report(&self) -> Option<&ReportConfig> {
        self.config.report.as_ref()
    }
}

impl Requests {
    /// Notes one request; of several intervals the last one counts.
    pub(crate) const fn add(&mut self, request: Request) {
        match request {
            Request::BadInterval => self.bad_interval = true,
            Request::Help => self.help = true,
            Request::Interval(interval) => self.interval = Some(interval),
            Request::Nothing => {}
            Request::Read => self.read = true,
            Request::Status => self.status = true,
            Request::Unknown => self.unknown = true,
        }
    }
}
