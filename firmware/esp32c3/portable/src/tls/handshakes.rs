//! Whole handshakes with rustls over the loopback interface, good ones and bad ones.

use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use embedded_io_adapters::std::FromStd;
use embedded_tls::blocking::TlsConnection;
use embedded_tls::{Aes128GcmSha256, NoClock, TlsClock, TlsConfig, TlsContext};
use node_core::CloseReason;
use rand_core::OsRng;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, PublicKeyData as _,
    date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::tls::{Dates, Identity, KeyPin, Trust};

const HOST: &str = "broker.test";

/// A clock that stands at 2026-01-01T00:00:00Z.
struct NewYear;

impl TlsClock for NewYear {
    fn now() -> Option<u64> {
        Some(1_767_225_600)
    }
}

type Ca = CertifiedIssuer<'static, KeyPair>;

/// A broker's certificates and key.
struct Broker {
    chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
}

fn ca() -> Ca {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Issues a certificate for `host` that ends in `year`.
fn broker(ca: &Ca, host: &str, year: i32) -> Broker {
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(year, 1, 1);
    let key = KeyPair::generate().unwrap();
    let chain = vec![params.signed_by(&key, ca).unwrap().der().clone()];
    Broker { chain, key }
}

fn identity(ca: &Ca, broker: &Broker) -> Identity {
    Identity {
        ca: Vec::leak(ca.der().to_vec()),
        dates: Dates::WhenKnown,
        pin: KeyPin::of(&broker.key.subject_public_key_info()),
    }
}

/// Connects to `broker` as the firmware does, and returns the verdict.
fn meet<C: TlsClock>(broker: &Broker, identity: &Identity) -> Result<(), CloseReason> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let key = PrivateKeyDer::try_from(broker.key.serialize_der()).unwrap();
    let server = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(broker.chain.clone(), key)
        .unwrap();
    let serving = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut server = rustls::ServerConnection::new(Arc::new(server)).unwrap();
        // A client that refuses ends it with an error, which is what the test is about.
        while server.is_handshaking() && server.complete_io(&mut stream).is_ok() {}
    });
    let stream = FromStd::new(TcpStream::connect(address).unwrap());
    let (mut read, mut write) = (vec![0; 16_640], vec![0; 2_048]);
    let config = TlsConfig::new().with_server_name(HOST);
    let mut trust = Trust::<_, C>::new(identity, OsRng);
    let mut tls = TlsConnection::<_, Aes128GcmSha256>::new(stream, &mut read, &mut write);
    let opened = tls.open(TlsContext::new(&config, &mut trust));
    let verdict = trust.verdict(opened);
    drop(tls);
    serving.join().unwrap();
    verdict
}

#[test]
fn the_broker_is_trusted() {
    let ca = ca();
    let broker = broker(&ca, HOST, 2030);
    let identity = identity(&ca, &broker);
    assert_eq!(meet::<NewYear>(&broker, &identity), Ok(()));
    assert_eq!(meet::<NoClock>(&broker, &identity), Ok(()));
}

/// The same authority may well issue a certificate for the same name to somebody else.
#[test]
fn another_key_of_the_same_authority_is_not() {
    let ca = ca();
    let (ours, theirs) = (broker(&ca, HOST, 2030), broker(&ca, HOST, 2030));
    let identity = identity(&ca, &ours);
    assert_eq!(
        meet::<NewYear>(&theirs, &identity),
        Err(CloseReason::Untrusted)
    );
}

#[test]
fn the_right_key_under_another_authority_is_not() {
    let (ours, theirs) = (ca(), ca());
    let broker = broker(&theirs, HOST, 2030);
    let identity = identity(&ours, &broker);
    assert_eq!(
        meet::<NewYear>(&broker, &identity),
        Err(CloseReason::Untrusted)
    );
}

#[test]
fn the_right_key_for_another_name_is_not() {
    let ca = ca();
    let broker = broker(&ca, "other.test", 2030);
    let identity = identity(&ca, &broker);
    assert_eq!(
        meet::<NewYear>(&broker, &identity),
        Err(CloseReason::Untrusted)
    );
}

/// Dates count once the time is known, or always if the configuration says so.
#[test]
fn an_expired_certificate_passes_only_while_the_time_is_unknown() {
    let ca = ca();
    let expired = broker(&ca, HOST, 2025);
    let lenient = identity(&ca, &expired);
    let strict = Identity {
        dates: Dates::Required,
        ..lenient
    };
    assert_eq!(
        meet::<NewYear>(&expired, &lenient),
        Err(CloseReason::Untrusted)
    );
    assert_eq!(meet::<NoClock>(&expired, &lenient), Ok(()));
    assert_eq!(
        meet::<NewYear>(&expired, &strict),
        Err(CloseReason::Untrusted)
    );
    assert_eq!(
        meet::<NoClock>(&expired, &strict),
        Err(CloseReason::Untrusted)
    );
    let valid = broker(&ca, HOST, 2030);
    let strict = Identity {
        dates: Dates::Required,
        ..identity(&ca, &valid)
    };
    assert_eq!(meet::<NewYear>(&valid, &strict), Ok(()));
}

/// The library does not look whether an issuer may issue (RFC 5280 §6.1.4 k): with the pin of the
/// forged key it is content. The pin of the true key is what keeps the forger out.
#[test]
fn a_leaf_that_plays_authority_is_kept_out_by_the_pin_alone() {
    let ca = ca();
    let ours = broker(&ca, HOST, 2030);
    let mut params = CertificateParams::new(vec!["other.test".to_owned()]).unwrap();
    params.is_ca = IsCa::ExplicitNoCa;
    let leaf_key = KeyPair::generate().unwrap();
    let leaf = CertifiedIssuer::signed_by(params, leaf_key, &ca).unwrap();
    let mut forged = broker(&leaf, HOST, 2030);
    forged.chain.push(leaf.der().clone());
    let identity = identity(&ca, &ours);
    assert_eq!(
        meet::<NewYear>(&forged, &identity),
        Err(CloseReason::Untrusted)
    );
    let fooled = Identity {
        pin: KeyPin::of(&forged.key.subject_public_key_info()),
        ..identity
    };
    assert_eq!(meet::<NewYear>(&forged, &fooled), Ok(()));
}
