//! The answers of one turn, cut out of a stream of answers.
//!
//! Owns where a turn ends, and which of its bytes must be equal everywhere. Does not know what
//! was told.

use node_wire::{Answer, split};

/// The turns of some answers, in order; ends at the first that is not whole.
#[derive(Clone, Debug)]
pub(crate) struct Turns<'a> {
    rest: &'a [u8],
}

/// The answers of a turn, in order; ends at the first that is none.
#[derive(Clone, Debug)]
pub(crate) struct Answers<'a> {
    rest: &'a [u8],
}

impl<'a> Turns<'a> {
    /// Begins at the front.
    pub(crate) const fn of(answers: &'a [u8]) -> Self {
        Self { rest: answers }
    }

    /// Returns what was not taken yet.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Turns<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        let mut answers = Answers::of(self.rest);
        loop {
            match answers.next()? {
                Answer::Measured { .. } | Answer::Refused(_) | Answer::Turn { .. } => break,
                Answer::Dumped(_) | Answer::Effect(_) | Answer::Reading(_) => {}
            }
        }
        let turn = &self.rest[..self.rest.len() - answers.rest.len()];
        self.rest = answers.rest;
        Some(turn)
    }
}

impl<'a> Answers<'a> {
    /// Begins at the front.
    pub(crate) const fn of(turn: &'a [u8]) -> Self {
        Self { rest: turn }
    }

    /// Returns what was not taken yet.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Answers<'a> {
    type Item = Answer<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let frame = split(self.rest).ok()??;
        let answer = Answer::decode(frame.body).ok()?;
        self.rest = frame.rest;
        Some(answer)
    }
}

/// Returns whether two turns have the same bytes, but for what only a core can count.
pub(crate) fn are_equal(mut host: &[u8], mut core: &[u8]) -> bool {
    loop {
        match (split(host), split(core)) {
            (Ok(Some(one)), Ok(Some(other))) if is_equal(one.body, other.body) => {
                (host, core) = (one.rest, other.rest);
            }
            _ => return host == core,
        }
    }
}

/// Returns whether two answers have the same bytes, but for what only a core can count.
fn is_equal(host: &[u8], core: &[u8]) -> bool {
    if host == core {
        return true;
    }
    // Each value has one form in bytes, so equal fields are equal bytes.
    match (Answer::decode(host), Answer::decode(core)) {
        (Ok(host), Ok(core)) => comparable(&host) == comparable(&core),
        _ => false,
    }
}

/// Returns an answer without what only a core can count.
pub(crate) fn comparable<'a>(answer: &Answer<'a>) -> Answer<'a> {
    match *answer {
        Answer::Turn { standing, .. } => Answer::Turn {
            instructions: 0,
            standing,
        },
        Answer::Measured { .. } => Answer::Measured { node: 0, stack: 0 },
        other @ (Answer::Dumped(_)
        | Answer::Effect(_)
        | Answer::Reading(_)
        | Answer::Refused(_)) => other,
    }
}

#[cfg(test)]
mod tests {
    use node_core::{Command, Connection, Effect, State};
    use node_wire::Standing;

    use super::*;

    const SAMPLE: Answer<'static> = Answer::Effect(Effect::Command(Command::Sample));
    const SLEEP: Answer<'static> = Answer::Effect(Effect::Command(Command::Sleep));

    const fn end(instructions: u32, queued: u8) -> Answer<'static> {
        let state = State {
            connection: Connection::Offline,
            sampling: false,
        };
        Answer::Turn {
            instructions,
            standing: Standing {
                state,
                timeout: None,
                queued,
            },
        }
    }

    fn bytes(answers: &[Answer<'_>]) -> Vec<u8> {
        let mut buffer = [0; 64];
        let frames = answers
            .iter()
            .map(|answer| answer.encode(&mut buffer).unwrap().to_vec());
        frames.collect::<Vec<_>>().concat()
    }

    #[test]
    fn a_turn_ends_with_its_standing_and_what_follows_is_the_next() {
        let stream = bytes(&[SAMPLE, end(1, 0), end(2, 0), SLEEP]);
        let mut turns = Turns::of(&stream);
        let lengths: Vec<usize> = turns
            .by_ref()
            .map(|turn| Answers::of(turn).count())
            .collect();
        assert_eq!(lengths, [2, 1]);
        assert_eq!(turns.rest(), bytes(&[SLEEP]));
    }

    #[test]
    fn instructions_and_measurements_may_differ_and_nothing_else() {
        let host = bytes(&[SAMPLE, end(0, 1)]);
        let equal = |answers: &[Answer<'_>]| are_equal(&host, &bytes(answers));
        assert!(equal(&[SAMPLE, end(7, 1)]));
        assert!(!equal(&[SAMPLE, end(0, 2)]));
        assert!(!equal(&[SLEEP, end(0, 1)]));
        assert!(!equal(&[end(0, 1)]));
        assert!(!equal(&[SAMPLE, end(0, 1), SLEEP]));
        let measured = |node, stack| bytes(&[Answer::Measured { node, stack }]);
        assert!(are_equal(&measured(0, 0), &measured(1, 2)));
    }

    #[test]
    fn each_byte_of_a_turn_counts_but_the_count() {
        let host = bytes(&[SAMPLE, end(0, 1)]);
        let mut free = Vec::new();
        for place in 0..host.len() {
            let mut core = host.clone();
            core[place] ^= 1;
            if are_equal(&host, &core) {
                free.push(place);
            }
        }
        // A frame of four bytes, then length and tag of the next.
        assert_eq!(free, [7, 8, 9, 10]);
    }
}
