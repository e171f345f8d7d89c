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
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is read several times, each time from a clone"
)]
pub fn judge<'a>(
    chain: impl Iterator<Item = &'a [u8]> + Clone,
    anchor: &[u8],
    host: &[u8],
    now: u64,
) -> Result<PublicKey<'a>, Refusal> {
    let (key, length) = examine(chain.clone(), anchor, host, now)?;
    for index in 0..length {
        let mut above = chain.clone().skip(index);
        let below = above.next().ok_or(Refusal::NoCertificate)?;
        let issuer = above.next().filter(|_| index + 1 < length);
        let (digest, signature) = signed(below)?;
        key_of(issuer.unwrap_or(anchor))?.verify(&digest, signature)?;
    }
    Ok(key)
}

// The functions that read certificates have frames of their own: a signature's frame is the
// deepest, and whatever is read must be gone by then.

#[inline(never)]
fn signed(certificate: &[u8]) -> Result<([u8; 32], &[u8]), Refusal> {
    Ok(Certificate::read(certificate)?.signed())
}

#[inline(never)]
fn key_of(certificate: &[u8]) -> Result<PublicKey<'_>, Refusal> {
    Ok(Certificate::read(certificate)?.key)
}

/// Checks everything but signatures; returns the server's key, and how many certificates stand
/// below the anchor.
#[inline(never)]
fn examine<'a>(
    mut chain: impl Iterator<Item = &'a [u8]>,
    anchor: &[u8],
    host: &[u8],
    now: u64,
) -> Result<(PublicKey<'a>, usize), Refusal> {
    let anchor = Certificate::read(anchor)?;
    let leaf = Certificate::read(chain.next().ok_or(Refusal::NoCertificate)?)?;
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
    let length = path(leaf, chain, &anchor, now)?;
    Ok((leaf.key, length))
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
    } else if extensions
        .path_length
        .is_some_and(|most| usize::from(most) < between)
    {
        Err(Refusal::PathTooLong)
    } else {
        Ok(())
    }
}
