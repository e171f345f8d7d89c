//! Topic names and filters (MQTT 3.1.1 §4.7).
//!
//! Owns what is legal and what matches. Does not know who subscribed.

/// Longest topic or filter in bytes: its length has 16 bits (MQTT 3.1.1 §1.5.3).
const LENGTH_MAX: usize = 65_535;

/// Returns true if a message may be published to `topic`.
#[must_use]
pub fn topic_is_valid(topic: &str) -> bool {
    is_text(topic) && !topic.contains(['+', '#'])
}

/// Returns true if `filter` may be subscribed to: a wildcard fills its whole level, and `#` only
/// the last.
#[must_use]
pub fn filter_is_valid(filter: &str) -> bool {
    let mut levels = filter.split('/').peekable();
    let mut wildcards_fit = true;
    while let Some(level) = levels.next() {
        let last = levels.peek().is_none();
        wildcards_fit &= match level {
            "#" => last,
            "+" => true,
            _ => !level.contains(['+', '#']),
        };
    }
    is_text(filter) && wildcards_fit
}

/// Returns true if a message to `topic` belongs to a subscription of `filter`.
///
/// # Examples
///
/// ```
/// use nodelab_sim::broker::filter_matches;
///
/// assert!(filter_matches("room/+/temperature", "room/1/temperature"));
/// assert!(filter_matches("room/#", "room"));
/// assert!(!filter_matches("#", "$SYS/uptime"));
/// ```
#[must_use]
pub fn filter_matches(filter: &str, topic: &str) -> bool {
    //= MQTT 3.1.1 §4.7.2-1: a leading wildcard does not match a topic that begins with $.
    if topic.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let mut names = topic.split('/');
    for level in filter.split('/') {
        if level == "#" {
            return true;
        }
        match names.next() {
            Some(name) if level == "+" || level == name => {}
            _ => return false,
        }
    }
    names.next().is_none()
}

/// Returns the levels of `filter` before its first wildcard, without the separator after them;
/// `None` if it has no wildcard.
///
/// Every topic that the filter matches begins with these levels.
pub(super) fn literal_levels(filter: &str) -> Option<&str> {
    let wildcard = filter.find(['+', '#'])?;
    Some(filter[..wildcard].trim_end_matches('/'))
}

/// Returns true for a string that MQTT can carry as a topic: not empty (§4.7.3-1), without the
/// null character (§4.7.3-2) and not too long (§4.7.3-3).
fn is_text(topic: &str) -> bool {
    !topic.is_empty() && topic.len() <= LENGTH_MAX && !topic.contains('\0')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn filters_match_as_the_standard_shows() {
        // The examples of MQTT 3.1.1 §4.7.1.2, §4.7.1.3 and §4.7.2.
        let cases = [
            ("sport/tennis/player1/#", "sport/tennis/player1", true),
            (
                "sport/tennis/player1/#",
                "sport/tennis/player1/ranking",
                true,
            ),
            ("sport/tennis/player1/#", "sport/tennis/player1/a/b", true),
            ("sport/#", "sport", true),
            ("sport/tennis/+", "sport/tennis/player1", true),
            ("sport/tennis/+", "sport/tennis/player1/ranking", false),
            ("sport/+", "sport", false),
            ("sport/+", "sport/", true),
            ("+/+", "/finance", true),
            ("/+", "/finance", true),
            ("+", "/finance", false),
            ("#", "$SYS/broker", false),
            ("+/monitor/Clients", "$SYS/monitor/Clients", false),
            ("$SYS/#", "$SYS/broker", true),
            ("$SYS/monitor/+", "$SYS/monitor/Clients", true),
        ];
        for (filter, topic, expected) in cases {
            assert_eq!(filter_matches(filter, topic), expected, "{filter} {topic}");
        }
    }

    #[test]
    fn a_wildcard_fills_its_level() {
        for filter in ["#", "+", "a/+/b", "a/#", "/", "+/+/#", "a//b"] {
            assert!(filter_is_valid(filter), "{filter}");
        }
        for filter in ["", "a#", "a/#/b", "a+", "+a/b", "a\0", "##"] {
            assert!(!filter_is_valid(filter), "{filter}");
        }
        for topic in ["", "a/+", "#", "a\0b"] {
            assert!(!topic_is_valid(topic), "{topic}");
        }
    }

    #[test]
    fn the_literal_levels_end_before_the_first_wildcard() {
        assert_eq!(literal_levels("a/b"), None);
        assert_eq!(literal_levels("a/b/+/c"), Some("a/b"));
        assert_eq!(literal_levels("#"), Some(""));
    }

    proptest! {
        #[test]
        fn a_filter_without_wildcards_matches_only_itself(
            one in "[a-c/$]{1,6}", other in "[a-c/$]{1,6}",
        ) {
            prop_assert_eq!(filter_matches(&one, &other), one == other);
        }

        #[test]
        fn a_level_may_be_replaced_by_a_wildcard(
            topic in "[a-c]{0,2}(/[a-c]{0,2}){0,4}",
            at: usize,
        ) {
            let mut levels: Vec<_> = topic.split('/').collect();
            let at = at % levels.len();
            levels[at] = "+";
            prop_assert!(filter_matches(&levels.join("/"), &topic));
            levels.truncate(at + 1);
            levels[at] = "#";
            prop_assert!(filter_matches(&levels.join("/"), &topic));
        }
    }
}
