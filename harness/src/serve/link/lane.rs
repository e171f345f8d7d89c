//! One direction of a connection: what TCP makes of the air.
//!
//! ```text
//! read ─► segment ─► frame ─► lost? wait 1 s, 2 s, 4 s … and again
//!   ▲                  └─► arrives ─► write, in order
//!   └──── window ◄──── acknowledgement, a frame of its own
//! ```
//!
//! Owns segments, their order, repetitions and the window. What is not modelled, as in the
//! simulator's modelled link: fast retransmission, and time-outs that adapt to the round trip.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use futures_util::stream::{FuturesOrdered, FuturesUnordered, StreamExt as _};
use nodelab_sim::radio::Sender;
use nodelab_sim::{SimSpan, SimTime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::time::timeout;

use super::Shared;
use super::tally::Tally;

/// How long TCP waits before it sends a segment again (as in the simulator's modelled link).
const RETRANSMIT_AFTER: SimSpan = SimSpan::from_secs(1);
/// Most doublings of it (lwIP, `tcp.c`, table `tcp_backoff`).
const DOUBLINGS_MAX: u32 = 7;
/// How often a segment is sent again: `TCP_MAXRTX`, `TCP_SYNMAXRTX` (lwIP, `opt.h`).
const RETRANSMIT_MAX: u32 = 12;
const SYN_RETRANSMIT_MAX: u32 = 6;
/// How long an end may not read.
const WRITE_PATIENCE: Duration = Duration::from_mins(5);

/// One direction.
pub(super) struct Lane<'a> {
    from: ReadHalf<'a>,
    sender: Sender,
    shared: &'a Shared,
    tally: &'a Tally,
    to: WriteHalf<'a>,
    /// Segments that may be under way at a time.
    window: usize,
}

/// A segment that has arrived.
struct Arrived {
    bytes: Vec<u8>,
    sent: SimTime,
}

type Segment<'a> = Pin<Box<dyn Future<Output = Result<Arrived, String>> + Send + 'a>>;
type Acknowledgement<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Carries the segment that opens a connection, or its answer.
pub(super) async fn carry_syn(
    sender: Sender,
    shared: &Shared,
    tally: &Tally,
) -> Result<(), String> {
    carry(sender, 0, SYN_RETRANSMIT_MAX, shared, tally).await
}

/// Carries a segment as often as it takes.
async fn carry(
    sender: Sender,
    length: usize,
    retransmit_max: u32,
    shared: &Shared,
    tally: &Tally,
) -> Result<(), String> {
    let clock = shared.house.clock;
    for attempt in 0..=retransmit_max {
        let now = clock.now();
        // Nobody hears it while the link is down, and nothing is on the air.
        if !shared.outages.is_down(now) {
            let sent = shared.air.send(now, sender, length);
            tally.frame(sent.attempts);
            if let Some(arrives) = sent.arrives {
                clock.until(arrives).await;
                return Ok(());
            }
        }
        if attempt < retransmit_max {
            tally.repeat();
        }
        let doublings = attempt.min(DOUBLINGS_MAX);
        let wait = RETRANSMIT_AFTER.times(1 << doublings);
        clock.until(now.after(wait)).await;
    }
    tally.give_up();
    Err("given up by TCP".to_owned())
}

impl<'a> Lane<'a> {
    pub(super) fn new(
        from: ReadHalf<'a>,
        to: WriteHalf<'a>,
        sender: Sender,
        shared: &'a Shared,
        tally: &'a Tally,
    ) -> Self {
        let tcp = shared.tcp;
        let buffer = match sender {
            Sender::AccessPoint => tcp.receive_buffer,
            Sender::Station => tcp.send_buffer,
        };
        Self {
            from,
            sender,
            shared,
            tally,
            to,
            window: usize::from(buffer / tcp.segment_size.max(1)).max(1),
        }
    }

    /// Carries everything until the sender closes and the last byte has arrived.
    pub(super) async fn run(mut self) -> Result<(), String> {
        let mut buffer = vec![0; usize::from(self.shared.tcp.segment_size)];
        let mut segments: FuturesOrdered<Segment<'a>> = FuturesOrdered::new();
        let mut acknowledgements: FuturesUnordered<Acknowledgement<'a>> = FuturesUnordered::new();
        let mut open = true;
        loop {
            let under_way = segments.len() + acknowledgements.len();
            tokio::select! {
                read = self.from.read(&mut buffer), if open && under_way < self.window => {
                    let count = read.map_err(|error| format!("broken: {error}"))?;
                    open = count > 0;
                    segments.push_back(self.segment(buffer[..count].to_vec()));
                }
                Some(arrived) = segments.next() => {
                    let Arrived { bytes, sent } = arrived?;
                    if bytes.is_empty() {
                        // The last one: what it acknowledges keeps nobody waiting.
                        self.to.shutdown().await.ok();
                        return Ok(());
                    }
                    self.write(&bytes).await?;
                    let now = self.shared.house.clock.now();
                    self.tally.arrived(self.sender, bytes.len(), now.since(sent));
                    acknowledgements.push(self.acknowledge());
                }
                Some(()) = acknowledgements.next() => {}
            }
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        match timeout(WRITE_PATIENCE, self.to.write_all(bytes)).await {
            Ok(written) => written.map_err(|error| format!("broken: {error}")),
            Err(_) => Err("broken: an end does not read".to_owned()),
        }
    }

    fn segment(&self, bytes: Vec<u8>) -> Segment<'a> {
        let (sender, shared, tally) = (self.sender, self.shared, self.tally);
        let sent = shared.house.clock.now();
        Box::pin(async move {
            carry(sender, bytes.len(), RETRANSMIT_MAX, shared, tally).await?;
            Ok(Arrived { bytes, sent })
        })
    }

    /// Returns when a segment's place in the window is free: when its acknowledgement is back,
    /// or when it would have been sent again.
    fn acknowledge(&self) -> Acknowledgement<'a> {
        let (sender, shared, tally) = (self.sender.other(), self.shared, self.tally);
        let clock = shared.house.clock;
        let now = clock.now();
        let later = now.after(RETRANSMIT_AFTER);
        let arrives = if shared.outages.is_down(now) {
            None
        } else {
            let sent = shared.air.send(now, sender, 0);
            tally.frame(sent.attempts);
            sent.arrives
        };
        Box::pin(clock.until(arrives.unwrap_or(later)))
    }
}
