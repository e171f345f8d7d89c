//! What one client and its world say to each other.
//!
//! ```text
//! command ─► Session ─► response, then events     (nothing happens while a client is answered)
//!               │
//!        Simulation ── as fast as it can towards a pause, else in step with real time
//! ```
//!
//! Owns the order of messages and the pace. Real time is an argument; sockets are elsewhere.

use std::collections::VecDeque;
use std::sync::Arc;

use nodelab_sim::{SimSpan, SimTime};
use serde_json::{Value, json};

use crate::serve::subject::Known;

use super::files::Files;
use super::message::{CONFLICT, Command, Refusal, error, event};
use super::pause::{Hit, PausePoints};
use super::simulation::{Progress, Simulation, Told};

/// How long a world waits after its client was told that it runs: wokwi-cli 0.26.1 attaches the
/// handlers of its pause points only then.
pub(super) const GRACE: SimSpan = SimSpan::from_millis(50);
/// How long a world goes as fast as it can for a text that never comes, from when it was last let
/// go on. Then it goes in step with real time, so that nobody's processor is busy for ever.
const TEXT_HASTE_MAX: SimSpan = SimSpan::from_secs(24 * 3_600);
/// The same for a moment, which does come, but may be a century away.
const TIME_HASTE_MAX: SimSpan = SimSpan::from_secs(31 * 24 * 3_600);
/// Longest rest of a world that goes in step with real time.
const REST_MAX: SimSpan = SimSpan::from_millis(200);
/// Shortest.
const REST_MIN: SimSpan = SimSpan::from_millis(1);
/// Console output that is kept for a client that has not asked for it yet; then the oldest goes.
const UNHEARD_MAX: usize = 64 << 10;

/// A client's world, and all that it uploaded.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) known: Arc<Known>,
    pub(super) files: Files,
    pub(super) points: PausePoints,
    pub(super) running: Option<Running>,
    /// What is to be sent, in order.
    messages: VecDeque<String>,
    /// Lines for the journal.
    notes: Vec<String>,
    /// Printed before the client listened; `None` once it listens.
    unheard: Option<VecDeque<u8>>,
}

/// A world that was started.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) simulation: Simulation,
    /// What it is built from when it begins anew.
    pub(super) prepared: crate::prepare::Prepared,
    /// Real and virtual time when it last began to go in step.
    anchor: Option<(SimTime, SimTime)>,
    /// In real time, when it may go on.
    not_before: SimTime,
    /// In virtual time, when it was last let go on; how long it may hurry counts from then.
    resumed_at: SimTime,
}

/// How fast a world goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Pace {
    /// As fast as it can, for a while, to where a text is printed.
    ForText,
    /// As fast as it can, for a longer while, to a moment.
    ForTime,
    /// In step with real time.
    Real,
}

/// When a session wants to be asked again, if the client says nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Rest {
    /// Never: only the client can change anything.
    Forever,
    /// At once.
    None,
    /// At this moment.
    Until(SimTime),
}

impl Session {
    pub(super) fn new(known: Arc<Known>) -> Self {
        Self {
            known,
            files: Files::default(),
            points: PausePoints::default(),
            running: None,
            messages: VecDeque::new(),
            notes: Vec::new(),
            unheard: Some(VecDeque::new()),
        }
    }

    /// Returns the next message for the client.
    pub(super) fn poll(&mut self) -> Option<String> {
        self.messages.pop_front()
    }

    /// Returns what the journal should tell.
    pub(super) fn notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    pub(super) fn note(&mut self, line: String) {
        self.notes.push(line);
    }

    /// Takes what a client sent, once it was read.
    pub(super) fn handle(&mut self, now: SimTime, read: Result<Command, String>) {
        match read {
            Ok(command) => self.command(now, command),
            Err(why) => self.messages.push_back(error(&why)),
        }
    }

    /// Takes something that is no text.
    pub(super) fn refuse_binary(&mut self) {
        let why = "a binary message; commands are JSON texts";
        self.messages.push_back(error(why));
    }

    /// Lets a running world go on for a while.
    pub(super) fn go_on(&mut self, now: SimTime) -> Rest {
        let Some(running) = &mut self.running else {
            return Rest::Forever;
        };
        if !running.simulation.is_running() {
            return Rest::Forever;
        }
        if now < running.not_before {
            return Rest::Until(running.not_before);
        }
        let pace = running.pace(&self.points);
        let until = running.target(now, pace);
        let mut told = Vec::new();
        let progress = running
            .simulation
            .advance(until, &mut self.points, |at, one| told.push((at, one)));
        let rest = match progress {
            Progress::Busy => Rest::None,
            Progress::Reached if running.waits_in_vain(pace) => running.rest(now),
            Progress::Reached => match pace {
                Pace::ForText | Pace::ForTime => Rest::None,
                Pace::Real => running.rest(now),
            },
            Progress::Failed(_) | Progress::Paused => Rest::Forever,
        };
        for (at, one) in told {
            self.tell(at, one);
        }
        if let Progress::Failed(why) = progress {
            self.note(format!("the node failed: {why}"));
            self.messages.push_back(error(&why));
        }
        rest
    }

