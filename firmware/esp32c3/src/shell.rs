//! The shell around node-core's four methods.
//!
//! Owns the drain rule: `handle`, then `poll` until `None`, then the next thing that happened. It
//! waits in one place only, and nothing that it calls waits; so no worker can hold it up, and
//! workers may wait for it.

use alloc::boxed::Box;

use node_core::{AdcCode, Command, Effect, Input, Node};

use crate::mail::Told;
use crate::stream::Stream;
use crate::wifi::Link;
use crate::{clock, console, mail};

/// What the node may ask of the board.
pub(crate) struct Board {
    link: Link,
    stream: Stream,
    thermometer: Box<dyn FnMut() -> Option<AdcCode>>,
}

impl Board {
    /// Creates the board with the radio off.
    pub(crate) fn new(thermometer: Box<dyn FnMut() -> Option<AdcCode>>) -> Self {
        Self {
            link: Link::new(),
            stream: Stream::new(),
            thermometer,
        }
    }
}

/// Runs the node for ever.
pub(crate) async fn run(mut node: Node, mut board: Board) -> ! {
    loop {
        // A conversion takes microseconds: its answer is there when the node is drained.
        let mut sampled = None;
        while let Some(effect) = node.poll() {
            match effect {
                Effect::Command(Command::CloseStream) => board.stream.close(),
                Effect::Command(Command::JoinWifi) => board.link.join(),
                Effect::Command(Command::LeaveWifi) => board.link.leave(),
                Effect::Command(Command::OpenStream) => board.stream.open(),
                Effect::Command(Command::Sample) => sampled = (board.thermometer)(),
                // Waiting below is sleeping: the scheduler stops the processor when all wait.
                Effect::Command(Command::Sleep) => {}
                // The console says what a person wants to know.
                Effect::Event(_) => {}
                Effect::SerialWrite(bytes) => console::print(bytes),
                Effect::StreamWrite(bytes) => board.stream.write(bytes),
            }
        }
        let told = match sampled {
            Some(code) => Told::Sampled(code),
            None => mail::next(node.poll_timeout()).await,
        };
        if let Some(input) = board.judge(&told) {
            node.handle(clock::now(), input);
        }
    }
}

impl Board {
    /// Returns what the node is told; nothing of a link or stream that it has given up.
    fn judge<'a>(&self, told: &'a Told) -> Option<Input<'a>> {
        match told {
            Told::Link(turn, news) => self.link.is_current(*turn).then(|| news.as_input()),
            Told::Sampled(code) => Some(Input::Sampled(*code)),
            Told::Serial(chunk) => Some(Input::SerialRead(chunk.bytes())),
            Told::Stream(turn, news) => self.stream.is_current(*turn).then(|| news.as_input()),
            Told::Time(time) => Some(Input::TimeKnown(*time)),
            Told::Timeout => Some(Input::Timeout),
        }
    }
}
