//! The code that runs on a board: the node itself, on whichever core.
//!
//! Owns the one surface that both have. Does not know what becomes of an effect.

use node_core::{Config, Effect, Input, Instant, Node, Reading, State};
use node_wire::{Request, Standing};

use crate::emulator::{Core, CoreFault, Machine};

/// Why an emulated node stands somewhere.
const STANDS: &str = "it was booted";

/// Bytes that a node is told at once at most: those of a TLS record (2¹⁴, RFC 8446 §5.1), which
/// a frame to an emulated core holds.
const PIECE_MAX: usize = 16_384;

/// A node that runs.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "the large one is the usual one, in fleets of 10⁵"
)]
pub(super) enum Firmware {
    /// On the simulator's own processor.
    Native(Node),
    /// On an emulated core.
    Riscv32(Box<Machine>),
}

impl Firmware {
    /// Boots a node.
    ///
    /// # Panics
    ///
    /// When a node on the simulator's own processor refuses its configuration.
    pub(super) fn boot(
        core: &Core,
        (config, seed, now): (Config, u64, Instant),
    ) -> Result<Self, CoreFault> {
        match core {
            Core::Native => {
                let node = Node::new(config, seed, now).expect("the scenario checked the node");
                Ok(Self::Native(node))
            }
            Core::Riscv32(image) => {
                let mut machine = Machine::start(image)?;
                machine.tell(&Request::Boot { config, seed, now })?;
                Ok(Self::Riscv32(Box::new(machine)))
            }
        }
    }

    /// Tells the node what happened.
    pub(super) fn handle(&mut self, now: Instant, input: Input<'_>) -> Result<(), CoreFault> {
        match self {
            Self::Native(node) => {
                node.handle(now, input);
                Ok(())
            }
            Self::Riscv32(machine) => machine.tell(&Request::Handle { now, input }),
        }
    }

    /// Returns the next effect.
    pub(super) fn poll(&mut self) -> Option<Effect<'_>> {
        match self {
            Self::Native(node) => node.poll(),
            Self::Riscv32(machine) => machine.poll(),
        }
    }

    /// Returns how far the node has come.
    pub(super) fn state(&self) -> State {
        match self {
            Self::Native(node) => node.state(),
            Self::Riscv32(machine) => machine.standing().expect(STANDS).state,
        }
    }

    /// Returns how many readings wait.
    pub(super) fn queue_length(&self) -> u8 {
        match self {
            Self::Native(node) => node.queue_length(),
            Self::Riscv32(machine) => machine.standing().expect(STANDS).queued,
        }
    }

    /// Returns everything that a node says of itself between two turns.
    pub(super) fn standing(&self) -> Standing {
        match self {
            Self::Native(node) => Standing {
                state: node.state(),
                timeout: node.poll_timeout(),
                queued: node.queue_length(),
            },
            Self::Riscv32(machine) => machine.standing().expect(STANDS),
        }
    }

    /// Returns the readings that wait, oldest first.
    pub(super) fn queued(&mut self) -> Result<Vec<Reading>, CoreFault> {
        match self {
            Self::Native(node) => Ok(node.queued().copied().collect()),
            Self::Riscv32(machine) => machine.queued(),
        }
    }

    /// Returns how many instructions the node took on an emulated core since this was asked
    /// last; none on the simulator's own processor, where nobody counts.
    pub(super) fn take_instructions(&mut self) -> u64 {
        match self {
            Self::Native(_) => 0,
            Self::Riscv32(machine) => machine.take_instructions(),
        }
    }
}

/// Cuts an input that is longer than what a node is told at once, whatever core it runs on.
pub(super) fn pieces(input: Input<'_>) -> impl Iterator<Item = Input<'_>> {
    let mut rest = Some(input);
    std::iter::from_fn(move || {
        let (first, then) = cut(rest.take()?);
        rest = then;
        Some(first)
    })
}

/// Takes a first piece off an input.
fn cut(input: Input<'_>) -> (Input<'_>, Option<Input<'_>>) {
    if let Input::SerialRead(bytes) = input
        && let Some((first, rest)) = split(bytes)
    {
        return (Input::SerialRead(first), Some(Input::SerialRead(rest)));
    }
    if let Input::StreamRead(bytes) = input
        && let Some((first, rest)) = split(bytes)
    {
        return (Input::StreamRead(first), Some(Input::StreamRead(rest)));
    }
    (input, None)
}

/// Splits bytes that are too long for one piece.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let split = bytes.split_at_checked(PIECE_MAX);
    split.filter(|(_, rest)| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use node_wire::FRAME_MAX;

    use super::*;

    #[test]
    fn pieces_of_an_input_are_the_input_and_fit_a_frame() {
        let typed: Vec<u8> = (0..=2 * PIECE_MAX)
            .map(|place| place.to_le_bytes()[0])
            .collect();
        let mut told = Vec::new();
        let mut buffer = vec![0; FRAME_MAX];
        for input in pieces(Input::StreamRead(&typed)) {
            let now = Instant::ZERO;
            assert!(Request::Handle { now, input }.encode(&mut buffer).is_ok());
            let Input::StreamRead(bytes) = input else {
                panic!("{input:?}");
            };
            told.extend_from_slice(bytes);
        }
        assert!(told == typed);
        assert_eq!(pieces(Input::SerialRead(&typed)).count(), 3);
        for input in [Input::SerialRead(&[]), Input::LinkUp] {
            assert!(pieces(input).eq([input]));
        }
    }
}