    /// Sends a pause, at points or because the client wanted it.
    pub(super) fn tell_pause(&mut self, at: SimTime, hit: Option<&Hit>) {
        let payload = match hit {
            None => json!({ "pausePoint": null, "pausePointInfo": null }),
            Some(hit) => json!({ "pausePoint": hit.id, "pausePointInfo": hit.condition.info() }),
        };
        self.messages
            .push_back(event("sim:pause", &payload, at, true));
    }

    /// Sends a chip's message.
    pub(super) fn tell_chip(&mut self, at: SimTime, chip: &str, message: &str) {
        let payload = json!({ "chip": chip, "message": message });
        let paused = !self.is_running();
        self.messages
            .push_back(event("chips:log", &payload, at, paused));
    }

    /// Begins to send what the console prints, and what it printed before anybody listened.
    pub(super) fn listen(&mut self) {
        if let Some(unheard) = self.unheard.take().filter(|unheard| !unheard.is_empty()) {
            let at = self.now();
            self.tell(at, Told::Serial(unheard.into()));
        }
    }

    /// Returns the present of the world; zero before it is started.
    pub(super) fn now(&self) -> SimTime {
        let running = self.running.as_ref();
        running.map_or(SimTime::ZERO, |running| running.simulation.now())
    }

    pub(super) fn is_running(&self) -> bool {
        let running = self.running.as_ref();
        running.is_some_and(|running| running.simulation.is_running())
    }

    /// Returns the world that was started.
    pub(super) fn started(&mut self) -> Result<&mut Running, Refusal> {
        let message = "there is no simulation yet: send sim:start first";
        let refusal = || Refusal::new(CONFLICT, message);
        self.running.as_mut().ok_or_else(refusal)
    }

    /// Sends a response; events of what comes after follow it.
    pub(super) fn respond(&mut self, response: String) {
        self.messages.push_back(response);
    }

    fn tell(&mut self, at: SimTime, told: Told) {
        match told {
            Told::Chip(line) => {
                let chip = self.chip().unwrap_or_default();
                self.tell_chip(at, &chip, &line);
            }
            Told::Paused(hits) if hits.is_empty() => self.tell_pause(at, None),
            Told::Paused(hits) => {
                for hit in &hits {
                    self.tell_pause(at, Some(hit));
                }
            }
            Told::Serial(bytes) => match &mut self.unheard {
                None => {
                    let payload = json!({ "bytes": bytes });
                    let paused = !self.is_running();
                    self.messages
                        .push_back(event("serial-monitor:data", &payload, at, paused));
                }
                Some(unheard) => {
                    unheard.extend(bytes);
                    let excess = unheard.len().saturating_sub(UNHEARD_MAX);
                    unheard.drain(..excess);
                }
            },
        }
    }

    fn chip(&self) -> Option<String> {
        let running = self.running.as_ref()?;
        running.simulation.parts.sensor.clone()
    }
}

impl Running {
    pub(super) fn new(prepared: crate::prepare::Prepared, seed: u64) -> Self {
        Self {
            simulation: Simulation::new(&prepared, seed),
            prepared,
            anchor: None,
            not_before: SimTime::ZERO,
            resumed_at: SimTime::ZERO,
        }
    }

    /// Lets time go on, a little later: the client has to be told first.
    pub(super) fn resume(&mut self, now: SimTime, pause_after: Option<SimSpan>) {
        self.simulation.resume(pause_after);
        self.anchor = None;
        self.not_before = now.after(GRACE);
        self.resumed_at = self.simulation.now();
    }

    fn pace(&self, points: &PausePoints) -> Pace {
        let now = self.simulation.now();
        let knows_when = points.deadline().is_some() || self.simulation.pause_at().is_some();
        if knows_when && now < self.resumed_at.after(TIME_HASTE_MAX) {
            Pace::ForTime
        } else if !points.is_empty() && now < self.resumed_at.after(TEXT_HASTE_MAX) {
            Pace::ForText
        } else {
            Pace::Real
        }
    }

    /// Returns how far it may go, in virtual time.
    fn target(&mut self, now: SimTime, pace: Pace) -> SimTime {
        let present = self.simulation.now();
        match pace {
            Pace::ForText => {
                self.anchor = None;
                self.resumed_at.after(TEXT_HASTE_MAX)
            }
            Pace::ForTime => {
                self.anchor = None;
                self.resumed_at.after(TIME_HASTE_MAX)
            }
            Pace::Real => {
                let (real, virtual_then) = *self.anchor.get_or_insert((now, present));
                virtual_then.after(now.since(real))
            }
        }
    }

    /// Returns whether a text is waited for in a world in which nothing will ever happen.
    fn waits_in_vain(&self, pace: Pace) -> bool {
        pace == Pace::ForText && self.simulation.next_event().is_none()
    }

    /// Returns when the next thing happens in step with real time.
    fn rest(&self, now: SimTime) -> Rest {
        let next = self.simulation.next_event();
        let ahead = next.map_or(REST_MAX, |next| next.since(self.simulation.now()));
        Rest::Until(now.after(ahead.clamp(REST_MIN, REST_MAX)))
    }
}

