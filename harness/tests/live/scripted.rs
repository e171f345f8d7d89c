//! A broker that follows a script: one act for each connection, and good behaviour afterwards.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::num::NonZeroU16;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use node_core::Writer;
use node_core::mqtt::{Delivery, Publish};

/// How long a connection lives at most: no test waits for more.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the broker does with one connection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// Accepts everything, and breaks the connection at the first PUBLISH.
    BreakAtPublish,
    /// Accepts the session, and acknowledges nothing.
    Deaf,
    /// Behaves, but sends messages without end, at this quality of service.
    Flood { quality: u8 },
    /// Sends bytes that are no protocol.
    Garbage,
    /// Closes at once.
    HangUp,
    /// Refuses the session with this code.
    Refuse(u8),
    /// Says this, and nothing more.
    Say(&'static [u8]),
    /// Says nothing.
    Stall,
}

/// What a client said of itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Greeting {
    pub(crate) clean_session: bool,
    pub(crate) client_id: String,
    pub(crate) has_will: bool,
    pub(crate) password: Option<String>,
    pub(crate) username: Option<String>,
}

#[derive(Default)]
struct Heard {
    greeting: Greeting,
    /// Topic, payload and time of what was acknowledged.
    published: Vec<(String, String, Instant)>,
}

/// The broker, until it is dropped.
pub(crate) struct Scripted {
    address: SocketAddr,
    heard: Arc<Mutex<Heard>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Scripted {
    pub(crate) fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (heard, over) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let thread = {
            let (heard, over) = (Arc::clone(&heard), Arc::clone(&over));
            thread::spawn(move || {
                let mut acts = acts.into_iter();
                for stream in listener.incoming() {
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    let (act, heard) = (acts.next(), Arc::clone(&heard));
                    if let Ok(stream) = stream {
                        // A client that goes away in the middle of an act is what acts are for.
                        thread::spawn(move || serve(stream, act, &heard).ok());
                    }
                }
            })
        };
        Self {
            address,
            heard,
            over,
            thread: Some(thread),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("mqtt://localhost:{}", self.address.port())
    }

    /// Returns topic, payload and time of everything that was acknowledged.
    pub(crate) fn published(&self) -> Vec<(String, String, Instant)> {
        self.heard
            .lock()
            .expect("no test panics with it")
            .published
            .clone()
    }

    /// Returns what the last client said of itself.
    pub(crate) fn greeting(&self) -> Greeting {
        self.heard
            .lock()
            .expect("no test panics with it")
            .greeting
            .clone()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        TcpStream::connect(self.address).ok();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn serve(mut stream: TcpStream, act: Option<Act>, heard: &Mutex<Heard>) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    match act {
        Some(Act::HangUp) => return Ok(()),
        Some(Act::Garbage) => stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")?,
        _ => {}
    }
    if matches!(act, Some(Act::Garbage | Act::Stall)) {
        return drain(stream);
    }
    let (kind, body) = packet(&mut stream)?;
    assert_eq!(kind & 0xF0, 0x10, "CONNECT comes first");
    heard.lock().expect("no test panics with it").greeting = greeting(&body);
    match act {
        Some(Act::Refuse(code)) => {
            stream.write_all(&[0x20, 2, 0, code])?;
            return drain(stream);
        }
        Some(Act::Say(bytes)) => {
            stream.write_all(bytes)?;
            return drain(stream);
        }
        _ => stream.write_all(&[0x20, 2, 0, 0])?,
    }
    if let Some(Act::Flood { quality }) = act {
        let sink = stream.try_clone()?;
        thread::spawn(move || flood(sink, quality).ok());
    }
    loop {
        let (kind, body) = packet(&mut stream)?;
        match (kind & 0xF0, act) {
            (0x30, Some(Act::BreakAtPublish)) => return Ok(()),
            (0x30, Some(Act::Deaf)) => {}
            (0x30, _) => {
                let (topic, rest) = field(&body);
                let payload = String::from_utf8_lossy(&rest[2..]).into_owned();
                let entry = (topic, payload, Instant::now());
                heard
                    .lock()
                    .expect("no test panics with it")
                    .published
                    .push(entry);
                stream.write_all(&[0x40, 2, rest[0], rest[1]])?;
            }
            (0xC0, Some(Act::Deaf)) => {}
            (0xC0, _) => stream.write_all(&[0xD0, 0])?,
            (0xE0, _) => return Ok(()),
            _ => {}
        }
    }
}

/// Writes messages until the client goes away.
fn flood(mut stream: TcpStream, quality: u8) -> io::Result<()> {
    let mut messages = Vec::new();
    for number in 1..=200_u16 {
        let mut buffer = [0; 64];
        let mut out = Writer::new(&mut buffer);
        let delivery = match NonZeroU16::new(number) {
            Some(packet_id) if quality > 0 => Delivery::AtLeastOnce {
                duplicate: false,
                packet_id,
            },
            _ => Delivery::AtMostOnce,
        };
        Publish {
            delivery,
            payload: b"?",
            retain: false,
            topic: "t",
        }
        .write(&mut out);
        messages.extend_from_slice(out.finish().expect("it fits"));
    }
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        // The client may be slower; its window decides. What it answers is read elsewhere.
        stream.write_all(&messages)?;
    }
    Ok(())
}

/// Reads until the client goes away.
fn drain(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1_024];
    while stream.read(&mut buffer)? > 0 {}
    Ok(())
}

fn packet(stream: &mut TcpStream) -> io::Result<(u8, Vec<u8>)> {
    let mut byte = [0];
    stream.read_exact(&mut byte)?;
    let [kind] = byte;
    let mut length = 0;
    for place in 0..4 {
        stream.read_exact(&mut byte)?;
        length |= usize::from(byte[0] & 0x7f) << (7 * place);
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((kind, body))
}

fn greeting(body: &[u8]) -> Greeting {
    let flags = body[7];
    let (client_id, mut rest) = field(&body[10..]);
    let mut next = |wanted: u8| {
        (flags & wanted != 0).then(|| {
            let (text, behind) = field(rest);
            rest = behind;
            text
        })
    };
    let has_will = next(0x04).is_some();
    next(0x04);
    Greeting {
        clean_session: flags & 0x02 != 0,
        client_id,
        has_will,
        username: next(0x80),
        password: next(0x40),
    }
}

fn field(bytes: &[u8]) -> (String, &[u8]) {
    let length = usize::from(u16::from_be_bytes([bytes[0], bytes[1]]));
    let text = String::from_utf8_lossy(&bytes[2..2 + length]).into_owned();
    (text, &bytes[2 + length..])
}
