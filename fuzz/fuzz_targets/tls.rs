//! Any bytes as TLS end in plain text or a failure, at both ends and for every stack.
//!
//! Owns how bytes are used: the first says which stack, and whether they come before, within or
//! behind a handshake; the second is the length of each piece.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use nodelab_sim::stack::tls::{Authority, Chip, Endpoint, Moment, Stack, TlsSettings, TlsSpec};
use nodelab_sim::{EntityId, NodeId, Purpose, Rng};

const EPOCH_S: i64 = 1_780_000_000;
const NOW: Moment = Moment::from_unix_ms(EPOCH_S * 1_000);
const STACKS: [(Stack, Chip); 4] = [
    (Stack::BearSsl, Chip::Esp8266At160),
    (Stack::EmbeddedTls, Chip::Esp32C3At160),
    (Stack::MbedTls, Chip::Esp32C3At160),
    (Stack::MicroPython, Chip::Esp8266At80),
];
/// Flights of a handshake, and one more for tickets.
const FLIGHTS_MAX: u8 = 4;

fuzz_target!(|data: &[u8]| {
    let [options, length, bytes @ ..] = data else {
        return;
    };
    let authority = &authorities()[usize::from(options % 4)];
    let mut luck = Rng::derive(1, EntityId::Node(NodeId(0)), Purpose::TlsClient);
    let mut client = Endpoint::client(&authority.client(NodeId(0)), &mut luck, NOW);
    let mut server = Endpoint::server(&authority.server(), &mut luck, NOW);
    for _ in 0..(options >> 2) % (FLIGHTS_MAX + 1) {
        carry(&mut client, &mut server);
        carry(&mut server, &mut client);
    }
    for piece in bytes.chunks(usize::from(*length).max(1)) {
        client.receive(NOW, piece);
        server.receive(NOW, piece);
        empty(&mut client);
        empty(&mut server);
    }
    client.eof(NOW);
    server.eof(NOW);
});

fn authorities() -> &'static [Authority; 4] {
    static AUTHORITIES: OnceLock<[Authority; 4]> = OnceLock::new();
    AUTHORITIES.get_or_init(|| {
        STACKS.map(|(stack, chip)| {
            let spec = TlsSpec::new(TlsSettings::of(stack, chip)).expect("defaults fit together");
            Authority::new(&spec, EPOCH_S, 1)
        })
    })
}

fn carry(from: &mut Endpoint, to: &mut Endpoint) {
    let mut bytes = Vec::new();
    from.take_output(&mut bytes);
    to.receive(NOW, &bytes);
}

fn empty(end: &mut Endpoint) {
    let mut bytes = Vec::new();
    end.take_output(&mut bytes);
    end.take_plain(&mut bytes);
    while end.poll_event().is_some() {}
    end.take_work();
}
