//! What each node of a world was told from each boot on, as bytes that another core can replay.
//!
//! Owns the buffers, one for each life of each node. Does not know what becomes of them.

use node_wire::{FRAME_MAX, Request, WireError};

use crate::id::NodeId;
use crate::observe::{Observation, Observer};
use crate::time::SimTime;

/// One life of a node: from a boot until it lost power, or the run ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NodeLife {
    /// Whose life.
    pub node: NodeId,
    /// Which of its lives, from 0.
    pub boot: u32,
    /// What it was told: frames of [`Request`].
    pub requests: Vec<u8>,
}

/// Keeps what all nodes are told.
#[derive(Debug)]
pub struct LifeObserver {
    /// The lives of each node, the last of which goes on.
    lives: Vec<Vec<NodeLife>>,
    buffer: Vec<u8>,
    error: Option<WireError>,
}

impl LifeObserver {
    /// Creates an observer that has heard nothing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            lives: Vec::new(),
            buffer: vec![0; FRAME_MAX],
            error: None,
        }
    }

    /// Returns all lives, by node and then by boot.
    ///
    /// # Errors
    ///
    /// [`WireError::TooLong`] when a node was told more at once than a frame holds.
    pub fn finish(self) -> Result<Vec<NodeLife>, WireError> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(self.lives.into_iter().flatten().collect()),
        }
    }
}

impl Default for LifeObserver {
    fn default() -> Self {
        Self::new()
    }
}

impl Observer for LifeObserver {
    fn on_event(&mut self, _at: SimTime, _node: NodeId, _what: &Observation<'_>) {}

    fn on_told(&mut self, node: NodeId, told: &Request<'_>) {
        let index = node.0 as usize;
        if self.lives.len() <= index {
            self.lives.resize_with(index + 1, Vec::new);
        }
        let lives = &mut self.lives[index];
        if matches!(told, Request::Boot { .. }) {
            let boot = u32::try_from(lives.len()).expect("a node boots less than 2³² times");
            lives.push(NodeLife {
                node,
                boot,
                requests: Vec::new(),
            });
        }
        match (told.encode(&mut self.buffer), lives.last_mut()) {
            (Ok(frame), Some(life)) => life.requests.extend_from_slice(frame),
            (Err(error), _) => self.error = self.error.or(Some(error)),
            (Ok(_), None) => unreachable!("a node is told nothing before it boots"),
        }
    }
}

#[cfg(test)]
mod tests {
    use node_core::{Config, Input, Instant};
    use node_wire::{BODY_MAX, split};

    use super::*;

    const WAKE: Request<'static> = Request::Handle {
        now: Instant::ZERO,
        input: Input::Timeout,
    };

    fn boot() -> Request<'static> {
        Request::Boot {
            config: Config::default(),
            seed: 1,
            now: Instant::ZERO,
        }
    }

    #[test]
    fn lives_are_listed_by_node_and_then_by_boot() {
        let mut observer = LifeObserver::new();
        for node in [2, 0, 2] {
            observer.on_told(NodeId(node), &boot());
            observer.on_told(NodeId(node), &WAKE);
        }
        let lives = observer.finish().unwrap();
        let whose: Vec<_> = lives.iter().map(|life| (life.node.0, life.boot)).collect();
        assert_eq!(whose, [(0, 0), (2, 0), (2, 1)]);
        let first = split(&lives[0].requests).unwrap().unwrap();
        assert_eq!(Request::decode(first.body), Ok(boot()));
        let second = split(first.rest).unwrap().unwrap();
        assert_eq!(Request::decode(second.body), Ok(WAKE));
    }

    #[test]
    fn what_no_frame_holds_is_an_error_in_the_end() {
        let mut observer = LifeObserver::new();
        let bytes = vec![0; BODY_MAX];
        observer.on_told(NodeId(0), &boot());
        let input = Input::StreamRead(&bytes);
        let now = Instant::ZERO;
        observer.on_told(NodeId(0), &Request::Handle { now, input });
        assert_eq!(observer.finish(), Err(WireError::TooLong));
    }
}
