//! What a person's thread and a world's thread share: how time passes, and what is done by hand.
//!
//! Owns the waiting. A world asks before each event, and is held up here; whatever it tells is
//! handed over in batches, through a channel that holds a bounded number of them.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use nodelab_sim::{Fault, NodeId, SimTime};

use super::clock;
use super::outbox::Outbox;
use super::pace::{Anchor, Pace};
use super::session::{Doing, Refusal, Session};
use super::words;
use crate::run::{Governor, Permit};
use crate::telemetry::{Fact, Line, Listener};

/// Real time is looked at this often while nothing waits: once in so many events.
const LOOKS_EVERY: u32 = 64;
/// The world is woken no more often than this; what happened in between happens at once.
const QUANTUM: Duration = Duration::from_millis(10);
/// Wishes that wait at most; a person is slower.
const WISHES_MAX: usize = 64;

/// How time passes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Motion {
    /// Unpaced, until something like this has happened; then it stands still.
    Jump(Target),
    /// It does not.
    Paused,
    /// At a pace.
    Running(Pace),
    /// Unpaced, until this moment is reached; then it stands still.
    Seek(SimTime),
}

/// What ends a jump.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Target {
    /// Anything that the stream tells.
    Anything,
    /// Something that is worth a line of the log.
    Event,
    /// A fault that strikes or ends.
    Fault,
}

/// What a person wants done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wish {
    /// Something that has no end.
    Do(Doing),
    /// Break something, or mend it if it was broken by hand.
    Toggle(Fault, Option<NodeId>),
}

/// What became of a wish.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    /// It happens at this moment.
    Done(SimTime, Doing),
    /// Time stands still: it happens as soon as it goes on.
    Pending(Doing),
    /// It does not.
    Refused(Refusal),
    /// It was to undo what waits for time to go on, which is forgotten.
    TakenBack(Doing),
}

/// A wish, and the moment at which time stood still when it came, if it did.
type Waiting = (Option<SimTime>, Wish);

/// Shared by both threads.
#[derive(Debug)]
pub(crate) struct Driver {
    inner: Mutex<Inner>,
    changed: Condvar,
    stop: AtomicBool,
    now_ns: AtomicU64,
}

#[derive(Debug)]
struct Inner {
    anchor: Anchor,
    motion: Motion,
    next: SimTime,
    replies: VecDeque<Reply>,
    /// Whether time stands still, and every line was handed over.
    rests: bool,
    session: Session,
    wishes: VecDeque<Waiting>,
}

/// How a world stands, for a status line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    pub(crate) motion: Motion,
    /// The moment, as if time passed evenly between events.
    pub(crate) now: SimTime,
}

impl Driver {
    pub(crate) fn new(motion: Motion, session: Session) -> Arc<Self> {
        Arc::new(Self {
            inner: Mutex::new(Inner {
                anchor: Anchor {
                    real: clock::now(),
                    at: SimTime::ZERO,
                },
                motion,
                next: SimTime::ZERO,
                replies: VecDeque::new(),
                rests: false,
                session,
                wishes: VecDeque::new(),
            }),
            changed: Condvar::new(),
            stop: AtomicBool::new(false),
            now_ns: AtomicU64::new(0),
        })
    }

    /// Lets time pass so from now on.
    pub(crate) fn drive(&self, motion: Motion) {
        let mut inner = self.lock();
        let at = inner.shown(self.now());
        inner.motion = motion;
        inner.rests = false;
        inner.anchor = Anchor {
            real: clock::now(),
            at,
        };
        self.changed.notify_all();
    }

    pub(crate) fn standing(&self) -> Standing {
        let inner = self.lock();
        Standing {
            motion: inner.motion,
            now: inner.shown(self.now()),
        }
    }

    /// Returns whether nothing happens until it is told to, and everything was handed over.
    pub(crate) fn rests(&self) -> bool {
        self.lock().rests
    }

    /// Asks for something to be done; too many wishes are dropped, the newest first. While time
    /// stands still they wait, and can be taken back.
    pub(crate) fn wish(&self, wish: Wish) {
        let mut inner = self.lock();
        if inner.motion == Motion::Paused {
            let shown = inner.shown(self.now());
            inner.wish_later(shown, wish);
            return;
        }
        inner.rests = false;
        if inner.wishes.len() < WISHES_MAX {
            inner.wishes.push_back((None, wish));
        }
        self.changed.notify_all();
    }

    /// Returns what became of the oldest wish that was decided and not asked for yet.
    pub(crate) fn reply(&self) -> Option<Reply> {
        self.lock().replies.pop_front()
    }

