//! Handshakes per second over loopback, ours beside OpenSSL's.
//!
//! Owns four pairings of client and server, each run for a few seconds. Numbers are this
//! machine's and this moment's; both ends share its processors.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nodelab_sim::stack::tls::{
    Authority, ClientSetup, EPOCH_S, Endpoint, KeyExchange, KeyKind, Mode, ServerSetup, Suite,
    TlsVersion,
};
use nodelab_sim::{EntityId, NodeId, Purpose, Rng};

use crate::cell::Cell;
use crate::child::{Listen, Program};
use crate::openssl::{Openssl, accepting, newer_suite, older_suite};
use crate::ours::NOW;
use crate::trouble::Trouble;

/// How long each pairing runs.
const SECONDS: u64 = 3;
/// How long a peer may be silent.
const SILENCE_MAX: Duration = Duration::from_secs(20);

/// Measures every pairing, full in TLS 1.3 and full and resumed in TLS 1.2.
pub(crate) fn measure(openssl: &Openssl) -> Result<String, Trouble> {
    let mut text = format!(
        "Handshakes per second over loopback, P-256, X25519, AES-128-GCM, {SECONDS} s each:\n\n\
         {:<14}{:>20}{:>20}{:>20}{:>20}\n",
        "handshake", "s_time → s_server", "s_time → ours", "ours → s_server", "ours → ours"
    );
    // `s_time` reads nothing behind the handshake, where TLS 1.3 has its tickets: it resumes in
    // TLS 1.2 only.
    for (version, mode) in [
        (TlsVersion::V1_3, Mode::Full),
        (TlsVersion::V1_2, Mode::Full),
        (TlsVersion::V1_2, Mode::SessionId),
    ] {
        let pairing = Pairing::new(openssl, version, mode)?;
        let rates = [
            pairing.against_openssl(&|port| pairing.s_time(port))?,
            pairing.against_ours(&|port| pairing.s_time(port))?,
            pairing.against_openssl(&|port| pairing.our_client(port))?,
            pairing.against_ours(&|port| pairing.our_client(port))?,
        ];
        let name = pairing.cell.version_name();
        let kind = if mode == Mode::Full {
            "full"
        } else {
            "resumed"
        };
        let rates = rates.map(|rate| format!("{rate:>20.0}")).concat();
        writeln!(text, "{:<14}{rates}", format!("{name} {kind}")).expect("a string takes all");
    }
    Ok(text)
}

struct Pairing<'a> {
    authority: Authority,
    cell: Cell,
    openssl: &'a Openssl,
}

impl<'a> Pairing<'a> {
    fn new(openssl: &'a Openssl, version: TlsVersion, mode: Mode) -> Result<Self, Trouble> {
        let cell = Cell {
            number: 0,
            version,
            auth: KeyKind::P256,
            intermediates: 0,
            mutual: false,
            mode,
            kx: KeyExchange::X25519,
            suite: Suite::Aes128Gcm,
        };
        let authority = Authority::new(&mode.applied(&cell.spec()), EPOCH_S, cell.number);
        openssl.write_files(&authority, &cell)?;
        Ok(Self {
            authority,
            cell,
            openssl,
        })
    }

    /// Runs a client against OpenSSL's server.
    fn against_openssl(
        &self,
        client: &dyn Fn(u16) -> Result<f64, Trouble>,
    ) -> Result<f64, Trouble> {
        let complaints = self.openssl.file("complaints");
        let command = self.openssl.server_command(&self.cell);
        let mut server = Program::start(command, Listen::Output, &complaints)?;
        let port = server.wait_for(accepting)?;
        client(port)
    }