impl super::pause::Condition {
    /// Returns the condition as a client gave it.
    fn info(&self) -> Value {
        match self {
            Self::Absolute(at) => json!({ "type": "time-absolute", "nanos": at.as_nanos() }),
            Self::Relative(span) => json!({ "type": "time-relative", "nanos": span.as_nanos() }),
            Self::Serial(bytes) => json!({ "type": "serial-bytes", "bytes": bytes }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare;

    const DAY_NS: u64 = 86_400_000_000_000;

    #[test]
    fn a_moment_is_hurried_for_a_month_only() {
        let mut session = started();
        let century = json!({ "pauseAfter": 36_500 * DAY_NS });
        command(&mut session, 0, "sim:resume", &century);
        let rest = run(&mut session, at(1_000));
        assert!(matches!(rest, Rest::Until(_)), "{rest:?}");
        let month = SimTime::ZERO.after(TIME_HASTE_MAX);
        assert_eq!(session.now(), month);
        run(&mut session, at(3_000));
        assert_eq!(session.now(), month.after(SimSpan::from_secs(2)));
    }

    #[test]
    fn a_pause_is_reached_even_if_it_is_days_away() {
        let mut session = started();
        let days = 3 * DAY_NS;
        command(
            &mut session,
            0,
            "sim:resume",
            &json!({ "pauseAfter": days }),
        );
        let rest = run(&mut session, at(1_000));
        assert_eq!(
            (rest, session.now()),
            (Rest::Forever, SimTime::from_nanos(days))
        );
    }

    #[test]
    fn a_text_that_never_comes_is_hurried_for_a_day_only() {
        let mut session = started();
        let point = json!({ "id": "a", "type": "serial-bytes", "bytes": b"never" });
        command(&mut session, 0, "pause-point:add", &point);
        command(&mut session, 0, "sim:resume", &json!({}));
        let rest = run(&mut session, at(1_000));
        assert!(matches!(rest, Rest::Until(_)), "{rest:?}");
        assert_eq!(session.now(), SimTime::from_nanos(DAY_NS));
        run(&mut session, at(3_000));
        assert_eq!(
            session.now(),
            SimTime::from_nanos(DAY_NS).after(SimSpan::from_secs(2))
        );
    }

    #[test]
    fn nothing_happens_before_the_client_knows_that_it_runs() {
        let mut session = started();
        command(&mut session, 0, "sim:resume", &json!({ "pauseAfter": 1 }));
        assert_eq!(session.go_on(at(10)), Rest::Until(at(50)));
        assert_eq!((session.now(), session.poll()), (SimTime::ZERO, None));
        assert_eq!(session.go_on(at(50)), Rest::Forever);
        assert!(
            session
                .poll()
                .is_some_and(|told| told.contains("sim:pause"))
        );
    }

    #[test]
    fn what_nobody_listens_to_is_kept_within_bounds() {
        let mut session = started();
        for _ in 0..100 {
            session.tell(SimTime::ZERO, Told::Serial(vec![b'x'; 1_000]));
        }
        session.tell(SimTime::ZERO, Told::Serial(b"last".to_vec()));
        command_only(&mut session, "serial-monitor:listen", &json!({}));
        let told = [session.poll(), session.poll()].map(Option::unwrap);
        assert!(told[0].contains("response"), "{}", told[0]);
        let event: Value = serde_json::from_str(&told[1]).unwrap();
        let bytes = event["payload"]["bytes"].as_array().unwrap();
        assert_eq!(bytes.len(), UNHEARD_MAX);
        assert_eq!(bytes.last(), Some(&json!(b't')));
    }

    /// A session with a paused world, whose messages so far were read.
    fn started() -> Session {
        let mut session = Session::new(Arc::new(Known {
            name: "a test".to_owned(),
            prepared: prepare::built_in(),
            seed: 1,
            warnings: Vec::new(),
        }));
        command(&mut session, 0, "sim:start", &json!({ "pause": true }));
        session
    }

    fn command(session: &mut Session, ms: u64, name: &str, params: &Value) {
        let text = json!({ "type": "command", "command": name, "params": params, "id": "1" });
        session.handle(at(ms), Command::read(&text.to_string()));
        let response = session.poll().unwrap();
        assert!(response.contains("\"error\":false"), "{response}");
        while session.poll().is_some() {}
    }

    fn command_only(session: &mut Session, name: &str, params: &Value) {
        let text = json!({ "type": "command", "command": name, "params": params, "id": "1" });
        session.handle(at(0), Command::read(&text.to_string()));
    }

    /// Lets it go on at a moment for as long as it wants to.
    fn run(session: &mut Session, now: SimTime) -> Rest {
        for _ in 0..1_000_000 {
            let rest = session.go_on(now);
            while session.poll().is_some() {}
            if rest != Rest::None {
                return rest;
            }
        }
        panic!("it never rests");
    }

    fn at(ms: u64) -> SimTime {
        SimTime::ZERO.after(SimSpan::from_millis(ms))
    }
}
