//! Who wants which messages.
//!
//! Owns the index from topics to subscribers. Does not know what a subscriber is, beyond its
//! number, and delivers nothing.
//!
//! Filters without wildcard are looked up whole. The others are filed under their levels before
//! the first wildcard, so that a topic asks once for each of its own beginnings.

use std::collections::BTreeMap;
use std::sync::Arc;

use node_core::Qos;
use smallvec::SmallVec;

use crate::broker::session::SessionIndex;
use crate::broker::topic::{filter_matches, literal_levels};

/// The subscribers of one topic, in the order of their numbers, each with the best QoS it asked
/// for.
pub(super) type Subscribers = SmallVec<[(SessionIndex, Qos); 4]>;

/// All subscriptions.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    /// By filter.
    exact: BTreeMap<Arc<str>, Vec<(SessionIndex, Qos)>>,
    /// By the levels before the first wildcard.
    wild: BTreeMap<Box<str>, Vec<Wild>>,
}

/// A subscription with wildcards.
#[derive(Debug)]
struct Wild {
    filter: Arc<str>,
    session: SessionIndex,
    qos: Qos,
}

impl Subscriptions {
    /// Adds a subscription that `session` does not hold yet.
    pub(super) fn add(&mut self, session: SessionIndex, filter: &Arc<str>, qos: Qos) {
        if let Some(levels) = literal_levels(filter) {
            let wild = Wild {
                filter: Arc::clone(filter),
                session,
                qos,
            };
            self.wild.entry(levels.into()).or_default().push(wild);
        } else {
            let subscribers = self.exact.entry(Arc::clone(filter)).or_default();
            // Nearly all exact filters are one node's own: one element, not the usual four.
            subscribers.reserve_exact(1);
            subscribers.push((session, qos));
        }
    }

    /// Removes a subscription of `session`.
    pub(super) fn remove(&mut self, session: SessionIndex, filter: &str) {
        if let Some(levels) = literal_levels(filter) {
            if let Some(wild) = self.wild.get_mut(levels) {
                wild.retain(|wild| wild.session != session || *wild.filter != *filter);
                if wild.is_empty() {
                    self.wild.remove(levels);
                }
            }
        } else if let Some(subscribers) = self.exact.get_mut(filter) {
            subscribers.retain(|&(subscriber, _)| subscriber != session);
            if subscribers.is_empty() {
                self.exact.remove(filter);
            }
        }
    }

    /// Returns who gets a message to `topic`: everyone once, even with overlapping filters.
    pub(super) fn subscribers(&self, topic: &str) -> Subscribers {
        let mut found = Subscribers::new();
        if let Some(subscribers) = self.exact.get(topic) {
            found.extend_from_slice(subscribers);
        }
        if !self.wild.is_empty() {
            let ends = topic.match_indices('/').map(|(end, _)| end);
            for end in std::iter::once(0).chain(ends).chain([topic.len()]) {
                // "/a" has an empty first level: its filters are filed under "", asked for once.
                if end == 0 || topic.as_bytes()[end - 1] != b'/' {
                    self.extend_wild(&mut found, &topic[..end], topic);
                }
            }
        }
        //= MQTT 3.1.1 §3.3.5-1: overlapping subscriptions are served with the highest QoS.
        found.sort_unstable_by_key(|&(session, qos)| (session, std::cmp::Reverse(qos)));
        found.dedup_by_key(|(session, _)| *session);
        found
    }

    fn extend_wild(&self, found: &mut Subscribers, levels: &str, topic: &str) {
        let filed = self.wild.get(levels).into_iter().flatten();
        let matching = filed.filter(|wild| filter_matches(&wild.filter, topic));
        found.extend(matching.map(|wild| (wild.session, wild.qos)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn overlapping_filters_deliver_once_with_the_best_qos() {
        let mut subscriptions = Subscriptions::default();
        let session = SessionIndex(3);
        subscriptions.add(session, &"a/#".into(), Qos::AtMostOnce);
        subscriptions.add(session, &"a/b".into(), Qos::AtLeastOnce);
        subscriptions.add(session, &"+/b".into(), Qos::AtMostOnce);
        let found = subscriptions.subscribers("a/b");
        assert_eq!(found.as_slice(), [(session, Qos::AtLeastOnce)]);
    }

    #[test]
    fn removing_the_last_subscription_leaves_nothing_behind() {
        let mut subscriptions = Subscriptions::default();
        for filter in ["a/+", "a"] {
            subscriptions.add(SessionIndex(1), &filter.into(), Qos::AtMostOnce);
            subscriptions.remove(SessionIndex(1), filter);
        }
        assert!(subscriptions.exact.is_empty() && subscriptions.wild.is_empty());
    }

    proptest! {
        #[test]
        fn the_index_finds_exactly_the_filters_that_match(
            filters in prop::collection::btree_set(
                ("(/|[ab]|\\+/){0,5}(#|\\+|a)", 0..4_u32), 0..20),
            removed in prop::collection::vec(any::<bool>(), 20),
            topic in "[ab/]{1,6}",
        ) {
            let filters: Vec<_> = filters
                .into_iter()
                .filter(|(filter, _)| crate::broker::filter_is_valid(filter))
                .collect();
            let mut subscriptions = Subscriptions::default();
            for (filter, session) in &filters {
                let filter = filter.as_str().into();
                subscriptions.add(SessionIndex(*session), &filter, Qos::AtMostOnce);
            }
            let mut expected = Vec::new();
            for ((filter, session), &removed) in filters.iter().zip(&removed) {
                if removed {
                    subscriptions.remove(SessionIndex(*session), filter);
                } else if filter_matches(filter, &topic) {
                    expected.push((SessionIndex(*session), Qos::AtMostOnce));
                }
            }
            expected.sort_unstable();
            expected.dedup();
            prop_assert_eq!(subscriptions.subscribers(&topic).to_vec(), expected);
        }
    }
}
