//! `BearSSL`'s operations, as `bearssl/shim.c` offers them.
#![expect(unsafe_code, reason = "C is called")]

/// A curve, by its number in `BearSSL`, which is TLS's own (RFC 8446 §4.2.7).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(i32)]
pub(crate) enum Curve {
    /// P-256.
    P256 = 23,
    /// P-384.
    P384 = 24,
    /// Curve25519.
    Curve25519 = 29,
}

/// A hash.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(i32)]
pub(crate) enum Hash {
    /// SHA-256.
    Sha256 = 256,
    /// SHA-384.
    Sha384 = 384,
}

/// Which way a cipher works.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(i32)]
pub(crate) enum Way {
    /// Decrypts, and checks the tag.
    Open = 0,
    /// Encrypts, and writes the tag.
    Seal = 1,
}

// In bearssl/shim.c.
unsafe extern "C" {
    fn bear_keygen(curve: Curve, scalar: *const u8, length: usize, point: *mut u8) -> i32;
    fn bear_agree(
        curve: Curve,
        scalar: *const u8,
        length: usize,
        point: *mut u8,
        size: usize,
    ) -> i32;
    fn bear_sign(
        curve: Curve,
        scalar: *const u8,
        length: usize,
        text: *const u8,
        size: usize,
        signature: *mut u8,
    ) -> i32;
    fn bear_verify(
        curve: Curve,
        point: *const u8,
        length: usize,
        text: *const u8,
        size: usize,
        signature: *const u8,
        signature_length: usize,
    ) -> i32;
    fn bear_rsa_public(modulus: *const u8, length: usize, number: *mut u8) -> i32;
    fn bear_rsa_private(parts: *const [*const u8; 5], length: usize, number: *mut u8) -> i32;
    fn bear_hash(hash: Hash, text: *const u8, size: usize, digest: *mut u8) -> i32;
    fn bear_hmac(
        hash: Hash,
        key: *const u8,
        length: usize,
        text: *const u8,
        size: usize,
        tag: *mut u8,
    ) -> i32;
    fn bear_aes_gcm(
        way: Way,
        key: *const u8,
        length: usize,
        nonce: *const u8,
        header: *const u8,
        header_length: usize,
        text: *mut u8,
        size: usize,
        tag: *mut u8,
    ) -> i32;
    fn bear_chacha20_poly1305(
        way: Way,
        key: *const u8,
        nonce: *const u8,
        header: *const u8,
        header_length: usize,
        text: *mut u8,
        size: usize,
        tag: *mut u8,
    ) -> i32;
}

/// Computes a public key; `N` must be what the curve's points take.
pub(crate) fn keygen<const N: usize>(curve: Curve, scalar: &[u8]) -> Option<[u8; N]> {
    let mut point = [0; N];
    assert!(N >= points(curve), "the point does not fit");
    // SAFETY: the point is as long as the curve's are.
    let done = unsafe { bear_keygen(curve, scalar.as_ptr(), scalar.len(), point.as_mut_ptr()) };
    (done == 1).then_some(point)
}

/// Multiplies a point by a scalar, and returns all of the product.
pub(crate) fn agree<const N: usize>(
    curve: Curve,
    scalar: &[u8],
    mut point: [u8; N],
) -> Option<[u8; N]> {
    // SAFETY: the point's own length is told.
    let done = unsafe { bear_agree(curve, scalar.as_ptr(), scalar.len(), point.as_mut_ptr(), N) };
    (done == 1).then_some(point)
}

/// Signs a text with ECDSA; `N` must be two scalars of the curve.
pub(crate) fn sign<const N: usize>(curve: Curve, scalar: &[u8], text: &[u8]) -> Option<[u8; N]> {
    let mut signature = [0; N];
    assert!(N + 1 >= points(curve), "the signature does not fit");
    // SAFETY: two scalars are as long as a point without its first byte.
    let done = unsafe {
        bear_sign(
            curve,
            scalar.as_ptr(),
            scalar.len(),
            text.as_ptr(),
            text.len(),
            signature.as_mut_ptr(),
        )
    };
    (done == 1).then_some(signature)
}

