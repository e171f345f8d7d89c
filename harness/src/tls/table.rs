//! What one operation takes on each core: committed data, counted by running it there.
//!
//! Owns reading the data, and the names of operations. Does not know how it was counted (that is
//! `cargo xtask tls-tables`), nor how long an instruction takes.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::axis::{Device, Library};

const RISCV32IMC: &str = include_str!("table/riscv32imc.json");
const LX106: &str = include_str!("table/lx106.json");
/// Parts of an instruction that costs per byte are given in.
const MILLI: u64 = 1_000;

/// One core's data.
#[derive(Clone, Debug, Deserialize)]
pub struct Table {
    /// The core's name.
    pub core: String,
    /// How the data came about.
    pub provenance: Provenance,
    /// Operations by the library they were counted with.
    pub stacks: BTreeMap<String, StackTable>,
    /// Whole handshakes, counted in one piece.
    #[serde(default)]
    pub handshakes: Vec<WholeHandshake>,
}

/// How a table came about.
#[derive(Clone, Debug, Deserialize)]
pub struct Provenance {
    /// The compiler and its version.
    pub compiler: serde_json::Value,
    /// Crates or sources by version.
    #[serde(default)]
    pub crates: serde_json::Value,
    /// The command that counts again.
    pub command: String,
}

/// The operations of one library.
#[derive(Clone, Debug, Deserialize)]
pub struct StackTable {
    /// One for each operation that was counted.
    pub rows: Vec<Row>,
}

/// What an operation takes.
#[derive(Clone, Debug, Deserialize)]
pub struct Row {
    /// Its name, one of [`Operation`]'s.
    pub operation: String,
    /// Instructions of one call, for operations without a length.
    #[serde(default)]
    pub instructions: Option<u64>,
    /// Instructions of one call on no bytes, for those with a length.
    #[serde(default)]
    pub per_call: Option<u64>,
    /// Thousandths of an instruction for each byte.
    #[serde(default)]
    pub per_byte_milli: Option<u64>,
    /// Deepest stack in bytes.
    #[serde(default)]
    pub stack_bytes: Option<u64>,
    /// Why it could not be counted.
    #[serde(default)]
    pub skipped: Option<String>,
}

/// A handshake that ran on a core as a whole.
#[derive(Clone, Debug, Deserialize)]
pub struct WholeHandshake {
    /// What it was, in words.
    pub name: String,
    /// Instructions, exact.
    pub instructions: u64,
    /// Deepest stack in bytes.
    pub stack_bytes: u64,
    /// Buffers and state in bytes.
    pub static_bytes: u64,
    /// Bytes that the node sent.
    pub bytes_up: u64,
    /// Bytes that it received.
    pub bytes_down: u64,
}

/// An operation that a table has a row for.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Operation {
    /// Opening a record.
    Aes128GcmOpen,
    /// Sealing a record.
    Aes128GcmSeal,
    /// Opening a record.
    Aes256GcmOpen,
    /// Sealing a record.
    Aes256GcmSeal,
    /// Opening a record.
    ChaCha20Poly1305Open,
    /// Sealing a record.
    ChaCha20Poly1305Seal,
    /// A signature.
    Ed25519Sign,
    /// Its check.
    Ed25519Verify,
    /// A code over bytes.
    HmacSha256,
    /// A code over bytes.
    HmacSha384,
    /// The secret from a ciphertext.
    MlKem768Decapsulate,
    /// A secret and its ciphertext.
    MlKem768Encapsulate,
    /// A key pair.
    MlKem768Keygen,
    /// A shared secret.
    P256Agree,
    /// A key pair.
    P256Keygen,
    /// A signature.
    P256Sign,
    /// Its check.
    P256Verify,
    /// A signature.
    P384Sign,
    /// Its check.
    P384Verify,
    /// A signature.
    Rsa2048Private,
    /// Its check.
    Rsa2048Public,
    /// A signature.
    Rsa4096Private,
    /// Its check.
    Rsa4096Public,
    /// A hash of bytes.
    Sha256,
    /// A hash of bytes.
    Sha384,
    /// A shared secret.
    X25519Agree,
    /// A key pair.
    X25519Keygen,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 27] = [
        Self::Aes128GcmOpen,
        Self::Aes128GcmSeal,
        Self::Aes256GcmOpen,
        Self::Aes256GcmSeal,
        Self::ChaCha20Poly1305Open,
        Self::ChaCha20Poly1305Seal,
        Self::Ed25519Sign,
        Self::Ed25519Verify,
        Self::HmacSha256,
        Self::HmacSha384,
        Self::MlKem768Decapsulate,
        Self::MlKem768Encapsulate,
        Self::MlKem768Keygen,
        Self::P256Agree,
        Self::P256Keygen,
        Self::P256Sign,
        Self::P256Verify,
        Self::P384Sign,
        Self::P384Verify,
        Self::Rsa2048Private,
        Self::Rsa2048Public,
        Self::Rsa4096Private,
        Self::Rsa4096Public,
        Self::Sha256,
        Self::Sha384,
        Self::X25519Agree,
        Self::X25519Keygen,
    ];

    /// Returns its name in the tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aes128GcmOpen => "aes128gcm-open",
            Self::Aes128GcmSeal => "aes128gcm-seal",
            Self::Aes256GcmOpen => "aes256gcm-open",
            Self::Aes256GcmSeal => "aes256gcm-seal",
            Self::ChaCha20Poly1305Open => "chacha20poly1305-open",
            Self::ChaCha20Poly1305Seal => "chacha20poly1305-seal",
            Self::Ed25519Sign => "ed25519-sign",
            Self::Ed25519Verify => "ed25519-verify",
            Self::HmacSha256 => "hmac-sha256",
            Self::HmacSha384 => "hmac-sha384",
            Self::MlKem768Decapsulate => "mlkem768-decapsulate",
            Self::MlKem768Encapsulate => "mlkem768-encapsulate",
            Self::MlKem768Keygen => "mlkem768-keygen",
            Self::P256Agree => "p256-agree",
            Self::P256Keygen => "p256-keygen",
            Self::P256Sign => "p256-sign",
            Self::P256Verify => "p256-verify",
            Self::P384Sign => "p384-sign",
            Self::P384Verify => "p384-verify",
            Self::Rsa2048Private => "rsa2048-private",
            Self::Rsa2048Public => "rsa2048-public",
            Self::Rsa4096Private => "rsa4096-private",
            Self::Rsa4096Public => "rsa4096-public",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::X25519Agree => "x25519-agree",
            Self::X25519Keygen => "x25519-keygen",
        }
    }
}

