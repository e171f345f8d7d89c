//! Who must not get in, and what they try.
//!
//! Owns the names of the attacks. Certificates are forged where certificates are made, and
//! faults schedule when an attack begins.

/// What an impostor shows for itself.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Impostor {
    /// A certificate whose validity is over.
    Expired,
    /// A certificate signed by a genuine leaf, which may not sign.
    LeafAsCa,
    /// A certificate of an authority with the trusted one's name and another key.
    LookAlikeCa,
    /// A certificate whose validity has not begun.
    NotYetValid,
    /// A certificate that signed itself.
    SelfSigned,
    /// A certificate of an authority that the node does not know.
    UnknownCa,
    /// A genuine certificate for another name.
    WrongName,
    /// A genuine certificate for clients, not for servers.
    WrongPurpose,
}
