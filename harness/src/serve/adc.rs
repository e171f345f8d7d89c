//! `--adc`: the simulated converter for programs that are not ours.
//!
//! Owns the sockets, the length of lines and the journal. What lines mean is the board's.
//! Conversions take no time: a socket is slower than any converter.

mod board;

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

use super::door::{Admission, Door, Guest};
use super::error::ServeError;
use super::house::{House, Ready};
use super::journal::Shown;
use super::subject::Subject;

use self::board::{Answer, Board};

const SERVICE: &str = "adc";
/// Longest line, its end included, in bytes. Worst case: twice that of each client.
const LINE_MAX: usize = 256;

/// Wrong lines in a row after which a client is closed: it speaks another protocol, such as a
/// browser's, whose later lines might mean something.
const WRONG_MAX: u32 = 8;

/// What `--adc` says.
#[derive(Clone, Debug)]
pub struct AdcOptions {
    /// Where to listen.
    pub address: SocketAddr,
    /// Which board.
    pub subject: Subject,
}

/// What came from a client.
#[derive(Debug, Eq, PartialEq)]
enum Line {
    End,
    Text(Vec<u8>),
    TooLong,
}

pub(super) async fn open(options: AdcOptions, house: &House) -> Result<Ready, ServeError> {
    let known = options.subject.read()?;
    let door = Door::open(SERVICE, options.address, Admission::ByAddress, 1, house).await?;
    let address = door.address();
    let mut greeting = known.warnings.clone();
    let name = known.name.clone();
    let has_faults = !known.prepared.scenario.extension.faults.is_empty();
    let board = Board::new(known);
    greeting.push(format!("adc   listens on {address}: {board}, of {name}"));
    greeting.push(format!(
        "        echo read | nc {} {}",
        address.ip(),
        address.port()
    ));
    if has_faults {
        let note = "adc   the scenario's faults are left out: `fault` and `temperature` make them";
        greeting.push(note.to_owned());
    }
    let house = house.clone();
    Ok(Ready {
        greeting,
        run: Box::pin(serve(door, house, Arc::new(Mutex::new(board)))),
    })
}

async fn serve(mut door: Door, house: House, board: Arc<Mutex<Board>>) -> Vec<String> {
    while let Some(guest) = door.next().await {
        let (house, board) = (house.clone(), Arc::clone(&board));
        tokio::spawn(async move {
            let (number, peer) = (guest.number, guest.peer);
            let journal = &house.journal;
            journal.tell(SERVICE, format_args!("#{number} {peer} connected"));
            let ended = tokio::select! {
                () = house.closing.wait() => return,
                ended = attend(guest, &house, &board) => ended,
            };
            match ended {
                Ok(None) => journal.tell(SERVICE, format_args!("#{number} closed")),
                Ok(Some(why)) => journal.tell(SERVICE, format_args!("#{number} closed: {why}")),
                Err(error) => journal.tell(SERVICE, format_args!("#{number} closed: {error}")),
            }
        });
    }
    let readings = board
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .readings;
    let (guests, away) = (door.guests(), door.turned_away());
    let mut line = format!("adc   {guests} connections, {readings} readings");
    if away > 0 {
        write!(line, ", {away} turned away").expect("a text takes all");
    }
    vec![line]
}

/// Answers a client line by line, until it goes, or until it is closed for the reason returned.
async fn attend(guest: Guest, house: &House, board: &Mutex<Board>) -> io::Result<Option<String>> {
    let Guest {
        number,
        peer: _,
        stream,
        seat: _seat,
    } = guest;
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::with_capacity(LINE_MAX, reader);
    let mut wrong_in_a_row = 0;
    let why = loop {
        let line = match next_line(&mut reader).await? {
            Line::End => return Ok(None),
            Line::Text(line) => line,
            Line::TooLong => break format!("a line has {LINE_MAX} bytes at most"),
        };
        let now = house.clock.now();
        let answer = board
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .answer(now, &line);
        match &answer {
            Answer::Changed => {
                let said = line.trim_ascii();
                let journal = &house.journal;
                journal.tell(SERVICE, format_args!("#{number} {}", Shown(said)));
                wrong_in_a_row = 0;
            }
            Answer::Text(_) => wrong_in_a_row = 0,
            Answer::Wrong(_) => wrong_in_a_row += 1,
        }
        writer.write_all(format!("{answer}\n").as_bytes()).await?;
        if wrong_in_a_row >= WRONG_MAX {
            break format!("{WRONG_MAX} lines in a row were wrong");
        }
    };
    writer
        .write_all(format!("error: {why}\n").as_bytes())
        .await?;
    writer.shutdown().await?;
    Ok(Some(why))
}

/// Reads a line, without its end. A line that never ends is none.
async fn next_line(reader: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Line> {
    let mut line = Vec::new();
    loop {
        let read = reader.fill_buf().await?;
        if read.is_empty() {
            return Ok(Line::End);
        }
        let end = read.iter().position(|byte| *byte == b'\n');
        let length = end.unwrap_or(read.len());
        line.extend_from_slice(&read[..length]);
        let consumed = end.map_or(length, |end| end + 1);
        reader.consume(consumed);
        if line.len() >= LINE_MAX {
            return Ok(Line::TooLong);
        }
        if end.is_some() {
            return Ok(Line::Text(line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_bounded_however_they_arrive() {
        let long = vec![b'x'; LINE_MAX];
        for (sent, expected) in [
            (&b"read\nboard\n"[..], Line::Text(b"read".to_vec())),
            (b"\n", Line::Text(Vec::new())),
            (b"read", Line::End),
            (b"", Line::End),
            (&long, Line::TooLong),
            (
                &[&long[1..], b"\n"].concat(),
                Line::Text(long[1..].to_vec()),
            ),
        ] {
            for capacity in [1, 3, LINE_MAX] {
                let mut reader = BufReader::with_capacity(capacity, sent);
                let read = futures_util::FutureExt::now_or_never(next_line(&mut reader));
                assert_eq!(read.unwrap().unwrap(), expected, "{capacity}");
            }
        }
    }
}
