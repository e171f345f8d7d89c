//! JSON text, as far as the node needs it.
//!
//! Owns escaping and a scanner that finds values without keeping them. Does not build documents,
//! and judges them only where it must.

use crate::text::Writer;

/// Appends `text` as a JSON string, quotes included (RFC 8259 §7).
pub(super) fn string(text: &str, out: &mut Writer<'_>) {
    out.text("\"");
    // Bytes of a longer UTF-8 sequence are all above 0x7F, so none is taken for a character.
    for &byte in text.as_bytes() {
        match byte {
            b'"' => out.text("\\\""),
            b'\\' => out.text("\\\\"),
            0x00..=0x1F => out
                .text("\\u00")
                .bytes(&[hex_digit(byte >> 4), hex_digit(byte & 0x0F)]),
            _ => out.bytes(&[byte]),
        };
    }
    out.text("\"");
}

/// Returns the digit of a number below 16.
const fn hex_digit(nibble: u8) -> u8 {
    match nibble {
        0..=9 => b'0'.saturating_add(nibble),
        _ => b'a'.saturating_add(nibble.saturating_sub(10)),
    }
}

/// Walks over the members of a JSON object.
///
/// Tolerant: it finds the members of every legal object, and some in what is not quite one.
#[derive(Clone, Debug)]
pub(super) struct Members<'a> {
    rest: &'a [u8],
}

impl<'a> Members<'a> {
    /// Starts at the object that `bytes` holds, `None` when it holds none.
    pub(super) fn of(bytes: &'a [u8]) -> Option<Self> {
        let mut members = Self { rest: bytes };
        members.eat(b'{').then_some(members)
    }

    /// Skips white space and takes `expected` if it comes next.
    fn eat(&mut self, expected: u8) -> bool {
        self.rest = self.rest.trim_ascii_start();
        match self.rest.split_first() {
            Some((&byte, rest)) if byte == expected => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Takes a string, whose opening quote was taken, and returns what is between the quotes,
    /// escapes as they are.
    fn string(&mut self) -> Option<&'a [u8]> {
        let mut escaped = false;
        let end = self.rest.iter().position(|&byte| {
            let closes = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        })?;
        self.take(end, 1)
    }

    /// Takes a value: a string without its quotes, anything else as it stands.
    fn value(&mut self) -> Option<&'a [u8]> {
        if self.eat(b'"') {
            return self.string();
        }
        let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
        // Ends before a comma or a closing bracket that belongs to the object around it.
        let end = self.rest.iter().position(|&byte| {
            let outside = depth == 0 && !quoted;
            match byte {
                b',' | b'}' | b']' if outside => return true,
                b'{' | b'[' if !quoted => depth = depth.saturating_add(1),
                b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
                b'"' if !escaped => quoted = !quoted,
                _ => {}
            }
            escaped = byte == b'\\' && !escaped;
            false
        })?;
        let value = self.take(end, 0)?.trim_ascii_end();
        (!value.is_empty()).then_some(value)
    }

    /// Takes `len` bytes, and `more` that are dropped.
    fn take(&mut self, len: usize, more: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest.get(more..)?;
        Some(taken)
    }
}

impl<'a> Iterator for Members<'a> {
    /// A key and its value.
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let _separator = self.eat(b',');
        if !self.eat(b'"') {
            return None;
        }
        let key = self.string()?;
        if !self.eat(b':') {
            return None;
        }
        Some((key, self.value()?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};
    use serde_json::Value;
    use std::collections::BTreeMap;
    use std::string::String;
    use std::vec::Vec;

    use super::*;

    fn members(text: &str) -> Vec<(&str, &str)> {
        let text_of = |bytes| core::str::from_utf8(bytes).unwrap();
        let members = Members::of(text.as_bytes()).into_iter().flatten();
        members
            .map(|(key, value)| (text_of(key), text_of(value)))
            .collect()
    }

    #[test]
    fn members_are_found_whatever_their_values() {
        let text =
            r#" { "a" : "x\"y\\" ,"b":{"c":["}",{"d":1}]}, "e":-1.5e3 , "f":null,"g":[ ] } tail"#;
        let expected = [
            ("a", r#"x\"y\\"#),
            ("b", r#"{"c":["}",{"d":1}]}"#),
            ("e", "-1.5e3"),
            ("f", "null"),
            ("g", "[ ]"),
        ];
        assert_eq!(members(text), expected);
    }

    #[test]
    fn what_is_not_an_object_has_no_members() {
        for text in [
            "", "7", "[1]", "\"a\"", "{", "{}", "{\"a\"", "{\"a\":", "{\"a\":}", "{a:1}",
        ] {
            assert_eq!(members(text), [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn strings_survive_the_way_through_a_json_reader(text in any::<String>()) {
            let mut buffer = std::vec![0; 6 * text.len() + 2];
            let mut out = Writer::new(&mut buffer);
            string(&text, &mut out);
            let read: Value = serde_json::from_slice(out.finish().unwrap()).unwrap();
            prop_assert_eq!(read, Value::String(text));
        }

        #[test]
        fn every_member_of_a_legal_object_is_found(
            object in prop::collection::btree_map(
                any::<String>(),
                any::<(String, Vec<i8>)>(),
                0..4,
            ),
            pretty in any::<bool>(),
        ) {
            let text = if pretty {
                serde_json::to_string_pretty(&object).unwrap()
            } else {
                serde_json::to_string(&object).unwrap()
            };
            let mut found = BTreeMap::new();
            for (key, value) in members(&text) {
                let key: String = serde_json::from_str(&std::format!("\"{key}\"")).unwrap();
                let value: (String, Vec<i8>) = serde_json::from_str(value).unwrap();
                found.insert(key, value);
            }
            prop_assert_eq!(found, object);
        }

        #[test]
        fn no_bytes_trouble_the_scanner(bytes in any::<Vec<u8>>()) {
            let braced = [b"{\"", &bytes[..]].concat();
            for text in [&bytes[..], &braced[..]] {
                let count = Members::of(text).into_iter().flatten().count();
                proptest::prop_assert!(count <= text.len());
            }
        }
    }
}
