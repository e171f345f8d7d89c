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

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use nodelab_sim::{SimSpan, SimTime};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::ServeError;
use super::house::House;
use super::limits;
use super::token::Token;

/// How long a door waits when the system has no more files for connections.
const PAUSE: SimSpan = SimSpan::from_millis(50);
/// How often a door complains of the same.
const COMPLAINT_INTERVAL: SimSpan = SimSpan::from_secs(5);

/// Connections that the system keeps until they are let in; it may keep fewer (listen(2)).
const WAITING_MAX: u32 = 4_096;
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
pub(crate) enum Admission {
    /// By the client's address: its protocol has no place for a token.
    ByAddress,
    /// By the token, which the service asks for.
    ByToken,
}

/// A port that listens.
#[derive(Debug)]
pub(crate) struct Door {
    address: SocketAddr,
    complained: Option<SimTime>,
    house: House,
    listener: TcpListener,
    next: u32,
    files_each: u32,
    seats: Arc<Semaphore>,
    seats_max: usize,
    service: &'static str,
    turned_away: u64,
}

/// A client that came in.
#[derive(Debug)]
pub(crate) struct Guest {
    /// Its number at this door, from 1.
    pub(crate) number: u32,
    /// Where it comes from.
    pub(crate) peer: SocketAddr,
    /// What it says.
    pub(crate) stream: TcpStream,
    /// Given back when the guest is gone.
    pub(crate) seat: Seat,
}

/// A guest's place, at its door and among the files of all services.
#[derive(Debug)]
pub(crate) struct Seat {
    _files: OwnedSemaphorePermit,
    _here: OwnedSemaphorePermit,
}

impl Rules {
    /// Checks whether a service may be opened at an address.
    ///
    /// # Errors
    ///
    /// [`ServeError`] says what is missing.
    pub(crate) fn check(
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
    #[expect(
        clippy::unused_async,
        reason = "a port is opened inside a runtime, which only async callers are sure to have"
    )]
    pub(crate) async fn open(
        service: &'static str,
        address: SocketAddr,
        admission: Admission,
        files_each: u32,
        house: &House,
    ) -> Result<Self, ServeError> {
        house.rules.check(service, address, admission)?;
        let bound = listen(address).and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (address, listener) = bound.map_err(|error| ServeError::Bind {
            service,
            address,
            error,
        })?;
        let seats_max = limits::connections(house.files_max, files_each as usize);
        Ok(Self {
            address,
            complained: None,
            files_each,
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
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns how many guests have come in.
    #[must_use]
    pub(crate) const fn guests(&self) -> u32 {
        self.next - 1
    }

    /// Returns how many were turned away, because of their address or because it was full.
    #[must_use]
    pub(crate) const fn turned_away(&self) -> u64 {
        self.turned_away
    }

    /// Waits for the next guest; `None` when everything ends.
    ///
    /// Whoever may not come in, or finds no seat, is closed at once.
    pub(crate) async fn next(&mut self) -> Option<Guest> {
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
                self.turn_away(peer, "not among --allow-from");
                continue;
            }
            let seat = match self.seat() {
                Ok(seat) => seat,
                Err(why) => {
                    self.turn_away(peer, &why);
                    continue;
                }
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
    pub(crate) async fn emptied(&self) {
        let seats = u32::try_from(self.seats_max).unwrap_or(u32::MAX);
        let all = self.seats.acquire_many(seats);
        tokio::time::timeout(LEAVE_PATIENCE, all).await.ok();
    }

    /// Takes a seat; the error says why there is none.
    fn seat(&self) -> Result<Seat, String> {
        let here = Arc::clone(&self.seats).try_acquire_owned();
        let here = here.map_err(|_| format!("{} connections are open", self.seats_max))?;
        let files = Arc::clone(&self.house.files).try_acquire_many_owned(self.files_each);
        let files = files.map_err(|_| {
            let open = self.seats_max - self.seats.available_permits() - 1;
            format!("{open} connections are open, and other services' take all other files")
        })?;
        Ok(Seat {
            _files: files,
            _here: here,
        })
    }

    fn turn_away(&mut self, peer: SocketAddr, why: &str) {
        self.turned_away += 1;
        let so_far = self.turned_away;
        self.complain(&format!("turned {peer} away: {why} ({so_far} so far)"));
    }

    /// Prints a complaint, unless there was one just now.
    fn complain(&mut self, what: &str) {
        let now = self.house.clock.now();
        let due = |last: SimTime| now.since(last) >= COMPLAINT_INTERVAL;
        if self.complained.is_none_or(due) {
            self.complained = Some(now);
            let journal = &self.house.journal;
            journal.tell(self.service, format_args!("{what}"));
        }
    }
}

/// Listens with room for a crowd: connections beyond it would wait a second for their next SYN.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // A service that was just ended may be started again at once.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING_MAX)
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
