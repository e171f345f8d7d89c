//! The frame around each message, and what can be wrong with one.

use node_core::Writer;

/// Bytes of a frame's body at most: one TLS record's worth of stream (2¹⁴, RFC 8446 §5.1), and
/// the few bytes around it.
pub const BODY_MAX: usize = 16_384 + 64;
/// Bytes of a frame at most.
pub const FRAME_MAX: usize = HEADER + BODY_MAX;
/// Bytes of the length in front of a body.
const HEADER: usize = 2;

/// Why bytes are not a message, or a message not bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WireError {
    /// Bytes are left after the last field.
    Overlong,
    /// The message is longer than [`BODY_MAX`], or than the buffer it was to be written to.
    TooLong,
    /// The bytes end inside a field.
    Truncated,
    /// A tag, a choice or a number has a value that nothing stands for.
    Unknown,
}

/// The first frame of some bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Frame<'a> {
    /// What the frame holds.
    pub body: &'a [u8],
    /// What follows it.
    pub rest: &'a [u8],
}

/// Splits the first frame off.
///
/// Returns `None` while the frame is not there as a whole.
///
/// # Errors
///
/// [`WireError::TooLong`] when its length is above [`BODY_MAX`].
pub fn split(bytes: &[u8]) -> Result<Option<Frame<'_>>, WireError> {
    let Some((length, rest)) = bytes.split_first_chunk::<HEADER>() else {
        return Ok(None);
    };
    let length = usize::from(u16::from_le_bytes(*length));
    if length > BODY_MAX {
        return Err(WireError::TooLong);
    }
    let frame = rest.split_at_checked(length);
    Ok(frame.map(|(body, rest)| Frame { body, rest }))
}

/// Writes a frame whose body is what `write` writes, and returns it.
pub(crate) fn frame(
    buffer: &mut [u8],
    write: impl FnOnce(&mut Writer<'_>),
) -> Result<&[u8], WireError> {
    let body = buffer.get_mut(HEADER..).ok_or(WireError::TooLong)?;
    let mut out = Writer::new(body);
    write(&mut out);
    let length = out.finish().ok_or(WireError::TooLong)?.len();
    if length > BODY_MAX {
        return Err(WireError::TooLong);
    }
    let header = u16::try_from(length).map_err(|_| WireError::TooLong)?;
    let frame = buffer.get_mut(..HEADER + length);
    let frame = frame.ok_or(WireError::TooLong)?;
    if let Some(start) = frame.first_chunk_mut() {
        *start = header.to_le_bytes();
    }
    Ok(frame)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_split_only_when_it_is_whole() {
        let bytes = [2, 0, 7, 8, 9];
        for length in 0..4 {
            assert_eq!(split(&bytes[..length]), Ok(None));
        }
        let (body, rest) = (&[7, 8][..], &[9][..]);
        assert_eq!(split(&bytes), Ok(Some(Frame { body, rest })));
    }

    #[test]
    fn a_length_above_the_limit_is_refused() {
        assert_eq!(split(&[0xff, 0xff]), Err(WireError::TooLong));
    }

    #[test]
    fn a_body_that_does_not_fit_is_refused() {
        let mut buffer = [0; 4];
        let written = frame(&mut buffer, |out| {
            out.bytes(&[1, 2, 3]);
        });
        assert_eq!(written, Err(WireError::TooLong));
    }
}
