//! Who each node is towards the broker: identifier, topic, user name, and what proves it.
//!
//! Owns the placeholders `{node}` and `{device}`. Reads secrets, and never repeats one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use node_core::Text;

use crate::live::azure::{Signer, TOKEN_LIFE};
use crate::live::clock::civil_time;
use crate::live::order::Order;
use crate::live::profile::{Credentials, Profile, Rules};
use crate::prepare::Prepared;
use crate::secret::Secret;

/// Port on which AWS speaks MQTT only to who names it.
//= https://docs.aws.amazon.com/iot/latest/developerguide/protocols.html
const AWS_ALPN: (u16, &str) = (443, "x-amzn-mqtt-ca");

/// What one node is known as.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) alpn: Option<&'static str>,
    pub(super) client_id: Text<48>,
    pub(super) credential: Credential,
    names: Names,
    pub(super) topic: Text<80>,
    pub(super) username: Text<96>,
}

/// What proves to a broker who a node is, beyond its certificate.
#[derive(Clone, Debug)]
pub(in crate::live) enum Credential {
    /// Nothing.
    None,
    /// A password.
    Password(Secret),
    /// Tokens, made when they are needed.
    Token(Signer),
}

/// What placeholders stand for.
#[derive(Clone, Debug)]
struct Names {
    device: String,
    node: u32,
}

impl Identity {
    /// Works out who all nodes are.
    pub(super) fn all(
        order: &Order,
        rules: &Rules,
        prepared: &Prepared,
        nodes: u32,
    ) -> Result<Vec<Self>, Vec<String>> {
        let mut errors = Vec::new();
        let names = names(order, rules, prepared, nodes).map_err(|error| vec![error])?;
        let mut all = Vec::with_capacity(names.len());
        for names in names {
            match Self::of(names, order, rules, prepared) {
                Ok(identity) => all.push(identity),
                Err(error) => {
                    errors.push(error);
                    // What is wrong with one is often wrong with all.
                    break;
                }
            }
        }
        errors.extend(shared(&all));
        if errors.is_empty() {
            Ok(all)
        } else {
            Err(errors)
        }
    }

    fn of(names: Names, order: &Order, rules: &Rules, prepared: &Prepared) -> Result<Self, String> {
        let publish = prepared.scenario.extension.node.publish.as_ref();
        let theirs = publish.filter(|_| rules.device.is_some());
        let topic = match (&order.topic, theirs) {
            (Some(topic), _) => topic.as_str(),
            (None, Some(publish)) => publish.topic.0.as_str(),
            (None, None) => rules.topic,
        };
        let topic = names.fill(topic);
        let host = &order.broker.host;
        let username = match order.profile {
            //= https://learn.microsoft.com/en-us/azure/iot/iot-mqtt-connect-to-iot-hub
            Profile::Azure => format!("{host}/{}/?api-version=2021-04-12", names.device),
            Profile::Aws
            | Profile::HiveMq
            | Profile::HomeAssistant
            | Profile::Losant
            | Profile::Plain => {
                let scenario = publish.map(|publish| publish.report.username);
                let scenario = scenario.as_ref().map_or("", Text::as_str);
                names.fill(order.user.as_deref().unwrap_or(scenario))
            }
        };
        let credential = credential(&names, order, rules, prepared)?;
        if username.is_empty() && !matches!(credential, Credential::None) {
            return Err(
                "a password without a user name (MQTT 3.1.1 §3.1.2.9); give --user NAME too"
                    .to_owned(),
            );
        }
        Ok(Self {
            alpn: (order.profile == Profile::Aws && order.broker.port == AWS_ALPN.0)
                .then_some(AWS_ALPN.1),
            client_id: text(&names.device, "the client identifier")?,
            credential,
            topic: topic_text(&topic)?,
            username: text(&username, "the user name")?,
            names,
        })
    }

    /// Puts the node's names into a path.
    pub(super) fn fill(&self, path: &Path) -> PathBuf {
        self.names.fill_path(path)
    }
}

impl Credential {
    /// Returns what goes into the password field of a session that begins.
    pub(in crate::live) fn password(&self) -> Option<Secret> {
        match self {
            Self::None => None,
            Self::Password(password) => Some(password.clone()),
            Self::Token(signer) => {
                let expiry = civil_time().unwrap_or_default().saturating_add(TOKEN_LIFE);
                Some(signer.token(expiry))
            }
        }
    }
}

impl Names {
    fn fill(&self, template: &str) -> String {
        template
            .replace("{node}", &self.node.to_string())
            .replace("{device}", &self.device)
    }