    /// Answers wishes that come when nobody is left to grant them.
    pub(crate) fn refuse(&self) {
        let mut inner = self.lock();
        let late = inner.wishes.drain(..).count();
        let late = std::iter::repeat_n(Reply::Refused(Refusal::TimeIsOver), late);
        inner.replies.extend(late);
    }

    /// Returns what was done, with what waits for time to go on as if it had.
    pub(crate) fn session(&self) -> Session {
        let inner = self.lock();
        let shown = inner.shown(self.now());
        inner.foreseen(shown)
    }

    /// Returns what waits for time to go on.
    pub(crate) fn waiting(&self) -> Vec<Doing> {
        let inner = self.lock();
        let shown = inner.shown(self.now());
        let mut session = inner.session.clone();
        let waiting = inner.wishes.iter().filter_map(|(at, wish)| {
            let at = at.unwrap_or(shown);
            let doing = decide(&session, at, wish).ok()?;
            session.act(at, doing.clone()).ok()?;
            Some(doing)
        });
        waiting.collect()
    }

    /// Ends the world as soon as it asks.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        drop(self.lock());
        self.changed.notify_all();
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Returns the time of the last event.
    pub(crate) fn now(&self) -> SimTime {
        SimTime::from_nanos(self.now_ns.load(Ordering::Relaxed))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner
            .lock()
            .expect("no thread panics while it holds this")
    }
}

impl Inner {
    /// Returns the moment to show, which does not run ahead of the next event.
    fn shown(&self, now: SimTime) -> SimTime {
        match self.motion {
            Motion::Running(pace) => {
                let reached = self.anchor.reached(pace, clock::now());
                reached.min(self.next.max(now)).max(now)
            }
            Motion::Jump(_) | Motion::Paused | Motion::Seek(_) => {
                now.max(self.anchor.at.min(self.next))
            }
        }
    }

    fn pause(&mut self, at: SimTime) {
        self.motion = Motion::Paused;
        self.anchor.at = at;
    }

    /// Returns the session as it is when everything that waits is done.
    fn foreseen(&self, shown: SimTime) -> Session {
        let mut session = self.session.clone();
        for (at, wish) in &self.wishes {
            let at = at.unwrap_or(shown);
            if let Ok(doing) = decide(&session, at, wish) {
                // What is refused then is no part of it.
                session.act(at, doing).ok();
            }
        }
        session
    }

    /// Keeps a wish until time goes on; the same toggle once more takes it back, and another
    /// temperature takes the place of the one that waits.
    fn wish_later(&mut self, shown: SimTime, wish: Wish) {
        let twin = self
            .wishes
            .iter()
            .position(|(_, other)| match (other, &wish) {
                (Wish::Toggle(..), Wish::Toggle(..)) => *other == wish,
                (Wish::Do(Doing::Hold(_)), Wish::Do(Doing::Hold(_))) => true,
                (Wish::Do(_) | Wish::Toggle(..), Wish::Do(_) | Wish::Toggle(..)) => false,
            });
        if let Some(twin) = twin {
            self.wishes.remove(twin);
        }
        let session = self.foreseen(shown);
        let decided = decide(&session, shown, &wish);
        let reply = match decided {
            Ok(doing) if twin.is_some() && matches!(wish, Wish::Toggle(..)) => {
                Reply::TakenBack(doing)
            }
            Ok(doing) => match session.clone().act(shown, doing.clone()) {
                Ok(_) if self.wishes.len() < WISHES_MAX => {
                    self.wishes.push_back((Some(shown), wish));
                    Reply::Pending(doing)
                }
                Ok(_) => Reply::Refused(Refusal::TooMuch),
                Err(why) => Reply::Refused(why),
            },
            Err(why) => Reply::Refused(why),
        };
        self.replies.push_back(reply);
    }

    /// Decides the oldest wish, unless time stands still.
    fn grant(&mut self, world: SimTime, now: SimTime) -> Option<Permit> {
        if self.motion == Motion::Paused {
            return None;
        }
        while let Some((at, wish)) = self.wishes.pop_front() {
            // It happens where time stood still, not where a slow thread finds it.
            let at = at.unwrap_or(now).max(world);
            let acted = decide(&self.session, at, &wish)
                .and_then(|doing| Ok((doing.clone(), self.session.act(at, doing)?)));
            match acted {
                Ok((doing, (at, act))) => {
                    self.replies.push_back(Reply::Done(at, doing));
                    return Some(Permit::Act(act));
                }
                Err(why) => self.replies.push_back(Reply::Refused(why)),
            }
        }
        None
    }
}

