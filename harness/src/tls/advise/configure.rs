//! What to configure on the node and on the broker, for a choice.
//!
//! Owns the words of libraries and brokers. Options are those of their own documentation: the
//! Arduino core's bearssl-client-secure-class.rst, ESP-IDF's ESP-TLS page, embedded-tls 0.19, and
//! mosquitto.conf(5) with mosquitto's src/net.c.

use super::super::axis::{Aead, Auth, Exchange, Library, Protocol};
use super::super::cell::Cell;
use super::{Choice, PostQuantum};

/// Returns what to do on the node, a line each.
pub(super) fn node(choice: &Choice) -> Vec<String> {
    let cell = choice.full.cell;
    let mut lines = match choice.library {
        Library::AxTls | Library::RustCrypto => Vec::new(),
        Library::BearSsl => bear_ssl(choice),
        Library::EmbeddedTls => embedded_tls(cell),
        Library::MbedTls => mbed_tls(choice),
    };
    lines.push(
        "set the clock first (SNTP): dates of certificates are checked against it".to_owned(),
    );
    lines
}

fn bear_ssl(choice: &Choice) -> Vec<String> {
    let cell = choice.full.cell;
    let mut lines = vec![
        "Arduino core, BearSSL::WiFiClientSecure: client.setTrustAnchors(&root); never \
         setInsecure()"
            .to_owned(),
        format!(
            "client.setCiphers({{ BR_TLS_{} }});  // one suite, nothing weaker",
            suite_1_2(cell).1
        ),
    ];
    if choice.resumed.is_some() {
        lines.push(
            "client.setSession(&session); keep the BearSSL::Session across deep sleep (RTC memory \
             or flash): it is what resumes"
                .to_owned(),
        );
    }
    if cell.mutual.is_on() {
        let with_key = match cell.auth {
            Auth::Rsa2048 | Auth::Rsa4096 => "client.setClientRSACert(&chain, &key)",
            Auth::Ed25519 | Auth::P256 | Auth::P384 => {
                "client.setClientECCert(&chain, &key, BR_KEYTYPE_SIGN, BR_KEYTYPE_EC)"
            }
        };
        lines.push(with_key.to_owned());
    }
    if cell.auth == Auth::Rsa4096 {
        lines.push(
            "builds that trim RSA to 2048 bits crash on this key (TLS page of tasmota/docs)"
                .to_owned(),
        );
    }
    lines.push(
        "memory: client.setBufferSizes(…) before connect() saves up to 16 KB where the server has \
         MFLN (client.probeMaxFragmentLength) or never sends long records"
            .to_owned(),
    );
    lines
}

fn embedded_tls(cell: Cell) -> Vec<String> {
    let mut lines = vec![
        format!(
            "embedded-tls 0.19: TlsConfig::new().with_server_name(host), {}, and a provider with \
             a verifier that holds your root; never UnsecureProvider",
            cell.aead_1_3()
        ),
        "read buffer 16 640 bytes for servers that send long records; less if yours does not"
            .to_owned(),
        "let TlsClock::now() return Some(_), or no date is checked; check basicConstraints or pin \
         the broker's key, as firmware/esp32c3 does"
            .to_owned(),
        "one handshake is one stretch of computing: feed watchdogs, and keep MQTT's keep-alive \
         longer than it"
            .to_owned(),
    ];
    let feature = match cell.auth {
        Auth::Ed25519 => Some("feature `ed25519`; the verifier of firmware/tls takes P-256 only"),
        Auth::P256 => None,
        Auth::P384 => Some("feature `p384`; the verifier of firmware/tls takes P-256 only"),
        Auth::Rsa2048 | Auth::Rsa4096 => {
            Some("feature `rsa` and enable_rsa_signatures(); it needs an allocator")
        }
    };
    lines.extend(feature.map(str::to_owned));
    lines
}

fn mbed_tls(choice: &Choice) -> Vec<String> {
    let cell = choice.full.cell;
    let mut lines = Vec::new();
    if cell.protocol == Protocol::V1_3 {
        lines.push("ESP-IDF sdkconfig: CONFIG_MBEDTLS_SSL_PROTO_TLS1_3=y".to_owned());
    }
    if cell.aead == Aead::ChaCha20Poly1305 {
        lines.push(
            "sdkconfig: CONFIG_MBEDTLS_CHACHA20_C=y, CONFIG_MBEDTLS_POLY1305_C=y, \
             CONFIG_MBEDTLS_CHACHAPOLY_C=y, which are off by default"
                .to_owned(),
        );
    }
    lines.push(
        "CONFIG_MBEDTLS_DYNAMIC_BUFFER=y: the peak falls from 44.9 to 5.9 KB of heap \
         (espressif/developer-portal, esp-hybrid-tls-pqc); before ESP-IDF 5.5 not together with \
         TLS 1.3 (esp-idf issue 15448)"
            .to_owned(),
    );
    lines.push("esp_tls_cfg_t: cacert_buf with your root only; never skip_common_name".to_owned());
    if choice.resumed.is_some() {
        lines.push(
            "CONFIG_ESP_TLS_CLIENT_SESSION_TICKETS=y, keep esp_tls_get_client_session() and pass \
             it as esp_tls_cfg_t.client_session; ESP-MQTT does not pass it on (esp-mqtt issue \
             331), so open the connection with esp-tls yourself"
                .to_owned(),
        );
    }
    if cell.mutual.is_on() {
        lines.push("clientcert_buf and clientkey_buf in esp_tls_cfg_t".to_owned());
    }
    lines
}

