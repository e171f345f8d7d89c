//! `--wokwi-api`: the simulation API of Wokwi, version 1, for its unmodified clients.
//!
//! ```text
//! client ── WebSocket ── reader ─► one message ──► Session on a thread of its own
//!                     ◄─ writer ◄─ so many bytes ◄─┘
//! ```
//!
//! A client that reads slowly holds its own world up, and nobody else's; one that does not read
//! is closed.
//!
//! Owns sockets, threads and limits. What is said is the session's.

mod command;
mod files;
mod message;
mod outward;
mod pause;
mod session;
mod simulation;
mod upload;
mod wave;

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::header::{AUTHORIZATION, ORIGIN};
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

use super::door::{Admission, Door, Guest, Rules};
use super::error::ServeError;
use super::house::{House, Ready};
use super::journal::Shown;
use super::subject::{Known, Subject};

use self::message::Command;
use self::outward::{Outward, Said, Unread, Unsent, outward};
use self::session::{Rest, Session};

const SERVICE: &str = "wokwi";
/// Worlds at a time. Each took 200 MB at worst, when all uploaded the largest file over and over
/// and asked for it without reading; most of it is copies of that file under way.
const SESSIONS_MAX: usize = 8;
/// Longest message of a client, in bytes: a file of all that it may have, and its wrapping.
const MESSAGE_MAX: usize = files::BYTES_MAX + (1 << 20);
/// How long a client may take to read what waits for it.
const DEAF_PATIENCE: Duration = Duration::from_secs(20);
/// How long a client may take to say who it is, and to read what ends its connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// What `--wokwi-api` says.
#[derive(Clone, Debug)]
pub struct WokwiOptions {
    /// Where to listen.
    pub address: SocketAddr,
    /// Which world clients get, if they bring no board.
    pub subject: Subject,
}

/// What a client sent.
#[derive(Debug)]
enum Incoming {
    Binary,
    Text(Utf8Bytes),
}

/// One of the places for worlds; given back when it is dropped.
#[derive(Debug)]
struct Place(Arc<AtomicUsize>);

pub(super) async fn open(options: WokwiOptions, house: &House) -> Result<Ready, ServeError> {
    let known = options.subject.read()?;
    let door = Door::open(SERVICE, options.address, Admission::ByToken, 1, house).await?;
    let address = door.address();
    let mut greeting = known.warnings.clone();
    let (name, seed) = (&known.name, known.seed);
    greeting.push(format!("wokwi listens on {address}: {name}, seed {seed}"));
    greeting.extend(super::token::warning("wokwi", address));
    let token = match &house.rules.token {
        Some(_) => "the token",
        None => "any",
    };
    greeting.push(format!(
        "        WOKWI_CLI_SERVER=ws://{address} WOKWI_CLI_TOKEN={token} for Wokwi's clients"
    ));
    Ok(Ready {
        greeting,
        run: Box::pin(serve(door, house.clone(), Arc::new(known))),
    })
}

async fn serve(mut door: Door, house: House, known: Arc<Known>) -> Vec<String> {
    let taken = Arc::new(AtomicUsize::new(0));
    while let Some(guest) = door.next().await {
        let (known, taken) = (Arc::clone(&known), Arc::clone(&taken));
        let house = house.clone();
        tokio::spawn(async move {
            let number = guest.number;
            let (peer, journal) = (guest.peer, &house.journal);
            journal.tell(SERVICE, format_args!("#{number} {peer} connected"));
            tokio::select! {
                () = house.closing.wait() => {}
                ended = attend(guest, &house, known, taken) => {
                    match ended {
                        Ok(()) => journal.tell(SERVICE, format_args!("#{number} closed")),
                        Err(error) => {
                            let why = error.to_string();
                            let why = Shown(why.as_bytes());
                            journal.tell(SERVICE, format_args!("#{number} closed: {why}"));
                        }
                    }
                }
            }
        });
    }
    let (guests, away) = (door.guests(), door.turned_away());
    let mut line = format!("wokwi {guests} connections");
    if away > 0 {
        write!(line, ", {away} turned away").expect("a text takes all");
    }
    vec![line]
}

/// Serves one client until it leaves.
async fn attend(
    guest: Guest,
    house: &House,
    known: Arc<Known>,
    taken: Arc<AtomicUsize>,
) -> Result<(), Box<Error>> {
    let number = guest.number;
    let mut place = None;
    let socket = timeout(
        PATIENCE,
        greet(guest.stream, &house.rules, &mut place, taken),
    )
    .await;
    let socket = socket
        .map_err(|_| Error::ConnectionClosed)?
        .map_err(Box::new)?;
    let (mut writer, reader) = socket.split();
    writer
        .send(Message::text(message::hello()))
        .await
        .map_err(Box::new)?;
    let (commands, incoming) = mpsc::channel(1);
    let (outgoing, messages) = outward(DEAF_PATIENCE);
    let (give_up, verdict) = oneshot::channel();
    let (house, handle) = (house.clone(), Handle::current());
    let thread = thread::Builder::new().name(format!("{SERVICE} {number}"));
    let started = thread.spawn(move || {
        let session = Session::new(known);
        let ended = handle.block_on(converse(session, number, incoming, outgoing, &house));
        if ended == Err(Unsent::Deaf) {
            give_up.send(()).ok();
        }
        // The world is gone; the next client may have one.
        drop(place);
    });
    started.map_err(|error| Box::new(Error::Io(error)))?;
    let read = read(reader, commands);
    let write = write(&mut writer, messages);
    let verdict = async {
        match verdict.await {
            Ok(()) => deaf(),
            // The session is over for another reason.
            Err(_) => Error::ConnectionClosed,
        }
    };
    let read = tokio::select! {
        read = read => read,
        written = write => written,
        why = verdict => Err(why),
    };
    if let Err(Error::Capacity(CapacityError::MessageTooLong { size, max_size })) = &read {
        let why = format!("a message of {size} bytes; at most {max_size} are taken");
        let last = Message::text(message::error(&why));
        timeout(PATIENCE, writer.send(last)).await.ok();
    }
    timeout(PATIENCE, writer.close()).await.ok();
    match read {
        Ok(()) | Err(Error::ConnectionClosed) => Ok(()),
        Err(error) => Err(Box::new(error)),
    }
}

