//! The loop around the node: one request in, its answers out.
//!
//! Owns what is counted: the instructions of the node's own methods, without the driver's and
//! without the counting. Does not know how bytes move, nor which machine this is.

use core::hint::black_box;

use node_core::{Config, Input, Instant, Node};
use node_wire::{Answer, Request, Standing};

use crate::channel::{EXIT_GARBLED, Inbox, Outbox};
use crate::hal;

static NODE: hal::Single<Option<Node>> = hal::Single::new(None);
static INBOX: hal::Single<Inbox> = hal::Single::new(Inbox::new());
static OUTBOX: hal::Single<Outbox> = hal::Single::new(Outbox::new());

/// Serves the host until it has no more to say.
pub(crate) fn run() {
    let (Some(node), Some(inbox), Some(outbox)) = (NODE.take(), INBOX.take(), OUTBOX.take()) else {
        return;
    };
    hal::paint();
    let mut meter = Meter::new();
    while let Some(body) = inbox.next(outbox) {
        match (Request::decode(body), &mut *node) {
            (Ok(Request::Boot { config, seed, now }), slot) => {
                boot(slot, (config, seed, now), &mut meter, outbox);
            }
            (Ok(Request::Handle { now, input }), Some(node)) => {
                handle(node, now, input, &mut meter, outbox);
            }
            (Ok(Request::Queued), Some(node)) => {
                for reading in node.queued() {
                    outbox.push(&Answer::Reading(*reading));
                }
                end_turn(node, &mut meter, outbox);
            }
            (Ok(Request::Dump), Some(node)) => dump(node, outbox),
            (Ok(Request::Measure), _) => {
                outbox.push(&Answer::Measured {
                    node: u32::try_from(size_of::<Node>()).unwrap_or(u32::MAX),
                    stack: hal::high_water(),
                });
                hal::paint();
            }
            (Err(_), _) | (Ok(Request::Dump | Request::Handle { .. } | Request::Queued), None) => {
                hal::exit(EXIT_GARBLED);
            }
        }
    }
    outbox.flush();
}

fn boot(
    slot: &mut Option<Node>,
    (config, seed, now): (Config, u64, Instant),
    meter: &mut Meter,
    outbox: &mut Outbox,
) {
    *slot = None;
    match meter.around(|| Node::new(config, seed, now)) {
        Ok(node) => drain(slot.insert(node), meter, outbox),
        Err(why) => outbox.push(&Answer::Refused(why)),
    }
}

fn handle(node: &mut Node, now: Instant, input: Input<'_>, meter: &mut Meter, outbox: &mut Outbox) {
    meter.around(|| node.handle(now, input));
    drain(node, meter, outbox);
}

fn drain(node: &mut Node, meter: &mut Meter, outbox: &mut Outbox) {
    while let Some(effect) = meter.around(|| node.poll()) {
        outbox.push(&Answer::Effect(effect));
    }
    end_turn(node, meter, outbox);
}

fn end_turn(node: &Node, meter: &mut Meter, outbox: &mut Outbox) {
    let standing = Standing {
        state: node.state(),
        timeout: meter.around(|| node.poll_timeout()),
        queued: node.queue_length(),
    };
    outbox.push(&Answer::Turn {
        instructions: meter.take(),
        standing,
    });
}

/// Shows the node's state; only with the feature `dump`, which brings the formatting of `core`.
fn dump(node: &Node, outbox: &mut Outbox) {
    #[cfg(feature = "dump")]
    {
        use core::fmt::Write as _;
        // Writing into the outbox does not fail.
        write!(Pieces(outbox), "{node:#?}").ok();
    }
    #[cfg(not(feature = "dump"))]
    let _: (&Node, &mut Outbox) = (node, outbox);
}

/// Sends text as it comes, in pieces.
#[cfg(feature = "dump")]
struct Pieces<'a>(&'a mut Outbox);

#[cfg(feature = "dump")]
impl core::fmt::Write for Pieces<'_> {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        self.0.push(&Answer::Dumped(text.as_bytes()));
        Ok(())
    }
}

/// Counts the instructions of some of the code.
struct Meter {
    total: u32,
    overhead: u32,
}

impl Meter {
    /// Learns what the counting itself takes.
    fn new() -> Self {
        let mut meter = Self {
            total: 0,
            overhead: 0,
        };
        meter.around(|| black_box(()));
        meter.overhead = meter.take();
        meter
    }

    fn around<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let start = hal::instructions();
        let result = work();
        let taken = hal::instructions().wrapping_sub(start);
        self.total = self.total.wrapping_add(taken.wrapping_sub(self.overhead));
        result
    }

    fn take(&mut self) -> u32 {
        core::mem::take(&mut self.total)
    }
}
