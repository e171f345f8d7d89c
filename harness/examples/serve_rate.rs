//! Counts the full handshakes that an endpoint does in a second.
//!
//! `serve_rate ADDRESS CA SECONDS CLIENTS`: as many clients as said, each over and over, with
//! rustls over ring, everything verified and nothing resumed. Beside it:
//! `nodelab serve --tls ADDRESS --ca-out CA --quiet`.

use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore};

/// Exit code for arguments that make no sense, as `nodelab` has it.
const EXIT_INVALID: u8 = 3;
/// How long one handshake may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is asked for.
struct Plan {
    address: SocketAddr,
    config: Arc<ClientConfig>,
    clients: usize,
    seconds: u64,
}

#[expect(clippy::print_stderr, reason = "a program of its own")]
fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some(plan) = plan(&words) else {
        eprintln!("usage: serve_rate ADDRESS CA SECONDS CLIENTS");
        return ExitCode::from(EXIT_INVALID);
    };
    match measure(&plan) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: failed to print: {error}");
            ExitCode::FAILURE
        }
    }
}

fn plan(words: &[String]) -> Option<Plan> {
    let [address, ca, seconds, clients] = words else {
        return None;
    };
    Some(Plan {
        address: address.parse().ok()?,
        config: Arc::new(trusting(Path::new(ca))?),
        clients: clients.parse().ok()?,
        seconds: seconds.parse().ok()?,
    })
}

fn trusting(ca: &Path) -> Option<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca).ok()?).ok()?;
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().ok()?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.resumption = Resumption::disabled();
    Some(config)
}

#[expect(clippy::disallowed_methods, reason = "measures real time")]
#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
fn measure(plan: &Plan) -> io::Result<()> {
    let (done, failed) = (AtomicU64::new(0), AtomicU64::new(0));
    let over = AtomicBool::new(false);
    let began = Instant::now();
    thread::scope(|scope| {
        for _ in 0..plan.clients {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    let counter = if shake(plan).is_ok() { &done } else { &failed };
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        thread::sleep(Duration::from_secs(plan.seconds));
        over.store(true, Ordering::Relaxed);
    });
    let took = began.elapsed().as_secs_f64();
    let (done, failed) = (done.into_inner(), failed.into_inner());
    let rate = done as f64 / took;
    writeln!(
        io::stdout(),
        "{done} full handshakes in {took:.2} s: {rate:.0}/s, {failed} failed"
    )
}

fn shake(plan: &Plan) -> io::Result<()> {
    let mut socket = TcpStream::connect(plan.address)?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
    let client = ClientConnection::new(Arc::clone(&plan.config), name);
    let mut client = client.map_err(io::Error::other)?;
    while client.is_handshaking() {
        client.complete_io(&mut socket)?;
    }
    // Something has to be said before the endpoint knows that the handshake is done in TLS 1.3.
    client.send_close_notify();
    while client.wants_write() {
        client.write_tls(&mut socket)?;
    }
    Ok(())
}
