//! The password of a session, put into CONNECT on its way out.
//!
//! A node is configured without its password, so that nothing that prints a configuration
//! prints a secret, and so that tokens which run out can be renewed while it runs. The shell
//! adds the last field of the packet, as a secure element next to a chip would.
//!
//! ```text
//!  10 | length | 00 04 M Q T T 04 | flags | keep-alive | client id … user name | + password
//! ```

/// Place of the flags behind the fixed header (MQTT 3.1.1 §3.1.2.3).
const FLAGS_AT: usize = 7;
/// There is a user name (MQTT 3.1.1 §3.1.2.8).
const USER_NAME: u8 = 0x80;
/// There is a password (MQTT 3.1.1 §3.1.2.9).
const PASSWORD: u8 = 0x40;

/// Returns CONNECT with a password; `None` if the bytes are no CONNECT with a user name and
/// without a password, or the password is longer than 65 535 bytes.
pub(super) fn with_password(connect: &[u8], password: &[u8]) -> Option<Vec<u8>> {
    let (&first, rest) = connect.split_first()?;
    let (length, rest) = remaining_length(rest)?;
    //= MQTT 3.1.1 §3.1.1: type 1, flags 0.
    if first != 0x10 || length != rest.len() {
        return None;
    }
    let flags = *rest.get(FLAGS_AT)?;
    if flags & (USER_NAME | PASSWORD) != USER_NAME {
        return None;
    }
    let prefix = u16::try_from(password.len()).ok()?.to_be_bytes();
    let mut packet = vec![first];
    write_remaining_length(length + prefix.len() + password.len(), &mut packet)?;
    let body_at = packet.len();
    packet.extend_from_slice(rest);
    packet[body_at + FLAGS_AT] |= PASSWORD;
    packet.extend_from_slice(&prefix);
    packet.extend_from_slice(password);
    Some(packet)
}

/// Reads a length in up to four bytes (MQTT 3.1.1 §2.2.3), and returns what follows it.
fn remaining_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut length = 0;
    for (place, &byte) in bytes.iter().take(4).enumerate() {
        length |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((length, &bytes[place + 1..]));
        }
    }
    None
}

fn write_remaining_length(length: usize, out: &mut Vec<u8>) -> Option<()> {
    let mut rest = length;
    for _ in 0..4 {
        let [low, ..] = (rest & 0x7f).to_le_bytes();
        rest >>= 7;
        if rest == 0 {
            out.push(low);
            return Some(());
        }
        out.push(low | 0x80);
    }
    None
}

#[cfg(test)]
mod tests {
    use node_core::Writer;
    use node_core::mqtt::{Connect, Will};
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::*;

    fn written(connect: &Connect<'_>) -> Vec<u8> {
        let mut buffer = [0; 2_048];
        let mut out = Writer::new(&mut buffer);
        connect.write(&mut out);
        out.finish().unwrap().to_vec()
    }

    fn connect<'a>(username: &'a str, password: &'a str, will: bool) -> Connect<'a> {
        Connect {
            clean_session: false,
            client_id: "node-1",
            keep_alive_s: 60,
            password,
            username,
            will: will.then_some(Will {
                payload: b"offline",
                topic: "room/1/status",
            }),
        }
    }

    proptest! {
        #[test]
        fn it_is_the_packet_that_the_node_itself_would_write(
            username in "[a-z/?=&.]{1,96}",
            password in "\\PC{1,160}",
            will: bool,
        ) {
            let bare = written(&connect(&username, "", will));
            let whole = written(&connect(&username, &password, will));
            prop_assert_eq!(with_password(&bare, password.as_bytes()), Some(whole));
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes: Vec<u8>) {
            with_password(&bytes, b"secret");
        }
    }

    #[test]
    fn nothing_but_a_greeting_without_password_gets_one() {
        let named = written(&connect("me", "", false));
        for wrong in [
            written(&connect("", "", false)),
            written(&connect("me", "old", false)),
            vec![0xC0, 0],
            named[..named.len() - 1].to_vec(),
            [&named[..], &[0]].concat(),
        ] {
            assert_eq!(with_password(&wrong, b"new"), None);
        }
        assert_eq!(with_password(&named, &[0; 65_536]), None);
        assert!(with_password(&named, &[0; 65_535]).is_some());
    }
}
