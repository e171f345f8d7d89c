//! Known answers for P-384.

use crate::hex::hex;

/// A private key for signatures (RFC 6979 §A.2.6).
pub const SIGNING: [u8; 48] = hex(concat!(
    "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8",
    "96d5724e4c70a825f872c9ea60d2edf5"
));
/// Its public key, uncompressed.
pub const VERIFYING: [u8; 97] = hex(concat!(
    "04",
    "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64",
    "def8f0ea9055866064a254515480bc13",
    "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1",
    "288b231c3ae0d4fe7344fd2533264720"
));
/// What is signed.
pub const MESSAGE: &[u8] = b"sample";
/// The signature with SHA-384: r and s.
pub const SIGNATURE: [u8; 96] = hex(concat!(
    "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c",
    "81a648152e44acf96e36dd1e80fabe46",
    "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f",
    "a329c145786e679e7b82c71a38628ac8"
));
/// Another end's public key (NIST CAVP, KAS ECC CDH primitive, P-384, count 0).
pub const PEER: [u8; 97] = hex(concat!(
    "04",
    "a7c76b970c3b5fe8b05d2838ae04ab47697b9eaf52e764592efda27fe7513272",
    "734466b400091adbf2d68c58e0c50066",
    "ac68f19f2e1cb879aed43a9969b91a0839c4c38a49749b661efedf243451915e",
    "d0905a32b060992b468c64766fc8437a"
));
/// A private key for agreements.
pub const PRIVATE: [u8; 48] = hex(concat!(
    "3cc3122a68f0d95027ad38c067916ba0eb8c38894d22e1b15618b6818a661774",
    "ad463b205da88cf699ab4d43c9cf98a1"
));
/// Its public key, uncompressed.
pub const PUBLIC: [u8; 97] = hex(concat!(
    "04",
    "9803807f2f6d2fd966cdd0290bd410c0190352fbec7ff6247de1302df86f25d3",
    "4fe4a97bef60cff548355c015dbb3e5f",
    "ba26ca69ec2f5b5d9dad20cc9da711383a9dbe34ea3fa5a2af75b46502629ad5",
    "4dd8b7d73a8abb06a3a3be47d650cc99"
));
/// What it shares with the other end.
pub const SECRET: [u8; 48] = hex(concat!(
    "5f9d29dc5e31a163060356213669c8ce132e22f57c9a04f40ba7fcead493b457",
    "e5621e766c40a2e3d4d6a04b25e533f1"
));
