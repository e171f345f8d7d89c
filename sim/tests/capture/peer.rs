//! Both ends of a TLS connection, for the bytes they exchange and the secrets they share.

use std::sync::{Arc, Mutex};

use nodelab_sim::stack::Direction;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, KeyLog, ServerConfig,
    ServerConnection, SignatureScheme, SupportedProtocolVersion,
};

use crate::exchange::Exchange;
use crate::files::hex;

/// A self-signed certificate of `broker.nodelab.test`, made for this test and good for nothing
/// else: the client below does not look at it.
const CERTIFICATE: &[u8] = include_bytes!("server-certificate.der");
const KEY: &[u8] = include_bytes!("server-key.der");
/// Turns of the handshake at most.
const TURNS_MAX: usize = 16;

/// Both ends, connected by an [`Exchange`].
#[derive(Debug)]
pub(crate) struct Peers {
    client: ClientConnection,
    server: ServerConnection,
    secrets: Arc<Secrets>,
}

#[derive(Debug, Default)]
struct Secrets(Mutex<Vec<String>>);

#[derive(Debug)]
struct NoVerifier;

impl Peers {
    /// Completes a handshake over the exchange's open TCP connection.
    pub(crate) fn connect(
        version: &'static SupportedProtocolVersion,
        exchange: &mut Exchange,
    ) -> Self {
        let provider = Arc::new(rustls_graviola::default_provider());
        let secrets = Arc::new(Secrets::default());
        let mut client = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[version])
            .expect("both ends agree, in memory")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(NoVerifier))
            .with_no_client_auth();
        client.key_log = Arc::<Secrets>::clone(&secrets);
        let chain = vec![CertificateDer::from(CERTIFICATE)];
        let key = PrivatePkcs8KeyDer::from(KEY);
        let server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .expect("both ends agree, in memory")
            .with_no_client_auth()
            .with_single_cert(chain, key.into())
            .expect("both ends agree, in memory");
        let name = ServerName::try_from("broker.nodelab.test").expect("both ends agree, in memory");
        let mut peers = Self {
            client: ClientConnection::new(Arc::new(client), name)
                .expect("both ends agree, in memory"),
            server: ServerConnection::new(Arc::new(server)).expect("both ends agree, in memory"),
            secrets,
        };
        for _ in 0..TURNS_MAX {
            peers.turn(exchange);
        }
        assert!(!peers.client.is_handshaking() && !peers.server.is_handshaking());
        peers
    }

    /// Sends bytes through the connection.
    pub(crate) fn send(&mut self, direction: Direction, bytes: &[u8], exchange: &mut Exchange) {
        use std::io::Write as _;
        match direction {
            Direction::Down => self
                .server
                .writer()
                .write_all(bytes)
                .expect("both ends agree, in memory"),
            Direction::Up => self
                .client
                .writer()
                .write_all(bytes)
                .expect("both ends agree, in memory"),
        }
        self.turn(exchange);
    }

    /// Ends the connection from the node.
    pub(crate) fn close(&mut self, exchange: &mut Exchange) {
        self.client.send_close_notify();
        self.turn(exchange);
    }

    fn turn(&mut self, exchange: &mut Exchange) {
        let mut bytes = Vec::new();
        while self.client.wants_write() {
            self.client
                .write_tls(&mut bytes)
                .expect("both ends agree, in memory");
        }
        self.tell(exchange);
        exchange.send(Direction::Up, &bytes);
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            self.server
                .read_tls(&mut rest)
                .expect("both ends agree, in memory");
            self.server
                .process_new_packets()
                .expect("both ends agree, in memory");
        }
        let mut bytes = Vec::new();
        while self.server.wants_write() {
            self.server
                .write_tls(&mut bytes)
                .expect("both ends agree, in memory");
        }
        exchange.send(Direction::Down, &bytes);
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            self.client
                .read_tls(&mut rest)
                .expect("both ends agree, in memory");
            self.client
                .process_new_packets()
                .expect("both ends agree, in memory");
        }
        self.tell(exchange);
    }

    fn tell(&self, exchange: &mut Exchange) {
        let mut secrets = self.secrets.0.lock().expect("both ends agree, in memory");
        for line in secrets.drain(..) {
            exchange.secret(line);
        }
    }
}

impl KeyLog for Secrets {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let line = format!("{label} {} {}", hex(client_random), hex(secret));
        self.0
            .lock()
            .expect("both ends agree, in memory")
            .push(line);
    }
}

impl ServerCertVerifier for NoVerifier {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256]
    }
}