    /// Runs a client against our server.
    fn against_ours(&self, client: &dyn Fn(u16) -> Result<f64, Trouble>) -> Result<f64, Trouble> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let done = Arc::new(AtomicBool::new(false));
        let (setup, stop) = (self.authority.server(), Arc::clone(&done));
        let server = thread::spawn(move || serve(&listener, &setup, &stop));
        let rate = client(port);
        done.store(true, Ordering::SeqCst);
        // Wakes the server, so that it sees that it is over.
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok();
        server.join().ok();
        rate
    }

    /// Lets `s_time` connect, and reads how often it did.
    fn s_time(&self, port: u16) -> Result<f64, Trouble> {
        let mut command = Command::new("openssl");
        command.args(["s_time", "-time", &SECONDS.to_string()]);
        command.args(["-connect", &format!("127.0.0.1:{port}"), "-verify", "4"]);
        command.arg("-CAfile").arg(self.openssl.file("root"));
        command.arg(if self.cell.mode == Mode::Full {
            "-new"
        } else {
            "-reuse"
        });
        match self.cell.version {
            TlsVersion::V1_2 => command.args(["-tls1_2", "-cipher", older_suite(&self.cell)]),
            TlsVersion::V1_3 => {
                command.args(["-tls1_3", "-ciphersuites", newer_suite(self.cell.suite)])
            }
        };
        let complaints = self.openssl.file("complaints");
        let said = Program::start(command, Listen::Output, &complaints)?.finish()?;
        rate_of(&said).ok_or_else(|| format!("s_time did not connect: {said}").into())
    }

    /// Lets our client connect for as long.
    #[expect(clippy::disallowed_methods, reason = "measures this machine")]
    fn our_client(&self, port: u16) -> Result<f64, Trouble> {
        let setup = self.authority.client(NodeId(0));
        let mut luck = luck(Purpose::TlsClient);
        let (start, span) = (Instant::now(), Duration::from_secs(SECONDS));
        let mut count = 0_u32;
        while start.elapsed() < span {
            connect(port, &setup, &mut luck)?;
            count += 1;
        }
        Ok(f64::from(count) / start.elapsed().as_secs_f64())
    }
}

/// Reads `1234 connections in 4 real seconds, …`: the last line but one of its kind counts the
/// wall, as ours does.
fn rate_of(said: &str) -> Option<f64> {
    let mut lines = said.lines().rev();
    let line = lines.find(|line| line.contains(" real seconds"))?;
    let mut words = line.split_whitespace();
    let count: f64 = words.next()?.parse().ok()?;
    let seconds: f64 = words.nth(2)?.parse().ok()?;
    Some(count / seconds)
}

fn luck(purpose: Purpose) -> Rng {
    Rng::derive(0, EntityId::Node(NodeId(0)), purpose)
}

fn serve(listener: &TcpListener, setup: &ServerSetup, done: &AtomicBool) {
    let mut luck = luck(Purpose::TlsServer);
    while let Ok((stream, _)) = listener.accept() {
        if done.load(Ordering::SeqCst) {
            return;
        }
        // A client that measures goes without a word.
        shake(stream, Endpoint::server(setup, &mut luck, NOW), false).ok();
    }
}

fn connect(port: u16, setup: &ClientSetup, luck: &mut Rng) -> Result<(), Trouble> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    shake(stream, Endpoint::client(setup, luck, NOW), true)
}

/// Moves bytes until the handshake is done; a server then waits for the client to go.
fn shake(mut stream: TcpStream, mut end: Endpoint, client: bool) -> Result<(), Trouble> {
    stream.set_read_timeout(Some(SILENCE_MAX))?;
    stream.set_nodelay(true)?;
    let (mut buffer, mut out) = (vec![0; 1 << 14], Vec::new());
    loop {
        end.take_output(&mut out);
        if !out.is_empty() {
            stream.write_all(&out)?;
            out.clear();
        }
        if client && !end.is_handshaking() {
            // Without it, OpenSSL's server would forget the session.
            end.close(NOW);
            end.take_output(&mut out);
            return Ok(stream.write_all(&out)?);
        }
        match stream.read(&mut buffer)? {
            0 if end.is_handshaking() => {
                return Err(Trouble::Failed("the peer went".to_owned()));
            }
            0 => return Ok(()),
            count => end.receive(NOW, &buffer[..count]),
        }
        if end.is_over() && end.is_handshaking() {
            return Err(Trouble::Failed("our end gave up".to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wall_is_read_from_what_s_time_says() {
        let said = "\n\n2000 connections in 1.20s; 1666.67 connections/user sec, bytes read 0\n\
                    2000 connections in 4 real seconds, 0 bytes read per connection\n";
        assert_eq!(rate_of(said), Some(500.0));
    }
}
