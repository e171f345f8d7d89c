//! Clients of the tests' own: MQTT by hand, TLS by rustls over ring.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion, version,
};

use crate::program::read_exactly;

pub(crate) type Secure = StreamOwned<ClientConnection, TcpStream>;

/// Returns settings of a client that trusts one authority.
pub(crate) fn trusting(ca: &Path, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
    configured(ca, versions, None)
}

/// Returns settings of a client that also shows a certificate.
pub(crate) fn showing(ca: &Path, own: &Path) -> ClientConfig {
    configured(ca, &[&version::TLS13], Some(own))
}

fn configured(
    ca: &Path,
    versions: &[&'static SupportedProtocolVersion],
    own: Option<&Path>,
) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_file(ca).expect("the program wrote it");
    roots.add(root).expect("it is a certificate");
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .expect("ring has suites for both")
        .with_root_certificates(roots);
    let Some(own) = own else {
        return builder.with_no_client_auth();
    };
    let chain = CertificateDer::pem_file_iter(own).expect("the program wrote it");
    let chain = chain.collect::<Result<_, _>>().expect("certificates");
    let key = PrivateKeyDer::from_pem_file(own).expect("a key");
    builder.with_client_auth_cert(chain, key).expect("they fit")
}

/// Shakes hands; returns why not.
pub(crate) fn secure(
    socket: TcpStream,
    config: &Arc<ClientConfig>,
    name: &'static str,
) -> Result<Secure, String> {
    let name = ServerName::try_from(name).expect("a name");
    let client = ClientConnection::new(Arc::clone(config), name).expect("complete");
    let mut stream = StreamOwned::new(client, socket);
    while stream.conn.is_handshaking() {
        let done = stream.conn.complete_io(&mut stream.sock);
        done.map_err(|error| error.to_string())?;
    }
    Ok(stream)
}

/// An MQTT client.
pub(crate) struct Client<S> {
    pub(crate) stream: S,
}

impl<S: Read + Write> Client<S> {
    /// Logs in with a clean session; returns the code of CONNACK.
    pub(crate) fn log_in(stream: S, id: &str, how: &LogIn<'_>) -> (Self, u8) {
        let mut flags = 0b10;
        let mut payload = text(id);
        if let Some((topic, message)) = how.will {
            flags |= 0b1100;
            payload.extend([text(topic), text(message)].concat());
        }
        if let Some((user, password)) = how.credentials {
            flags |= 0b1100_0000;
            payload.extend([text(user), text(password)].concat());
        }
        let mut body = [text("MQTT"), vec![4, flags, 0, 60]].concat();
        body.extend(payload);
        let mut client = Self { stream };
        client.send(0x10, &body);
        let [kind, length, _, code] = read_exactly(&mut client.stream);
        assert_eq!((kind, length), (0x20, 2), "CONNACK");
        (client, code)
    }

    /// Subscribes with QoS 1 and waits for SUBACK.
    pub(crate) fn subscribe(&mut self, filter: &str) {
        let body = [vec![0, 1], text(filter), vec![1]].concat();
        self.send(0x82, &body);
        assert_eq!(read_exactly(&mut self.stream), [0x90, 3, 0, 1, 1]);
    }

    /// Publishes with QoS 1 and waits for PUBACK.
    pub(crate) fn publish(&mut self, topic: &str, message: &str, retain: bool) {
        let body = [text(topic), vec![0, 7], message.as_bytes().to_vec()].concat();
        self.send(0x32 | u8::from(retain), &body);
        assert_eq!(read_exactly(&mut self.stream), [0x40, 2, 0, 7], "PUBACK");
    }

    /// Waits for a message of QoS 1 (or 0), acknowledges it, and returns topic and text.
    pub(crate) fn next(&mut self) -> (String, String) {
        let [kind, length] = read_exactly(&mut self.stream);
        assert_eq!(kind & 0xF0, 0x30, "PUBLISH");
        assert!(length < 128, "short");
        let mut body = vec![0; usize::from(length)];
        self.stream.read_exact(&mut body).expect("the whole of it");
        let topic_end = 2 + usize::from(body[1]);
        let topic = String::from_utf8(body[2..topic_end].to_vec()).expect("text");
        let mut message = &body[topic_end..];
        if kind & 0b110 != 0 {
            self.send(0x40, &message[..2]);
            message = &message[2..];
        }
        (topic, String::from_utf8(message.to_vec()).expect("text"))
    }

    fn send(&mut self, kind: u8, body: &[u8]) {
        let length = u8::try_from(body.len()).expect("short");
        assert!(length < 128, "one byte of length");
        let packet = [&[kind, length], body].concat();
        self.stream.write_all(&packet).expect("the broker reads");
    }
}

/// What a client brings beside its identifier.
#[derive(Clone, Copy, Default)]
pub(crate) struct LogIn<'a> {
    pub(crate) credentials: Option<(&'a str, &'a str)>,
    pub(crate) will: Option<(&'a str, &'a str)>,
}

fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("short");
    [&length.to_be_bytes(), text.as_bytes()].concat()
}