/// Checks a signature of ECDSA.
pub(crate) fn verify(curve: Curve, point: &[u8], text: &[u8], signature: &[u8]) -> bool {
    // SAFETY: all lengths are told.
    let done = unsafe {
        bear_verify(
            curve,
            point.as_ptr(),
            point.len(),
            text.as_ptr(),
            text.len(),
            signature.as_ptr(),
            signature.len(),
        )
    };
    done == 1
}

/// Raises a number to the power of 65537.
pub(crate) fn rsa_public<const N: usize>(
    modulus: &[u8; N],
    mut number: [u8; N],
) -> Option<[u8; N]> {
    // SAFETY: number and modulus have the length that is told.
    let done = unsafe { bear_rsa_public(modulus.as_ptr(), N, number.as_mut_ptr()) };
    (done == 1).then_some(number)
}

/// Raises a number to the power of the private exponent.
pub(crate) fn rsa_private(parts: &[[u8; 128]; 5], mut number: [u8; 256]) -> Option<[u8; 256]> {
    let addresses = parts.each_ref().map(|part| part.as_ptr());
    // SAFETY: each part has half of the number's length.
    let done = unsafe { bear_rsa_private(&raw const addresses, 128, number.as_mut_ptr()) };
    (done == 1).then_some(number)
}

/// Hashes a text.
pub(crate) fn hash<const N: usize>(hash: Hash, text: &[u8]) -> Option<[u8; N]> {
    let mut digest = [0; N];
    assert!(N >= digests(hash), "the digest does not fit");
    // SAFETY: the digest is as long as the hash's are.
    let done = unsafe { bear_hash(hash, text.as_ptr(), text.len(), digest.as_mut_ptr()) };
    (done == 1).then_some(digest)
}

/// Authenticates a text.
pub(crate) fn hmac<const N: usize>(hash: Hash, key: &[u8], text: &[u8]) -> Option<[u8; N]> {
    let mut tag = [0; N];
    assert!(N >= digests(hash), "the tag does not fit");
    // SAFETY: the tag is as long as the hash's digests are.
    let done = unsafe {
        bear_hmac(
            hash,
            key.as_ptr(),
            key.len(),
            text.as_ptr(),
            text.len(),
            tag.as_mut_ptr(),
        )
    };
    (done == 1).then_some(tag)
}

/// A record, and what else a cipher takes besides its key.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    /// Which way.
    pub(crate) way: Way,
    /// Used once with a key.
    pub(crate) nonce: &'a [u8; 12],
    /// Authenticated too.
    pub(crate) header: &'a [u8],
    /// What is encrypted or decrypted, in place.
    pub(crate) text: &'a mut [u8],
    /// Written or checked.
    pub(crate) tag: &'a mut [u8; 16],
}

/// Works on a record with AES-GCM; the key has 16 or 32 bytes.
pub(crate) fn aes_gcm(key: &[u8], record: &mut Record<'_>) -> bool {
    // With another length C would read a key that it never wrote.
    assert!(
        matches!(key.len(), 16 | 32),
        "AES has no key of this length"
    );
    // SAFETY: all lengths are told, or are those that the shim names.
    let done = unsafe {
        bear_aes_gcm(
            record.way,
            key.as_ptr(),
            key.len(),
            record.nonce.as_ptr(),
            record.header.as_ptr(),
            record.header.len(),
            record.text.as_mut_ptr(),
            record.text.len(),
            record.tag.as_mut_ptr(),
        )
    };
    done == 1
}

/// Works on a record with ChaCha20-Poly1305.
pub(crate) fn chacha20_poly1305(key: &[u8; 32], record: &mut Record<'_>) -> bool {
    // SAFETY: all lengths are told, or are those that the shim names.
    let done = unsafe {
        bear_chacha20_poly1305(
            record.way,
            key.as_ptr(),
            record.nonce.as_ptr(),
            record.header.as_ptr(),
            record.header.len(),
            record.text.as_mut_ptr(),
            record.text.len(),
            record.tag.as_mut_ptr(),
        )
    };
    done == 1
}

/// Returns the bytes of a curve's points.
const fn points(curve: Curve) -> usize {
    match curve {
        Curve::P256 => 65,
        Curve::P384 => 97,
        Curve::Curve25519 => 32,
    }
}

/// Returns the bytes of a hash's digests.
const fn digests(hash: Hash) -> usize {
    match hash {
        Hash::Sha256 => 32,
        Hash::Sha384 => 48,
    }
}
