//! What a certificate's extensions say (RFC 5280 §4.2).
//!
//! Owns which are understood. A critical one that is not makes the certificate unfit.

use crate::der::{Element, Reader, tag};
use crate::refusal::Refusal;

/// Identifiers, as bytes of DER (RFC 5280 §4.2.1).
mod id {
    pub(super) const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
    pub(super) const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
    pub(super) const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
    pub(super) const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x1e];
    pub(super) const SUBJECT_ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1d, 0x11];
    /// `anyExtendedKeyUsage`, and `id-kp-serverAuth` (§4.2.1.12).
    pub(super) const ANY_USAGE: &[u8] = &[0x55, 0x1d, 0x25, 0x00];
    pub(super) const SERVER: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
}

/// `digitalSignature` and `keyCertSign`, bits 0 and 5 from the left (§4.2.1.3).
const DIGITAL_SIGNATURE: u8 = 0x80;
const KEY_CERT_SIGN: u8 = 0x04;

/// What the extensions of one certificate say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extensions<'a> {
    /// The subject is an authority.
    pub(crate) is_authority: bool,
    /// How many authorities may stand between this one and the server.
    pub(crate) path_length: Option<u8>,
    /// The first eight bits of key usage; without the extension, everything.
    key_usage: u8,
    /// It may serve TLS; without the extension, it may.
    serves: bool,
    /// The alternative names, if there are any.
    pub(crate) names: Option<Reader<'a>>,
    /// A bit for each extension that was read; none may come twice (§4.2).
    seen: u8,
}

impl<'a> Extensions<'a> {
    /// A certificate without any.
    pub(crate) const NONE: Self = Self {
        is_authority: false,
        path_length: None,
        key_usage: u8::MAX,
        serves: true,
        names: None,
        seen: 0,
    };

    /// Reads the sequence of extensions.
    pub(crate) fn read(mut extensions: Reader<'a>) -> Result<Self, Refusal> {
        let mut read = Self::NONE;
        while !extensions.is_empty() {
            let mut fields = extensions.take(tag::SEQUENCE)?.inside();
            let id = fields.take(tag::OBJECT_IDENTIFIER)?;
            let critical = fields.take_optional(tag::BOOLEAN)?;
            let value = fields.take(tag::OCTET_STRING)?;
            fields.end()?;
            let known = read.note(id.content, value)?;
            let critical = critical.map_or(Ok(false), truth)?;
            if !known && critical {
                return Err(Refusal::UnknownCriticalExtension);
            }
        }
        Ok(read)
    }

    /// Returns whether the key may sign handshakes of a server.
    pub(crate) const fn may_serve(&self) -> bool {
        self.serves && self.key_usage & DIGITAL_SIGNATURE != 0
    }

    /// Returns whether the key may sign certificates of servers.
    pub(crate) const fn may_issue(&self) -> bool {
        self.serves && self.key_usage & KEY_CERT_SIGN != 0
    }

    /// Notes one extension; returns whether it is understood.
    fn note(&mut self, id: &[u8], value: Element<'a>) -> Result<bool, Refusal> {
        let mut value = value.inside();
        match id {
            id::BASIC_CONSTRAINTS => {
                self.first(0x01)?;
                let mut fields = value.take(tag::SEQUENCE)?.inside();
                let flag = fields.take_optional(tag::BOOLEAN)?;
                self.is_authority = flag.map_or(Ok(false), truth)?;
                self.path_length = match fields.take_optional(tag::INTEGER)? {
                    None => None,
                    Some(length) => match length.content {
                        [length @ 0..0x80] => Some(*length),
                        _ => return Err(Refusal::Malformed),
                    },
                };
                fields.end()?;
            }
            id::EXTENDED_KEY_USAGE => {
                self.first(0x02)?;
                let mut usages = value.take(tag::SEQUENCE)?.inside();
                self.serves = false;
                while !usages.is_empty() {
                    let usage = usages.take(tag::OBJECT_IDENTIFIER)?.content;
                    self.serves |= usage == id::SERVER || usage == id::ANY_USAGE;
                }
            }
            id::KEY_USAGE => {
                self.first(0x04)?;
                match value.take(tag::BIT_STRING)?.content {
                    [unused @ 0..8, bits] if bits.trailing_zeros() >= u32::from(*unused) => {
                        self.key_usage = *bits;
                    }
                    [0..8, bits, _] => self.key_usage = *bits,
                    // No bit is set, which the standard forbids, or one that is none.
                    _ => return Err(Refusal::Malformed),
                }
            }
            // Whoever does not understand what an authority is limited to must not trust it.
            id::NAME_CONSTRAINTS => return Err(Refusal::UnknownCriticalExtension),
            id::SUBJECT_ALTERNATIVE_NAME => {
                self.first(0x08)?;
                self.names = Some(value.take(tag::SEQUENCE)?.inside());
            }
            _ => return Ok(false),
        }
        value.end()?;
        Ok(true)
    }

    /// Notes that an extension was read, whose `bit` must be new.
    const fn first(&mut self, bit: u8) -> Result<(), Refusal> {
        if self.seen & bit != 0 {
            return Err(Refusal::Malformed);
        }
        self.seen |= bit;
        Ok(())
    }
}

/// Reads a BOOLEAN, of which DER has two (X.690 §11.1).
const fn truth(flag: Element<'_>) -> Result<bool, Refusal> {
    match flag.content {
        [0x00] => Ok(false),
        [0xff] => Ok(true),
        _ => Err(Refusal::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `keyUsage` with `digitalSignature`, critical.
    const USAGE: [u8; 16] = [
        0x30, 0x0e, 0x06, 0x03, 0x55, 0x1d, 0x0f, 0x01, 0x01, 0xff, 0x04, 0x04, 0x03, 0x02, 0x07,
        0x80,
    ];

    fn read(bytes: &[u8]) -> Result<bool, Refusal> {
        Extensions::read(Reader::new(bytes)).map(|read| read.may_serve())
    }

    #[test]
    fn an_extension_comes_once() {
        assert_eq!(read(&USAGE), Ok(true));
        assert_eq!(read(&[USAGE, USAGE].concat()), Err(Refusal::Malformed));
    }

    #[test]
    fn what_is_no_der_is_refused() {
        for (place, byte) in [(9, 0x01), (14, 0x08), (15, 0x81)] {
            let mut bytes = USAGE;
            bytes[place] = byte;
            assert_eq!(read(&bytes), Err(Refusal::Malformed), "{place}");
        }
    }

    #[test]
    fn limits_of_names_are_not_understood_even_when_not_critical() {
        let limits = [
            0x30, 0x09, 0x06, 0x03, 0x55, 0x1d, 0x1e, 0x04, 0x02, 0x30, 0x00,
        ];
        assert_eq!(read(&limits), Err(Refusal::UnknownCriticalExtension));
    }
}