/// Returns what is done to grant a wish.
fn decide(session: &Session, now: SimTime, wish: &Wish) -> Result<Doing, Refusal> {
    match wish {
        Wish::Do(doing) => Ok(doing.clone()),
        Wish::Toggle(fault, node) => match session.active(*fault, *node) {
            Some(of) => Ok(Doing::End { of }),
            None if session.is_broken(now, *fault, *node) => Err(Refusal::OfTheScenario),
            None => Ok(Doing::Strike {
                fault: *fault,
                node: *node,
            }),
        },
    }
}

/// Holds a world up as a person wants.
#[derive(Debug)]
pub(crate) struct Reins {
    driver: Arc<Driver>,
    outbox: Arc<Outbox>,
    asked: u32,
}

impl Reins {
    pub(crate) const fn new(driver: Arc<Driver>, outbox: Arc<Outbox>) -> Self {
        Self {
            driver,
            outbox,
            asked: 0,
        }
    }
}

impl Governor for Reins {
    fn permit(&mut self, now: SimTime, next: SimTime) -> Permit {
        self.driver.now_ns.store(now.as_nanos(), Ordering::Relaxed);
        self.asked = self.asked.wrapping_add(1);
        if self.asked.is_multiple_of(LOOKS_EVERY) {
            self.outbox.flush_if_old();
        }
        loop {
            if self.driver.is_stopped() {
                return Permit::Stop;
            }
            let mut inner = self.driver.lock();
            inner.next = next;
            let shown = inner.shown(now);
            if let Some(permit) = inner.grant(now, shown) {
                return permit;
            }
            if let Some(act) = inner.session.due(next) {
                return Permit::Act(act);
            }
            let until = match inner.motion {
                Motion::Jump(_) => return Permit::Proceed,
                Motion::Paused => None,
                Motion::Running(pace) => {
                    let real = clock::now();
                    match inner.anchor.due(pace, next) {
                        Some(due) if due > real => Some(due.max(real + QUANTUM)),
                        Some(_) | None => return Permit::Proceed,
                    }
                }
                Motion::Seek(to) if next <= to => return Permit::Proceed,
                Motion::Seek(to) => {
                    inner.pause(to.max(now));
                    None
                }
            };
            drop(inner);
            // Whoever looks while time stands still sees everything up to here.
            self.outbox.flush();
            self.wait(until);
        }
    }
}

impl Reins {
    /// Waits until something changes, or until a moment.
    fn wait(&self, until: Option<Instant>) {
        /// A wait is never longer, so that no lost wake-up stops a world for good.
        const WAIT_MAX: Duration = Duration::from_millis(250);
        let mut inner = self.driver.lock();
        let has_work = inner.motion != Motion::Paused && !inner.wishes.is_empty();
        if self.driver.is_stopped() || has_work {
            return;
        }
        inner.rests = inner.motion == Motion::Paused;
        let wait = until.map_or(WAIT_MAX, |until| {
            until.saturating_duration_since(clock::now()).min(WAIT_MAX)
        });
        drop(
            self.driver
                .changed
                .wait_timeout(inner, wait)
                .expect("no thread panics while it holds this"),
        );
    }
}

/// Hands every line of a world over, and ends jumps.
#[derive(Debug)]
pub(crate) struct Ear {
    driver: Arc<Driver>,
    outbox: Arc<Outbox>,
}

impl Ear {
    pub(crate) const fn new(driver: Arc<Driver>, outbox: Arc<Outbox>) -> Self {
        Self { driver, outbox }
    }

    fn end_jump(&self, fact: &Fact, at: SimTime) {
        let mut inner = self.driver.lock();
        let Motion::Jump(target) = inner.motion else {
            return;
        };
        let is_fault = matches!(fact, Fact::FaultStarted { .. } | Fact::FaultEnded { .. });
        let is_there = match target {
            Target::Anything => true,
            Target::Event => words::is_notable(fact),
            Target::Fault => is_fault,
        };
        if is_there {
            inner.pause(at);
        }
    }
}

impl Listener for Ear {
    fn on_line(&mut self, line: &Line) -> io::Result<()> {
        if let Line::Event(moment) = line {
            self.end_jump(&moment.fact, moment.at);
        }
        self.outbox.push(line.clone())
    }

    fn on_end(&mut self) -> io::Result<()> {
        self.outbox.flush();
        Ok(())
    }
}
