//! The embedded MQTT broker: the simulator's, on real sockets, plain and over TLS.
//!
//! ```text
//! Door ── attend (a task for each guest) ── Told ──► keep (one task: the broker)
//!                    ▲                                  │
//!                    └───────────── Outbox ◄────────────┘
//! ```
//!
//! Owns who is let in. The rules of MQTT are the broker's own.

mod attend;
mod keep;
mod outbox;
mod words;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nodelab_sim::SimSpan;
use nodelab_sim::broker::{BrokerSpec, Credentials};
use nodelab_sim::stack::tls::ServerSetup;
use tokio::sync::mpsc;

use self::attend::{Reception, receive_all};
use self::keep::{Told, keep};
use super::certificates::Terms;
use super::door::{Admission, Door, Rules};
use super::error::ServeError;
use super::house::{House, Ready};
use super::token::{self, STRENGTH, Token};
use crate::secret::SecretSource;

/// The variable that holds the password of clients.
const PASSWORD_VARIABLE: &str = "NODELAB_MQTT_PASSWORD";
/// The user name that goes with a token.
const USER: &str = "nodelab";
/// Things that guests may tell before they have to wait for the broker. Each is at most a read.
const TOLD_MAX: usize = 1_024;

/// What is asked of the broker.
#[derive(Clone, Debug, Default)]
pub struct MqttOptions {
    /// Where it listens without TLS, if it does.
    pub plain: Option<SocketAddr>,
    /// Where it listens with TLS, if it does.
    pub secure: Option<SocketAddr>,
    /// The file with the password of clients; `None` is the environment's, if any.
    pub password_file: Option<PathBuf>,
    /// The user name that clients have to give; needs a password.
    pub user: Option<String>,
}

impl MqttOptions {
    /// Returns what clients have to show: a user with a password, or else the token as one.
    fn credentials(&self, house: &House) -> Result<Option<Credentials>, ServeError> {
        let source = match &self.password_file {
            Some(path) => SecretSource::File(path.clone()),
            None => SecretSource::Variable(PASSWORD_VARIABLE),
        };
        let password = source.read(Path::to_path_buf).map_err(|why| {
            ServeError::Setting(format!("read the password of MQTT clients: {why}"))
        })?;
        match (&self.user, password) {
            (Some(user), Some(password)) => Ok(Some(Credentials {
                user: user.clone(),
                password: password.reveal().to_vec(),
            })),
            (Some(user), None) => Err(ServeError::Setting(format!(
                "let {user} in: there is no password; put it into a file for \
                 --mqtt-password-file, or into {PASSWORD_VARIABLE}"
            ))),
            (None, Some(_)) => Err(ServeError::Setting(
                "take the password of MQTT clients: whose is it? add --mqtt-user NAME".to_owned(),
            )),
            (None, None) => Ok(house.rules.token.as_ref().map(|token| Credentials {
                user: USER.to_owned(),
                password: token.as_bytes().to_vec(),
            })),
        }
    }

    /// Returns the rules of the broker's doors. Where a user is asked for, nobody is asked for
    /// the token: other machines come in by the password, which has to be as strong.
    fn rules(&self, login: Option<&Credentials>, rules: &Rules) -> Result<Rules, ServeError> {
        let (Some(user), Some(login)) = (&self.user, login) else {
            return Ok(rules.clone());
        };
        let addresses = [self.plain, self.secure];
        let mut remote = addresses.iter().flatten();
        let is_remote = remote.any(|address| !address.ip().is_loopback());
        let token = match Token::from_bytes(&login.password) {
            Ok(token) => Some(token),
            Err(_) if is_remote && rules.allow_remote => {
                return Err(ServeError::Setting(format!(
                    "open mqtt to other machines: the password of {user} is too weak for it: \
                     {STRENGTH}"
                )));
            }
            Err(_) => None,
        };
        Ok(Rules {
            token,
            ..rules.clone()
        })
    }
}

