//! Claims about how long TLS takes: to connect, and to notice an attack.

use node_core::Event;
use nodelab_sim::adversary::Attack;
use nodelab_sim::stack::tls::{Side, TlsEvent};
use nodelab_sim::{Fault, NodeId, Observation, SimSpan, SimTime};

use super::{Failures, index_of, node_of};
use crate::verdict::Failure;

/// No handshake of a node takes longer.
#[derive(Clone, Debug)]
pub(super) struct HandshakeWithin {
    limit: SimSpan,
    started: Vec<Option<SimTime>>,
    connected: bool,
    failures: Failures,
}

/// A connection that is attacked ends within the limit.
#[derive(Clone, Debug)]
pub(super) struct DetectedWithin {
    limit: SimSpan,
    attacks: u32,
    nodes: Vec<Attacked>,
    detected: bool,
    failures: Failures,
}

/// What is known of one node's connection.
#[derive(Clone, Copy, Debug, Default)]
struct Attacked {
    /// A connection is open, or being opened.
    open: bool,
    /// Since when it has been attacked.
    since: Option<SimTime>,
}

impl HandshakeWithin {
    pub(super) fn new(limit: SimSpan, nodes: usize) -> Self {
        Self {
            limit,
            started: vec![None; nodes],
            connected: false,
            failures: Failures::default(),
        }
    }

    pub(super) fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        let Observation::Tls(Side::Client, event) = what else {
            return;
        };
        let started = &mut self.started[index_of(node)];
        match event {
            TlsEvent::Started => *started = Some(at),
            TlsEvent::Failed(_) => *started = None,
            TlsEvent::Connected { .. } => {
                self.connected = true;
                if let Some(since) = started.take() {
                    self.judge(at, node, at.since(since));
                }
            }
            TlsEvent::AlertSent { .. } | TlsEvent::HandshakeSent { .. } => {}
        }
    }

    pub(super) fn finish(mut self, end: SimTime) -> Vec<Failure> {
        let limit = self.limit;
        if !self.connected {
            self.failures.note(|| Failure {
                at: end,
                claim: format!("handshake-within: {limit}"),
                expected: format!("every handshake done within {limit}"),
                line: None,
                node: NodeId::WORLD,
                seen: "no handshake was completed until the end".to_owned(),
            });
        }
        self.failures.0
    }

    fn judge(&mut self, at: SimTime, node: NodeId, took: SimSpan) {
        let limit = self.limit;
        if took > limit {
            self.failures.note(|| Failure {
                at,
                claim: format!("handshake-within: {limit}"),
                expected: format!("every handshake done within {limit}"),
                line: None,
                node,
                seen: format!("a handshake that took {took}"),
            });
        }
    }
}

