//! One client of the TLS endpoint: its socket, its patience, and who misbehaves between.
//!
//! ```text
//! socket ── Tap, if any ── Session ── echo
//! ```
//!
//! Owns one connection from its first byte to its line in the journal.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nodelab_sim::adversary::{Passage, Tap, Way};
use nodelab_sim::stack::tls::ServerSetup;
use nodelab_sim::{SimSpan, SimTime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::session::{Milestone, Session};
use super::{Behaviour, Certificate, TlsOptions};
use crate::serve::certificates::Server;
use crate::serve::door::Guest;
use crate::serve::house::House;
use crate::tls::axis::Axis as _;

/// Bytes that are read at a time.
const READ_MAX: usize = 16 * 1_024;
/// How long a handshake may take.
const HANDSHAKE_PATIENCE: SimSpan = SimSpan::from_secs(10);
/// How long a client may be silent, and how long a stall lasts.
const IDLE_PATIENCE: SimSpan = SimSpan::from_secs(300);
/// How long a client may take to read what is written to it.
const WRITE_PATIENCE: Duration = Duration::from_secs(20);
/// How long a client may take to close after this end did.
const CLOSE_PATIENCE: Duration = Duration::from_secs(1);
/// What a flood consists of, and how much of it one client gets.
const FLOOD_CHUNK: [u8; 16 * 1_024] = [b'~'; 16 * 1_024];
const FLOOD_MAX: usize = 1 << 30;
/// A fatal alert in the clear: `handshake_failure` (RFC 8446 §6).
const ALERT: [u8; 7] = [21, 3, 3, 0, 2, 2, 40];

/// How every client is treated.
#[derive(Debug)]
pub(super) struct Manner {
    banner: Option<String>,
    behaviour: Behaviour,
    house: House,
    setup: ServerSetup,
    /// The certificate that no client should take, if one is shown.
    forged: Option<&'static str>,
    tally: Tally,
}

/// What was done, for the summary.
#[derive(Debug, Default)]
pub(super) struct Tally {
    broken: AtomicU64,
    failed: AtomicU64,
    full: AtomicU64,
    resumed: AtomicU64,
    silent: AtomicU64,
}

/// One connection.
struct Attendance<'a> {
    manner: &'a Manner,
    number: u32,
    /// How long its handshake may take.
    patience: SimSpan,
    session: Session,
    socket: TcpStream,
    tap: Option<Tap>,
    /// When it is closed unless something happens.
    until: SimTime,
    /// Whether the handshake is done.
    secured: bool,
}

/// Whether a connection goes on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Next {
    /// It does.
    On,
    /// It ends with everything said that is to be said.
    Over,
    /// It ends at once: the peer has gone, or an attack cut it.
    Cut,
}

impl Manner {
    pub(super) fn new(setup: ServerSetup, options: &TlsOptions, house: &House) -> Self {
        Self {
            banner: options.banner.clone(),
            behaviour: options.behaviour,
            house: house.clone(),
            setup,
            forged: match options.shown {
                Certificate::Forged(_) => Some(options.shown.name()),
                Certificate::Genuine => None,
            },
            tally: Tally::default(),
        }
    }

    /// Returns what to print at the end.
    pub(super) fn lines(&self, guests: u32, turned_away: u64) -> Vec<String> {
        let mut lines = self.tally.lines(guests, turned_away);
        if let Some(forged) = self.forged {
            let (refused, accepted) = self.tally.verdicts();
            lines.push(format!(
                "tls   the {forged} certificate: refused by {refused}, accepted by {accepted}{}",
                if accepted > 0 {
                    ", which have a hole"
                } else {
                    ""
                }
            ));
        }
        lines
    }

    /// Returns what the end of a handshake says about a client, where it was shown a certificate
    /// that it should not take.
    fn judge(&self, accepted: bool) -> String {
        match (self.forged, accepted) {
            (None, _) => String::new(),
            (Some(forged), true) => {
                format!(" · ACCEPTED the {forged} certificate: this client has a hole")
            }
            (Some(forged), false) => format!(" · refused the {forged} certificate, as it should"),
        }
    }

    fn tell(&self, number: u32, what: std::fmt::Arguments<'_>) {
        let journal = &self.house.journal;
        journal.tell("tls", format_args!("#{number} {what}"));
    }
}

impl Tally {
    /// Returns how many clients refused what they were shown, and how many took it.
    fn verdicts(&self) -> (u64, u64) {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        (of(&self.failed), of(&self.full) + of(&self.resumed))
    }

    fn lines(&self, guests: u32, turned_away: u64) -> Vec<String> {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let troubles: Vec<String> = [
            (of(&self.broken), "connections broken later"),
            (of(&self.silent), "silent for too long"),
            (turned_away, "turned away"),
        ]
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!(", {count} {what}"))
        .collect();
        vec![format!(
            "tls   {guests} connections: {} full handshakes, {} resumed, {} failed{}",
            of(&self.full),
            of(&self.resumed),
            of(&self.failed),
            troubles.concat(),
        )]
    }
}

