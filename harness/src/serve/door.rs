//! A port that listens, and who is let in.
//!
//! Owns binding, the rule about other machines, and the number of connections at a time. Does not
//! know what is spoken behind the door.
//!
//! ```text
//! loopback address        anybody of this machine
//! any other address       --allow-remote, and then
//!   Admission::ByToken      a token, which the service asks each client for
//!   Admission::ByAddress    --allow-from, because the protocol has no place for a token
//! ```

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use nodelab_sim::{SimSpan, SimTime};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::ServeError;
use super::house::House;
use super::limits;
use super::token::Token;

/// How long a door waits when the system has no more files for connections.
const PAUSE: SimSpan = SimSpan::from_millis(50);
/// How often a door complains of the same.
const COMPLAINT_INTERVAL: SimSpan = SimSpan::from_secs(5);

/// How long guests have to leave when everything ends.
const LEAVE_PATIENCE: Duration = Duration::from_secs(2);

/// Who may come in from where.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Machines that may connect; empty is any that can reach the address.
    pub allow_from: Vec<IpAddr>,
    /// Whether addresses other than loopback may be opened.
    pub allow_remote: bool,
    /// What clients have to show, where the protocol has a place for it.
    pub token: Option<Token>,
}

/// How a service tells who may come in from another machine.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Admission {
    /// By the client's address: its protocol has no place for a token.
    ByAddress,
    /// By the token, which the service asks for.
    ByToken,
}

/// A port that listens.
#[derive(Debug)]
pub struct Door {
    address: SocketAddr,
    complained: Option<SimTime>,
    house: House,
    listener: TcpListener,
    next: u32,
    seats: Arc<Semaphore>,
    seats_max: usize,
    service: &'static str,
    turned_away: u64,
}

/// A client that came in.
#[derive(Debug)]
pub struct Guest {
    /// Its number at this door, from 1.
    pub number: u32,
    /// Where it comes from.
    pub peer: SocketAddr,
    /// What it says.
    pub stream: TcpStream,
    /// Given back when the guest is gone.
    pub seat: OwnedSemaphorePermit,
}

impl Rules {
    /// Checks whether a service may be opened at an address.
    ///
    /// # Errors
    ///
    /// [`ServeError`] says what is missing.
    pub fn check(
        &self,
        service: &'static str,
        address: SocketAddr,
        admission: Admission,
    ) -> Result<(), ServeError> {
        if address.ip().is_loopback() {
            return Ok(());
        }
        if !self.allow_remote {
            return Err(ServeError::NotLoopback { service, address });
        }
        match admission {
            Admission::ByAddress if self.allow_from.is_empty() => {
                Err(ServeError::NoAddresses { service })
            }
            Admission::ByToken if self.token.is_none() => Err(ServeError::NoToken { service }),
            Admission::ByAddress | Admission::ByToken => Ok(()),
        }
    }

    fn admits(&self, peer: SocketAddr) -> bool {
        let address = peer.ip().to_canonical();
        let listed = |allowed: &IpAddr| allowed.to_canonical() == address;
        self.allow_from.is_empty() || address.is_loopback() || self.allow_from.iter().any(listed)
    }
}

impl Door {
    /// Opens a port; each guest takes `files_each` files.
    ///
    /// # Errors
    ///
    /// [`ServeError`] if the rules forbid it, or the address is taken.
    pub async fn open(
        service: &'static str,
        address: SocketAddr,
        admission: Admission,
        files_each: usize,
        house: &House,
    ) -> Result<Self, ServeError> {
        house.rules.check(service, address, admission)?;
        let bound = TcpListener::bind(address).await;
        let bound = bound.and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (address, listener) = bound.map_err(|error| ServeError::Bind {
            service,
            address,
            error,
        })?;
        let seats_max = limits::connections(files_each);
        Ok(Self {
            address,
            complained: None,
            house: house.clone(),
            listener,
            next: 1,
            seats: Arc::new(Semaphore::new(seats_max)),
            seats_max,
            service,
            turned_away: 0,
        })
    }

    /// Returns where it listens; port 0 has become a number.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns how many guests have come in.
    #[must_use]
    pub const fn guests(&self) -> u32 {
        self.next - 1
    }

