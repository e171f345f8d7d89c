//! What can happen, in the words of the stream.
//!
//! Owns names and units of the fields. Adding a variant or a field is no new version of the
//! schema; renaming, removing or giving another meaning is.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A word of a closed list: borrowed where it is made, owned where it is read.
pub type Word = Cow<'static, str>;

/// One thing that happened.
///
/// The variant's name in kebab case is the field `event`. Integers carry their unit in the name:
/// `_ns`, `_us` and `_ms` are times, `_mc` thousandths of a degree Celsius, `_uv` microvolts,
/// `_fc` femtocoulombs.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Fact {
    /// A stretch of the node's time that had one cause is over, with the charge it drew.
    Billed {
        /// What it was for.
        cause: Word,
        /// What was drawn.
        #[serde(deserialize_with = "charge")]
        charge_fc: u128,
        /// How long it was.
        span_ns: u64,
    },
    /// The firmware started.
    Booted,
    /// What the node took on an emulated core since the beginning.
    Computed {
        /// Instructions of the node's own code.
        instructions: u64,
    },
    /// The broker refused the session, as the node sees it.
    ConnectRefused {
        /// Why.
        why: Word,
    },
    /// The converter finished.
    Converted {
        /// The code, all that the node sees.
        code: u16,
        /// The voltage at the sensor's output.
        output_uv: i32,
        /// The true temperature of the air.
        truth_mc: i32,
    },
    /// What the node's supply gave since the beginning.
    Drained {
        /// The charge.
        #[serde(deserialize_with = "charge")]
        charge_fc: u128,
        /// How long the board had power.
        powered_ns: u64,
    },
    /// A fault ended.
    FaultEnded {
        /// What it was.
        fault: Word,
    },
    /// A fault struck.
    FaultStarted {
        /// What it is.
        fault: Word,
    },
    /// A frame was on the air, or was tried to be sent.
    Frame {
        /// `up` from the node, `down` to it.
        direction: Word,
        /// What it is: `beacon`, `EAPOL`, `ARP`, `TCP` and so on.
        what: Word,
        /// Bytes above the link layer's header.
        bytes: u32,
        /// Rate of the last try in kb/s.
        rate_kbps: u32,
        /// Strength at the receiver.
        rssi_dbm: i8,
        /// How often it was tried.
        tries: u32,
        /// Time on the air of all tries.
        airtime_ns: u64,
        /// Whether it arrived.
        delivered: bool,
    },
    /// Somebody in the middle read so many bytes in the clear.
    Intercepted {
        /// How many.
        bytes: u64,
    },
    /// The time between samples changed by command.
    IntervalChanged {
        /// The new one.
        interval_us: u64,
    },
    /// A stage of joining ended well.
    JoinPhaseEnded {
        /// Which.
        phase: Word,
        /// How long it took.
        took_ns: u64,
    },
    /// A stage of joining began.
    JoinPhaseStarted {
        /// Which.
        phase: Word,
    },
    /// The node has an address.
    LinkJoined,
    /// The node lost its link, or a join failed.
    LinkLost {
        /// Why.
        why: Word,
        /// The reason code that the SDK reports.
        reason: u16,
    },
    /// A message of the broker was not for this node, or too long.
    MessageIgnored,
    /// The broker took a message from the node's client.
    MessageReceived {
        /// Where it was published.
        topic: String,
        /// What it says; bytes that are no UTF-8 are replaced.
        payload: String,
        /// 0 or 1.
        qos: u8,
        /// Whether it is kept for later subscribers.
        retain: bool,
        /// Whether it may have come before.
        duplicate: bool,
    },
    /// The broker sent a message to the node's client.
    MessageSent {
        /// Where it was published.
        topic: String,
        /// What it says; bytes that are no UTF-8 are replaced.
        payload: String,
        /// Whether it was sent before.
        duplicate: bool,
    },
    /// Something else happened at the broker.
    BrokerNoted {
        /// What, in words.
        what: Word,
        /// More of it, such as a client or a topic filter.
        detail: String,
    },
    /// The node has power and boots.
    PoweredOn,
    /// The node lost power and memory.
    PoweredOff,
    /// The broker broke the protocol, as the node sees it.
    ProtocolBroken,
    /// The broker's acknowledgement of a reading arrived.
    PublishAcked {
        /// Number of the reading.
        sequence: u32,
    },
    /// A reading was written to the stream.
    PublishSent {
        /// Number of the reading.
        sequence: u32,
        /// Whether it was sent before.
        duplicate: bool,
    },
    /// The number of queued readings changed.
    Queued {
        /// To this.
        length: u8,
    },
    /// The station is associated no more, or failed to be.
    RadioLeft {
        /// The reason code that the SDK reports.
        reason: u16,
    },
    /// The station moved to another channel.
    RadioTuned {
        /// 1 to 13.
        channel: u8,
    },
    /// A reading was given up.
    ReadingDropped {
        /// Number of the reading.
        sequence: u32,
        /// Why.
        why: Word,
    },
    /// A queued reading was lost with the memory that held it.
    ReadingForgotten {
        /// Number of the reading.
        sequence: u32,
    },
    /// A reading went to the console only.
    ReadingShown {
        /// Number of the reading.
        sequence: u32,
    },
    /// A reading was taken and accepted.
    ReadingTaken {
        /// Number of the reading.
        sequence: u32,
        /// What the node believes the temperature to be.
        value_mc: i32,
    },
    /// An attempt failed; the next one follows after a pause.
    RetryScheduled {
        /// How many attempts in a row have failed.
        attempt: u16,
        /// How long the pause is.
        delay_us: u64,
    },
    /// A sample was not believed.
    SensorFaulted {
        /// The code that was judged.
        code: u16,
        /// Why.
        why: Word,
    },
    /// The node printed this; bytes that are no UTF-8 are replaced.
    Serial {
        /// The text.
        text: String,
    },
    /// The session with the broker ended.
    SessionClosed {
        /// Why.
        why: Word,
    },
    /// The broker accepted the session.
    SessionOpened {
        /// Whether it kept the state of an earlier one.
        session_present: bool,
    },
    /// An end of the TLS connection sent an alert.
    TlsAlert {
        /// `client` or `server`.
        side: Word,
        /// Its name (RFC 8446 §6).
        alert: Word,
    },
    /// The handshake is complete at one end.
    TlsConnected {
        /// `client` or `server`.
        side: Word,
        /// `TLS 1.2` or `TLS 1.3`.
        version: Word,
        /// The cipher suite.
        suite: Word,
        /// The group of the key exchange.
        group: Word,
        /// Whether an earlier session was resumed.
        resumed: bool,
    },
    /// An end gave the TLS connection up.
    TlsFailed {
        /// `client` or `server`.
        side: Word,
        /// Why.
        why: Word,
    },
    /// An end sent a handshake message.
    TlsMessage {
        /// `client` or `server`.
        side: Word,
        /// Its name, such as `ClientHello`.
        message: Word,
        /// Its length, record headers not counted.
        bytes: u32,
        /// Whether an eavesdropper sees only ciphertext.
        encrypted: bool,
    },
    /// The TLS connection was opened at one end.
    TlsStarted {
        /// `client` or `server`.
        side: Word,
    },
    /// Something that only a newer nodelab knows; it is never written.
    #[serde(other)]
    Unknown,
}

