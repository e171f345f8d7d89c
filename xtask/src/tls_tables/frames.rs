//! Frames between the host and a client on a core, as `firmware/tls/src/transport.rs` has them.

use std::io::{self, Read, Write};

/// Kind of a frame that carries bytes of TLS.
const TLS: u8 = b'T';
/// Kind of a frame that carries a line of the report.
const REPORT: u8 = b'R';

/// What a client says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Said {
    /// A line of its report.
    Report(String),
    /// Bytes for the server.
    Tls(Vec<u8>),
}

/// Writes a frame for a client or a server.
///
/// # Errors
///
/// Those of the stream, and that of a frame too long for its length.
pub(super) fn send(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u16::try_from(bytes.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(bytes)?;
    to.flush()
}

/// Reads a server's frame.
///
/// # Errors
///
/// Those of the stream; its end is one of them.
pub(super) fn receive(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 2];
    from.read_exact(&mut length)?;
    let mut bytes = vec![0; usize::from(u16::from_le_bytes(length))];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Reads a client's frame.
///
/// # Errors
///
/// Those of the stream, its end among them, and that of a frame of no known kind.
pub(super) fn hear(from: &mut impl Read) -> io::Result<Said> {
    let mut kind = [0];
    from.read_exact(&mut kind)?;
    let bytes = receive(from)?;
    match kind[0] {
        TLS => Ok(Said::Tls(bytes)),
        REPORT => Ok(Said::Report(String::from_utf8_lossy(&bytes).into_owned())),
        other => Err(io::Error::other(format!("a frame of kind {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_as_they_are_written() {
        let mut stream = Vec::new();
        send(&mut stream, b"abc").unwrap();
        send(&mut stream, b"").unwrap();
        let mut from = stream.as_slice();
        assert_eq!(receive(&mut from).unwrap(), b"abc");
        assert_eq!(receive(&mut from).unwrap(), b"");
        assert!(receive(&mut from).is_err());
    }

    #[test]
    fn clients_say_what_a_frame_is() {
        let mut from = &b"T\x02\0\x16\x03R\x02\0ok?"[..];
        assert_eq!(hear(&mut from).unwrap(), Said::Tls(vec![0x16, 3]));
        assert_eq!(hear(&mut from).unwrap(), Said::Report("ok".to_owned()));
        assert!(hear(&mut from).is_err());
    }
}
