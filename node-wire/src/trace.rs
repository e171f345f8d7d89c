//! Many lives in one file: each with a line that says whose it is, and its requests.
//!
//! ```text
//! life:   length of name u32 · name · length of requests u32 · requests, one frame each
//! ```

use node_core::Writer;

use crate::frame::WireError;

/// Bytes in front of a life's requests, besides its name.
pub const LIFE_HEADER: usize = 8;

/// One recorded life: a boot, and what the node was told until it lost power or the run ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Life<'a> {
    /// Whose life it was: scenario, seed, node and boot, in words.
    pub name: &'a str,
    /// What it was told, one frame after the other.
    pub requests: &'a [u8],
}

/// The lives of a file, in order.
#[derive(Clone, Debug)]
pub struct Lives<'a> {
    rest: &'a [u8],
}

/// Writes what stands in front of `length` bytes of requests to the front of `buffer`.
///
/// # Errors
///
/// [`WireError::TooLong`] when the name or the length is too long for the format, or both for
/// `buffer`.
pub fn life_header<'b>(
    name: &str,
    length: usize,
    buffer: &'b mut [u8],
) -> Result<&'b [u8], WireError> {
    let mut out = Writer::new(buffer);
    out.bytes(&length_of(name.len())?).text(name);
    out.bytes(&length_of(length)?);
    out.finish().ok_or(WireError::TooLong)
}

fn length_of(length: usize) -> Result<[u8; 4], WireError> {
    let length = u32::try_from(length).map_err(|_| WireError::TooLong)?;
    Ok(length.to_le_bytes())
}

impl<'a> Lives<'a> {
    /// Reads the bytes of a file.
    #[must_use]
    pub const fn new(file: &'a [u8]) -> Self {
        Self { rest: file }
    }

    fn life(&mut self) -> Result<Life<'a>, WireError> {
        let name = self.part()?;
        let name = core::str::from_utf8(name).map_err(|_| WireError::Unknown)?;
        let requests = self.part()?;
        Ok(Life { name, requests })
    }

    /// Takes a length off the front, and as many bytes.
    fn part(&mut self) -> Result<&'a [u8], WireError> {
        let front = self.rest.split_first_chunk();
        let (length, rest) = front.ok_or(WireError::Truncated)?;
        let length = usize::try_from(u32::from_le_bytes(*length));
        let length = length.map_err(|_| WireError::TooLong)?;
        let (part, rest) = rest.split_at_checked(length).ok_or(WireError::Truncated)?;
        self.rest = rest;
        Ok(part)
    }
}

impl<'a> Iterator for Lives<'a> {
    type Item = Result<Life<'a>, WireError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let life = self.life();
        if life.is_err() {
            self.rest = &[];
        }
        Some(life)
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    fn file(lives: &[(&str, &[u8])]) -> Vec<u8> {
        let mut file = Vec::new();
        for (name, requests) in lives {
            let mut buffer = [0; 64];
            let header = life_header(name, requests.len(), &mut buffer).unwrap();
            file.extend_from_slice(header);
            file.extend_from_slice(requests);
        }
        file
    }

    #[test]
    fn lives_come_back_in_order() {
        let file = file(&[("a, seed 1", &[1, 2, 3]), ("b", &[])]);
        let lives: Result<Vec<_>, _> = Lives::new(&file).collect();
        let lives: Vec<_> = lives
            .unwrap()
            .iter()
            .map(|l| (l.name, l.requests))
            .collect();
        assert_eq!(lives, [("a, seed 1", &[1, 2, 3][..]), ("b", &[])]);
    }

    #[test]
    fn a_file_that_was_cut_says_so_once() {
        let whole = file(&[("a", &[1, 2, 3])]);
        for length in 1..whole.len() {
            let lives: Vec<_> = Lives::new(&whole[..length]).collect();
            assert_eq!(lives, [Err(WireError::Truncated)]);
        }
    }
}