/// Reads a charge. A tagged variant is looked at before it is read, and what was looked at holds
/// 64 bits: beyond them, 18 kC, the nearest float stands for it.
fn charge<'de, D: Deserializer<'de>>(from: D) -> Result<u128, D::Error> {
    from.deserialize_any(ChargeVisitor)
}

struct ChargeVisitor;

impl Visitor<'_> for ChargeVisitor {
    type Value = u128;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a charge in femtocoulombs")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<u128, E> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "what is negative or no number is refused before"
        )]
        if value >= 0.0 {
            Ok(value as u128)
        } else {
            Err(E::custom("a charge is not negative"))
        }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<u128, E> {
        Ok(value.into())
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<u128, E> {
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charges_of_every_size_are_read() {
        for (written, read) in [
            ("0", 0),
            ("11478565000000", 11_478_565_000_000),
            ("18446744073709551615", u128::from(u64::MAX)),
            ("100000000000000000000", 100_000_000_000_000_000_000),
        ] {
            let text = format!(
                "{{\"event\":\"billed\",\"cause\":\"boot\",\"charge_fc\":{written},\"span_ns\":1}}"
            );
            let fact: Fact = serde_json::from_str(&text).unwrap();
            assert!(
                matches!(fact, Fact::Billed { charge_fc, .. } if charge_fc == read),
                "{fact:?}"
            );
        }
    }
}