/// Serves one client until it goes.
pub(super) async fn attend(guest: Guest, manner: std::sync::Arc<Manner>) {
    let clock = manner.house.clock;
    let now = clock.now();
    let seed = manner.house.certificates().seed_of(Server::Tls);
    manner.tell(guest.number, format_args!("{} connected", guest.peer));
    let tap = manner.behaviour.tap(now);
    let patience = handshake_patience(tap.is_some());
    let attendance = Attendance {
        number: guest.number,
        patience,
        session: Session::open(&manner.setup, (seed, guest.number), clock),
        socket: guest.stream,
        tap,
        until: now.after(patience),
        secured: false,
        manner: &manner,
    };
    match manner.behaviour {
        Behaviour::Alert | Behaviour::Close | Behaviour::Reset | Behaviour::Stall => {
            attendance.be_rude(manner.behaviour).await;
        }
        Behaviour::Flood | Behaviour::Honest | Behaviour::Struck(_) => attendance.run().await,
    }
    drop(guest.seat);
}

impl Attendance<'_> {
    /// Does what needs no TLS: waits for the first bytes, and answers as it was told to.
    async fn be_rude(mut self, behaviour: Behaviour) {
        let mut buffer = vec![0; READ_MAX];
        let clock = self.manner.house.clock;
        let first = tokio::select! {
            read = self.socket.read(&mut buffer) => match read {
                Ok(1..) => Ok(()),
                Ok(0) | Err(_) => Err("left before it said anything".to_owned()),
            },
            () = clock.until(self.until) => {
                self.manner.tally.silent.fetch_add(1, Ordering::Relaxed);
                Err(out_of_patience("it said nothing", self.patience))
            }
            () = self.manner.house.closing.wait() => {
                Err("closed before it said anything: everything ends".to_owned())
            }
        };
        if let Err(why) = first {
            return self.manner.tell(self.number, format_args!("{why}"));
        }
        let name = crate::tls::axis::Axis::name(behaviour);
        self.manner.tell(
            self.number,
            format_args!("got what it was meant to get: {name}"),
        );
        match behaviour {
            Behaviour::Alert => {
                self.write(&ALERT).await;
                self.linger().await;
            }
            Behaviour::Reset => {
                // Closing with zero linger sends RST (socket(7), SO_LINGER).
                self.socket.set_zero_linger().ok();
            }
            Behaviour::Stall => {
                let until = clock.now().after(IDLE_PATIENCE);
                let gone =
                    async { while matches!(self.socket.read(&mut buffer).await, Ok(1..)) {} };
                tokio::select! {
                    () = gone => {}
                    () = clock.until(until) => {}
                    () = self.manner.house.closing.wait() => {}
                }
                self.manner.tell(self.number, format_args!("gone"));
            }
            Behaviour::Close | Behaviour::Flood | Behaviour::Honest | Behaviour::Struck(_) => {}
        }
    }

    /// Speaks TLS, through the tap if there is one.
    async fn run(mut self) {
        let house = &self.manner.house;
        let mut buffer = vec![0; READ_MAX];
        let next = loop {
            let tap_due = self.tap.as_ref().and_then(Tap::poll_timeout);
            let due = tap_due.unwrap_or(SimTime::MAX).min(self.until);
            let next = tokio::select! {
                read = self.socket.read(&mut buffer) => match read {
                    Ok(count @ 1..) => self.received(&buffer[..count]).await,
                    Ok(0) | Err(_) => self.ended(),
                },
                () = house.clock.until(due) => self.timed_out().await,
                () = house.closing.wait() => self.close().await,
            };
            if next != Next::On {
                break next;
            }
        };
        if next == Next::Over {
            self.linger().await;
        }
    }

    /// Takes bytes of the socket.
    async fn received(&mut self, bytes: &[u8]) -> Next {
        let now = self.manner.house.clock.now();
        if self.secured {
            self.until = now.after(IDLE_PATIENCE);
        }
        let Some(tap) = &mut self.tap else {
            self.session.receive(bytes);
            return self.answer().await;
        };
        let mut out = Passage::default();
        tap.carry(now, Way::Up, bytes, &mut out);
        let said = self.write(&out.down).await;
        self.session.receive(&out.up);
        match said {
            Next::On => self.answer().await,
            Next::Cut | Next::Over => said,
        }
    }

    /// Echoes what came, and writes what TLS has to say.
    async fn answer(&mut self) -> Next {
        self.milestones();
        let mut plain = Vec::new();
        self.session.take_plain(&mut plain);
        if !plain.is_empty() {
            self.session.write(&plain);
        }
        if self.secured && self.manner.behaviour == Behaviour::Flood {
            return self.flood().await;
        }
        let over = self.session.is_over();
        if over {
            self.session.close();
        }
        let next = self.flush().await;
        if next == Next::On && over {
            Next::Over
        } else {
            next
        }
    }

    /// Writes without end, which the client ends.
    async fn flood(&mut self) -> Next {
        let mut sent = 0;
        while sent < FLOOD_MAX {
            self.session.write(&FLOOD_CHUNK);
            sent += FLOOD_CHUNK.len();
            if self.flush().await != Next::On || self.manner.house.closing.is_closing() {
                break;
            }
        }
        self.manner
            .tell(self.number, format_args!("was flooded with {sent} bytes"));
        Next::Cut
    }

    /// Writes the records that are ready, through the tap.
    async fn flush(&mut self) -> Next {
        let mut records = Vec::new();
        self.session.take_output(&mut records);
        let now = self.manner.house.clock.now();
        let mut out = Passage::default();
        match &mut self.tap {
            None => out.down = records,
            Some(tap) if !records.is_empty() => tap.carry(now, Way::Down, &records, &mut out),
            Some(_) => {}
        }
        let next = self.write(&out.down).await;
        if out.cut { Next::Cut } else { next }
    }

    /// Prints what happened, and does what follows from it.
    fn milestones(&mut self) {
        while let Some(milestone) = self.session.poll() {
            let tally = &self.manner.tally;
            match milestone {
                Milestone::Connected { resumed, words } => {
                    let counter = if resumed { &tally.resumed } else { &tally.full };
                    counter.fetch_add(1, Ordering::Relaxed);
                    let verdict = self.manner.judge(true);
                    self.manner
                        .tell(self.number, format_args!("{words}{verdict}"));
                    self.connected();
                }
                Milestone::Failed { early, words } => {
                    let counter = if early { &tally.failed } else { &tally.broken };
                    counter.fetch_add(1, Ordering::Relaxed);
                    let verdict = if early {
                        self.manner.judge(false)
                    } else {
                        String::new()
                    };
                    self.manner
                        .tell(self.number, format_args!("{words}{verdict}"));
                }
            }
        }
    }

    fn connected(&mut self) {
        self.secured = true;
        self.until = self.manner.house.clock.now().after(IDLE_PATIENCE);
        if let Some(tap) = &mut self.tap {
            tap.secure();
            if tap.take_request() {
                self.session.ask_to_renegotiate();
            }
        }
        if let Some(banner) = &self.manner.banner {
            self.session.write(format!("{banner}\r\n").as_bytes());
        }
    }

    /// Learns that the client's side ended.
    fn ended(&mut self) -> Next {
        self.session.eof();
        self.milestones();
        Next::Cut
    }

    /// Lets a byte drip, or loses patience.
    async fn timed_out(&mut self) -> Next {
        let now = self.manner.house.clock.now();
        if now >= self.until {
            self.manner.tally.silent.fetch_add(1, Ordering::Relaxed);
            let why = if self.secured {
                out_of_patience("it was silent", IDLE_PATIENCE)
            } else {
                out_of_patience("no handshake", self.patience)
            };
            self.manner.tell(self.number, format_args!("{why}"));
            return self.close().await;
        }
        let mut out = Passage::default();
        if let Some(tap) = &mut self.tap {
            tap.handle_timeout(now, &mut out);
        }
        self.write(&out.down).await
    }

    /// Says goodbye.
    async fn close(&mut self) -> Next {
        self.session.close();
        let next = self.flush().await;
        if next == Next::On { Next::Over } else { next }
    }

    async fn write(&mut self, bytes: &[u8]) -> Next {
        if bytes.is_empty() {
            return Next::On;
        }
        match timeout(WRITE_PATIENCE, self.socket.write_all(bytes)).await {
            Ok(Ok(())) => Next::On,
            Ok(Err(_)) | Err(_) => Next::Cut,
        }
    }

    /// Closes this side and waits a moment for the other, so that the last words arrive: a socket
    /// that is closed with something unread resets.
    async fn linger(mut self) {
        let mut rest = [0; 1_024];
        let closed = async {
            self.socket.shutdown().await.ok();
            while matches!(self.socket.read(&mut rest).await, Ok(1..)) {}
        };
        timeout(CLOSE_PATIENCE, closed).await.ok();
    }
}

fn out_of_patience(what: &str, patience: SimSpan) -> String {
    format!("closed: {what} for {patience}")
}

/// Returns how long a handshake may take: whoever is slow on purpose gets the time for it.
const fn handshake_patience(is_tapped: bool) -> SimSpan {
    if is_tapped {
        IDLE_PATIENCE
    } else {
        HANDSHAKE_PATIENCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_patience_is_what_was_given() {
        let said = [false, true].map(|is_tapped| {
            let patience = handshake_patience(is_tapped);
            out_of_patience("no handshake", patience)
        });
        assert_eq!(
            said,
            [
                "closed: no handshake for 10 s",
                "closed: no handshake for 5 min"
            ]
        );
    }
}