/// Opens the broker's doors.
pub(super) async fn open(options: MqttOptions, house: &House) -> Result<Ready, ServeError> {
    let credentials = options.credentials(house)?;
    let mut house = house.clone();
    house.rules = options.rules(credentials.as_ref(), &house.rules)?;
    let house = &house;
    let mut greeting = Vec::new();
    let mut doors: Vec<(Door, Option<ServerSetup>)> = Vec::new();
    if let Some(address) = options.plain {
        let door = Door::open("mqtt", address, Admission::ByToken, 1, house).await?;
        greeting.push(format!("mqtt  listens on {}", door.address()));
        greeting.extend(token::warning("mqtt", door.address()));
        doors.push((door, None));
    }
    if let Some(address) = options.secure {
        let door = Door::open("mqtts", address, Admission::ByToken, 1, house).await?;
        let authority = house.certificates().authority(Terms::default())?;
        greeting.push(format!("mqtts listens on {}", door.address()));
        doors.push((door, Some(authority.server())));
    }
    if let Some(Credentials { user, .. }) = &credentials {
        let of = if options.user.is_some() {
            "its password"
        } else {
            "the token as password"
        };
        greeting.push(format!("mqtt  clients log in as \"{user}\" with {of}"));
    }
    let spec = spec(credentials);
    let house = house.clone();
    Ok(Ready {
        greeting,
        run: Box::pin(serve(doors, spec, house)),
    })
}

/// The figures of a broker that strangers talk to. With a full house it holds 64 KiB of a packet
/// for each connection and as much of a will, beside what is bounded in bytes.
fn spec(credentials: Option<Credentials>) -> BrokerSpec {
    BrokerSpec {
        credentials,
        sessions_max: 20_000,
        forgets_sessions: true,
        client_id_max: 1_024,
        connect_timeout: SimSpan::from_secs(10),
        packet_size_max: 64 * 1_024,
        filters_max: 100,
        output_bytes_max: 1 << 20,
        fan_out_bytes_max: 64 << 20,
        retained_max: 10_000,
        held_bytes_max: 64 << 20,
        retained_bytes_max: 64 << 20,
        ..BrokerSpec::default()
    }
}

async fn serve(
    doors: Vec<(Door, Option<ServerSetup>)>,
    spec: BrokerSpec,
    house: House,
) -> Vec<String> {
    let (tell, told) = mpsc::channel::<Told>(TOLD_MAX);
    let reception = Arc::new(Reception::new(tell));
    for (door, setup) in doors {
        let (house, reception) = (house.clone(), Arc::clone(&reception));
        tokio::spawn(receive_all(door, setup, reception, house));
    }
    // Guests hold what they need of it; the broker ends with the last of them.
    let connections = Arc::clone(&reception);
    let tally = keep(spec, told, house).await;
    tally.lines(connections.guests(), connections.turned_away())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_machines_need_a_password_that_is_as_strong_as_a_token() {
        let options = |address: &str| MqttOptions {
            secure: Some(address.parse().expect("an address")),
            user: Some("ann".to_owned()),
            ..MqttOptions::default()
        };
        let remote = Rules {
            allow_remote: true,
            token: Some(Token::new("0123456789abcdef").expect("strong")),
            ..Rules::default()
        };
        let login = |password: &str| Credentials {
            user: "ann".to_owned(),
            password: password.as_bytes().to_vec(),
        };
        let of = |address, password| options(address).rules(Some(&login(password)), &remote);
        let refused = of("0.0.0.0:8883", "x").expect_err("weak").to_string();
        assert!(refused.contains("password of ann is too weak"), "{refused}");
        let rules = of("0.0.0.0:8883", "fedcba9876543210").expect("strong");
        assert!(
            rules
                .token
                .is_some_and(|token| token.is(b"fedcba9876543210"))
        );
        // On this machine anything does.
        let rules = of("127.0.0.1:8883", "x").expect("loopback");
        assert!(rules.token.is_none());
    }
}
