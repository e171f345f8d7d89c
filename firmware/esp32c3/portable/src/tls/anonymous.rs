//! A server that shows no certificate, and what becomes of a client that does not mind.
//!
//! RFC 8446 §4.4.2 makes the certificate of a server mandatory; embedded-tls 0.19 goes on without.
//! Anybody on the path can be such a server: it takes a key exchange, and no secret at all.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use aes_gcm::{AeadInPlace as _, Aes128Gcm, KeyInit as _};
use embedded_io_adapters::std::FromStd;
use embedded_tls::blocking::TlsConnection;
use embedded_tls::{Aes128GcmSha256, NoClock, TlsConfig, TlsContext};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use node_core::CloseReason;
use p256::ecdh::EphemeralSecret;
use p256::{EncodedPoint, PublicKey};
use rand_core::OsRng;
use sha2::{Digest as _, Sha256};

use crate::tls::{Dates, Identity, KeyPin, Trust};

/// The library opens; the verdict does not let it pass.
#[test]
fn a_server_without_a_certificate_is_not_trusted() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serving = thread::spawn(move || serve(&listener.accept().unwrap().0));
    let identity = Identity {
        ca: &[],
        dates: Dates::WhenKnown,
        pin: KeyPin([0; 32]),
    };
    let stream = FromStd::new(TcpStream::connect(address).unwrap());
    let (mut read, mut write) = (vec![0; 16_640], vec![0; 2_048]);
    let config = TlsConfig::new().with_server_name("broker.test");
    let mut trust = Trust::<_, NoClock>::new(&identity, OsRng);
    let mut tls = TlsConnection::<_, Aes128GcmSha256>::new(stream, &mut read, &mut write);
    let opened = tls.open(TlsContext::new(&config, &mut trust));
    assert!(
        opened.is_ok(),
        "the library minds: {opened:?}; has_proof can go"
    );
    assert_eq!(trust.verdict(opened), Err(CloseReason::Untrusted));
    // The server reads until the client has gone.
    drop(tls);
    serving.join().unwrap();
}

/// Shakes hands with one client (RFC 8446 §2, without the messages of authentication).
fn serve(mut stream: &TcpStream) {
    let mut header = [0; 5];
    stream.read_exact(&mut header).unwrap();
    let mut client_hello = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
    stream.read_exact(&mut client_hello).unwrap();
    // A share for secp256r1: the group, 65 bytes, an uncompressed point.
    let share = [0x00, 0x17, 0x00, 0x41, 0x04];
    let at = client_hello.windows(5).position(|bytes| bytes == share);
    let point = &client_hello[at.unwrap() + 4..][..65];
    let theirs = PublicKey::from_sec1_bytes(point).unwrap();
    let ours = EphemeralSecret::random(&mut OsRng);
    let server_hello = server_hello(&client_hello, &ours.public_key());
    let hellos = [client_hello, server_hello.clone()].concat();

    let early = Hkdf::<Sha256>::extract(Some(&[0; 32]), &[0; 32]).0;
    let derived = expand(&early, b"derived", &Sha256::digest([]), 32);
    let shared = ours.diffie_hellman(&theirs);
    let secret = Hkdf::<Sha256>::extract(Some(&derived), shared.raw_secret_bytes()).0;
    let traffic = expand(&secret, b"s hs traffic", &Sha256::digest(&hellos), 32);
    let key = expand(&traffic, b"key", &[], 16);
    let iv = expand(&traffic, b"iv", &[], 12);

    let mut messages = vec![8, 0, 0, 2, 0, 0];
    let finished_key = expand(&traffic, b"finished", &[], 32);
    let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(&finished_key).unwrap();
    mac.update(&Sha256::digest([hellos, messages.clone()].concat()));
    messages.extend([20, 0, 0, 32]);
    messages.extend(mac.finalize().into_bytes());
    // The true type of the record, which is a handshake's.
    messages.push(22);
    let length = u8::try_from(messages.len() + 16).unwrap();
    let header = [23, 3, 3, 0, length];
    let cipher = Aes128Gcm::new_from_slice(&key).unwrap();
    let nonce = iv.as_slice().into();
    cipher
        .encrypt_in_place(nonce, &header, &mut messages)
        .unwrap();
    let length = u8::try_from(server_hello.len()).unwrap();
    stream.write_all(&[22, 3, 3, 0, length]).unwrap();
    stream.write_all(&server_hello).unwrap();
    stream.write_all(&header).unwrap();
    stream.write_all(&messages).unwrap();
    // The client's own Finished, so that it does not write into a closed connection.
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap_or_default();
}

fn server_hello(client_hello: &[u8], key: &PublicKey) -> Vec<u8> {
    // Type, length, version and random stand before the session's identifier.
    let session = &client_hello[38..=38 + usize::from(client_hello[38])];
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.extend(session);
    // AES-128-GCM with SHA-256, no compression, and 79 bytes of extensions: version 1.3, share.
    body.extend([0x13, 0x01, 0, 0, 79]);
    body.extend([0, 43, 0, 2, 3, 4]);
    body.extend([0, 51, 0, 69, 0, 0x17, 0, 65]);
    body.extend(EncodedPoint::from(key).as_bytes());
    let length = u8::try_from(body.len()).unwrap();
    [vec![2, 0, 0, length], body].concat()
}

/// HKDF-Expand-Label (RFC 8446 §7.1).
fn expand(secret: &[u8], label: &[u8], context: &[u8], length: u8) -> Vec<u8> {
    let label = [b"tls13 ", label].concat();
    let info = [
        &[0, length, u8::try_from(label.len()).unwrap()],
        label.as_slice(),
        &[u8::try_from(context.len()).unwrap()],
        context,
    ]
    .concat();
    let mut out = vec![0; usize::from(length)];
    let secret = Hkdf::<Sha256>::from_prk(secret).unwrap();
    secret.expand(&info, &mut out).unwrap();
    out
}
