//! Whole records of one direction, held until they are whole.
//!
//! Owns the framing of TLS records (RFC 8446 §5.1). Does not know what is done to them.

/// `ContentType.handshake`.
pub(super) const HANDSHAKE: u8 = 22;
/// Bytes in front of a record: type, version, length.
pub(super) const HEADER: usize = 5;
/// Longest payload that a record may have, with what encryption adds (RFC 5246 §6.2.3).
const PAYLOAD_MAX: usize = (1 << 14) + 2_048;

/// Bytes that are no whole record yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Held(Vec<u8>);

impl Held {
    /// Takes more bytes of the stream.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Takes the next record that is whole and holds handshake messages in the clear.
    ///
    /// # Errors
    ///
    /// Everything that is held, where the next bytes are none: there is nothing to wait for.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, Vec<u8>> {
        let Some(header) = self.0.first_chunk::<HEADER>() else {
            return match self.0.first() {
                Some(first) if *first != HANDSHAKE => Err(self.take()),
                _ => Ok(None),
            };
        };
        let length = usize::from(u16::from_be_bytes([header[3], header[4]]));
        if header[0] != HANDSHAKE || length > PAYLOAD_MAX {
            return Err(self.take());
        }
        if self.0.len() < HEADER + length {
            return Ok(None);
        }
        let rest = self.0.split_off(HEADER + length);
        Ok(Some(std::mem::replace(&mut self.0, rest)))
    }

    /// Takes everything that is held.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_held_until_it_is_whole() {
        let mut held = Held::default();
        held.push(&[22, 3, 3, 0]);
        assert_eq!(held.next(), Ok(None));
        held.push(&[2, 7]);
        assert_eq!(held.next(), Ok(None));
        held.push(&[8, 22]);
        assert_eq!(held.next(), Ok(Some(vec![22, 3, 3, 0, 2, 7, 8])));
        assert_eq!(held.next(), Ok(None));
        assert_eq!(held.take(), [22]);
    }

    #[test]
    fn what_is_no_handshake_is_not_held() {
        for bytes in [&[0x10][..], &[23, 3, 3, 0, 9], &[22, 3, 3, 0xFF, 0xFF]] {
            let mut held = Held::default();
            held.push(bytes);
            assert_eq!(held.next(), Err(bytes.to_vec()));
        }
    }
}
