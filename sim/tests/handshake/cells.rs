//! Cells of the lab's axes: one choice changed at a time.

use nodelab_sim::stack::tls::{
    Chip, Handshake, KeyExchange, KeyKind, Mode, Stack, Suite, TlsSettings, TlsSpec, Versions,
    measure,
};

/// The seed of every table.
const SEED: u64 = 1;
/// Kinds of keys in certificates.
pub(crate) const KEYS: [KeyKind; 5] = [
    KeyKind::Ed25519,
    KeyKind::P256,
    KeyKind::P384,
    KeyKind::Rsa2048,
    KeyKind::Rsa4096,
];

/// Measures a cell.
pub(crate) fn of(settings: &TlsSettings, mode: Mode) -> Handshake {
    let spec = TlsSpec::new(settings.clone()).expect("settings fit together");
    measure(&spec, mode, SEED).expect("they connect")
}

/// Returns each cell with its name and mode.
pub(crate) fn cells() -> Vec<(String, Mode, TlsSettings)> {
    let mut cells = Vec::new();
    for (version, base) in [("1.2", older()), ("1.3", newer())] {
        let mut full: Vec<TlsSettings> = Vec::new();
        let mut add = |change: &dyn Fn(&mut TlsSettings)| {
            let mut settings = base.clone();
            change(&mut settings);
            full.push(settings);
        };
        for key in KEYS {
            add(&|settings| settings.certificate_key = key);
        }
        add(&|settings| settings.suites = vec![Suite::Aes256Gcm]);
        add(&|settings| settings.suites = vec![Suite::ChaCha20Poly1305]);
        add(&|settings| settings.groups = vec![KeyExchange::P256]);
        if version == "1.3" {
            add(&|settings| settings.groups = vec![KeyExchange::X25519MlKem768]);
        }
        add(&|settings| settings.intermediates = 1);
        add(&|settings| settings.mutual = true);
        cells.extend(full.into_iter().map(|settings| (Mode::Full, settings)));
        let own = match version {
            "1.2" => Mode::SessionId,
            _ => Mode::HelloRetry,
        };
        cells.extend([own, Mode::Ticket].map(|mode| (mode, base.clone())));
    }
    let axtls = TlsSettings::of(Stack::MicroPython, Chip::Esp8266At80);
    cells.push((Mode::Full, axtls));
    let named = cells.into_iter().map(|(mode, settings)| {
        let name = format!(
            "{:?} {:?} {:?} {:?} {:?} {} intermediates{} {mode:?}",
            settings.stack,
            settings.versions,
            settings.certificate_key,
            settings.groups[0],
            settings.suites[0],
            settings.intermediates,
            if settings.mutual { " mutual" } else { "" },
        );
        (name, mode, settings)
    });
    named.collect()
}

/// Returns the same of TLS 1.2.
pub(crate) fn older() -> TlsSettings {
    TlsSettings {
        versions: Versions::V1_2,
        ..newer()
    }
}

/// Returns settings of TLS 1.3 with one choice of everything, and without tickets.
pub(crate) fn newer() -> TlsSettings {
    TlsSettings {
        groups: vec![KeyExchange::X25519],
        suites: vec![Suite::Aes128Gcm],
        tickets: 0,
        versions: Versions::V1_3,
        ..TlsSettings::of(Stack::RustCrypto, Chip::Esp32C3At160)
    }
}
