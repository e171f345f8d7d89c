//! All nodes of a run at once, and how it ends.
//!
//! Owns the runtime and the order to stop: enough readings, enough time, or a signal. Does not
//! know what a node does meanwhile.

use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::future::pending;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use node_core::Event;
use tokio::sync::watch;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::live::clock::Clock;
use crate::live::dial::Secured;
use crate::live::plan::Plan;
use crate::live::shell::{Shell, Surroundings};
use crate::live::tally::{NodeSummary, Summary};

/// How often whoever watches is told that time passes.
const TICK: Duration = Duration::from_millis(250);

/// Watches a run.
pub trait Watch {
    /// Takes one thing that happened to a node.
    fn on_event(&mut self, node: u32, what: &Happening<'_>);

    /// Learns that the run is ending: queues are emptied, nothing is sampled.
    fn on_stopping(&mut self, _why: Ended) {}

    /// Learns that time passes; returns false to end the run, because nobody looks any more.
    fn on_tick(&mut self, _elapsed: Duration) -> bool {
        true
    }
}

/// One thing worth telling.
#[derive(Clone, Copy, Debug)]
pub enum Happening<'a> {
    /// The node stated a fact.
    Node(Event),
    /// A handshake succeeded.
    Secured(&'a Secured),
    /// The node printed these bytes.
    Serial(&'a [u8]),
    /// Something about the stream or the broker is wrong: one line for people.
    Trouble(&'a str),
}

/// Why a run ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ended {
    /// Nobody reads any more what it prints.
    Unwatched,
    /// Somebody sent SIGINT or SIGTERM.
    Signal,
    /// Its time is over.
    Time,
}

/// Why nodelab could not run at all.
#[derive(Debug)]
pub struct LiveError(io::Error);

/// How far a run is, for its nodes. In the order in which they follow each other.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stage {
    /// Readings are taken.
    Running,
    /// No reading is taken; what waits is sent.
    Stopping,
    /// Everything is dropped at once.
    Abandoned,
}

/// Runs a plan to its end, and obeys SIGINT and SIGTERM meanwhile: the first one stops sampling
/// and lets queues drain, another one ends the run at once.
///
/// # Errors
///
/// [`LiveError`] when the host gives no threads, timers or signals.
pub fn run(plan: Plan, watch: Rc<RefCell<dyn Watch>>) -> Result<Summary, LiveError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(LiveError)?;
    let summary = LocalSet::new().block_on(&runtime, conduct(plan, watch));
    // A name that is being looked up would hold the end up.
    runtime.shutdown_background();
    summary
}

async fn conduct(plan: Plan, watch: Rc<RefCell<dyn Watch>>) -> Result<Summary, LiveError> {
    let clock = Clock::start();
    let mut signals = Signals::listen().map_err(LiveError)?;
    let (tell, told) = watch::channel(Stage::Running);
    let limits = plan.limits;
    let broker = Rc::new(plan.broker);
    let mut nodes = JoinSet::new();
    for (number, node) in (0..).zip(plan.nodes) {
        let around = Surroundings {
            broker: Rc::clone(&broker),
            clock,
            limits,
            pace: plan.pace,
            watch: Rc::clone(&watch),
        };
        nodes.spawn_local(Shell::new(number, node, around).run(told.clone()));
    }
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut time = std::pin::pin!(async {
        match limits.lasting {
            Some(lasting) => sleep(lasting).await,
            None => pending().await,
        }
    });
    let mut ended: Option<Ended> = None;
    let mut summaries: Vec<NodeSummary> = Vec::new();
    loop {
        let why = tokio::select! {
            joined = nodes.join_next() => match joined {
                // A panic in a node is a bug, and is one of the whole run.
                Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
                Some(Ok(summary)) => {
                    summaries.push(summary);
                    continue;
                }
                None => break,
            },
            () = &mut time, if ended.is_none() => Ended::Time,
            () = signals.next() => Ended::Signal,
            _ = ticks.tick() => {
                let looks = watch.borrow_mut().on_tick(clock.elapsed());
                if looks || ended.is_some() {
                    continue;
                }
                Ended::Unwatched
            }
        };
        let stage = if ended.is_none() {
            watch.borrow_mut().on_stopping(why);
            Stage::Stopping
        } else {
            Stage::Abandoned
        };
        ended = Some(why);
        tell.send_replace(stage);
    }
    summaries.sort_by_key(|summary| summary.node);
    Ok(Summary {
        lasted: clock.elapsed(),
        nodes: summaries,
    })
}

/// The signals that end a run.
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

impl fmt::Display for LiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "this machine gives no timers, sockets or signals: {}",
            self.0
        )
    }
}

impl Error for LiveError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}
