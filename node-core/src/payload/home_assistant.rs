//! Home Assistant's MQTT discovery: the message that makes a sensor appear by itself.
//!
//! Owns its topic and content, abbreviated to fit a small transmit buffer. It is published
//! retained. Does not know when.

use crate::config::ReportConfig;
use crate::payload::json;
use crate::payload::topic::plain_name;
use crate::text::Writer;

/// Appends `homeassistant/sensor/<id>/temperature/config`.
//= https://www.home-assistant.io/integrations/mqtt/#discovery-topic
pub fn discovery_topic(config: &ReportConfig, out: &mut Writer<'_>) {
    out.text("homeassistant/sensor/");
    object_id(config.client_id.as_str(), out);
    out.text("/temperature/config");
}

/// Appends the discovery message.
///
/// Together with its topic it fits a packet of 768 bytes for the longest identifier and topic,
/// control characters aside: those grow sixfold in JSON, and have no place in a topic anyway
/// (MQTT 3.1.1 §1.5.3).
//= https://www.home-assistant.io/integrations/mqtt/, "Supported abbreviations"
pub fn write_discovery(config: &ReportConfig, out: &mut Writer<'_>) {
    let id = config.client_id.as_str();
    // `~` stands for the base topic wherever another topic begins with it.
    out.text("{\"~\":");
    json::string(config.topic.as_str(), out);
    out.text(",\"name\":\"Temperature\",\"uniq_id\":\"");
    object_id(id, out);
    out.text("_temperature\",\"stat_t\":\"~\"");
    // A sensor whose availability never comes would never be shown.
    if config.status {
        out.text(",\"avty_t\":\"~/status\"");
    }
    out.text(",\"val_tpl\":\"{{ value_json.temperature }}\",\"unit_of_meas\":\"°C\"")
        .text(",\"dev_cla\":\"temperature\",\"stat_cla\":\"measurement\",\"dev\":{\"ids\":[\"");
    object_id(id, out);
    out.text("\"],\"name\":");
    json::string(id, out);
    out.text("}}");
}

/// Appends the identifier with `_` for characters that Home Assistant does not allow in a topic:
/// all but A-Z a-z 0-9 _ and -.
//= https://www.home-assistant.io/integrations/mqtt/#discovery-topic
fn object_id(id: &str, out: &mut Writer<'_>) {
    plain_name(id, b"_-", out);
}

#[cfg(test)]
mod tests {
    use core::num::NonZeroU16;

    use proptest::prelude::{any, prop_assert_eq, proptest};
    use serde_json::{Value, json};
    use std::string::String;

    use super::*;
    use crate::mqtt::{Delivery, Publish};
    use crate::text::Text;

    fn config(id: &str, topic: &str, status: bool) -> ReportConfig {
        ReportConfig {
            client_id: Text::new(id).unwrap(),
            status,
            topic: Text::new(topic).unwrap(),
            ..ReportConfig::default()
        }
    }

    fn written(write: impl FnOnce(&mut Writer<'_>)) -> String {
        let mut buffer = [0; 1200];
        let mut out = Writer::new(&mut buffer);
        write(&mut out);
        String::from_utf8(out.finish().unwrap().to_vec()).unwrap()
    }

    #[test]
    fn a_sensor_describes_itself() {
        let config = config("node 1", "room/1", true);
        let topic = written(|out| discovery_topic(&config, out));
        assert_eq!(topic, "homeassistant/sensor/node_1/temperature/config");
        let read: Value =
            serde_json::from_str(&written(|out| write_discovery(&config, out))).unwrap();
        let expected = json!({
            "~": "room/1",
            "name": "Temperature",
            "uniq_id": "node_1_temperature",
            "stat_t": "~",
            "avty_t": "~/status",
            "val_tpl": "{{ value_json.temperature }}",
            "unit_of_meas": "°C",
            "dev_cla": "temperature",
            "stat_cla": "measurement",
            "dev": { "ids": ["node_1"], "name": "node 1" },
        });
        assert_eq!(read, expected);
    }

    #[test]
    fn without_a_status_there_is_no_availability() {
        let text = written(|out| write_discovery(&config("n", "t", false), out));
        assert!(!text.contains("avty"), "{text}");
    }

    #[test]
    fn the_largest_message_fits_the_transmit_buffer() {
        // Quotes double in JSON, so nothing but control characters makes it longer.
        let config = config(&["\""; 48].concat(), &["\""; 80].concat(), true);
        let topic = written(|out| discovery_topic(&config, out));
        let payload = written(|out| write_discovery(&config, out));
        let publish = Publish {
            delivery: Delivery::AtLeastOnce {
                duplicate: true,
                packet_id: NonZeroU16::MAX,
            },
            payload: payload.as_bytes(),
            retain: true,
            topic: &topic,
        };
        let mut buffer = [0; 768];
        let mut out = Writer::new(&mut buffer);
        publish.write(&mut out);
        assert!(out.finish().is_some());
    }

    proptest! {
        #[test]
        fn any_identifier_and_topic_give_json(id in "\\PC{0,12}", topic in any::<[char; 12]>()) {
            let topic: String = topic.iter().collect();
            let config = config(&id, &topic, false);
            let text = written(|out| write_discovery(&config, out));
            let read: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(read["~"].as_str(), Some(&*topic));
            prop_assert_eq!(read["dev"]["name"].as_str(), Some(&*id));
        }
    }
}
