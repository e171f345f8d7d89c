//! What node and broker say to each other, from the first byte of a stream to the first
//! acknowledged reading.
//!
//! Owns where such a conversation begins and ends, and which ones are kept. Does not know how it
//! is drawn.

use crate::telemetry::Fact;

/// Messages that are kept of one conversation.
pub(crate) const MESSAGES_MAX: usize = 40;

/// Who says it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Speaker {
    Broker,
    Node,
    /// Nobody says it: it is a remark between both.
    Note,
}

/// One message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Message {
    pub(crate) at: u64,
    pub(crate) from: Speaker,
    pub(crate) words: String,
    /// Its length, if it is known.
    pub(crate) bytes: Option<u32>,
    /// Whether an eavesdropper sees only ciphertext.
    pub(crate) encrypted: bool,
    /// Whether something went wrong.
    pub(crate) alarm: bool,
}

/// One conversation.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Talk {
    pub(crate) messages: Vec<Message>,
    /// Messages that found no room.
    pub(crate) left_out: u64,
    /// Whether both ends have keys.
    secure: bool,
    opened: bool,
}

/// The conversations of a node: the first of all, and the first that failed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Talks {
    pub(crate) first: Option<Talk>,
    pub(crate) failed: Option<Talk>,
    pub(crate) count: u64,
    pub(crate) failures: u64,
    current: Option<Talk>,
}

impl Talks {
    pub(crate) fn add(&mut self, at: u64, fact: &Fact) {
        let Some((from, words, bytes, alarm)) = said(fact) else {
            if is_end(fact) {
                self.end(true);
            }
            return;
        };
        let begins = matches!(fact, Fact::TlsStarted { .. } | Fact::BrokerNoted { .. });
        if self.current.is_none() && !begins && !matches!(fact, Fact::SessionOpened { .. }) {
            return;
        }
        let talk = self.current.get_or_insert_default();
        let encrypted = if let Fact::TlsMessage { encrypted, .. } = fact {
            *encrypted
        } else {
            talk.secure && from != Speaker::Note
        };
        if matches!(fact, Fact::TlsConnected { .. }) {
            talk.secure = true;
        }
        talk.opened |= matches!(fact, Fact::SessionOpened { .. });
        if talk.messages.len() < MESSAGES_MAX {
            talk.messages.push(Message {
                at,
                from,
                words,
                bytes,
                encrypted,
                alarm,
            });
        } else {
            talk.left_out += 1;
        }
        if matches!(fact, Fact::PublishAcked { .. }) {
            self.end(false);
        } else if matches!(
            fact,
            Fact::SessionClosed { .. } | Fact::ConnectRefused { .. }
        ) {
            self.end(true);
        }
    }

    /// Returns the conversations that are worth showing, with what they are called.
    pub(crate) fn shown(&self) -> Vec<(&'static str, &Talk)> {
        let open = self.current.as_ref().filter(|_| self.first.is_none());
        let first = self.first.as_ref().or(open);
        let mut shown = Vec::new();
        if let Some(first) = first {
            shown.push(("First conversation", first));
        }
        if let Some(failed) = &self.failed
            && self.first.as_ref() != Some(failed)
        {
            shown.push(("First conversation that failed", failed));
        }
        shown
    }

    fn end(&mut self, failed: bool) {
        let Some(talk) = self.current.take() else {
            return;
        };
        self.count += 1;
        if failed {
            self.failures += 1;
            if self.failed.is_none() {
                self.failed = Some(talk.clone());
            }
        }
        if self.first.is_none() {
            self.first = Some(talk);
        }
    }
}

/// Returns whether nothing can follow.
const fn is_end(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::LinkLost { .. } | Fact::PoweredOff | Fact::RetryScheduled { .. }
    )
}

/// Returns who says what, how long it is, and whether it is a bad sign.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a conversation is made of some facts"
)]
fn said(fact: &Fact) -> Option<(Speaker, String, Option<u32>, bool)> {
    let end = |side: &str| {
        if side == "client" {
            Speaker::Node
        } else {
            Speaker::Broker
        }
    };
    Some(match fact {
        Fact::BrokerNoted { what, detail } if what == "session started" => {
            (Speaker::Node, format!("CONNECT {detail}"), None, false)
        }
        Fact::ConnectRefused { why } => (Speaker::Broker, format!("CONNACK: {why}"), None, true),
        Fact::MessageReceived { topic, payload, .. } => (
            Speaker::Node,
            format!("PUBLISH {topic} = {payload}"),
            None,
            false,
        ),
        Fact::PublishAcked { .. } => (Speaker::Broker, "PUBACK".to_owned(), None, false),
        Fact::SessionClosed { why } => {
            (Speaker::Note, format!("session closed: {why}"), None, true)
        }
        Fact::SessionOpened { .. } => (Speaker::Broker, "CONNACK".to_owned(), None, false),
        Fact::TlsAlert { side, alert } => (end(side), format!("alert {alert}"), Some(2), true),
        Fact::TlsConnected {
            side,
            version,
            suite,
            group,
            resumed,
        } if side == "client" => {
            let resumed = if *resumed { ", resumed" } else { "" };
            let words = format!("{version}, {group}{resumed}, {suite}");
            (Speaker::Note, words, None, false)
        }
        Fact::TlsFailed { side, why } => {
            let who = if side == "client" { "node" } else { "broker" };
            (
                Speaker::Note,
                format!("the {who} gives up: {why}"),
                None,
                true,
            )
        }
        Fact::TlsMessage {
            side,
            message,
            bytes,
            ..
        } => (end(side), message.clone().into_owned(), Some(*bytes), false),
        Fact::TlsStarted { side } if side == "client" => (
            Speaker::Note,
            "TCP is open, TLS begins".to_owned(),
            None,
            false,
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened() -> Fact {
        Fact::SessionOpened {
            session_present: false,
        }
    }

    #[test]
    fn a_conversation_ends_with_the_first_acknowledged_reading() {
        let mut talks = Talks::default();
        talks.add(1, &opened());
        talks.add(2, &Fact::PublishAcked { sequence: 0 });
        talks.add(3, &Fact::PublishAcked { sequence: 1 });
        let first = talks.first.as_ref().map(|talk| talk.messages.len());
        assert_eq!((first, talks.count, talks.failures), (Some(2), 1, 0));
    }

    #[test]
    fn the_first_failure_is_kept_beside_the_first_success() {
        let mut talks = Talks::default();
        talks.add(1, &opened());
        talks.add(2, &Fact::PublishAcked { sequence: 0 });
        for at in 3..9 {
            talks.add(at, &opened());
            talks.add(at, &Fact::PoweredOff);
        }
        assert_eq!((talks.count, talks.failures), (7, 6));
        let failed = talks.failed.as_ref().map(|talk| talk.messages[0].at);
        assert_eq!(failed, Some(3));
        assert_eq!(talks.shown().len(), 2);
    }

    #[test]
    fn a_flood_of_messages_is_bounded() {
        let mut talks = Talks::default();
        for at in 0..1_000 {
            talks.add(at, &opened());
        }
        let open = talks.shown()[0].1;
        assert_eq!(open.messages.len(), MESSAGES_MAX);
        assert_eq!(open.left_out, 1_000 - MESSAGES_MAX as u64);
    }
}
