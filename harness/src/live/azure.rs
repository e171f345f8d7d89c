//! Tokens of `Azure IoT Hub`: a password that says until when it is good, signed with the device's
//! key.
//!
//! Owns their form. Does not know who sends them.
//!
//= https://learn.microsoft.com/en-us/azure/iot-hub/authenticate-authorize-sas

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::secret::Secret;

/// How long a token is good. A stream that lasts longer is closed by the hub, and the node comes
/// back with a new one.
pub const TOKEN_LIFE: Duration = Duration::from_hours(1);

/// Who signs: the resource, and the key for it.
#[derive(Clone, Debug)]
pub(super) struct Signer {
    key: Secret,
    /// `{hub}.azure-devices.net/devices/{device}`, not yet encoded.
    resource: String,
}

impl Signer {
    /// Takes the key of a device as the portal shows it; `None` if that is not base64.
    pub(super) fn new(hub: &str, device: &str, key: &Secret) -> Option<Self> {
        let key = STANDARD
            .decode(key.reveal())
            .ok()
            .filter(|key| !key.is_empty())?;
        Some(Self {
            key: Secret::new(key),
            resource: format!("{hub}/devices/{device}"),
        })
    }

    /// Makes the token that is good until so long after 1970.
    pub(super) fn token(&self, expiry: Duration) -> Secret {
        let resource = percent_encoded(self.resource.as_bytes());
        let expiry = expiry.as_secs();
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.reveal())
            .expect("HMAC takes keys of any length (RFC 2104 §2)");
        mac.update(format!("{resource}\n{expiry}").as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let signature = percent_encoded(signature.as_bytes());
        Secret::new(format!(
            "SharedAccessSignature sr={resource}&sig={signature}&se={expiry}"
        ))
    }
}

/// Encodes everything but what never needs it (RFC 3986 §2.3).
fn percent_encoded(bytes: &[u8]) -> String {
    let mut text = String::new();
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.extend(format!("%{byte:02X}").chars());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_what_openssl_signs() {
        // printf 'myhub.azure-devices.net%%2Fdevices%%2Fnode-0\n1700003600' | openssl dgst
        // -sha256 -mac HMAC -macopt key:0123456789abcdef0123456789abcdef -binary | base64
        let key = Secret::new(STANDARD.encode(b"0123456789abcdef0123456789abcdef"));
        let signer = Signer::new("myhub.azure-devices.net", "node-0", &key).unwrap();
        let token = signer.token(Duration::from_secs(1_700_003_600));
        let token = String::from_utf8(token.reveal().to_vec()).unwrap();
        assert_eq!(
            token,
            "SharedAccessSignature sr=myhub.azure-devices.net%2Fdevices%2Fnode-0\
             &sig=Xs1eiClYqDBdH4%2BQqScu66OwgR%2BOZMrbSubativp5bc%3D&se=1700003600"
        );
    }

    #[test]
    fn a_key_that_is_not_base64_is_refused() {
        for wrong in ["", "not base64!", "====", "abc"] {
            assert!(
                Signer::new("h", "d", &Secret::new(wrong)).is_none(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn neither_key_nor_token_is_shown() {
        let key = Secret::new(STANDARD.encode(b"swordfish"));
        let signer = Signer::new("h", "d", &key).unwrap();
        let shown = format!("{signer:?} {:?}", signer.token(Duration::ZERO));
        assert!(
            !shown.contains("sig=") && !shown.contains("sword"),
            "{shown}"
        );
    }
}
