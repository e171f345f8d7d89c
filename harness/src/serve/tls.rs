//! A TLS endpoint that shows any certificate, and behaves as badly as it is told to.
//!
//! Owns what it may be told. What is said in TLS is the simulator's.

mod attend;
mod behaviour;
pub(super) mod session;

use std::net::SocketAddr;
use std::sync::Arc;

use nodelab_sim::adversary::Impostor;
use nodelab_sim::stack::tls::Versions;

use self::attend::{Manner, attend};
pub use self::behaviour::Behaviour;
use super::certificates::Terms;
use super::door::{Admission, Door};
use super::error::ServeError;
use super::house::{House, Ready};
use crate::tls::axis::Axis;

/// What is asked of the endpoint.
#[derive(Clone, Debug)]
pub struct TlsOptions {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it says first, before it echoes.
    pub banner: Option<String>,
    /// How it behaves.
    pub behaviour: Behaviour,
    /// Whether clients have to show a certificate.
    pub mutual: bool,
    /// What it shows.
    pub shown: Certificate,
    /// Tickets that it sends at once.
    pub tickets: u8,
    /// Versions that it speaks.
    pub versions: SpokenVersions,
}

/// Which certificate is shown.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Certificate {
    /// The genuine one.
    #[default]
    Genuine,
    /// A forgery.
    Forged(Impostor),
}

/// Versions of TLS, by the name that users type.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SpokenVersions {
    /// 1.2 and 1.3.
    #[default]
    Both,
    /// 1.2 only.
    Older,
    /// 1.3 only.
    Newer,
}

/// Opens the endpoint's door.
pub(super) async fn open(options: TlsOptions, house: &House) -> Result<Ready, ServeError> {
    let door = Door::open("tls", options.address, Admission::ByAddress, 1, house).await?;
    let terms = Terms {
        mutual: options.mutual,
        tickets: options.tickets,
        versions: options.versions.versions(),
    };
    let authority = house.certificates().authority(terms)?;
    let setup = match options.shown {
        Certificate::Genuine => authority.server(),
        Certificate::Forged(_) if options.mutual => {
            return Err(ServeError::Setting(
                "serve TLS: whoever shows a forged certificate asks nobody for one; leave out \
                 --mutual or --certificate"
                    .to_owned(),
            ));
        }
        Certificate::Forged(how) => authority.impostor(how),
    };
    let shown = match options.shown {
        Certificate::Genuine => String::new(),
        Certificate::Forged(_) => format!(", shows the {} certificate", options.shown.name()),
    };
    let behaves = match options.behaviour {
        Behaviour::Honest => String::new(),
        Behaviour::Alert
        | Behaviour::Close
        | Behaviour::Flood
        | Behaviour::Reset
        | Behaviour::Stall
        | Behaviour::Struck(_) => format!(", misbehaves: {}", options.behaviour.name()),
    };
    let greeting = format!("tls   listens on {}{shown}{behaves}", door.address());
    let manner = Arc::new(Manner::new(setup, &options, house));
    Ok(Ready {
        greeting: vec![greeting],
        run: Box::pin(serve(door, manner)),
    })
}

async fn serve(mut door: Door, manner: Arc<Manner>) -> Vec<String> {
    while let Some(guest) = door.next().await {
        tokio::spawn(attend(guest, Arc::clone(&manner)));
    }
    door.emptied().await;
    manner.lines(door.guests(), door.turned_away())
}

impl SpokenVersions {
    const fn versions(self) -> Versions {
        match self {
            Self::Both => Versions::Both,
            Self::Newer => Versions::V1_3,
            Self::Older => Versions::V1_2,
        }
    }
}

impl Axis for SpokenVersions {
    const KEY: &'static str = "version";
    const ALL: &'static [Self] = &[Self::Both, Self::Older, Self::Newer];

    fn name(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Newer => "1.3",
            Self::Older => "1.2",
        }
    }
}

impl Axis for Certificate {
    const KEY: &'static str = "certificate";
    const ALL: &'static [Self] = &[
        Self::Genuine,
        Self::Forged(Impostor::Expired),
        Self::Forged(Impostor::LeafAsCa),
        Self::Forged(Impostor::LookAlikeCa),
        Self::Forged(Impostor::NotYetValid),
        Self::Forged(Impostor::SelfSigned),
        Self::Forged(Impostor::UnknownCa),
        Self::Forged(Impostor::WrongName),
        Self::Forged(Impostor::WrongPurpose),
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Genuine => "genuine",
            Self::Forged(Impostor::Expired) => "expired",
            Self::Forged(Impostor::LeafAsCa) => "leaf-as-ca",
            Self::Forged(Impostor::LookAlikeCa) => "look-alike-ca",
            Self::Forged(Impostor::NotYetValid) => "not-yet-valid",
            Self::Forged(Impostor::SelfSigned) => "self-signed",
            Self::Forged(Impostor::UnknownCa) => "unknown-ca",
            Self::Forged(Impostor::WrongName) => "wrong-name",
            Self::Forged(Impostor::WrongPurpose) => "wrong-purpose",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_forgery_can_be_asked_for_by_name() {
        for how in Impostor::ALL {
            let name = Certificate::Forged(how).name();
            assert_eq!(
                Certificate::parse(name),
                Ok(Certificate::Forged(how)),
                "{name}"
            );
        }
    }
}
