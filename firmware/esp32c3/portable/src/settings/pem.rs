//! PEM files with one certificate (RFC 7468).
//!
//! Owns base64 with padding. Does not look into the certificate.

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Returns the one certificate in `text`, as DER.
///
/// # Errors
///
/// What was found, to complete "read …".
pub(crate) fn certificate(text: &str) -> Result<Vec<u8>, String> {
    let count = text.matches(BEGIN).count();
    if count != 1 {
        return Err(format!("{count} certificates"));
    }
    let body = text.split_once(BEGIN).map_or("", |(_, after)| after);
    let (body, _) = body
        .split_once(END)
        .ok_or_else(|| format!("no line `{END}`"))?;
    base64(body).ok_or_else(|| "a certificate whose base64 is broken".to_owned())
}

/// Decodes base64, white space ignored.
fn base64(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let padding = digits.iter().rev().take_while(|b| **b == b'=').count();
    let (digits, _) = digits.split_at_checked(digits.len() - padding)?;
    if padding > 2 || !(digits.len() + padding).is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for group in digits.chunks(4) {
        let mut bits = 0_u32;
        for digit in group {
            bits = bits << 6 | value(*digit)?;
        }
        // A group of n digits holds n − 1 bytes, at the top of 24 bits.
        bits <<= 6 * (4 - group.len());
        let [_, triple @ ..] = bits.to_be_bytes();
        bytes.extend_from_slice(triple.get(..group.len() - 1)?);
    }
    Some(bytes)
}

const fn value(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    //= RFC 4648 §10
    #[test]
    fn the_standards_own_examples_decode() {
        for (text, expected) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9v\nYmE=", "fooba"),
            ("Zm9vYmFy\r\n", "foobar"),
        ] {
            assert_eq!(base64(text).as_deref(), Some(expected.as_bytes()), "{text}");
        }
    }

    #[test]
    fn broken_base64_is_refused() {
        for text in ["Z", "Zg", "Zg=", "Z===", "Zm9v!A==", "Zg==Zg==", "===="] {
            assert_eq!(base64(text), None, "{text}");
        }
    }

    #[test]
    fn a_file_holds_one_certificate() {
        let one = format!("subject=x\n{BEGIN}\nZm9v\n{END}\n");
        assert_eq!(certificate(&one), Ok(b"foo".to_vec()));
        let two = format!("{one}{one}");
        assert_eq!(certificate(&two), Err("2 certificates".to_owned()));
        assert_eq!(certificate("no"), Err("0 certificates".to_owned()));
        let cut = format!("{BEGIN}\nZm9v");
        assert!(certificate(&cut).is_err_and(|read| read.contains("END")));
    }
}