impl DetectedWithin {
    pub(super) fn new(limit: SimSpan, nodes: usize) -> Self {
        Self {
            limit,
            attacks: 0,
            nodes: vec![Attacked::default(); nodes],
            detected: false,
            failures: Failures::default(),
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a watcher reads what concerns it"
    )]
    pub(super) fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        match *what {
            Observation::FaultStarted(Fault::Attack(attack)) => {
                self.attacks += 1;
                // Other attacks strike only what is opened while they last.
                if let Attack::TamperedRecord(_) = attack {
                    let open = self.nodes.iter_mut().filter(|node| node.open);
                    open.for_each(|node| node.since = node.since.or(Some(at)));
                }
            }
            Observation::FaultEnded(Fault::Attack(_)) => {
                self.attacks = self.attacks.saturating_sub(1);
            }
            Observation::Tls(Side::Client, TlsEvent::Started) => {
                let since = (self.attacks > 0).then_some(at);
                self.nodes[index_of(node)] = Attacked { open: true, since };
            }
            Observation::Tls(Side::Client, TlsEvent::Failed(_))
            | Observation::Node(Event::SessionClosed(_) | Event::RetryScheduled { .. })
            | Observation::PoweredOff => {
                let attacked = std::mem::take(&mut self.nodes[index_of(node)]);
                if let Some(since) = attacked.since {
                    self.detected = true;
                    self.judge(at, node, at.since(since));
                }
            }
            _ => {}
        }
    }

    pub(super) fn finish(mut self, end: SimTime) -> Vec<Failure> {
        for index in 0..self.nodes.len() {
            if let Some(since) = self.nodes[index].since {
                self.detected = true;
                self.judge(end, node_of(index), end.since(since));
            }
        }
        let limit = self.limit;
        if !self.detected {
            self.failures.note(|| Failure {
                at: end,
                claim: format!("detected-within: {limit}"),
                expected: format!("every attacked connection ended within {limit}"),
                line: None,
                node: NodeId::WORLD,
                seen: "no connection was attacked until the end".to_owned(),
            });
        }
        self.failures.0
    }

    fn judge(&mut self, at: SimTime, node: NodeId, took: SimSpan) {
        let limit = self.limit;
        if took > limit {
            self.failures.note(|| Failure {
                at,
                claim: format!("detected-within: {limit}"),
                expected: format!("every attacked connection ended within {limit}"),
                line: None,
                node,
                seen: format!("a connection that was attacked for {took}"),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use nodelab_sim::stack::tls::{TlsFailure, TlsVersion};

    use super::*;

    const NODE: NodeId = NodeId(0);
    const STARTED: Observation<'_> = Observation::Tls(Side::Client, TlsEvent::Started);
    const CONNECTED: Observation<'_> = Observation::Tls(
        Side::Client,
        TlsEvent::Connected {
            resumed: false,
            suite: 0x1301,
            group: 29,
            version: TlsVersion::V1_3,
        },
    );
    const FAILED: Observation<'_> =
        Observation::Tls(Side::Client, TlsEvent::Failed(TlsFailure::RecordTampered));
    const TAMPERED: Observation<'_> = Observation::FaultStarted(Fault::Attack(
        Attack::TamperedRecord(nodelab_sim::adversary::Way::Down),
    ));
    const GARBAGE: Observation<'_> = Observation::FaultStarted(Fault::Attack(Attack::Garbage));

    fn at(ms: u64) -> SimTime {
        SimTime::ZERO.after(SimSpan::from_millis(ms))
    }

    fn handshake(events: &[(u64, Observation<'_>)]) -> Vec<String> {
        let mut claim = HandshakeWithin::new(SimSpan::from_millis(100), 1);
        for (ms, what) in events {
            claim.on_event(at(*ms), NODE, what);
        }
        seen(claim.finish(at(900)))
    }

    fn detected(events: &[(u64, Observation<'_>)]) -> Vec<String> {
        let mut claim = DetectedWithin::new(SimSpan::from_millis(100), 1);
        for (ms, what) in events {
            claim.on_event(at(*ms), NODE, what);
        }
        seen(claim.finish(at(900)))
    }

    fn seen(failures: Vec<Failure>) -> Vec<String> {
        failures.into_iter().map(|failure| failure.seen).collect()
    }

    #[test]
    fn a_slow_handshake_or_none_is_a_failure() {
        assert!(handshake(&[(0, STARTED), (100, CONNECTED)]).is_empty());
        assert_eq!(
            handshake(&[(0, STARTED), (150, CONNECTED)]),
            ["a handshake that took 150 ms"]
        );
        assert_eq!(
            handshake(&[(0, STARTED), (50, FAILED)]),
            ["no handshake was completed until the end"]
        );
    }

    #[test]
    fn an_attack_counts_from_when_it_meets_a_connection() {
        assert!(detected(&[(0, STARTED), (200, TAMPERED), (300, FAILED)]).is_empty());
        assert!(detected(&[(0, GARBAGE), (500, STARTED), (600, FAILED)]).is_empty());
        assert_eq!(
            detected(&[(0, STARTED), (200, TAMPERED), (310, FAILED)]),
            ["a connection that was attacked for 110 ms"]
        );
        assert_eq!(
            detected(&[(0, GARBAGE), (500, STARTED)]),
            ["a connection that was attacked for 400 ms"],
            "nothing ended it"
        );
        assert_eq!(
            detected(&[(0, STARTED), (200, GARBAGE)]),
            ["no connection was attacked until the end"]
        );
    }
}
