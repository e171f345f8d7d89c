//! Our end on a real socket.
//!
//! Owns the loop between socket and end, bounded in time. Does not know who the peer is.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use nodelab_sim::stack::tls::{
    Authority, ClientSetup, EPOCH_S, Handshake, MeasuredEnd, Mode, Moment, ServerSetup, Side,
    TlsVersion,
};
use nodelab_sim::{EntityId, NodeId, Purpose, Rng};

use crate::cell::Cell;
use crate::trouble::Trouble;

/// What both ends take for the time: certificates are made for it, wherever and whenever this runs.
pub(crate) const NOW: Moment = Moment::from_unix_ms(EPOCH_S * 1000);
/// How long the peer may be silent.
const SILENCE_MAX: Duration = Duration::from_secs(20);
/// How often a listener looks, and how many times.
const LOOK: Duration = Duration::from_millis(1);
const LOOKS_MAX: u32 = 20_000;

/// Both of our ends for one cell; what a client remembers passes from connection to connection.
#[derive(Debug)]
pub(crate) struct Ours {
    pub(crate) authority: Authority,
    client: ClientSetup,
    luck: [Rng; 2],
    mode: Mode,
    server: ServerSetup,
    version: TlsVersion,
}

/// A connection that is over.
#[derive(Debug)]
pub(crate) struct Spoken {
    /// What our end saw.
    pub(crate) handshake: Handshake,
    /// Ports of client and server.
    pub(crate) ports: (u16, u16),
    /// Lines of the key log, if ours was the client.
    pub(crate) secrets: Vec<String>,
    /// The bytes, in the order in which our end sent and received them.
    pub(crate) pieces: Vec<(Side, Vec<u8>)>,
}

impl Ours {
    pub(crate) fn new(cell: &Cell) -> Self {
        let authority = Authority::new(&cell.mode.applied(&cell.spec()), EPOCH_S, cell.number);
        let node = EntityId::Node(NodeId(0));
        Self {
            client: authority.client(NodeId(0)).with_secrets(true),
            luck: [
                Rng::derive(cell.number, node, Purpose::TlsClient),
                Rng::derive(cell.number, node, Purpose::TlsServer),
            ],
            mode: cell.mode,
            server: authority.server(),
            version: cell.version,
            authority,
        }
    }

    /// Connects to a server on this machine, and closes after the handshake.
    pub(crate) fn connect(&mut self, port: u16) -> Result<Spoken, Trouble> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        let ports = (stream.local_addr()?.port(), port);
        let luck = &mut self.luck[0];
        let end = MeasuredEnd::client(&self.client, self.version, luck, NOW);
        // OpenSSL's server sends its tickets behind the handshake in TLS 1.3.
        let tickets = self.mode == Mode::Ticket && self.version == TlsVersion::V1_3;
        Conversation::new(end, Side::Client, ports).run(stream, u32::from(tickets))
    }

    /// Takes a client, and closes after the handshake.
    pub(crate) fn serve(&mut self, listener: &TcpListener) -> Result<Spoken, Trouble> {
        let stream = accept(listener)?;
        let ports = (stream.peer_addr()?.port(), listener.local_addr()?.port());
        let luck = &mut self.luck[1];
        let end = MeasuredEnd::server(&self.server, self.version, luck, NOW);
        Conversation::new(end, Side::Server, ports).run(stream, 0)
    }
}

/// Takes a connection, within bounded time.
pub(crate) fn accept(listener: &TcpListener) -> Result<TcpStream, Trouble> {
    listener.set_nonblocking(true)?;
    for _ in 0..LOOKS_MAX {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false)?;
                return Ok(stream);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::park_timeout(LOOK),
            Err(error) => return Err(error.into()),
        }
    }
    Err(Trouble::Failed("nobody connected".to_owned()))
}

struct Conversation {
    end: MeasuredEnd,
    side: Side,
    ports: (u16, u16),
    secrets: Vec<String>,
    pieces: Vec<(Side, Vec<u8>)>,
}

impl Conversation {
    const fn new(end: MeasuredEnd, side: Side, ports: (u16, u16)) -> Self {
        Self {
            end,
            side,
            ports,
            secrets: Vec::new(),
            pieces: Vec::new(),
        }
    }

    fn run(mut self, mut stream: TcpStream, tickets: u32) -> Result<Spoken, Trouble> {
        stream.set_read_timeout(Some(SILENCE_MAX))?;
        stream.set_nodelay(true)?;
        let (mut closed, mut buffer) = (false, vec![0; 1 << 16]);
        self.send(&mut stream)?;
        loop {
            let done = !self.end.is_handshaking() && self.end.tickets() >= tickets;
            if done && !closed {
                closed = true;
                self.end.close(NOW);
                self.send(&mut stream)?;
            }
            match stream.read(&mut buffer) {
                Ok(0) => break,
                // Whoever is done closes its socket without waiting for the other's goodbye.
                Err(error) if closed && error.kind() == ErrorKind::ConnectionReset => break,
                Err(error) => return Err(error.into()),
                Ok(count) => {
                    let peer = crate::heard::other(self.side);
                    self.pieces.push((peer, buffer[..count].to_vec()));
                    self.end.receive(NOW, &buffer[..count]);
                    self.send(&mut stream)?;
                }
            }
            if let Some(failure) = self.end.failure() {
                return Err(Trouble::Failed(format!("our end gave up: {failure:?}")));
            }
        }
        stream.shutdown(Shutdown::Both).ok();
        let handshake = self.end.finish();
        let handshake = handshake.map_err(|why| format!("our end gave up: {why:?}"))?;
        Ok(Spoken {
            handshake,
            ports: self.ports,
            secrets: self.secrets,
            pieces: self.pieces,
        })
    }

    fn send(&mut self, stream: &mut TcpStream) -> Result<(), Trouble> {
        while let Some(secret) = self.end.poll_secret() {
            self.secrets.push(secret);
        }
        let mut bytes = Vec::new();
        self.end.take_output(&mut bytes);
        if !bytes.is_empty() {
            stream.write_all(&bytes)?;
            self.pieces.push((self.side, bytes));
        }
        Ok(())
    }
}
