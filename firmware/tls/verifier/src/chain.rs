//! From the server's certificate up to the trusted one (RFC 5280 §6).
//!
//! Owns the order of checks: whatever costs little comes first, signatures last.

use crate::certificate::{Certificate, PublicKey};
use crate::name::names;
use crate::refusal::Refusal;

/// Most certificates that are read of what a server sends, its own included.
pub const CHAIN_MAX: usize = 5;

/// Judges a server's certificates, its own first, and returns its key.
///
/// `anchor` is trusted for what it is: its dates and its own signature do not count, its usage
/// and its path length do.
///
/// # Errors
///
/// [`Refusal`] names the first thing that is wrong.
pub fn judge<'a>(
    chain: impl Iterator<Item = &'a [u8]> + Clone,
    anchor: &[u8],
    host: &[u8],
    now: u64,
) -> Result<PublicKey, Refusal> {
    let anchor = Certificate::read(anchor)?;
    let mut below = chain.clone();
    let leaf = Certificate::read(below.next().ok_or(Refusal::NoCertificate)?)?;
    is_current(&leaf, now)?;
    let named = match leaf.extensions.names {
        None => false,
        Some(all) => names(all, host)?,
    };
    if !named {
        return Err(Refusal::WrongName);
    }
    if !leaf.extensions.may_serve() {
        return Err(Refusal::WrongUsage);
    }
    let length = path(leaf, below, &anchor, now)?;
    signatures(chain.take(length), &anchor)?;
    Ok(leaf.key)
}

/// Checks all issuers up to the anchor, and returns how many certificates stand below it.
fn path<'a>(
    leaf: Certificate<'a>,
    mut above: impl Iterator<Item = &'a [u8]>,
    anchor: &Certificate<'_>,
    now: u64,
) -> Result<usize, Refusal> {
    let mut last = leaf;
    for length in 1..=CHAIN_MAX {
        // Authorities between the issuer and the server.
        let between = length - 1;
        if last.issuer == anchor.subject {
            may_issue(anchor, between)?;
            return Ok(length);
        }
        let issuer = above.next().ok_or(Refusal::UnknownIssuer)?;
        let issuer = Certificate::read(issuer)?;
        if issuer.subject != last.issuer {
            return Err(Refusal::UnknownIssuer);
        }
        is_current(&issuer, now)?;
        may_issue(&issuer, between)?;
        last = issuer;
    }
    Err(Refusal::ChainTooLong)
}

/// Checks each certificate's signature with the key of the one above it.
fn signatures<'a>(
    chain: impl Iterator<Item = &'a [u8]> + Clone,
    anchor: &Certificate<'_>,
) -> Result<(), Refusal> {
    let mut above = chain.clone().skip(1);
    for bytes in chain {
        let key = match above.next() {
            None => anchor.key,
            Some(issuer) => Certificate::read(issuer)?.key,
        };
        Certificate::read(bytes)?.is_signed_by(&key)?;
    }
    Ok(())
}

fn is_current(certificate: &Certificate<'_>, now: u64) -> Result<(), Refusal> {
    let [first, last] = certificate.validity;
    if now < first {
        Err(Refusal::NotYetValid)
    } else if now > last {
        Err(Refusal::Expired)
    } else {
        Ok(())
    }
}

fn may_issue(issuer: &Certificate<'_>, between: usize) -> Result<(), Refusal> {
    let extensions = &issuer.extensions;
    if !extensions.is_authority {
        Err(Refusal::NotAnAuthority)
    } else if !extensions.may_issue() {
        Err(Refusal::WrongUsage)
    } else if extensions.path_length.is_some_and(|most| usize::from(most) < between) {
        Err(Refusal::PathTooLong)
    } else {
        Ok(())
    }
}
