//! DER as text, which OpenSSL wants of chains.

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Characters of a line (RFC 7468 §2).
const LINE: usize = 64;

/// Returns a certificate in PEM.
pub(crate) fn certificate(der: &[u8]) -> String {
    block("CERTIFICATE", der)
}

/// Returns a private key of PKCS #8 in PEM.
pub(crate) fn key(der: &[u8]) -> String {
    block("PRIVATE KEY", der)
}

fn block(label: &str, der: &[u8]) -> String {
    let text = base64(der);
    let mut lines = String::new();
    for (index, digit) in text.chars().enumerate() {
        if index > 0 && index.is_multiple_of(LINE) {
            lines.push('\n');
        }
        lines.push(digit);
    }
    format!("-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n")
}

fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place)) & 63;
            let padding = place > chunk.len();
            let digit = if padding {
                b'='
            } else {
                DIGITS[digit as usize]
            };
            text.push(char::from(digit));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 4648 §10.
    #[test]
    fn base64_is_as_the_standard_shows_it() {
        let pairs = [
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, text) in pairs {
            assert_eq!(base64(plain.as_bytes()), text);
        }
    }

    #[test]
    fn lines_are_64_characters_long() {
        let text = certificate(&[0; 49]);
        let lengths: Vec<usize> = text.lines().map(str::len).collect();
        assert_eq!(lengths, [27, 64, 4, 25]);
    }
}
