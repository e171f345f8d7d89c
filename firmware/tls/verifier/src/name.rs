//! Whether a certificate names a host (RFC 9525 §6).

use crate::der::{Reader, tag};
use crate::refusal::Refusal;

/// `dNSName` among the general names (RFC 5280 §4.2.1.6).
const DNS_NAME: u8 = tag::context_primitive(2);

/// Returns whether one of the names is the host's.
///
/// The common name of the subject does not count.
pub(crate) fn names(names: Reader<'_>, host: &[u8]) -> Result<bool, Refusal> {
    // An address is in no name of a host, whatever a wildcard may fit (RFC 9525 §1.2).
    if core::str::from_utf8(host).is_ok_and(|host| host.parse::<core::net::IpAddr>().is_ok()) {
        return Ok(false);
    }
    let mut names = names;
    let mut found = false;
    while !names.is_empty() {
        let name = names.any()?;
        found |= name.tag == DNS_NAME && fits(name.content, host);
    }
    Ok(found)
}

/// Returns whether a pattern fits; its first label may be an asterisk, which stands for one label.
fn fits(pattern: &[u8], host: &[u8]) -> bool {
    if host.is_empty() {
        return false;
    }
    let Some(domain) = pattern.strip_prefix(b"*.") else {
        return pattern.eq_ignore_ascii_case(host);
    };
    let dot = host.iter().position(|letter| *letter == b'.');
    // One label alone is no domain: `*.test` would be everybody's.
    let rest = dot
        .filter(|dot| *dot > 0)
        .and_then(|dot| host.get(dot + 1..));
    domain.contains(&b'.') && rest.is_some_and(|rest| rest.eq_ignore_ascii_case(domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stands_for_one_label() {
        for (pattern, host, expected) in [
            ("broker.test", "broker.test", true),
            ("BROKER.test", "broker.TEST", true),
            ("broker.test", "broker.test.", false),
            ("broker.test", "xbroker.test", false),
            ("*.broker.test", "a.broker.test", true),
            ("*.broker.test", "broker.test", false),
            ("*.broker.test", "a.b.broker.test", false),
            ("*.broker.test", ".broker.test", false),
            ("*.test", "broker.test", false),
            ("*", "broker", false),
            ("b*.broker.test", "ba.broker.test", false),
            ("", "", false),
        ] {
            let found = fits(pattern.as_bytes(), host.as_bytes());
            assert_eq!(found, expected, "{pattern} {host}");
        }
    }

    #[test]
    fn an_address_is_no_name() {
        let pattern = [&[0x82, 8][..], b"*.0.0.1x"].concat();
        assert_eq!(names(Reader::new(&pattern), b"10.0.0.1x"), Ok(true));
        let pattern = [&[0x82, 7][..], b"*.0.0.1"].concat();
        assert_eq!(names(Reader::new(&pattern), b"10.0.0.1"), Ok(false));
    }

    #[test]
    fn only_names_of_hosts_count() {
        // An address, a mailbox `t`, the host `t`.
        let both = [0x87, 1, 0x74, 0x81, 1, 0x74];
        assert_eq!(names(Reader::new(&both), b"t"), Ok(false));
        assert_eq!(names(Reader::new(&[0x82, 1, 0x74]), b"t"), Ok(true));
        assert!(names(Reader::new(&[0x82, 2, 0x74]), b"t").is_err());
    }
}
