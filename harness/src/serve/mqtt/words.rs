//! What happens at the broker, in words.

use node_core::Qos;
use nodelab_sim::broker::{BrokerEvent, Message};

use crate::serve::journal::Shown;

/// Returns how a line begins that is about a connection.
pub(super) fn who(number: u32, client_id: Option<&str>) -> String {
    match client_id {
        Some(client) => format!("#{number} \"{}\" ", Shown(client.as_bytes())),
        None => format!("#{number} "),
    }
}

/// Returns what happened; nothing for what is not worth a line.
pub(super) fn event(event: &BrokerEvent) -> Option<String> {
    Some(match event {
        BrokerEvent::ConnectRefused { why, .. } => format!("refused: {}", why.as_str()),
        BrokerEvent::ConnectionBroken { why, .. } => format!("cut off: {}", why.as_str()),
        BrokerEvent::MessageAcknowledged { .. } => return None,
        BrokerEvent::MessageDropped { client_id, message } => {
            let client = Shown(client_id.as_bytes());
            format!("dropped {} for \"{client}\": too much waits", text(message))
        }
        BrokerEvent::MessageReceived {
            duplicate, message, ..
        } => {
            let again = if *duplicate { " again" } else { "" };
            format!("published{again} {}", text(message))
        }
        BrokerEvent::MessageSent {
            duplicate, message, ..
        } => {
            let again = if *duplicate { " again" } else { "" };
            format!("was sent{again} {}", text(message))
        }
        BrokerEvent::SessionEnded { why, .. } => format!("ended: {}", why.as_str()),
        BrokerEvent::SessionStarted {
            session_present, ..
        } => {
            let kept = if *session_present {
                ", session kept"
            } else {
                ""
            };
            format!("logged in{kept}")
        }
        BrokerEvent::Subscribed {
            filter, granted, ..
        } => {
            let filter = Shown(filter.as_bytes());
            match granted {
                Some(qos) => format!("subscribed to {filter} with {}", level(*qos)),
                None => format!("was denied {filter}: it holds too many subscriptions"),
            }
        }
        BrokerEvent::Unsubscribed { filter, .. } => {
            format!("unsubscribed from {}", Shown(filter.as_bytes()))
        }
        BrokerEvent::WillPublished { client_id, message } => {
            let client = Shown(client_id.as_bytes());
            format!("will of \"{client}\": {}", text(message))
        }
    })
}

fn text(message: &Message) -> String {
    let retained = if message.retain { ", retained" } else { "" };
    let topic = Shown(message.topic.as_bytes());
    let payload = Shown(&message.payload);
    let qos = level(message.qos);
    format!("{topic} \"{payload}\" with {qos}{retained}")
}

const fn level(qos: Qos) -> &'static str {
    match qos {
        Qos::AtMostOnce => "QoS 0",
        Qos::AtLeastOnce => "QoS 1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_a_client_is_one_line() {
        let message = Message {
            topic: "room/1".into(),
            payload: b"21.5\n\x1b[31m".as_slice().into(),
            qos: Qos::AtLeastOnce,
            retain: true,
        };
        let said = event(&BrokerEvent::WillPublished {
            client_id: "node".into(),
            message,
        });
        let expected = "will of \"node\": room/1 \"21.5\\n\\u{1b}[31m\" with QoS 1, retained";
        assert_eq!(said.as_deref(), Some(expected));
    }

    #[test]
    fn a_refusal_is_told_in_the_words_of_the_rest_of_the_program() {
        let connection = nodelab_sim::ConnectionId {
            node: nodelab_sim::NodeId(0),
            generation: 1,
        };
        let why = node_core::mqtt::ConnectRefusal::BadCredentials;
        let said = event(&BrokerEvent::ConnectRefused { connection, why });
        assert_eq!(said, Some(format!("refused: {}", why.as_str())));
    }

    #[test]
    fn a_client_is_called_by_its_number_and_its_name() {
        assert_eq!(who(3, None), "#3 ");
        assert_eq!(who(3, Some("node")), "#3 \"node\" ");
    }
}
