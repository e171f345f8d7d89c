//! Whole handshakes with rustls over the loopback interface, good ones and bad ones.

use std::net::{TcpListener, TcpStream};
use std::string::ToString as _;
use std::sync::Arc;
use std::vec;
use std::vec::Vec;
use std::{println, thread};

use embedded_io_adapters::std::FromStd;
use embedded_tls::blocking::TlsConnection;
use embedded_tls::{
    Aes128GcmSha256, CryptoProvider, CryptoRngCore, TlsConfig, TlsContext, TlsError, TlsVerifier,
};
use rand_core::OsRng;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::ResolvesServerCert;
use rustls::sign::CertifiedKey;

use crate::{Refusal, SmallVerifier};

const HOST: &str = "broker.test";

type Ca = CertifiedIssuer<'static, KeyPair>;

/// What the library asks for.
struct Trust<'a>(SmallVerifier<'a>);

impl CryptoProvider for Trust<'_> {
    type CipherSuite = Aes128GcmSha256;
    type Signature = [u8; 0];

    fn rng(&mut self) -> impl CryptoRngCore {
        OsRng
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Aes128GcmSha256>, TlsError> {
        Ok(&mut self.0)
    }
}

/// Shows a certificate, and signs with a key that may be another's.
#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: rustls::server::ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

fn ca() -> Ca {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server that shows a certificate for `host` and one key, and signs with `signer` if given.
fn server(ca: &Ca, host: &str, signer: Option<KeyPair>) -> rustls::ServerConfig {
    let params = CertificateParams::new(vec![host.to_string()]).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = params.signed_by(&key, ca).unwrap().der().clone();
    let signer = signer.unwrap_or(key);
    let signer = PrivateKeyDer::try_from(signer.serialize_der()).unwrap();
    let signer = rustls::crypto::ring::sign::any_supported_type(&signer).unwrap();
    let shown = Shown(Arc::new(CertifiedKey::new(vec![leaf], signer)));
    rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(shown))
}

fn meet(server: rustls::ServerConfig, ca: &Ca, now: Option<u64>) -> Result<(), Refusal> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serving = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut server = rustls::ServerConnection::new(Arc::new(server)).unwrap();
        // A client that refuses ends it with an error, which is what the test is about.
        while server.is_handshaking() && server.complete_io(&mut stream).is_ok() {}
    });
    let stream = FromStd::new(TcpStream::connect(address).unwrap());
    let (mut read, mut write) = (vec![0; 16_640], vec![0; 2_048]);
    let config = TlsConfig::new().with_server_name(HOST);
    let mut trust = Trust(SmallVerifier::new(ca.der(), HOST, now));
    let mut tls = TlsConnection::<_, Aes128GcmSha256>::new(stream, &mut read, &mut write);
    let opened = tls.open(TlsContext::new(&config, &mut trust));
    println!("{opened:?}");
    let verdict = trust.0.verdict();
    assert_eq!(opened.is_ok(), verdict.is_ok());
    drop(tls);
    serving.join().unwrap();
    verdict
}

/// 2026-01-01T00:00:00Z.
const NOW: Option<u64> = Some(1_767_225_600);

#[test]
fn the_server_is_trusted() {
    let ca = ca();
    assert_eq!(meet(server(&ca, HOST, None), &ca, NOW), Ok(()));
}

#[test]
fn somebody_who_shows_its_certificate_and_has_another_key_is_not() {
    let ca = ca();
    let forger = server(&ca, HOST, Some(KeyPair::generate().unwrap()));
    assert_eq!(meet(forger, &ca, NOW), Err(Refusal::BadSignature));
}

#[test]
fn another_host_is_not() {
    let ca = ca();
    let other = server(&ca, "other.test", None);
    assert_eq!(meet(other, &ca, NOW), Err(Refusal::WrongName));
}

#[test]
fn nobody_is_trusted_while_the_time_is_unknown() {
    let ca = ca();
    let good = server(&ca, HOST, None);
    assert_eq!(meet(good, &ca, None), Err(Refusal::NoClock));
}

/// embedded-tls opens a connection to a server without a certificate, and never asks.
#[test]
fn a_verifier_that_was_never_asked_trusts_nobody() {
    let verifier = SmallVerifier::new(&[], HOST, NOW);
    assert_eq!(verifier.verdict(), Err(Refusal::NoCertificate));
}
