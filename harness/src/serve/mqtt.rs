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
use super::door::{Admission, Door};
use super::error::ServeError;
use super::house::{House, Ready};

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
        let password = match &self.password_file {
            Some(path) => Some(first_line(path)?),
            None => std::env::var(PASSWORD_VARIABLE).ok(),
        };
        let password = password.filter(|password| !password.is_empty());
        match (&self.user, password) {
            (Some(user), Some(password)) => Ok(Some(Credentials {
                user: user.clone(),
                password: password.into_bytes(),
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
}

/// Opens the broker's doors.
pub(super) async fn open(options: MqttOptions, house: &House) -> Result<Ready, ServeError> {
    let credentials = options.credentials(house)?;
    let mut greeting = Vec::new();
    let mut doors: Vec<(Door, Option<ServerSetup>)> = Vec::new();
    if let Some(address) = options.plain {
        let door = Door::open("mqtt", address, Admission::ByToken, 1, house).await?;
        greeting.push(format!("mqtt  listens on {}", door.address()));
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

/// Reads a secret, which is the first line of a file.
fn first_line(path: &Path) -> Result<String, ServeError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        ServeError::Setting(format!(
            "read the password from {}: {error}",
            path.display()
        ))
    })?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
