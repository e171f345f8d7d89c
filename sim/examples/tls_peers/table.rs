//! The table that people read.

use std::fmt::Write as _;

use nodelab_sim::stack::tls::{Side, TlsVersion};

use crate::Outcome;
use crate::judge::{Differences, Verdict};

/// Writes cells, how OpenSSL's messages differ, and what was left out.
pub(crate) fn render(outcome: &Outcome, brief: bool) -> String {
    let verdicts = &outcome.verdicts;
    let mut text = String::new();
    if !brief {
        text.push_str(&cells(verdicts));
    }
    for verdict in verdicts {
        for disagreement in &verdict.disagreements {
            let name = verdict.cell.name();
            writeln!(
                text,
                "{name}, openssl {}: {disagreement}",
                end(verdict.openssl)
            )
            .expect("a string takes all");
        }
    }
    for failure in &outcome.failures {
        writeln!(text, "{failure}").expect("a string takes all");
    }
    text.push_str(&of_messages(&outcome.differences));
    for (why, count) in &outcome.skipped {
        writeln!(text, "left out, {count:>4}: {why}").expect("a string takes all");
    }
    let agreeing = verdicts
        .iter()
        .filter(|v| v.disagreements.is_empty())
        .count();
    writeln!(
        text,
        "\n{agreeing} of {} handshakes: nodelab, OpenSSL and tshark count the same bytes, records \
         and messages",
        verdicts.len() + outcome.failures.len()
    )
    .expect("a string takes all");
    text
}

fn cells(verdicts: &[Verdict]) -> String {
    let mut text = format!(
        "{:<50}{:<7}{:>6}{:>7}{:>9}{:>9}  {:>13}  {}\n",
        "cell", "openssl", "up", "down", "tickets", "goodbye", "ours alone", "counters"
    );
    for verdict in verdicts {
        let (up, down) = (verdict.seen.up, verdict.seen.down);
        writeln!(
            text,
            "{:<50}{:<7}{:>6}{:>7}{:>9}{:>9}  {:>6}{:>7}  {}",
            verdict.cell.name(),
            end(verdict.openssl),
            up.handshake,
            down.handshake,
            down.tickets,
            up.goodbye + down.goodbye,
            verdict.own.0,
            verdict.own.1,
            if verdict.disagreements.is_empty() {
                "agree"
            } else {
                "DISAGREE"
            }
        )
        .expect("a string takes all");
    }
    text
}

fn of_messages(differences: &Differences) -> String {
    let mut text = "\nOpenSSL's messages beside ours, in bytes (how often):\n".to_owned();
    for ((version, side, what), counts) in differences {
        let number = match version {
            TlsVersion::V1_2 => "1.2",
            TlsVersion::V1_3 => "1.3",
        };
        if counts.keys().all(|difference| *difference == 0) {
            continue;
        }
        let counts: Vec<String> = counts
            .iter()
            .map(|(difference, count)| format!("{difference:+} ({count})"))
            .collect();
        writeln!(
            text,
            "  {number} {:<7}{what:<32}{}\n{:14}{}",
            end(*side),
            counts.join(" "),
            "",
            reason(*version, *side, what)
        )
        .expect("a string takes all");
    }
    text.push('\n');
    text
}

/// Returns why a message of OpenSSL's has another length than ours.
fn reason(version: TlsVersion, side: Side, what: &str) -> &'static str {
    match (version, side, what) {
        (_, _, "CertificateVerify" | "ServerKeyExchange") => {
            "ECDSA signatures are DER: two numbers, each with or without a leading zero"
        }
        (_, _, "ClientHello") => {
            "it offers more signature schemes, encrypt_then_mac and the suite for renegotiation"
        }
        (_, _, "CertificateRequest") => "it takes more signature schemes and certificate types",
        (TlsVersion::V1_2, _, "ServerHello") => {
            "it answers ec_point_formats (8 bytes), ours acknowledges server_name (4 bytes)"
        }
        (_, _, "EncryptedExtensions") => "ours acknowledges server_name, s_server does not",
        (_, _, "NewSessionTicket, with records") => {
            "its ticket is a session in ASN.1 with the leaf alone; in TLS 1.2 it is not renewed"
        }
        (_, _, "records around them") => {
            "it puts each message into a record of its own: 5 bytes, sealed 22"
        }
        _ => "reason not known",
    }
}

const fn end(side: Side) -> &'static str {
    match side {
        Side::Client => "client",
        Side::Server => "server",
    }
}