impl Operation {
    /// Returns whether it is a hash, which other operations are full of.
    #[must_use]
    pub const fn is_hash(self) -> bool {
        matches!(
            self,
            Self::HmacSha256 | Self::HmacSha384 | Self::Sha256 | Self::Sha384
        )
    }
}

impl Table {
    /// Returns the table of the core that a device has.
    #[must_use]
    pub fn of(device: Device) -> &'static Self {
        static TABLES: OnceLock<[Table; 2]> = OnceLock::new();
        let tables = TABLES.get_or_init(|| [read(RISCV32IMC), read(LX106)]);
        &tables[usize::from(device.is_esp8266())]
    }

    /// Returns the row of an operation, if it was counted for this library.
    #[must_use]
    pub fn row(&self, library: Library, operation: Operation) -> Option<&Row> {
        let mut stacks = rows_of(library).iter();
        stacks.find_map(|stack| {
            let mut rows = self.stacks.get(*stack)?.rows.iter();
            rows.find(|row| row.operation == operation.name() && row.skipped.is_none())
        })
    }
}

/// Returns the names of the rows that a library is priced with, the nearest first: embedded-tls
/// links other versions of some of `RustCrypto`'s crates, and mbedTLS has no rows of its own.
const fn rows_of(library: Library) -> &'static [&'static str] {
    match library {
        Library::AxTls | Library::BearSsl => &["bearssl"],
        Library::EmbeddedTls => &["embedded-tls", "rustcrypto"],
        Library::MbedTls | Library::RustCrypto => &["rustcrypto"],
    }
}

impl Row {
    /// Returns the instructions of some calls that together handle some bytes, rounded up.
    #[must_use]
    pub fn instructions(&self, calls: u64, bytes: u64) -> u64 {
        let each = self.instructions.or(self.per_call).unwrap_or(0);
        let milli = self.per_byte_milli.unwrap_or(0);
        let of_bytes = bytes.saturating_mul(milli).div_ceil(MILLI);
        calls.saturating_mul(each).saturating_add(of_bytes)
    }
}

fn read(text: &str) -> Table {
    serde_json::from_str(text).expect("a test reads the committed tables")
}

#[cfg(test)]
mod tests {
    use super::super::axis::Axis as _;
    use super::*;

    /// Counted beside the others, but no cell agrees on P-384.
    const UNUSED: [&str; 2] = ["p384-agree", "p384-keygen"];

    #[test]
    fn committed_tables_are_read_and_every_row_has_a_known_name() {
        for device in Device::ALL {
            let table = Table::of(*device);
            assert!(!table.provenance.command.is_empty());
            for (stack, rows) in &table.stacks {
                assert!(!rows.rows.is_empty(), "{stack}");
                for row in rows.rows.iter().filter(|row| row.skipped.is_none()) {
                    let name = row.operation.as_str();
                    let mut names = Operation::ALL.iter().map(|known| known.name());
                    let known = UNUSED.contains(&name) || names.any(|known| known == name);
                    assert!(known, "{}: {stack}: {name}", table.core);
                    assert!(row.instructions(1, 1) > 0, "{}: {name}", table.core);
                }
            }
        }
    }

    #[test]
    fn a_call_and_its_bytes_add_up() {
        let row = Row {
            operation: "sha256".to_owned(),
            instructions: None,
            per_call: Some(100),
            per_byte_milli: Some(1_500),
            stack_bytes: None,
            skipped: None,
        };
        assert_eq!(row.instructions(0, 0), 0);
        assert_eq!(row.instructions(2, 0), 200);
        assert_eq!(row.instructions(1, 3), 105);
    }
}
