//! Whoever is in the middle takes any bytes of a stream, both ways, and passes on or keeps them.
//!
//! Owns how bytes are used: the first says which attack and what the stream is, the second is the
//! length of each piece; pieces go up and down in turn.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nodelab_sim::adversary::{Attack, Passage, Tap, Way};
use nodelab_sim::{SimSpan, SimTime};

const ATTACKS: [Attack; 12] = [
    Attack::DRIP,
    Attack::Downgrade,
    Attack::EofWithoutCloseNotify,
    Attack::Garbage,
    Attack::NoCommonSuite,
    Attack::OversizedRecord { bytes: 20_000 },
    Attack::Renegotiation,
    Attack::Replay,
    Attack::StrippedExtension,
    Attack::TamperedHandshake,
    Attack::TamperedRecord(Way::Up),
    Attack::TruncatedFlight,
];
const STEP: SimSpan = SimSpan::from_secs(1);

fuzz_target!(|data: &[u8]| {
    let [options, length, bytes @ ..] = data else {
        return;
    };
    let attack = ATTACKS[usize::from(options & 0x0F) % ATTACKS.len()];
    let (protected, secured) = (options & 0x10 == 0, options & 0x20 != 0);
    let mut at = SimTime::ZERO;
    let mut tap = Tap::new(at, attack, protected, secured);
    let ways = [Way::Up, Way::Down].into_iter().cycle();
    let pieces = bytes.chunks(usize::from(*length).max(1));
    for (piece, way) in pieces.zip(ways) {
        let mut out = Passage::default();
        tap.carry(at, way, piece, &mut out);
        tap.take_request();
        tap.take_replay(at);
        at = at.after(STEP);
        tap.handle_timeout(at, &mut out);
    }
    tap.release(&mut Passage::default());
});
