//! The node on this machine, played as the driver on a core plays it.
//!
//! Owns the order of the answers to a request. Does not count instructions, nor measure.

use node_core::Node;
use node_wire::{Answer, FRAME_MAX, Request, Standing};

use crate::parity::life::Requests;

/// A node, if one has booted, and what it answered.
#[derive(Debug)]
pub(crate) struct Player {
    node: Option<Node>,
    answers: Vec<u8>,
    buffer: Vec<u8>,
}

/// Plays a script to its end and returns all answers, one frame after the other.
pub(crate) fn play(script: &[u8]) -> Vec<u8> {
    let mut player = Player::new();
    for request in Requests::of(script) {
        player.tell(&request);
    }
    player.answers
}

impl Player {
    /// Has no node yet.
    pub(crate) fn new() -> Self {
        Self {
            node: None,
            answers: Vec::new(),
            buffer: vec![0; FRAME_MAX],
        }
    }

    /// Puts one request to the node.
    pub(crate) fn tell(&mut self, request: &Request<'_>) {
        match *request {
            Request::Boot { config, seed, now } => match Node::new(config, seed, now) {
                Ok(node) => {
                    self.node = Some(node);
                    self.drain();
                }
                Err(why) => {
                    self.node = None;
                    self.push(&Answer::Refused(why));
                }
            },
            Request::Dump => {}
            Request::Handle { now, input } => {
                if let Some(node) = &mut self.node {
                    node.handle(now, input);
                    self.drain();
                }
            }
            Request::Measure => self.push(&Answer::Measured { node: 0, stack: 0 }),
            Request::Queued => {
                let node = self.node.as_ref();
                let queued: Vec<_> =
                    node.map_or_else(Vec::new, |node| node.queued().copied().collect());
                for reading in queued {
                    self.push(&Answer::Reading(reading));
                }
                self.end_turn();
            }
        }
    }

    /// Takes the answers that came since the last call.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.answers)
    }

    /// Returns the node.
    pub(crate) const fn node(&self) -> Option<&Node> {
        self.node.as_ref()
    }

    fn drain(&mut self) {
        let Some(node) = &mut self.node else { return };
        while let Some(effect) = node.poll() {
            append(&mut self.answers, &mut self.buffer, &Answer::Effect(effect));
        }
        self.end_turn();
    }

    fn end_turn(&mut self) {
        let Some(node) = &self.node else { return };
        let standing = Standing {
            state: node.state(),
            timeout: node.poll_timeout(),
            queued: node.queue_length(),
        };
        self.push(&Answer::Turn {
            instructions: 0,
            standing,
        });
    }

    fn push(&mut self, answer: &Answer<'_>) {
        append(&mut self.answers, &mut self.buffer, answer);
    }
}

fn append(answers: &mut Vec<u8>, buffer: &mut [u8], answer: &Answer<'_>) {
    let frame = answer.encode(buffer);
    answers.extend_from_slice(frame.expect("a buffer of FRAME_MAX takes any answer"));
}

#[cfg(test)]
mod tests {
    use node_core::{Config, Instant};

    use super::*;
    use crate::parity::life::push;
    use crate::parity::turn::Turns;

    #[test]
    fn every_request_is_answered_by_one_turn() {
        let mut script = Vec::new();
        let (config, seed, now) = (Config::default(), 1, Instant::ZERO);
        for request in [
            Request::Boot { config, seed, now },
            Request::Measure,
            Request::Queued,
        ] {
            push(&mut script, &request);
        }
        let answers = play(&script);
        assert_eq!(Turns::of(&answers).count(), 3);
    }

    #[test]
    fn a_refused_configuration_is_one_answer_and_no_node() {
        let mut config = Config::default();
        config.sampling.oversample = 0;
        let mut player = Player::new();
        let (seed, now) = (1, Instant::ZERO);
        player.tell(&Request::Boot { config, seed, now });
        assert!(player.node().is_none());
        assert_eq!(Turns::of(&player.take()).count(), 1);
    }
}