/// Returns what to do on the broker, a line each.
pub(super) fn broker(choice: &Choice, post_quantum: PostQuantum) -> Vec<String> {
    let cell = choice.full.cell;
    let mut lines = vec![format!("key and certificate: {}", key(cell.auth))];
    lines.push(match cell.intermediates.count() {
        0 => {
            "certfile: the leaf alone; your own root signs it, and the node has the root".to_owned()
        }
        count => format!(
            "certfile: the leaf and {count} intermediate certificates, without the root; each \
             costs the node bytes and a signature to check"
        ),
    });
    match cell.protocol {
        Protocol::V1_2 => {
            lines.push("mosquitto.conf: tls_version tlsv1.2 (1.3 stays on for others)".to_owned());
            lines.push(format!("mosquitto.conf: ciphers {}", suite_1_2(cell).0));
        }
        Protocol::V1_3 => {
            lines.push("mosquitto.conf: tls_version tlsv1.3".to_owned());
            lines.push(format!(
                "mosquitto.conf: ciphers_tls1.3 {}",
                cell.aead_1_3()
            ));
        }
    }
    lines.push(groups(cell.kx, post_quantum).to_owned());
    if cell.mutual.is_on() {
        lines.push(
            "mosquitto.conf: require_certificate true, cafile with the root of the nodes, \
             use_identity_as_username true"
                .to_owned(),
        );
    }
    if choice.resumed.is_some() {
        lines.push(
            "sessions and tickets are on by default; how long they last is OpenSSL's default, \
             which mosquitto leaves: try openssl s_client -sess_out, and -sess_in after the time \
             between two connections. Past it, every handshake is a full one"
                .to_owned(),
        );
    }
    lines
}

const fn key(auth: Auth) -> &'static str {
    match auth {
        Auth::Ed25519 => "openssl genpkey -algorithm ed25519",
        Auth::P256 => "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
        Auth::P384 => "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384",
        Auth::Rsa2048 => "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048",
        Auth::Rsa4096 => "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096",
    }
}

const fn groups(kx: Exchange, post_quantum: PostQuantum) -> &'static str {
    match kx {
        Exchange::P256 | Exchange::X25519 if !matches!(post_quantum, PostQuantum::No) => {
            "leave OpenSSL 3.5's groups as they are by default, X25519MLKEM768 first; if \
             openssl.cnf names Groups: X25519MLKEM768:X25519:P-256"
        }
        Exchange::P256 => {
            "openssl.cnf of the broker: Groups = X25519:P-256; the node offers P-256 only, and a \
             server that lacks it refuses"
        }
        Exchange::X25519 => "openssl.cnf of the broker: Groups = X25519:P-256",
        Exchange::X25519MlKem768 => {
            "OpenSSL 3.5 or later offers X25519MLKEM768 by itself (mosquitto issue 3683); check \
             with openssl s_client -groups X25519MLKEM768"
        }
    }
}

/// Returns the suite of TLS 1.2 in OpenSSL's and in the registry's words.
fn suite_1_2(cell: Cell) -> (String, String) {
    let auth = match cell.auth {
        Auth::Ed25519 | Auth::P256 | Auth::P384 => "ECDSA",
        Auth::Rsa2048 | Auth::Rsa4096 => "RSA",
    };
    let (short, long) = match cell.aead {
        Aead::Aes128Gcm => ("AES128-GCM-SHA256", "AES_128_GCM_SHA256"),
        Aead::Aes256Gcm => ("AES256-GCM-SHA384", "AES_256_GCM_SHA384"),
        Aead::ChaCha20Poly1305 => ("CHACHA20-POLY1305", "CHACHA20_POLY1305_SHA256"),
    };
    (
        format!("ECDHE-{auth}-{short}"),
        format!("ECDHE_{auth}_WITH_{long}"),
    )
}

impl Cell {
    /// Returns the suite of TLS 1.3.
    const fn aead_1_3(self) -> &'static str {
        match self.aead {
            Aead::Aes128Gcm => "TLS_AES_128_GCM_SHA256",
            Aead::Aes256Gcm => "TLS_AES_256_GCM_SHA384",
            Aead::ChaCha20Poly1305 => "TLS_CHACHA20_POLY1305_SHA256",
        }
    }
}
