//! One connection, from the broker's name to its end.
//!
//! Owns name, address and TCP. Does not know whether TLS lies above: it asks the configuration.

use embassy_futures::select::{Either, select};
use embassy_net::Stack;
use embassy_net::dns::DnsQueryType;
use embassy_net::tcp::{ConnectError, TcpSocket};
use embassy_time::{Duration, with_timeout};
use node_core::CloseReason;

use crate::config;
use crate::mail::{StreamNews, Told, Turn, tell};
use crate::stream::pump::pump;
use crate::stream::{Buffers, End, ORDERS, secure};

/// How long a peer may leave sent bytes unacknowledged; node-core's own deadlines are shorter.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// How long closing may take.
const GOODBYE_MAX: Duration = Duration::from_secs(1);

/// Runs one connection to its end.
pub(crate) async fn run(stack: Stack<'static>, turn: Turn, buffers: &mut Buffers) -> End {
    let mut socket = TcpSocket::new(stack, &mut buffers.receive, &mut buffers.send);
    socket.set_timeout(Some(SILENCE_MAX));
    match select(connect(stack, &mut socket), ORDERS.wait()).await {
        Either::First(Ok(())) => {}
        Either::First(Err(why)) => return End::Broken(why),
        Either::Second(order) => return End::Ordered(order),
    }
    let end = match &config::IDENTITY {
        Some(identity) => {
            let records = (&mut buffers.record[..], &mut buffers.record_out[..]);
            secure::run(&mut socket, identity, records, turn).await
        }
        None => {
            tell(Told::Stream(turn, StreamNews::Opened)).await;
            let (reader, writer) = socket.split();
            pump(reader, writer, turn, |_| CloseReason::Reset).await
        }
    };
    socket.close();
    // Whoever does not listen any more does not hear the goodbye.
    if !matches!(with_timeout(GOODBYE_MAX, socket.flush()).await, Ok(Ok(()))) {
        socket.abort();
    }
    end
}

async fn connect(stack: Stack<'static>, socket: &mut TcpSocket<'_>) -> Result<(), CloseReason> {
    // The stack reads an address as what it is, and asks for anything else.
    let addresses = stack.dns_query(config::BROKER_HOST, DnsQueryType::A).await;
    let address = addresses
        .ok()
        .and_then(|addresses| addresses.first().copied())
        .ok_or(CloseReason::Unresolved)?;
    let connected = socket.connect((address, config::BROKER_PORT)).await;
    connected.map_err(|error| match error {
        ConnectError::ConnectionReset => CloseReason::Refused,
        ConnectError::TimedOut => CloseReason::TimedOut,
        ConnectError::InvalidState | ConnectError::NoRoute => CloseReason::Reset,
    })
}
