//! Where messages go, besides the topic of the readings itself.

use crate::config::{PayloadFormat, ReportConfig};
use crate::text::{Writer, str_of};

/// Most bytes of any topic that this module or [`discovery_topic`](super::discovery_topic)
/// writes: those of a full topic with its longest suffix.
pub const TOPIC_MAX: usize = 88;
/// What the status topic holds while the node is connected.
pub const ONLINE: &str = "online";
/// What the status topic holds otherwise; the broker publishes it as the node's will.
pub const OFFLINE: &str = "offline";

/// Writes one of the topics into `buffer` and returns it; empty when it does not fit.
pub(crate) fn topic_in<'a>(
    buffer: &'a mut [u8; TOPIC_MAX],
    config: &ReportConfig,
    write: fn(&ReportConfig, &mut Writer<'_>),
) -> &'a str {
    let mut out = Writer::new(buffer);
    write(config, &mut out);
    str_of(out.finish().unwrap_or(&[]))
}

/// Appends `name` with `_` for each character that is no ASCII letter, no digit and not `allowed`.
pub(super) fn plain_name(name: &str, allowed: &[u8], out: &mut Writer<'_>) {
    for &byte in name.as_bytes() {
        let plain = byte.is_ascii_alphanumeric() || allowed.contains(&byte);
        match byte {
            _ if plain => out.bytes(&[byte]),
            // The first byte of a character stands for all of it.
            0x80..=0xBF => continue,
            _ => out.text("_"),
        };
    }
}

/// Appends the topic that says whether the node is there.
pub fn status_topic(config: &ReportConfig, out: &mut Writer<'_>) {
    out.text(config.topic.as_str()).text("/status");
}

/// Appends the topic on which the node takes commands.
pub fn command_topic(config: &ReportConfig, out: &mut Writer<'_>) {
    match config.format {
        //= https://docs.losant.com/mqtt/overview/
        PayloadFormat::Losant => out
            .text("losant/")
            .text(config.client_id.as_str())
            .text("/command"),
        PayloadFormat::HomeAssistant
        | PayloadFormat::Json
        | PayloadFormat::Plain
        | PayloadFormat::SenMl => out.text(config.topic.as_str()).text("/command"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::discovery_topic;
    use crate::text::Text;

    type Write = fn(&ReportConfig, &mut Writer<'_>);

    fn config(format: PayloadFormat, id: &str, topic: &str) -> ReportConfig {
        ReportConfig {
            client_id: Text::new(id).unwrap(),
            format,
            topic: Text::new(topic).unwrap(),
            ..ReportConfig::default()
        }
    }

    fn topic(write: Write, config: &ReportConfig) -> Text<TOPIC_MAX> {
        Text::from_writer(|out| write(config, out)).unwrap()
    }

    #[test]
    fn losant_has_its_own_command_topic() {
        let losant = config(PayloadFormat::Losant, "5f1e", "losant/5f1e/state");
        assert_eq!(
            topic(command_topic, &losant).as_str(),
            "losant/5f1e/command"
        );
        let plain = config(PayloadFormat::Plain, "n1", "room/1");
        assert_eq!(topic(command_topic, &plain).as_str(), "room/1/command");
        assert_eq!(topic(status_topic, &plain).as_str(), "room/1/status");
    }

    #[test]
    fn the_longest_topics_fit() {
        let (id, long) = (["i"; 48].concat(), ["t"; 80].concat());
        for format in PayloadFormat::ALL {
            let config = config(format, &id, &long);
            for write in [command_topic, status_topic, discovery_topic] {
                assert!(!topic(write, &config).is_empty());
            }
        }
    }
}
