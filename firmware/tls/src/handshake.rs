//! Measures a whole handshake with a server that the host plays.
//!
//! ```text
//! opened INSTRUCTIONS STACK UP DOWN
//! refused WHY
//! failed
//! ```

use portable::handshake::{Buffers, Failure, Setup, shake};

use crate::hal::{self, Single};
use crate::report::decimal;
use crate::transport::{Transport, kind, receive, send};

/// Longest setup: the certificate above all.
const SETUP_MAX: usize = 1024;
/// What an input that is no setup ends the emulator with, as one that is no frame of `node-wire`.
const EXIT_GARBLED: u32 = 64;

static SETUP: Single<[u8; SETUP_MAX]> = Single::new([0; SETUP_MAX]);
static BUFFERS: Single<Buffers> = Single::new(Buffers::new());

/// Reads a setup, shakes hands, and reports.
pub(crate) fn run() {
    let (Some(bytes), Some(buffers)) = (SETUP.take(), BUFFERS.take()) else {
        return;
    };
    let length = receive(bytes);
    let Some(setup) = bytes.get(..length).and_then(Setup::read) else {
        hal::exit(EXIT_GARBLED);
    };
    let mut transport = Transport::default();
    hal::paint();
    let before = hal::instructions();
    let ended = shake(&setup, &mut transport, buffers);
    let after = hal::instructions();
    let stack = hal::high_water();
    let took = after.wrapping_sub(before).wrapping_sub(transport.moving);
    match ended {
        Ok(()) => opened([took, stack, transport.up, transport.down]),
        Err(Failure::Refused(why)) => {
            let mut line = [0; 64];
            let words = [b"refused ", why.as_str().as_bytes()];
            send(kind::REPORT, joined(&mut line, words));
        }
        Err(Failure::Library(_)) => send(kind::REPORT, b"failed"),
    }
}

fn opened(numbers: [u32; 4]) {
    let mut line = [0; 64];
    let mut length = 0;
    let mut text = |bytes: &[u8]| {
        if let Some(room) = line
            .get_mut(length..)
            .and_then(|rest| rest.get_mut(..bytes.len()))
        {
            room.copy_from_slice(bytes);
            length += bytes.len();
        }
    };
    text(b"opened");
    for number in numbers {
        decimal(number, &mut text);
    }
    send(kind::REPORT, line.get(..length).unwrap_or_default());
}

/// Puts both texts one behind the other, as far as they fit.
fn joined<'a>(line: &'a mut [u8; 64], [first, second]: [&[u8]; 2]) -> &'a [u8] {
    let mut length = 0;
    for (to, from) in line.iter_mut().zip(first.iter().chain(second)) {
        *to = *from;
        length += 1;
    }
    line.get(..length).unwrap_or_default()
}
