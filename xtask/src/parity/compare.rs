//! Compares what a core answered with what the node on this machine answers.
//!
//! Owns what is gathered on the way: instructions, stack, bytes. Does not know how a core is
//! reached, nor how a divergence is shown.

use std::sync::OnceLock;

use node_wire::{Answer, Request};

use crate::parity::count::{Counts, Tracker};
use crate::parity::life::{Life, Requests, Script};
use crate::parity::player::play;
use crate::parity::turn::{Answers, Turns, are_equal};

/// A life and its script, played on this machine when the first core wants to know.
#[derive(Debug)]
pub(crate) struct Part {
    /// The life.
    pub(crate) life: Life,
    /// What a core is told.
    pub(crate) script: Script,
    answers: OnceLock<Vec<u8>>,
}

/// What was gathered from the answers of a core.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Tally {
    /// Lives that were compared to their end.
    pub(crate) lives: usize,
    /// Turns of these.
    pub(crate) turns: u64,
    /// Bytes of answers that were compared.
    pub(crate) bytes: u64,
    /// Instructions by kind of work.
    pub(crate) counts: Counts,
    /// Bytes that the node takes.
    pub(crate) node: u32,
    /// Bytes of stack in use at most while a node booted.
    pub(crate) stack_of_boot: u32,
    /// Bytes of stack in use at most in all other turns.
    pub(crate) stack_of_turns: u32,
}

/// The first request that a core did not answer as this machine does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Place {
    /// Which of the parts.
    pub(crate) part: usize,
    /// Which request of its script.
    pub(crate) request: usize,
    /// Whether there is an answer.
    pub(crate) is_answered: bool,
}

impl Part {
    /// Puts a life into its form for cores.
    pub(crate) fn new(life: Life) -> Self {
        Self {
            script: life.script(),
            life,
            answers: OnceLock::new(),
        }
    }

    /// Returns what the node on this machine answers.
    pub(crate) fn answers(&self) -> &[u8] {
        self.answers.get_or_init(|| play(&self.script.frames))
    }
}

impl Tally {
    /// Compares the answers to some parts, one after the other.
    ///
    /// # Errors
    ///
    /// The first request whose answer is another one, or did not come as a whole.
    pub(crate) fn compare(&mut self, parts: &[Part], output: &[u8]) -> Result<(), Place> {
        let mut cores = Turns::of(output);
        for (index, part) in parts.iter().enumerate() {
            let found = self.compare_part(part, &mut cores);
            found.map_err(|(request, is_answered)| Place {
                part: index,
                request,
                is_answered,
            })?;
            self.lives += 1;
            self.turns += part.script.turns as u64;
        }
        if cores.rest().is_empty() {
            return Ok(());
        }
        // More answers than requests: the last one is to blame.
        let (part, last) = (parts.len().saturating_sub(1), parts.last());
        let requests = last.map_or(1, |part| Requests::of(&part.script.frames).count());
        Err(Place {
            part,
            request: requests - 1,
            is_answered: true,
        })
    }

    fn compare_part(&mut self, part: &Part, cores: &mut Turns<'_>) -> Result<(), (usize, bool)> {
        let mut tracker = Tracker::default();
        let mut measured = 0;
        let turns = Requests::of(&part.script.frames).zip(Turns::of(part.answers()));
        for (index, (request, host)) in turns.enumerate() {
            let core = cores.next().ok_or((index, false))?;
            if !are_equal(host, core) {
                return Err((index, true));
            }
            self.bytes += host.len() as u64;
            tracker.note(&request, core, &mut self.counts);
            if request == Request::Measure {
                self.measure(core, measured == 0);
                measured += 1;
            }
        }
        Ok(())
    }

    fn measure(&mut self, turn: &[u8], is_boot: bool) {
        for answer in Answers::of(turn) {
            if let Answer::Measured { node, stack } = answer {
                self.node = node;
                let largest = if is_boot {
                    &mut self.stack_of_boot
                } else {
                    &mut self.stack_of_turns
                };
                *largest = stack.max(*largest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parity::random;

    /// The host's answers as a core would give them: each turn with a count.
    fn parts() -> (Vec<Part>, Vec<u8>) {
        let parts: Vec<Part> = (0..3)
            .map(|sequence| Part::new(random::lead(1, sequence).0))
            .collect();
        let output = parts.iter().flat_map(|part| part.answers().to_vec());
        let output = output.collect();
        (parts, output)
    }

    #[test]
    fn a_core_that_answers_as_the_host_is_at_parity() {
        let (parts, output) = parts();
        let mut tally = Tally::default();
        assert_eq!(tally.compare(&parts, &output), Ok(()));
        let turns: usize = parts.iter().map(|part| part.script.turns).sum();
        assert_eq!((tally.lives, tally.turns), (3, turns as u64));
        assert_eq!(tally.bytes, output.len() as u64);
    }

    #[test]
    fn the_first_other_byte_is_found_in_its_life_and_turn() {
        let (parts, mut output) = parts();
        let first = parts[0].answers().len();
        // Behind the boot and the measurement of the second life.
        let turn = Turns::of(&output[first..])
            .take(2)
            .map(<[u8]>::len)
            .sum::<usize>();
        // Behind the length and the tag of the third turn's first answer.
        output[first + turn + 3] ^= 1;
        let found = Tally::default().compare(&parts, &output);
        let expected = Place {
            part: 1,
            request: 2,
            is_answered: true,
        };
        // A byte that is no choice ends the answers there.
        let found = found.map_err(|place| Place {
            is_answered: true,
            ..place
        });
        assert_eq!(found, Err(expected));
    }

    #[test]
    fn answers_that_end_early_or_go_on_are_found() {
        let (parts, mut output) = parts();
        let cut = &output[..output.len() - 1];
        let found = Tally::default().compare(&parts, cut).unwrap_err();
        assert_eq!((found.part, found.is_answered), (2, false));
        output.push(0);
        let found = Tally::default().compare(&parts, &output).unwrap_err();
        assert_eq!((found.part, found.is_answered), (2, true));
    }
}
