//! The world around one node: its sensor is simulated, its network and its time are real.
//!
//! Owns the loop around the node's four methods, and when it ends. Does not know when to sample,
//! to connect or to try again: the node does.

mod outside;

use std::time::Duration;

use node_core::{Connection, Input, Node};
use nodelab_sim::BOOT_TIME;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use crate::live::engine::Stage;
use crate::live::failure::Failure;
use crate::live::line::LineEvent;
use crate::live::plan::NodePlan;
use crate::live::tally::NodeSummary;

pub(super) use outside::Surroundings;
use outside::{Answer, Outside, Stream, StreamEvent};

/// The end of a session in good order (MQTT 3.1.1 §3.14.1).
const DISCONNECT: [u8; 2] = [0xE0, 0];
/// What makes a node stop taking readings: its own longest interval, typed at its console.
const PAUSE: &[u8] = b"interval 7d\r";

/// From power to the first instruction of the firmware.
const BOOT_SPAN: Duration = Duration::from_nanos(BOOT_TIME.as_nanos());
/// Bytes that the node is told at once: it has room for 20 effects in a turn, and may have to
/// acknowledge every message of 7 bytes or more that a broker chooses to send.
const PIECE: usize = 32;

/// One node and its world.
pub(super) struct Shell {
    boot: Duration,
    node: Node,
    outside: Outside,
}

impl Shell {
    /// Switches a node on.
    ///
    /// # Panics
    ///
    /// When the plan has not checked the configuration.
    pub(super) fn new(number: u32, plan: NodePlan, around: Surroundings) -> Self {
        let seed = plan.bench.luck();
        let node = Node::new(plan.config, seed, node_core::Instant::ZERO);
        Self {
            boot: plan.boot + BOOT_SPAN,
            node: node.expect("the plan checked the configuration"),
            outside: Outside::new(number, plan, around),
        }
    }

    /// Lives until it is told to stop and everything is sent, or patience ends.
    pub(super) async fn run(mut self, mut stage: watch::Receiver<Stage>) -> NodeSummary {
        let power = self.boot.saturating_sub(BOOT_SPAN);
        tokio::select! {
            () = sleep(power.saturating_sub(self.outside.around.clock.elapsed())) => {}
            _ = stage.changed() => return self.outside.tally,
        }
        self.outside
            .bench
            .switch_on(self.outside.around.clock.sim_time());
        tokio::select! {
            () = sleep(BOOT_SPAN) => {}
            _ = stage.changed() => return self.outside.tally,
        }
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
        let far = || Instant::now() + Duration::from_hours(24);
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
            let has_will = report.is_some_and(|report| report.status);
            // A stream that takes no more is closed all the same.
            if has_will || line.push(&DISCONNECT) {
                line.close().await;
            }
        }
        if let (Some(farewell), false) = (outside.farewell, abandoned) {
            farewell.await.ok();
        }
        let mut tally = outside.tally;
        tally.waiting = node.queued().copied().collect();
        tally
    }
}
