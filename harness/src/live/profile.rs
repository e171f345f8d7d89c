//! What each service wants of its devices: names, topics, payloads, credentials and limits.
//!
//! Owns one table. Does not know how a plan is checked against it.

use std::time::Duration;

use node_core::PayloadFormat;

/// A kind of broker.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Profile {
    /// AWS IoT Core.
    Aws,
    /// Azure IoT Hub.
    Azure,
    /// HiveMQ Cloud.
    HiveMq,
    /// Home Assistant's broker.
    HomeAssistant,
    /// Losant.
    Losant,
    /// Any other broker.
    #[default]
    Plain,
}

/// What a kind of broker wants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// Whether the broker must forget earlier sessions.
    pub(super) clean_session: bool,
    /// How a device proves who it is.
    pub(super) credentials: Credentials,
    /// Identifier of a device; without one the user has to say which devices exist.
    pub(super) device: Option<&'static str>,
    /// Where its rules are written.
    pub(super) documentation: &'static str,
    /// What a payload looks like.
    pub(super) format: PayloadFormat,
    /// Shortest time between readings, and why; without it the node's own.
    pub(super) interval_min: Option<(Duration, &'static str)>,
    /// Its name.
    pub(super) name: &'static str,
    /// Shortest time between two messages, also when a queue is emptied.
    pub(super) pace: Option<Duration>,
    /// Whether a retained message says that a device is there.
    pub(super) status: bool,
    /// Whether nothing but TLS will do.
    pub(super) tls: bool,
    /// Topic of the readings.
    pub(super) topic: &'static str,
}

/// How a device proves who it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Credentials {
    /// By a client certificate.
    Certificate,
    /// As the user likes.
    Free,
    /// By a user name and a password.
    Password,
    /// By a token that is signed with the device's key, or by a client certificate.
    Token,
}

/// Time between two messages that keeps 30 of them out of every 15 s, one to spare.
const LOSANT_PACE: Duration = Duration::from_millis(520);

/// Without any particular wishes.
const PLAIN: Rules = Rules {
    clean_session: false,
    credentials: Credentials::Free,
    device: Some("nodelab-{node}"),
    documentation: "https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/mqtt-v3.1.1.html",
    format: PayloadFormat::Json,
    interval_min: None,
    name: "plain",
    pace: None,
    status: false,
    tls: false,
    topic: "nodelab/{node}/temperature",
};

impl Profile {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Aws,
        Self::Azure,
        Self::HiveMq,
        Self::HomeAssistant,
        Self::Losant,
        Self::Plain,
    ];

    pub(super) const fn rules(self) -> Rules {
        match self {
            //= https://docs.aws.amazon.com/iot/latest/developerguide/protocols.html
            // 100 publish requests per second and connection are more than a node can take
            // readings (docs.aws.amazon.com/general/latest/gr/iot-core.html).
            Self::Aws => Rules {
                credentials: Credentials::Certificate,
                documentation: "https://docs.aws.amazon.com/iot/latest/developerguide/protocols.html",
                name: "aws",
                tls: true,
                ..PLAIN
            },
            //= https://learn.microsoft.com/en-us/azure/iot/iot-mqtt-connect-to-iot-hub
            Self::Azure => Rules {
                credentials: Credentials::Token,
                device: None,
                documentation: "https://learn.microsoft.com/en-us/azure/iot/iot-mqtt-connect-to-iot-hub",
                name: "azure",
                tls: true,
                // The property bag says that the body is JSON, which routing asks for.
                topic: "devices/{device}/messages/events/$.ct=application%2Fjson&$.ce=utf-8",
                ..PLAIN
            },
            //= https://docs.hivemq.com/hivemq-cloud/quick-start-guide.html
            Self::HiveMq => Rules {
                credentials: Credentials::Password,
                documentation: "https://docs.hivemq.com/hivemq-cloud/quick-start-guide.html",
                name: "hivemq",
                tls: true,
                ..PLAIN
            },
            //= https://www.home-assistant.io/integrations/mqtt/#discovery-messages
            Self::HomeAssistant => Rules {
                documentation: "https://www.home-assistant.io/integrations/mqtt/",
                format: PayloadFormat::HomeAssistant,
                name: "home-assistant",
                status: true,
                ..PLAIN
            },
            //= https://docs.losant.com/mqtt/overview/
            // No retained messages, and no sessions that outlive a connection.
            Self::Losant => Rules {
                clean_session: true,
                credentials: Credentials::Password,
                device: None,
                documentation: "https://docs.losant.com/mqtt/overview/",
                format: PayloadFormat::Losant,
                //= https://docs.losant.com/references/message-throttling/
                interval_min: Some((
                    LOSANT_PACE,
                    "Losant takes 30 messages in 15 s per topic, and locks faster devices out",
                )),
                name: "losant",
                pace: Some(LOSANT_PACE),
                topic: "losant/{device}/state",
                ..PLAIN
            },
            Self::Plain => PLAIN,
        }
    }

    /// Returns the name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.rules().name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losant_is_never_told_more_than_it_takes() {
        let rules = Profile::Losant.rules();
        let pace = rules.pace.unwrap();
        // 31 messages in a row span more than the window in which 30 are allowed.
        assert!(pace * 30 > Duration::from_secs(15));
        assert!(rules.interval_min.unwrap().0 >= pace);
        assert!(!rules.status, "status is a retained message");
    }

    #[test]
    fn who_checks_certificates_of_devices_is_asked_over_tls() {
        for profile in Profile::ALL {
            let rules = profile.rules();
            let secret = matches!(
                rules.credentials,
                Credentials::Certificate | Credentials::Token
            );
            assert!(!secret || rules.tls, "{}", rules.name);
        }
    }
}
