//! Time: since boot, and civil.
//!
//! Owns the question to the time server and its answer. The answer is not authenticated: whoever
//! sits on the path can make a certificate look valid or expired, but cannot make its key fit.

use core::cell::Cell;

use embassy_executor::Spawner;
use embassy_net::dns::DnsQueryType;
use embassy_net::udp::{PacketMetadata, UdpSocket};
use embassy_net::{IpEndpoint, Stack};
use embassy_sync::blocking_mutex::Mutex;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_time::{Duration, Instant, Timer, with_timeout};
use embedded_tls::TlsClock;
use esp_hal::rng::Rng;
use node_core::UnixTime;
use portable::sntp::{self, PACKET_LEN};

use crate::config;
use crate::mail::{Told, tell};

/// How long one answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(2);
/// Questions in a row before the long pause.
const TRIES_MAX: u8 = 3;
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(60);
const PAUSE_AFTER_SUCCESS: Duration = Duration::from_secs(6 * 3600);
/// How often somebody who waits for the time looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Civil time at an instant.
static CIVIL: Mutex<CriticalSectionRawMutex, Cell<Option<(Instant, UnixTime)>>> =
    Mutex::new(Cell::new(None));

/// The clock that certificates are held against.
pub(crate) struct BoardClock;

impl TlsClock for BoardClock {
    fn now() -> Option<u64> {
        let (at, civil) = CIVIL.lock(Cell::get)?;
        Some(civil.as_millis() / 1_000 + at.elapsed().as_secs())
    }
}

/// Returns the time since boot, as node-core has it.
pub(crate) fn now() -> node_core::Instant {
    node_core::Instant::from_micros(Instant::now().as_micros())
}

/// Waits until the time is known, at most for `patience`; not at all without a server.
pub(crate) async fn wait_known(patience: Duration) {
    let known = async {
        while BoardClock::now().is_none() {
            Timer::after(LOOK_EVERY).await;
        }
    };
    if config::TIME_SERVER.is_some() {
        // Without the time, the verifier decides.
        with_timeout(patience, known).await.unwrap_or_default();
    }
}

/// Starts the worker, if there is a server to ask.
pub(crate) fn start(spawner: &Spawner, stack: Stack<'static>) {
    if let Some(server) = config::TIME_SERVER
        && let Ok(task) = work(stack, server)
    {
        spawner.spawn(task);
    }
}

#[embassy_executor::task]
async fn work(stack: Stack<'static>, server: &'static str) -> ! {
    let mut tries = 0;
    loop {
        stack.wait_config_up().await;
        let answer = with_timeout(ANSWER_MAX, ask(stack, server)).await;
        let pause = if let Ok(Some(civil)) = answer {
            tries = 0;
            CIVIL.lock(|cell| cell.set(Some((Instant::now(), civil))));
            tell(Told::Time(civil)).await;
            PAUSE_AFTER_SUCCESS
        } else {
            tries = (tries + 1) % TRIES_MAX;
            if tries > 0 {
                continue;
            }
            PAUSE_AFTER_FAILURE
        };
        Timer::after(pause).await;
    }
}

/// Asks once; `None` for any answer that is not to be believed.
async fn ask(stack: Stack<'static>, server: &str) -> Option<UnixTime> {
    let addresses = stack.dns_query(server, DnsQueryType::A).await.ok()?;
    let endpoint = IpEndpoint::new(*addresses.first()?, sntp::PORT);
    let (mut received, mut sent) = ([0; 2 * PACKET_LEN], [0; PACKET_LEN]);
    let (mut received_meta, mut sent_meta) = ([PacketMetadata::EMPTY; 2], [PacketMetadata::EMPTY]);
    let mut socket = UdpSocket::new(
        stack,
        &mut received_meta,
        &mut received,
        &mut sent_meta,
        &mut sent,
    );
    // Any free port.
    socket.bind(0).ok()?;
    let rng = Rng::new();
    let nonce = u64::from(rng.random()) << 32 | u64::from(rng.random());
    socket.send_to(&sntp::request(nonce), endpoint).await.ok()?;
    loop {
        let mut packet = [0; PACKET_LEN];
        let (len, from) = socket.recv_from(&mut packet).await.ok()?;
        if from.endpoint == endpoint {
            return sntp::read(packet.get(..len)?, nonce).ok();
        }
    }
}
