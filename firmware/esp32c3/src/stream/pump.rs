//! Bytes between the shell and an open connection, in both directions at once.
//!
//! Owns neither end. Reading is never cut off in the middle, which a TLS record would not survive,
//! unless the connection ends anyway.

use embassy_futures::select::{Either, select};
use embassy_time::{Duration, with_timeout};
use embedded_io_async::{Read, Write};
use node_core::CloseReason;

use crate::mail::{CHUNK_MAX, Chunk, StreamNews, Told, Turn, tell};
use crate::stream::{End, ORDERS, Order, PENDING};

/// How long the network may take to accept what is written.
const WRITE_MAX: Duration = Duration::from_secs(10);
/// How long what was written may take to leave before a close.
const LAST_WORDS_MAX: Duration = Duration::from_secs(1);

/// Moves bytes until the peer or the shell has enough.
pub(crate) async fn pump<R: Read, W: Write>(
    reader: R,
    writer: W,
    turn: Turn,
    reason: impl Fn(&R::Error) -> CloseReason,
) -> End {
    match select(read(reader, turn, reason), write(writer)).await {
        Either::First(why) => End::Broken(why),
        Either::Second(end) => end,
    }
}

async fn read<R: Read>(
    mut reader: R,
    turn: Turn,
    reason: impl Fn(&R::Error) -> CloseReason,
) -> CloseReason {
    let mut piece = [0; CHUNK_MAX];
    loop {
        match reader.read(&mut piece).await {
            Ok(0) => return CloseReason::Finished,
            Ok(len) => {
                let chunk = Chunk::of(piece.get(..len).unwrap_or(&[]));
                tell(Told::Stream(turn, StreamNews::Read(chunk))).await;
            }
            Err(error) => return reason(&error),
        }
    }
}

async fn write(mut writer: impl Write) -> End {
    let mut piece = [0; CHUNK_MAX];
    loop {
        let len = match select(PENDING.read(&mut piece), ORDERS.wait()).await {
            Either::First(len) => len,
            Either::Second(Order::Close) => {
                let last_words = send_rest(&mut writer, &mut piece);
                // Late or broken, it is closed either way.
                with_timeout(LAST_WORDS_MAX, last_words)
                    .await
                    .unwrap_or_default();
                return End::Ordered(Order::Close);
            }
            Either::Second(order) => return End::Ordered(order),
        };
        match with_timeout(
            WRITE_MAX,
            send(&mut writer, piece.get(..len).unwrap_or(&[])),
        )
        .await
        {
            Ok(true) => {}
            Ok(false) => return End::Broken(CloseReason::Reset),
            Err(_) => return End::Broken(CloseReason::TimedOut),
        }
    }
}

async fn send_rest(writer: &mut impl Write, piece: &mut [u8]) {
    while let Ok(len) = PENDING.try_read(piece) {
        if !send(writer, piece.get(..len).unwrap_or(&[])).await {
            return;
        }
    }
}

/// Returns whether all bytes were taken.
async fn send(writer: &mut impl Write, bytes: &[u8]) -> bool {
    writer.write_all(bytes).await.is_ok() && writer.flush().await.is_ok()
}
