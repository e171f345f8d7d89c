//! Bytes that are written as hexadecimal text in the source.

/// Reads `2 N` hexadecimal digits, at compile time; spaces and line ends do not count.
///
/// # Panics
///
/// On any other text, which stops the compiler.
pub(crate) const fn hex<const N: usize>(text: &str) -> [u8; N] {
    let text = text.as_bytes();
    let mut bytes = [0; N];
    let (mut at, mut digits) = (0, 0);
    while at < text.len() {
        if !text[at].is_ascii_whitespace() {
            assert!(digits < 2 * N, "more digits than bytes");
            bytes[digits / 2] = bytes[digits / 2] << 4 | digit(text[at]);
            digits += 1;
        }
        at += 1;
    }
    assert!(digits == 2 * N, "fewer digits than bytes");
    bytes
}

const fn digit(letter: u8) -> u8 {
    match letter {
        b'0'..=b'9' => letter - b'0',
        b'a'..=b'f' => letter - b'a' + 10,
        _ => panic!("no hexadecimal digit"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_become_bytes() {
        assert_eq!(hex("00 ff1a\n2b"), [0x00, 0xff, 0x1a, 0x2b]);
    }
}
