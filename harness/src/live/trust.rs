//! Whom to trust, and as whom to appear: the settings of TLS.
//!
//! Owns roots, client certificates and protocol names. Certificates are always checked: there is
//! no switch to look away.

use std::path::Path;
use std::sync::Arc;

use tokio_rustls::rustls::client::{Resumption, WebPkiServerVerifier};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Certificates in one file at most; Debian's bundle of all public authorities has 150.
const CERTIFICATES_MAX: usize = 1_000;
/// Sessions that a node remembers, to resume the latest.
const SESSIONS: usize = 2;

/// Who may vouch for a broker.
#[derive(Clone, Debug)]
pub(super) struct Trust {
    verifier: Arc<WebPkiServerVerifier>,
}

impl Trust {
    /// Trusts the authorities in a PEM file, and no others.
    pub(super) fn of_file(path: &Path) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(path)? {
            roots
                .add(certificate)
                .map_err(|error| format!("no authority in {}: {error}", path.display()))?;
        }
        Self::of(roots)
    }

    /// Trusts whom this machine trusts.
    pub(super) fn of_host() -> Result<Self, String> {
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        let (usable, _) = roots.add_parsable_certificates(found.certs);
        if usable == 0 {
            let why = found.errors.first().map(|error| format!(" ({error})"));
            return Err(format!(
                "this machine has no list of trusted authorities{}; \
                 install ca-certificates, or name the broker's authority with --ca",
                why.unwrap_or_default()
            ));
        }
        Self::of(roots)
    }

    fn of(roots: RootCertStore) -> Result<Self, String> {
        let provider = Arc::new(ring::default_provider());
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .map(|verifier| Self { verifier })
            .map_err(|error| format!("failed to use the trusted authorities: {error}"))
    }

    /// Returns the settings of one node, with sessions of its own to resume.
    pub(super) fn settings(
        &self,
        identity: Option<(&Path, &Path)>,
        alpn: Option<&str>,
    ) -> Result<Arc<ClientConfig>, String> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| format!("failed to set up TLS: {error}"))?
            .with_webpki_verifier(Arc::clone(&self.verifier));
        let mut config = match identity {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => builder
                .with_client_auth_cert(certificates(chain)?, private_key(key)?)
                .map_err(|error| {
                    let (chain, key) = (chain.display(), key.display());
                    format!("{chain} and {key} do not fit together: {error}")
                })?,
        };
        config.resumption = Resumption::in_memory_sessions(SESSIONS);
        config.alpn_protocols = alpn
            .map(|name| name.as_bytes().to_vec())
            .into_iter()
            .collect();
        Ok(Arc::new(config))
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let shown = path.display();
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "whatever else is wrong with the text is told in the reader's words"
    )]
    let wrong = |error: PemError| match error {
        PemError::Io(error) => format!("failed to read {shown}: {error}"),
        PemError::NoItemsFound => format!("{shown} holds no certificate; {EXPECTED}"),
        other => format!("{shown} is damaged: {other}; {EXPECTED}"),
    };
    let found: Vec<_> = CertificateDer::pem_file_iter(path)
        .map_err(wrong)?
        .take(CERTIFICATES_MAX + 1)
        .collect::<Result<_, _>>()
        .map_err(wrong)?;
    if found.is_empty() {
        return Err(wrong(PemError::NoItemsFound));
    }
    if found.len() > CERTIFICATES_MAX {
        return Err(format!(
            "{shown} holds more than {CERTIFICATES_MAX} certificates; expected those that the \
             broker's may be signed by"
        ));
    }
    Ok(found)
}

/// What a file of certificates looks like.
const EXPECTED: &str = "expected PEM: -----BEGIN CERTIFICATE-----";

/// Reads a key. What is in the file is not repeated in messages.
fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    let shown = path.display();
    PrivateKeyDer::from_pem_file(path).map_err(|error| {
        if let PemError::Io(error) = error {
            return format!("failed to read {shown}: {error}");
        }
        format!(
            "{shown} holds no private key that can be read; \
             expected PEM without a passphrase: -----BEGIN PRIVATE KEY-----"
        )
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::{env, fs, process};

    use super::*;

    #[test]
    fn files_that_hold_nothing_of_use_are_named() {
        let path: PathBuf = env::temp_dir().join(format!("nodelab-trust-{}.pem", process::id()));
        fs::write(
            &path,
            "-----BEGIN NONSENSE-----\nAAAA\n-----END NONSENSE-----\n",
        )
        .unwrap();
        let words = Trust::of_file(&path).unwrap_err();
        assert!(words.contains("holds no certificate"), "{words}");
        let words = private_key(&path).unwrap_err();
        assert!(words.contains("BEGIN PRIVATE KEY"), "{words}");
        fs::remove_file(&path).unwrap();
        let words = Trust::of_file(&path).unwrap_err();
        assert!(words.contains("failed to read"), "{words}");
    }
}
