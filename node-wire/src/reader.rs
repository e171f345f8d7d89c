//! Takes fields off the front of a message.

use node_core::Text;

use crate::frame::WireError;

/// What of a message has not been read yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    /// Returns the value that `read` makes of all bytes of the message.
    pub(crate) fn whole<T>(
        message: &'a [u8],
        read: impl FnOnce(&mut Self) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        let mut reader = Self::new(message);
        let value = read(&mut reader)?;
        if reader.rest.is_empty() {
            Ok(value)
        } else {
            Err(WireError::Overlong)
        }
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (front, rest) = self.rest.split_first_chunk().ok_or(WireError::Truncated)?;
        self.rest = rest;
        Ok(*front)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, WireError> {
        self.array().map(u8::from_le_bytes)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, WireError> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, WireError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn i32(&mut self) -> Result<i32, WireError> {
        self.array().map(i32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, WireError> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn flag(&mut self) -> Result<bool, WireError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(WireError::Unknown),
        }
    }

    /// Reads a flag, and what follows it if it is set.
    pub(crate) fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, WireError>,
    ) -> Result<Option<T>, WireError> {
        if self.flag()? {
            read(self).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Reads a length, and as many bytes.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], WireError> {
        let length = usize::from(self.u16()?);
        let split = self.rest.split_at_checked(length);
        let (front, rest) = split.ok_or(WireError::Truncated)?;
        self.rest = rest;
        Ok(front)
    }

    pub(crate) fn text<const N: usize>(&mut self) -> Result<Text<N>, WireError> {
        let bytes = self.bytes()?;
        let text = core::str::from_utf8(bytes).map_err(|_| WireError::Unknown)?;
        Text::new(text).map_err(|_| WireError::TooLong)
    }
}
