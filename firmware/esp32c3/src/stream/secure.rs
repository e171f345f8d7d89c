//! TLS between the connection and the pump.
//!
//! Owns the handshake's deadline and its verdict. Whom to trust is the configuration's, how to
//! judge is `portable::tls`'s.

use embassy_futures::select::{Either, select};
use embassy_net::tcp::{self, TcpReader, TcpSocket, TcpWriter};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::Mutex;
use embassy_time::{Duration, with_timeout};
use embedded_io_async::{ErrorType, Read, Write};
use embedded_tls::{Aes128GcmSha256, FlushPolicy, TlsConfig, TlsConnection, TlsContext};
use esp_hal::rng::Trng;
use node_core::CloseReason;
use portable::tls::{Identity, Trust, close_reason};

use crate::clock::{self, BoardClock};
use crate::config;
use crate::mail::{StreamNews, Told, Turn, tell};
use crate::stream::pump::pump;
use crate::stream::{End, ORDERS};

/// How long a handshake may take; node-core's own deadline for all of opening is 10 s.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// How long a handshake waits for the time, so that it can judge dates.
const TIME_MAX: Duration = Duration::from_secs(3);
/// How long the closing alert may take to leave.
const GOODBYE_MAX: Duration = Duration::from_secs(1);

/// The two halves of a connection, shared by the two halves of TLS: each half is used by one of
/// them at a time, so that nobody ever waits for a lock.
#[derive(Clone, Copy)]
struct Wire<'a> {
    reader: &'a Mutex<NoopRawMutex, TcpReader<'a>>,
    writer: &'a Mutex<NoopRawMutex, TcpWriter<'a>>,
}

impl ErrorType for Wire<'_> {
    type Error = tcp::Error;
}

impl Read for Wire<'_> {
    async fn read(&mut self, bytes: &mut [u8]) -> Result<usize, tcp::Error> {
        self.reader.lock().await.read(bytes).await
    }
}

impl Write for Wire<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, tcp::Error> {
        self.writer.lock().await.write(bytes).await
    }

    async fn flush(&mut self) -> Result<(), tcp::Error> {
        self.writer.lock().await.flush().await
    }
}

/// Runs an open connection with TLS over it to its end.
pub(crate) async fn run(
    socket: &mut TcpSocket<'_>,
    identity: &Identity,
    (record, record_out): (&mut [u8], &mut [u8]),
    turn: Turn,
) -> End {
    // True randomness needs the radio, which is up while there is a link.
    let Ok(rng) = Trng::try_new() else {
        return End::Broken(CloseReason::Reset);
    };
    let (reader, writer) = socket.split();
    let (reader, writer) = (Mutex::new(reader), Mutex::new(writer));
    let wire = Wire {
        reader: &reader,
        writer: &writer,
    };
    let mut tls = TlsConnection::<_, Aes128GcmSha256>::new(wire, record, record_out);
    // Waiting for each acknowledgement would cost a round trip per packet.
    tls.set_flush_policy(FlushPolicy::Relaxed);
    let settings = TlsConfig::new().with_server_name(config::BROKER_HOST);
    let mut trust = Trust::<_, BoardClock>::new(identity, rng);
    let handshake = async {
        clock::wait_known(TIME_MAX).await;
        tls.open(TlsContext::new(&settings, &mut trust)).await
    };
    let opened = match select(with_timeout(HANDSHAKE_MAX, handshake), ORDERS.wait()).await {
        Either::First(Ok(opened)) => opened,
        Either::First(Err(_)) => return End::Broken(CloseReason::TimedOut),
        Either::Second(order) => return End::Ordered(order),
    };
    if let Err(why) = trust.verdict(opened) {
        return End::Broken(why);
    }
    tell(Told::Stream(turn, StreamNews::Opened)).await;
    let (reader, writer) = tls.split();
    let end = pump(reader, writer, turn, close_reason).await;
    // The alert is a courtesy: without it the peer sees a cut.
    let closed = with_timeout(GOODBYE_MAX, tls.close()).await;
    closed.map(|closed| closed.is_ok()).unwrap_or_default();
    end
}
