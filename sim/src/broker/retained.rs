//! Messages that are kept for later subscribers (MQTT 3.1.1 §3.3.1.3).
//!
//! Owns one message for each topic. Does not know who gets them.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use crate::broker::message::Message;
use crate::broker::topic::{filter_matches, literal_levels};

/// The retained messages, by topic.
#[derive(Debug, Default)]
pub(super) struct Retained {
    bytes: usize,
    by_topic: BTreeMap<Arc<str>, Message>,
}

impl Retained {
    /// Keeps a message in place of the topic's former one, while fewer than `max` topics have
    /// one and all of them take no more than `bytes_max`; an empty payload removes it.
    pub(super) fn keep(&mut self, message: &Message, max: usize, bytes_max: usize) {
        let former = self
            .by_topic
            .get(&message.topic)
            .map(Message::bytes_to_hold);
        let others = self.bytes - former.unwrap_or(0);
        //= MQTT 3.1.1 §3.3.1.3: a message without payload is not stored.
        if message.payload.is_empty() {
            self.by_topic.remove(&message.topic);
            self.bytes = others;
            return;
        }
        let bytes = others.saturating_add(message.bytes_to_hold());
        if bytes <= bytes_max && (self.by_topic.len() < max || former.is_some()) {
            let topic = Arc::clone(&message.topic);
            self.by_topic.insert(topic, message.clone());
            self.bytes = bytes;
        }
    }

    /// Returns the messages that a subscription of `filter` gets, in the order of their topics.
    pub(super) fn matching<'a>(&'a self, filter: &'a str) -> impl Iterator<Item = &'a Message> {
        let prefix = literal_levels(filter).unwrap_or(filter);
        self.by_topic
            .range::<str, _>((Bound::Included(prefix), Bound::Unbounded))
            .take_while(move |(topic, _)| topic.starts_with(prefix))
            .filter(move |(topic, _)| filter_matches(filter, topic))
            .map(|(_, message)| message)
    }

    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use node_core::Qos;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_empty_payload_removes_what_was_kept() {
        let mut retained = Retained::default();
        retained.keep(&message("a", "1"), 10, ANY);
        retained.keep(&message("a", ""), 10, ANY);
        assert_eq!(retained.matching("#").count(), 0);
    }

    #[test]
    fn a_full_store_keeps_its_topics_up_to_date_and_takes_no_others() {
        let mut retained = Retained::default();
        for (topic, payload) in [("a", "1"), ("b", "1"), ("a", "2")] {
            retained.keep(&message(topic, payload), 1, ANY);
        }
        let kept: Vec<_> = retained.matching("+").cloned().collect();
        assert_eq!(kept, [message("a", "2")]);
    }

    #[test]
    fn a_store_that_has_no_room_keeps_what_it_has() {
        let mut retained = Retained::default();
        let max = message("a", "123").bytes_to_hold();
        for payload in ["12", "123", "1234"] {
            retained.keep(&message("a", payload), 10, max);
        }
        retained.keep(&message("b", ""), 10, max);
        let kept: Vec<_> = retained.matching("#").cloned().collect();
        assert_eq!(kept, [message("a", "123")]);
        retained.keep(&message("a", ""), 10, max);
        retained.keep(&message("b", "123"), 10, max);
        assert_eq!(retained.matching("b").count(), 1);
    }

    proptest! {
        #[test]
        fn a_filter_finds_exactly_what_it_matches(
            topics in prop::collection::vec("[ab]{0,2}(/[ab]{0,2}){0,3}", 0..30),
            filter in prop::collection::vec("[ab]{0,2}|\\+", 1..4),
            open_end: bool,
        ) {
            let filter = filter.join("/") + if open_end { "/#" } else { "" };
            let mut retained = Retained::default();
            for topic in &topics {
                retained.keep(&message(topic, "x"), 100, ANY);
            }
            let mut expected: Vec<_> = topics.clone();
            expected.retain(|topic| filter_matches(&filter, topic));
            expected.sort();
            expected.dedup();
            let found: Vec<_> = retained.matching(&filter).map(|m| m.topic.to_string()).collect();
            prop_assert_eq!(found, expected);
        }
    }

    const ANY: usize = usize::MAX;

    fn message(topic: &str, payload: &str) -> Message {
        Message {
            topic: topic.into(),
            payload: payload.as_bytes().into(),
            qos: Qos::AtLeastOnce,
            retain: true,
        }
    }
}
