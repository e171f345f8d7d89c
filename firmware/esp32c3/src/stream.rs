//! The byte stream to the broker.
//!
//! Owns the order book, the bytes that wait to be sent, and one connection at a time: `connect`
//! opens it, `pump` moves bytes, `secure` puts TLS between. Does not know what the bytes mean.

mod connect;
mod pump;
mod secure;

use embassy_executor::Spawner;
use embassy_net::Stack;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::mutex::Mutex;
use embassy_sync::pipe::Pipe;
use embassy_sync::signal::Signal;
use static_cell::ConstStaticCell;

use crate::mail::{StreamNews, Told, Turn, tell};

/// Bytes that wait to be sent at most. One turn of node-core writes 736 at most; the rest is room
/// for a slow network. What does not fit ends the stream.
const PENDING_MAX: usize = 2048;
/// Bytes of a record that any server may send.
//= RFC 8446 §5.2: 2¹⁴ + 256 bytes, with room for the header
const RECORD_MAX: usize = 16_640;
/// Bytes of a record that the node sends, and of the handshake's messages.
const RECORD_OUT_MAX: usize = 2048;
/// Bytes of TCP's receive window; a record is put together behind it.
const RECEIVE_MAX: usize = 4096;
/// Bytes that TCP holds until they are acknowledged.
const SEND_MAX: usize = 2048;

/// The latest order counts; an earlier one that was not yet taken is void.
static ORDERS: Signal<CriticalSectionRawMutex, Order> = Signal::new();
static PENDING: Pipe<CriticalSectionRawMutex, PENDING_MAX> = Pipe::new();
/// Held while there is a connection.
static IN_USE: Mutex<CriticalSectionRawMutex, ()> = Mutex::new(());
static BUFFERS: ConstStaticCell<Buffers> = ConstStaticCell::new(Buffers::new());

/// What the shell orders.
#[derive(Clone, Copy)]
enum Order {
    /// Say goodbye and close.
    Close,
    /// Open, from the start.
    Open(Turn),
    /// Close: the network does not take what the node sends.
    Overflow(Turn),
}

/// All memory of one connection.
struct Buffers {
    receive: [u8; RECEIVE_MAX],
    record: [u8; RECORD_MAX],
    record_out: [u8; RECORD_OUT_MAX],
    send: [u8; SEND_MAX],
}

/// The shell's end.
pub(crate) struct Stream {
    turn: Turn,
}

impl Stream {
    /// Creates the end of a stream that is closed.
    pub(crate) const fn new() -> Self {
        Self { turn: Turn::START }
    }

    /// Opens the stream.
    pub(crate) fn open(&mut self) {
        self.turn = self.turn.next();
        ORDERS.signal(Order::Open(self.turn));
    }

    /// Closes it, once what was written is sent.
    pub(crate) fn close(&mut self) {
        self.turn = self.turn.next();
        ORDERS.signal(Order::Close);
    }

    /// Writes all of `bytes`, or ends the stream.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let fits = PENDING.free_capacity() >= bytes.len();
        let mut rest = bytes;
        // A ring takes what lies behind its end in a second piece.
        while fits && !rest.is_empty() {
            let written = PENDING.try_write(rest).unwrap_or(rest.len());
            rest = rest.get(written..).unwrap_or(&[]);
        }
        if !fits {
            ORDERS.signal(Order::Overflow(self.turn));
        }
    }

    /// Returns whether news of this turn still matters.
    pub(crate) fn is_current(&self, turn: Turn) -> bool {
        self.turn == turn
    }
}

impl Buffers {
    const fn new() -> Self {
        Self {
            receive: [0; RECEIVE_MAX],
            record: [0; RECORD_MAX],
            record_out: [0; RECORD_OUT_MAX],
            send: [0; SEND_MAX],
        }
    }
}

/// Waits until there is no connection.
pub(crate) async fn closed() {
    drop(IN_USE.lock().await);
}

/// Starts the worker.
pub(crate) fn start(spawner: &Spawner, stack: Stack<'static>) {
    if let Ok(task) = work(stack, BUFFERS.take()) {
        spawner.spawn(task);
    }
}

#[embassy_executor::task]
async fn work(stack: Stack<'static>, buffers: &'static mut Buffers) -> ! {
    let mut order = ORDERS.wait().await;
    loop {
        order = match order {
            Order::Close => ORDERS.wait().await,
            Order::Open(turn) => {
                let used = IN_USE.lock().await;
                // What an earlier stream left belongs to nobody.
                PENDING.clear();
                let end = connect::run(stack, turn, buffers).await;
                drop(used);
                end.settle(turn).await
            }
            Order::Overflow(turn) => {
                End::Broken(node_core::CloseReason::TimedOut)
                    .settle(turn)
                    .await
            }
        };
    }
}

/// Why a connection ended.
enum End {
    /// By itself, which the node is told.
    Broken(node_core::CloseReason),
    /// By this order.
    Ordered(Order),
}

impl End {
    /// Tells the node, if it does not know, and returns the next order.
    async fn settle(self, turn: Turn) -> Order {
        match self {
            Self::Broken(why) => {
                tell(Told::Stream(turn, StreamNews::Closed(why))).await;
                ORDERS.wait().await
            }
            Self::Ordered(order) => order,
        }
    }
}
