//! Elements of DER (X.690), read where they lie.
//!
//! Owns tags and lengths; refuses the forms that DER does not allow. Does not know certificates.

use crate::refusal::Refusal;

/// Tags that certificates are made of.
pub(crate) mod tag {
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const UTC_TIME: u8 = 0x17;
    /// `[N] EXPLICIT`, or `[N] IMPLICIT` around several elements.
    pub(crate) const fn context(number: u8) -> u8 {
        0xa0 | number
    }
    /// `[N] IMPLICIT` around one value.
    pub(crate) const fn context_primitive(number: u8) -> u8 {
        0x80 | number
    }
}

/// Bytes that are read element by element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

/// One element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    /// Its tag.
    pub(crate) tag: u8,
    /// Its bytes, tag and length included.
    pub(crate) whole: &'a [u8],
    /// Its bytes without them.
    pub(crate) content: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`.
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Returns whether nothing is left.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the next element, whatever it is.
    pub(crate) fn any(&mut self) -> Result<Element<'a>, Refusal> {
        self.next_element().ok_or(Refusal::Malformed)
    }

    /// Takes the next element, which must have this tag.
    pub(crate) fn take(&mut self, tag: u8) -> Result<Element<'a>, Refusal> {
        let element = self.any()?;
        if element.tag == tag {
            Ok(element)
        } else {
            Err(Refusal::Malformed)
        }
    }

    /// Takes the next element if it has this tag.
    pub(crate) fn take_optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, Refusal> {
        if self.0.first() == Some(&tag) {
            self.take(tag).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Refuses bytes behind the last element.
    pub(crate) const fn end(self) -> Result<(), Refusal> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Malformed)
        }
    }

    fn next_element(&mut self) -> Option<Element<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        // Tags of several bytes are in no certificate.
        (tag & 0x1f != 0x1f).then_some(())?;
        let (&first, rest) = rest.split_first()?;
        let (length, content) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81 => {
                let (&length, content) = rest.split_first()?;
                // The long form is for lengths that the short one cannot say.
                (length >= 0x80).then_some((usize::from(length), content))?
            }
            0x82 => {
                let (length, content) = rest.split_first_chunk::<2>()?;
                let length = u16::from_be_bytes(*length);
                (length >= 0x100).then_some((usize::from(length), content))?
            }
            // No certificate is longer, and DER has no indefinite form.
            _ => return None,
        };
        let (content, after) = content.split_at_checked(length)?;
        let (whole, _) = self.0.split_at_checked(self.0.len() - after.len())?;
        self.0 = after;
        Some(Element {
            tag,
            whole,
            content,
        })
    }
}

impl<'a> Element<'a> {
    /// Reads what is inside.
    pub(crate) const fn inside(self) -> Reader<'a> {
        Reader::new(self.content)
    }

    /// Returns the bytes of a bit string that has no unused bits.
    pub(crate) fn whole_bytes(self) -> Result<&'a [u8], Refusal> {
        match self.content.split_first() {
            Some((0, bytes)) => Ok(bytes),
            _ => Err(Refusal::Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_come_one_after_the_other() {
        let mut reader = Reader::new(&[0x02, 1, 7, 0x04, 2, 8, 9]);
        assert_eq!(reader.take(tag::INTEGER).unwrap().content, [7]);
        let none = reader.take_optional(tag::BOOLEAN).unwrap();
        assert!(none.is_none());
        let element = reader.take(tag::OCTET_STRING).unwrap();
        assert_eq!(
            (element.content, element.whole),
            (&[8, 9][..], &[4, 2, 8, 9][..])
        );
        assert!(reader.end().is_ok());
    }

    #[test]
    fn what_der_does_not_allow_is_refused() {
        for bytes in [
            &[][..],
            &[0x30],
            &[0x30, 1],
            // The long form of a short length, the indefinite form, a length of three bytes.
            &[0x30, 0x81, 1, 0],
            &[0x30, 0x82, 0, 1, 0],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x83, 0, 0, 0],
        ] {
            assert!(Reader::new(bytes).any().is_err(), "{bytes:x?}");
        }
    }
}
