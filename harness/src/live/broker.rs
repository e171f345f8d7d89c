//! Where a broker is: `mqtts://host:8883`.
//!
//! Owns the form of that address. Does not resolve names.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// Longest name of a host (RFC 1035 §2.3.4, as text).
const HOST_BYTES_MAX: usize = 253;

/// A broker's address.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Broker {
    /// Name or address, without the brackets of IPv6.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// What protects the stream.
    pub protection: Protection,
}

/// What protects a stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Protection {
    /// Nothing.
    Plain,
    /// TLS 1.2 or 1.3.
    Tls,
}

/// Why an address is none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum BrokerError {
    /// User name or password stand in it.
    Credentials,
    /// The host is missing or has characters that no host has.
    Host,
    /// There is a path or a query.
    Path,
    /// The port is no number from 1 to 65535.
    Port(String),
    /// Neither `mqtt://` nor `mqtts://`.
    Scheme(String),
}

impl Protection {
    /// Returns the port that is registered for it (IANA, `mqtt` and `secure-mqtt`).
    const fn port(self) -> u16 {
        match self {
            Self::Plain => 1_883,
            Self::Tls => 8_883,
        }
    }
}

impl Broker {
    /// Returns whether whoever listens there is this machine itself.
    pub(super) fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
            || self
                .host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

impl FromStr for Broker {
    type Err = BrokerError;

    fn from_str(text: &str) -> Result<Self, BrokerError> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(BrokerError::Scheme(String::new()));
        };
        let protection = match scheme.to_ascii_lowercase().as_str() {
            "mqtt" | "tcp" => Protection::Plain,
            "mqtts" | "ssl" | "tls" => Protection::Tls,
            _ => return Err(BrokerError::Scheme(scheme.to_owned())),
        };
        // What stands before an `@` may be a password: it is not repeated anywhere.
        if rest.contains('@') {
            return Err(BrokerError::Credentials);
        }
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '?', '#']) {
            return Err(BrokerError::Path);
        }
        let (host, port) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, port)) => (
                host,
                port.strip_prefix(':').or(port.is_empty().then_some("")),
            ),
            None => match rest.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (rest, Some("")),
            },
        };
        let port = match port {
            Some("") if !rest.ends_with(':') => protection.port(),
            Some(port) => match port.parse() {
                Ok(port) if port > 0 => port,
                _ => return Err(BrokerError::Port(port.to_owned())),
            },
            None => return Err(BrokerError::Host),
        };
        let bracketed = rest.starts_with('[');
        let fits =
            |c: char| c.is_ascii_alphanumeric() || "-._".contains(c) || bracketed && c == ':';
        if host.is_empty() || host.len() > HOST_BYTES_MAX || !host.chars().all(fits) {
            return Err(BrokerError::Host);
        }
        let host = host.to_owned();
        Ok(Self {
            host,
            port,
            protection,
        })
    }
}

impl fmt::Display for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.protection {
            Protection::Plain => "mqtt",
            Protection::Tls => "mqtts",
        };
        let (host, port) = (&self.host, self.port);
        if host.contains(':') {
            write!(f, "{scheme}://[{host}]:{port}")
        } else {
            write!(f, "{scheme}://{host}:{port}")
        }
    }
}

impl fmt::Display for BrokerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Credentials => f.write_str(
                "an address must not hold user name or password; \
                 give --user, and the password by --password-file or $NODELAB_PASSWORD",
            ),
            Self::Host => f.write_str("no host; expected one such as mqtts://broker.example:8883"),
            Self::Path => {
                f.write_str("a path has no meaning over TCP; expected mqtts://HOST[:PORT]")
            }
            Self::Port(port) => write!(f, "\"{port}\" is no port; expected 1 to 65535"),
            Self::Scheme(scheme) if scheme.is_empty() => {
                f.write_str("expected mqtts://HOST[:PORT] (TLS) or mqtt://HOST[:PORT] (plain)")
            }
            Self::Scheme(scheme) => write!(
                f,
                "\"{scheme}\" is not spoken; expected mqtts://HOST[:PORT] or mqtt://HOST[:PORT]"
            ),
        }
    }
}

impl Error for BrokerError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_with_their_usual_ports() {
        for (text, shown) in [
            ("mqtts://broker.example", "mqtts://broker.example:8883"),
            ("mqtt://broker.example/", "mqtt://broker.example:1883"),
            ("MQTTS://10.0.0.1:443", "mqtts://10.0.0.1:443"),
            ("ssl://[::1]:8884", "mqtts://[::1]:8884"),
            ("mqtt://[fe80::1]", "mqtt://[fe80::1]:1883"),
        ] {
            assert_eq!(text.parse::<Broker>().unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_for_its_reason() {
        let port = |text: &str| BrokerError::Port(text.to_owned());
        for (text, why) in [
            ("broker.example", BrokerError::Scheme(String::new())),
            ("wss://a", BrokerError::Scheme("wss".to_owned())),
            ("mqtts://user:secret@a", BrokerError::Credentials),
            ("mqtts://", BrokerError::Host),
            ("mqtts://a b", BrokerError::Host),
            ("mqtts://:8883", BrokerError::Host),
            ("mqtts://[::1]x", BrokerError::Host),
            ("mqtts://a:0", port("0")),
            ("mqtts://a:", port("")),
            ("mqtts://a:65536", port("65536")),
            ("mqtts://a/mqtt", BrokerError::Path),
        ] {
            assert_eq!(text.parse::<Broker>(), Err(why), "{text}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_not_repeated() {
        let words = "mqtts://me:swordfish@a".parse::<Broker>().unwrap_err();
        assert!(!words.to_string().contains("swordfish"));
    }
}
