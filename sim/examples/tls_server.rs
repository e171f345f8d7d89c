//! The simulator's TLS server on standard input and output, for clients in an emulator.
//!
//! `tls_server INTERMEDIATES SEED NOW`, with seconds since 1970. Frames go both ways: a length of
//! two bytes, little-endian, and that many bytes. The first one out is the certificate to trust;
//! after that each frame in, bytes of TLS, is answered by one frame out, which may be empty. At the
//! end of input one last frame has all the plain text that came. The same seed and the same client
//! give the same bytes.

use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use nodelab_sim::stack::tls::{
    Authority, Chip, Endpoint, Moment, Stack, TlsSettings, TlsSpec, Versions,
};
use nodelab_sim::{EntityId, Purpose, Rng};

/// Exit code for arguments that make no sense, as `nodelab` has it.
const EXIT_INVALID: u8 = 3;

#[expect(clippy::print_stderr, reason = "standard output belongs to the client")]
fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some((intermediates, seed, now)) = arguments(&words) else {
        eprintln!("usage: tls_server INTERMEDIATES SEED NOW");
        return ExitCode::from(EXIT_INVALID);
    };
    match serve(intermediates, seed, now) {
        Ok(()) => ExitCode::SUCCESS,
        // The client has gone, as it may at any time.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn arguments(words: &[String]) -> Option<(u8, u64, i64)> {
    let [intermediates, seed, now] = words else {
        return None;
    };
    Some((
        intermediates.parse().ok()?,
        seed.parse().ok()?,
        now.parse().ok()?,
    ))
}

fn serve(intermediates: u8, seed: u64, now: i64) -> io::Result<()> {
    let settings = TlsSettings {
        intermediates,
        tickets: 0,
        server_versions: Versions::V1_3,
        ..TlsSettings::of(Stack::EmbeddedTls, Chip::Esp32C3At160)
    };
    let spec = TlsSpec::new(settings).map_err(|error| io::Error::other(error.to_string()))?;
    let authority = Authority::new(&spec, now, seed);
    send(authority.root_der())?;
    let mut luck = Rng::derive(seed, EntityId::World, Purpose::TlsServer);
    let moment = Moment::from_unix_ms(now.saturating_mul(1000));
    let mut server = Endpoint::server(&authority.server(), &mut luck, moment);
    while let Some(bytes) = receive()? {
        server.receive(moment, &bytes);
        let mut answer = Vec::new();
        server.take_output(&mut answer);
        send(&answer)?;
    }
    let mut plain = Vec::new();
    server.take_plain(&mut plain);
    send(&plain)
}

/// Reads a frame; `None` at the end of input.
fn receive() -> io::Result<Option<Vec<u8>>> {
    let mut input = io::stdin().lock();
    let mut length = [0; 2];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let mut bytes = vec![0; usize::from(u16::from_le_bytes(length))];
    input.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}

fn send(bytes: &[u8]) -> io::Result<()> {
    let length = u16::try_from(bytes.len()).map_err(io::Error::other)?;
    let mut output = io::stdout().lock();
    output.write_all(&length.to_le_bytes())?;
    output.write_all(bytes)?;
    output.flush()
}
