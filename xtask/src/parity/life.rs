//! Lives: whose they are, what was told in them, and how they are put to a core.
//!
//! Owns the questions that are asked around a recorded life. Does not know where lives come
//! from, nor what plays them.

use std::collections::BTreeMap;

use node_wire::{FRAME_MAX, Lives, Request, WireError, split};

/// What one node was told from one boot on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Life {
    /// Whose life it was, in words; unique within a run.
    pub(crate) name: String,
    /// What it was told, one frame after the other, a boot first; every frame is a request.
    requests: Vec<u8>,
}

/// Lives that are told apart by what was told, and how many there were.
#[derive(Clone, Debug, Default)]
pub(crate) struct Collection {
    /// One life of each kind, in the order of their first appearance.
    pub(crate) lives: Vec<Life>,
    /// Lives that were told exactly what another was told.
    pub(crate) shared: usize,
}

/// The requests of some frames, in order.
#[derive(Clone, Debug)]
pub(crate) struct Requests<'a> {
    rest: &'a [u8],
}

impl Life {
    /// Takes a life in, after a look at each of its frames.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words.
    pub(crate) fn new(name: &str, requests: &[u8]) -> Result<Self, String> {
        let mut rest = requests;
        let mut at_start = true;
        while !rest.is_empty() {
            let (request, after) = first(rest).map_err(|error| format!("{name}: {error:?}"))?;
            let fits = match request {
                Request::Boot { .. } => at_start,
                Request::Handle { .. } => !at_start,
                Request::Dump | Request::Measure | Request::Queued => false,
            };
            if !fits {
                return Err(format!("{name}: {request:?} is out of place"));
            }
            (rest, at_start) = (after, false);
        }
        if at_start {
            return Err(format!("{name}: nothing was told"));
        }
        Ok(Self {
            name: name.to_owned(),
            requests: requests.to_vec(),
        })
    }

    /// Returns what was told, with questions: for the stack after the boot and at the end, and
    /// for the readings that wait at the end.
    pub(crate) fn script(&self) -> Script {
        let mut told = Requests::of(&self.requests);
        let boots = match told.next() {
            Some(Request::Boot { config, .. }) => config.check().is_ok(),
            _ => false,
        };
        let boot = self.requests.len() - told.rest.len();
        let mut frames = self.requests[..boot].to_vec();
        push(&mut frames, &Request::Measure);
        // Without a node there is nobody to tell anything.
        let mut turns = 1;
        if boots {
            frames.extend_from_slice(told.rest);
            turns += told.count();
            push(&mut frames, &Request::Queued);
            push(&mut frames, &Request::Measure);
        }
        Script { frames, turns }
    }
}

/// A life as it is put to a core.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// One frame after the other.
    pub(crate) frames: Vec<u8>,
    /// How many of them were told in the life itself.
    pub(crate) turns: usize,
}

impl Script {
    /// Returns how many requests there are.
    pub(crate) fn requests(&self) -> usize {
        Requests::of(&self.frames).count()
    }

    /// Returns the first `count` requests, as bytes.
    pub(crate) fn front(&self, count: usize) -> &[u8] {
        let mut requests = Requests::of(&self.frames);
        for _ in 0..count {
            requests.next();
        }
        &self.frames[..self.frames.len() - requests.rest.len()]
    }
}

impl Collection {
    /// Reads the lives of a file whose names `wanted` likes.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, in words.
    pub(crate) fn read(file: &[u8], wanted: impl Fn(&str) -> bool) -> Result<Self, String> {
        let mut lives = Vec::new();
        for (place, life) in Lives::new(file).enumerate() {
            let life = life.map_err(|error| format!("{error:?} after {place} whole lives"))?;
            if wanted(life.name) {
                lives.push(Life::new(life.name, life.requests)?);
            }
        }
        Ok(Self::of(lives))
    }