    fn fill_path(&self, path: &Path) -> PathBuf {
        // A path that is no text holds no placeholder either.
        path.to_str()
            .map_or_else(|| path.to_path_buf(), |text| self.fill(text).into())
    }
}

/// Works out the identifiers.
fn names(
    order: &Order,
    rules: &Rules,
    prepared: &Prepared,
    nodes: u32,
) -> Result<Vec<Names>, String> {
    let publish = prepared.scenario.extension.node.publish.as_ref();
    let listed: Vec<&str> = order.devices.iter().map(String::as_str).collect();
    let template = match listed.as_slice() {
        [] => publish
            .filter(|_| rules.device.is_some())
            .map(|publish| publish.client_id.0.as_str())
            .or(rules.device)
            .unwrap_or_default(),
        [one] => one,
        several if several.len() != nodes as usize => {
            let many = several.len();
            return Err(format!(
                "--device stands {many} times, and there are {nodes} nodes; \
                 give one identifier for each, or one with {{node}} in it"
            ));
        }
        several => {
            let named = (0..).zip(several).map(|(node, device)| Names {
                device: device.replace("{node}", &node.to_string()),
                node,
            });
            return Ok(named.collect());
        }
    };
    Ok((0..nodes)
        .map(|node| Names {
            device: template.replace("{node}", &node.to_string()),
            node,
        })
        .collect())
}

/// Two nodes of one name would throw each other off the broker (MQTT 3.1.1 §3.1.4), and two on
/// one topic could not be told apart.
fn shared(all: &[Identity]) -> Option<String> {
    let (mut devices, mut topics) = (BTreeSet::new(), BTreeSet::new());
    for identity in all {
        let (device, topic) = (&identity.names.device, identity.topic.as_str());
        if !devices.insert(device.clone()) {
            return Some(format!(
                "two nodes are called \"{device}\", and a broker keeps only one of them; \
                 give one --device for each, or one with {{node}} in it"
            ));
        }
        if !topics.insert(topic.to_owned()) {
            return Some(format!(
                "two nodes publish to \"{topic}\"; write {{node}} or {{device}} in --topic"
            ));
        }
    }
    None
}

/// Reads what proves who a node is.
fn credential(
    names: &Names,
    order: &Order,
    rules: &Rules,
    prepared: &Prepared,
) -> Result<Credential, String> {
    let (name, see) = (rules.name, rules.documentation);
    let has_certificate = order.certificate.is_some();
    match rules.credentials {
        Credentials::Certificate if !has_certificate => Err(format!(
            "profile {name} knows devices by their certificates; give --cert and --key ({see})"
        )),
        Credentials::Token if has_certificate => Ok(Credential::None),
        Credentials::Token => {
            let key = order.sas_key.read(|path| names.fill_path(path))?;
            let key = key.ok_or_else(|| {
                format!(
                    "profile {name} needs the device's key (--sas-key-file or $NODELAB_SAS_KEY) \
                     or its certificate (--cert and --key) ({see})"
                )
            })?;
            Signer::new(&order.broker.host, &names.device, &key)
                .map(Credential::Token)
                .ok_or_else(|| {
                    "the device's key is not base64; expected it as the portal shows it".to_owned()
                })
        }
        Credentials::Certificate | Credentials::Free | Credentials::Password => {
            let given = order.password.read(|path| names.fill_path(path))?;
            let publish = prepared.scenario.extension.node.publish.as_ref();
            let written = publish.map(|publish| Secret::new(publish.report.password.as_bytes()));
            let password = given.or(written.filter(|password| !password.is_empty()));
            if rules.credentials == Credentials::Password
                && (password.is_none() || order.user.is_none())
            {
                return Err(format!(
                    "profile {name} needs --user, and the password by --password-file or \
                     $NODELAB_PASSWORD ({see})"
                ));
            }
            Ok(password.map_or(Credential::None, Credential::Password))
        }
    }
}

fn text<const N: usize>(text: &str, what: &str) -> Result<Text<N>, String> {
    Text::new(text).map_err(|_| {
        let length = text.len();
        format!("{what} has {length} bytes; a node holds {N} at most: \"{text}\"")
    })
}

fn topic_text(topic: &str) -> Result<Text<80>, String> {
    if topic.is_empty() || topic.contains(['+', '#', '\0']) {
        return Err(format!(
            "\"{topic}\" is no topic to publish to; expected one without + and # \
             (MQTT 3.1.1 §4.7.1)"
        ));
    }
    text(topic, "the topic")
}