    /// Returns how many were turned away, because of their address or because it was full.
    #[must_use]
    pub const fn turned_away(&self) -> u64 {
        self.turned_away
    }

    /// Waits for the next guest; `None` when everything ends.
    ///
    /// Whoever may not come in, or finds no seat, is closed at once.
    pub async fn next(&mut self) -> Option<Guest> {
        loop {
            let accepted = tokio::select! {
                biased;
                () = self.house.closing.wait() => return None,
                accepted = self.listener.accept() => accepted,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Mostly EMFILE: connections that end make room (accept(2)).
                    self.complain(&format!("cannot take a connection: {error}"));
                    self.house.clock.after(PAUSE).await;
                    continue;
                }
            };
            if !self.house.rules.admits(peer) {
                self.turned_away += 1;
                self.complain(&format!("turned {peer} away: not among --allow-from"));
                continue;
            }
            let Ok(seat) = Arc::clone(&self.seats).try_acquire_owned() else {
                self.turned_away += 1;
                let full = self.seats_max;
                self.complain(&format!("turned {peer} away: {full} connections are open"));
                continue;
            };
            // A small answer should not wait for a larger one.
            stream.set_nodelay(true).ok();
            let number = self.next;
            self.next = self.next.wrapping_add(1).max(1);
            return Some(Guest {
                number,
                peer,
                stream,
                seat,
            });
        }
    }

    /// Waits a moment until all guests have gone, so that what they did can be summed up.
    pub async fn emptied(&self) {
        let seats = u32::try_from(self.seats_max).unwrap_or(u32::MAX);
        let all = self.seats.acquire_many(seats);
        tokio::time::timeout(LEAVE_PATIENCE, all).await.ok();
    }

    /// Prints a complaint, unless there was one just now.
    fn complain(&mut self, what: &str) {
        let now = self.house.clock.now();
        let due = |last: SimTime| now.since(last) >= COMPLAINT_INTERVAL;
        if self.complained.is_none_or(due) {
            self.complained = Some(now);
            let so_far = self.turned_away;
            let journal = &self.house.journal;
            journal.tell(self.service, format_args!("{what} ({so_far} so far)"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "127.0.0.1:1883";
    const ANYWHERE: &str = "0.0.0.0:1883";

    fn check(rules: &Rules, address: &str, admission: Admission) -> Result<(), ServeError> {
        rules.check("mqtt", address.parse().unwrap(), admission)
    }

    #[test]
    fn this_machine_needs_nothing_and_others_need_a_flag_and_a_key() {
        let (by_token, by_address) = (Admission::ByToken, Admission::ByAddress);
        let mut rules = Rules::default();
        assert!(check(&rules, HERE, by_token).is_ok());
        assert!(check(&rules, "[::1]:1883", by_address).is_ok());
        let refused = check(&rules, ANYWHERE, by_token);
        assert!(matches!(refused, Err(ServeError::NotLoopback { .. })));
        rules.allow_remote = true;
        let refused = check(&rules, ANYWHERE, by_token);
        assert!(matches!(refused, Err(ServeError::NoToken { .. })));
        rules.token = Some(Token::new("0123456789abcdef").unwrap());
        assert!(check(&rules, ANYWHERE, by_token).is_ok());
        let refused = check(&rules, ANYWHERE, by_address);
        assert!(matches!(refused, Err(ServeError::NoAddresses { .. })));
        rules.allow_from = vec!["192.0.2.7".parse().unwrap()];
        assert!(check(&rules, ANYWHERE, by_address).is_ok());
    }

    #[test]
    fn listed_machines_and_this_one_come_in() {
        let rules = Rules {
            allow_from: vec!["192.0.2.7".parse().unwrap()],
            ..Rules::default()
        };
        for (peer, admitted) in [
            ("192.0.2.7:4000", true),
            ("[::ffff:192.0.2.7]:4000", true),
            ("127.0.0.1:4000", true),
            ("192.0.2.8:4000", false),
        ] {
            assert_eq!(rules.admits(peer.parse().unwrap()), admitted, "{peer}");
        }
        assert!(Rules::default().admits("192.0.2.8:1".parse().unwrap()));
    }
}