    /// Tells lives apart by all their bytes, so that equal ones are played once.
    pub(crate) fn of(lives: Vec<Life>) -> Self {
        let mut seen = BTreeMap::new();
        for (place, life) in lives.iter().enumerate() {
            seen.entry(life.requests.as_slice()).or_insert(place);
        }
        let mut kept: Vec<usize> = seen.into_values().collect();
        kept.sort_unstable();
        let mut kept = kept.into_iter().peekable();
        let all = lives.len();
        let lives: Vec<Life> = (0..)
            .zip(lives)
            .filter_map(|(place, life)| kept.next_if_eq(&place).map(|_| life))
            .collect();
        let shared = all - lives.len();
        Self { lives, shared }
    }
}

impl<'a> Requests<'a> {
    /// Reads frames that were written here or looked at before.
    pub(crate) const fn of(frames: &'a [u8]) -> Self {
        Self { rest: frames }
    }
}

impl<'a> Iterator for Requests<'a> {
    type Item = Request<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let (request, rest) = first(self.rest).expect("frames are judged when a life is made");
        self.rest = rest;
        Some(request)
    }
}

/// Splits the first request off.
fn first(frames: &[u8]) -> Result<(Request<'_>, &[u8]), WireError> {
    let frame = split(frames)?.ok_or(WireError::Truncated)?;
    Ok((Request::decode(frame.body)?, frame.rest))
}

/// Adds a request to frames.
pub(crate) fn push(frames: &mut Vec<u8>, request: &Request<'_>) {
    let mut buffer = vec![0; FRAME_MAX];
    let frame = request.encode(&mut buffer);
    frames.extend_from_slice(frame.expect("a buffer of FRAME_MAX takes any request"));
}

#[cfg(test)]
mod tests {
    use node_core::{Config, Input, Instant};

    use super::*;

    fn boot(config: &Config) -> Request<'static> {
        let (config, seed, now) = (*config, 1, Instant::ZERO);
        Request::Boot { config, seed, now }
    }

    const TIMEOUT: Request<'static> = Request::Handle {
        now: Instant::ZERO,
        input: Input::Timeout,
    };

    fn life(name: &str, requests: &[Request<'_>]) -> Result<Life, String> {
        let mut frames = Vec::new();
        for request in requests {
            push(&mut frames, request);
        }
        Life::new(name, &frames)
    }

    fn kinds(frames: &[u8]) -> String {
        let letter = |request| match request {
            Request::Boot { .. } => 'b',
            Request::Dump => 'd',
            Request::Handle { .. } => 'h',
            Request::Measure => 'm',
            Request::Queued => 'q',
        };
        Requests::of(frames).map(letter).collect()
    }

    #[test]
    fn questions_are_asked_after_the_boot_and_at_the_end() {
        let life = life("a", &[boot(&Config::default()), TIMEOUT, TIMEOUT]).unwrap();
        let script = life.script();
        assert_eq!(kinds(&script.frames), "bmhhqm");
        assert_eq!(script.turns, 3);
        assert_eq!(kinds(script.front(3)), "bmh");
    }

    #[test]
    fn a_node_that_refuses_to_boot_is_asked_nothing() {
        let mut config = Config::default();
        config.queue.capacity = 0;
        let life = life("a", &[boot(&config)]).unwrap();
        assert_eq!(kinds(&life.script().frames), "bm");
    }

    #[test]
    fn what_is_no_life_is_refused() {
        assert!(life("a", &[]).is_err());
        assert!(life("a", &[TIMEOUT]).is_err());
        let twice = life("a", &[boot(&Config::default()), boot(&Config::default())]);
        assert!(twice.is_err_and(|why| why.starts_with("a: Boot")));
        assert!(Life::new("a", &[2, 0, 9]).is_err());
    }

    #[test]
    fn equal_lives_are_played_once_in_the_order_of_the_first() {
        let long = [boot(&Config::default()), TIMEOUT];
        let lives = [("b", &long[..]), ("a", &long[..1]), ("c", &long[..])];
        let lives = lives.map(|(name, requests)| life(name, requests).unwrap());
        let collection = Collection::of(lives.to_vec());
        let names: Vec<&str> = collection
            .lives
            .iter()
            .map(|life| life.name.as_str())
            .collect();
        assert_eq!((names, collection.shared), (vec!["b", "a"], 1));
    }
}