/// Shakes hands with a client that may come in, and for which there is a place.
async fn greet(
    stream: TcpStream,
    rules: &Rules,
    place: &mut Option<Place>,
    taken: Arc<AtomicUsize>,
) -> Result<WebSocketStream<TcpStream>, Error> {
    #[expect(clippy::result_large_err, reason = "the WebSocket library wants it so")]
    let callback = |request: &Request, response: Response| {
        if !is_welcome(request, rules) {
            let why = "the token is not the one of --token-file or NODELAB_TOKEN";
            return Err(rejection(StatusCode::UNAUTHORIZED, why));
        }
        if rules.token.is_none() && request.headers().contains_key(ORIGIN) {
            let why = "a page in a browser (it says so: Origin) needs a token: --token-file";
            return Err(rejection(StatusCode::FORBIDDEN, why));
        }
        *place = Place::take(taken);
        if place.is_none() {
            let why = format!("{SESSIONS_MAX} simulations are running; try again later");
            // wokwi-cli tries again after this status.
            return Err(rejection(StatusCode::SERVICE_UNAVAILABLE, &why));
        }
        Ok(response)
    };
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_MAX))
        .max_frame_size(Some(MESSAGE_MAX));
    accept_hdr_async_with_config(stream, callback, Some(config)).await
}

/// Returns why a client was given up.
fn deaf() -> Error {
    let why = format!("it read too little for {} s", DEAF_PATIENCE.as_secs());
    Error::Io(io::Error::new(io::ErrorKind::TimedOut, why))
}

fn is_welcome(request: &Request, rules: &Rules) -> bool {
    let Some(token) = &rules.token else {
        return true;
    };
    let said = request
        .headers()
        .get(AUTHORIZATION)
        .map(HeaderValue::as_bytes);
    said.and_then(|said| said.strip_prefix(b"Bearer "))
        .is_some_and(|said| token.is(said))
}

fn rejection(status: StatusCode, why: &str) -> ErrorResponse {
    let mut response = ErrorResponse::new(Some(format!("{why}\n")));
    *response.status_mut() = status;
    response
}

/// Passes on what a client sends; a message is not read before there is room for it.
async fn read(
    mut reader: SplitStream<WebSocketStream<TcpStream>>,
    commands: Sender<Incoming>,
) -> Result<(), Error> {
    while let Ok(room) = commands.reserve().await {
        let incoming = loop {
            match reader.next().await.transpose()? {
                None | Some(Message::Close(_)) => return Ok(()),
                Some(Message::Binary(_)) => break Incoming::Binary,
                Some(Message::Text(text)) => break Incoming::Text(text),
                // The library answers pings; it never hands out frames.
                Some(Message::Frame(_) | Message::Ping(_) | Message::Pong(_)) => {}
            }
        };
        room.send(incoming);
    }
    // The session is over, and says itself why.
    std::future::pending().await
}

/// Sends what a session says, many messages in one go where they wait.
async fn write(
    writer: &mut SplitSink<WebSocketStream<TcpStream>, Message>,
    mut messages: Unread,
) -> Result<(), Error> {
    while let Some(Said { text, room }) = messages.next().await {
        writer.feed(Message::text(text)).await?;
        drop(room);
        if messages.is_empty() {
            writer.flush().await?;
        }
    }
    Ok(())
}

/// Lets a session and its client speak, until one of them is gone.
async fn converse(
    mut session: Session,
    number: u32,
    mut incoming: Receiver<Incoming>,
    outgoing: Outward,
    house: &House,
) -> Result<(), Unsent> {
    while !house.closing.is_closing() {
        let rest = session.go_on(house.clock.now());
        for note in session.notes() {
            let note = Shown(note.as_bytes());
            house
                .journal
                .tell(SERVICE, format_args!("#{number} {note}"));
        }
        while let Some(message) = session.poll() {
            outgoing.send(message).await?;
        }
        let heard = match rest {
            Rest::None => match incoming.try_recv() {
                Ok(heard) => Some(heard),
                Err(mpsc::error::TryRecvError::Empty) => continue,
                Err(mpsc::error::TryRecvError::Disconnected) => None,
            },
            Rest::Forever => tokio::select! {
                heard = incoming.recv() => heard,
                () = house.closing.wait() => return Ok(()),
            },
            Rest::Until(at) => tokio::select! {
                heard = incoming.recv() => heard,
                () = house.clock.until(at) => continue,
            },
        };
        match heard {
            None => return Ok(()),
            Some(Incoming::Binary) => session.refuse_binary(),
            Some(Incoming::Text(text)) => {
                let read = Command::read(&text);
                // It may be large.
                drop(text);
                session.handle(house.clock.now(), read);
            }
        }
    }
    Ok(())
}

impl Place {
    fn take(taken: Arc<AtomicUsize>) -> Option<Self> {
        let more = |count| (count < SESSIONS_MAX).then_some(count + 1);
        let took = taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        took.ok().map(|_| Self(taken))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
