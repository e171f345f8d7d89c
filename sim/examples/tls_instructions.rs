//! One TLS handshake in memory, for a profiler to count the instructions of either end.
//!
//! `cargo xtask tls-instructions` counts what runs within `of_client` and `of_server`. Everything
//! is drawn from a seed, so that counts are equal from run to run.

use nodelab_sim::stack::tls::{
    Authority, Chip, EPOCH_S, Endpoint, KeyExchange, Moment, Stack, Suite, TlsSettings, TlsSpec,
    Versions,
};
use nodelab_sim::{EntityId, NodeId, Purpose, Rng};

const NOW: Moment = Moment::from_unix_ms(EPOCH_S * 1000);
const SEED: u64 = 1;

fn main() {
    let settings = TlsSettings {
        groups: vec![KeyExchange::X25519],
        suites: vec![Suite::Aes128Gcm],
        tickets: 0,
        versions: Versions::V1_3,
        ..TlsSettings::of(Stack::RustCrypto, Chip::Esp32C3At160)
    };
    let spec = TlsSpec::new(settings).expect("rustls can do it");
    let authority = Authority::new(&spec, EPOCH_S, SEED);
    let (ours, theirs) = (authority.client(NodeId(0)), authority.server());
    let node = EntityId::Node(NodeId(0));
    let mut luck = [Purpose::TlsClient, Purpose::TlsServer].map(|it| Rng::derive(SEED, node, it));
    let [of_ours, of_theirs] = &mut luck;
    let mut client = of_client(|| Endpoint::client(&ours, of_ours, NOW));
    let mut server = of_server(|| Endpoint::server(&theirs, of_theirs, NOW));
    while client.is_handshaking() || server.is_handshaking() {
        let (mut up, mut down) = (Vec::new(), Vec::new());
        of_client(|| client.take_output(&mut up));
        of_server(|| {
            server.receive(NOW, &up);
            server.take_output(&mut down);
        });
        of_client(|| client.receive(NOW, &down));
        assert!(!(up.is_empty() && down.is_empty()), "both are silent");
    }
}

#[inline(never)]
fn of_client<R>(work: impl FnOnce() -> R) -> R {
    work()
}

#[inline(never)]
fn of_server<R>(work: impl FnOnce() -> R) -> R {
    work()
}
