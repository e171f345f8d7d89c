//! Advice in words, and for programs.

use serde::Serialize;

use super::super::axis::{Axis as _, Exchange};
use super::super::basis::Basis;
use super::super::lines::Lines;
use super::super::render::{band, rounded};
use super::configure;
use super::{Advice, Choice, Constraints, Floor, Offer, PostQuantum, PostQuantumCost, strength};

/// Volts that a battery's charge is counted at: those of the bare module.
const VOLTS: f64 = 3.3;
/// Joules of a milliampere-hour at one volt.
const JOULES_PER_MAH_VOLT: f64 = 3.6;

/// Returns advice for people.
#[must_use]
pub fn text(advice: &Advice) -> String {
    let mut text = Lines::default();
    text.wrapped(0, &format!("asked: {}", asked(&advice.constraints)));
    if advice.choices.is_empty() {
        text.wrapped(0, "");
        text.wrapped(
            0,
            "nothing satisfies all of it; loosen what most choices fell to below",
        );
        if advice.constraints.floor == Floor::Bits192 {
            text.wrapped(
                0,
                "192 bits: of the exchanges here only X25519MLKEM768 is as strong, and no library \
                 with firmware has it",
            );
        }
    }
    for (index, choice) in advice.choices.iter().enumerate() {
        text.wrapped(0, "");
        describe(index + 1, choice, advice, &mut text);
    }
    if let Some(cost) = &advice.post_quantum {
        text.wrapped(0, "");
        post_quantum(cost, &advice.constraints, &mut text);
    }
    text.wrapped(0, "");
    let number = advice.satisfying;
    text.wrapped(
        0,
        &format!("{number} choices satisfy it. The others fell out, by reason:"),
    );
    let mut fallen: Vec<(&String, &u32)> = advice.fallen.iter().collect();
    fallen.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (reason, count) in fallen {
        text.plain(&format!("  {count:4}  {reason}"));
    }
    text.wrapped(0, "");
    text.wrapped(
        0,
        "bytes are measured; times and energy are modelled from counted instructions; on the \
         ESP32-C3 the lower end is assumed (nodelab tls calibrate). Energy is a handshake's alone: \
         not joining, not sleeping.",
    );
    text.finish()
}

fn asked(constraints: &Constraints) -> String {
    let mut asked = vec![
        constraints.device.name().to_owned(),
        format!("link {}", constraints.link.name()),
        format!("{} connections a day", constraints.connections_per_day),
        format!("at least {} bits", constraints.floor.name()),
    ];
    if let Some(charge) = constraints.battery_mah {
        asked.push(format!("battery of {charge} mAh"));
    }
    if let Some(bytes) = constraints.ram_bytes {
        asked.push(format!("{bytes} bytes of memory"));
    }
    asked.push(format!("mutual {}", constraints.mutual().name()));
    let libraries = constraints.libraries.iter();
    asked.extend(libraries.map(|library| format!("stack {}", library.name())));
    if !constraints.server.is_empty() {
        asked.push(format!("a server that takes {}", constraints.server));
    }
    if constraints.post_quantum != PostQuantum::No {
        asked.push(format!("post-quantum {}", constraints.post_quantum.name()));
    }
    asked.join(", ")
}

fn describe(number: usize, choice: &Choice, advice: &Advice, text: &mut Lines) {
    let cell = choice.full.cell;
    let (library, protocol) = (choice.library.name(), cell.protocol.name());
    let mutual = if cell.mutual.is_on() { ", mutual" } else { "" };
    text.wrapped(
        0,
        &format!(
            "{number}. TLS {protocol} with {library}: {} certificate{mutual}, {}, {}",
            cell.auth.name(),
            cell.kx.name(),
            cell.aead.name()
        ),
    );
    text.wrapped(3, &format!("cell: {cell}"));
    text.wrapped(3, "why:");
    for words in reasons(choice, advice) {
        text.wrapped(5, &format!("- {words}"));
    }
    text.wrapped(3, "on the node:");
    for words in configure::node(choice) {
        text.wrapped(5, &format!("- {words}"));
    }
    text.wrapped(3, "on the broker:");
    for words in configure::broker(choice, advice.constraints.post_quantum) {
        text.wrapped(5, &format!("- {words}"));
    }
}

/// Returns what speaks for a choice, and what it costs.
fn reasons(choice: &Choice, advice: &Advice) -> Vec<String> {
    let constraints = &advice.constraints;
    let mut reasons = vec![offered("a full handshake", &choice.full, constraints)];
    match &choice.resumed {
        Some(resumed) => {
            let mode = resumed.cell.mode.name();
            reasons.push(offered(&format!("resumed by {mode}"), resumed, constraints));
        }
        None => reasons.push("nothing is resumed: every connection is a full handshake".to_owned()),
    }
    let (checked, made) = choice.full.signatures;
    let auth = choice.full.cell.auth.name();
    let own = if made > 0 {
        ", and makes one of its own"
    } else {
        ""
    };
    reasons.push(format!(
        "the node checks {checked} {auth} signatures in a full handshake{own}"
    ));
    if strength(choice.full.cell) == Floor::Bits112 {
        reasons.push(
            "112 bits: NIST plans to deprecate RSA-2048 after 2030 (NIST IR 8547, draft)"
                .to_owned(),
        );
    }
    if let Some(memory) = choice.full.figures.memory {
        let (bytes, basis) = (memory.bytes, memory.basis);
        reasons.push(format!(
            "{bytes} bytes of memory, buffers and stack together ({basis})"
        ));
    }
    let day = choice.day_mj.map(|(low, high)| (low / 1e3, high / 1e3));
    if let Some((low, high)) = day {
        reasons.push(format!("{low:.2}–{high:.2} J a day for all handshakes"));
        if let Some(charge) = constraints.battery_mah {
            let battery = f64::from(charge) * JOULES_PER_MAH_VOLT * VOLTS;
            let year = |joules: f64| joules * 365.0 * 100.0 / battery;
            reasons.push(format!(
                "in a year, handshakes take {} % of {charge} mAh at {VOLTS} V",
                band((year(low), year(high)))
            ));
        }
    } else {
        reasons.push("no energy: the modem's own draw is not modelled; ranked by time".to_owned());
    }
    reasons
}

fn offered(what: &str, offer: &Offer, constraints: &Constraints) -> String {
    let figures = &offer.figures;
    let over = figures.over(constraints.link);
    let instructions = figures.instructions.map_or_else(
        || "cycles scaled from one published figure".to_owned(),
        |number| format!("{:.1} M instructions", millions(number)),
    );
    let energy = figures.millijoules.map_or_else(String::new, |(low, high)| {
        format!(", {} mJ", band((low, high)))
    });
    let (up, down) = offer.bytes;
    format!(
        "{what}: {up} bytes up and {down} down with tickets; {instructions}, {} s of the \
         processor; connected after {} s over {}{energy}",
        band(figures.seconds),
        band(over.seconds),
        constraints.link.name()
    )
}

#[expect(clippy::cast_precision_loss, reason = "below 2⁵³")]
fn millions(number: u64) -> f64 {
    number as f64 / 1e6
}

fn post_quantum(cost: &PostQuantumCost, constraints: &Constraints, text: &mut Lines) {
    text.wrapped(
        0,
        "Post-quantum: X25519MLKEM768, so that what is recorded today stays secret",
    );
    let (without, with) = (&cost.without, &cost.with);
    let up = with.bytes.0.saturating_sub(without.bytes.0);
    let down = with.bytes.1.saturating_sub(without.bytes.1);
    text.wrapped(
        2,
        &format!("- {up} bytes more up and {down} more down than X25519"),
    );
    let (before, after) = (without.figures.instructions, with.figures.instructions);
    if let (Some(before), Some(after)) = (before, after) {
        let more = after.saturating_sub(before);
        let (least, most) = (
            with.figures.seconds.0 - without.figures.seconds.0,
            with.figures.seconds.1 - without.figures.seconds.1,
        );
        text.wrapped(
            2,
            &format!(
                "- {:.1} M instructions more, {} s on {}; deepest stack {} bytes, {} before \
                 (RustCrypto's primitives, counted)",
                millions(more),
                band((least, most)),
                constraints.device.name(),
                with.figures.stack_bytes.unwrap_or(0),
                without.figures.stack_bytes.unwrap_or(0)
            ),
        );
    }
    for (library, reason) in &cost.missing {
        text.wrapped(2, &format!("- {}: {}", library.name(), reason.words()));
    }
    for words in POST_QUANTUM_ADVICE {
        text.wrapped(2, &format!("- {words}"));
    }
}

/// What to do about it.
const POST_QUANTUM_ADVICE: [&str; 4] = [
    "now, on the broker: OpenSSL 3.5 or later takes X25519MLKEM768 by itself (mosquitto issue \
     3683) and falls back to X25519 or P-256, so that today's nodes go on",
    "now, on the node: over-the-air updates that can replace its TLS, and TLS 1.3 where it costs \
     little, because X25519MLKEM768 needs it; readings that must stay secret for decades need a \
     gateway that speaks X25519MLKEM768 onward",
    "next, on an ESP32: Espressif's esp-hybrid-tls (developer.espressif.com, 2026-04-15), an \
     mbedTLS with liboqs: CONFIG_MBEDTLS_USE_BUNDLED_PQC=y, \
     CONFIG_MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_GROUP_X25519MLKEM768=y, CONFIG_LIBOQS_ENABLED=y. \
     Shown on an ESP32-C5; its article measured an ESP32-S3: 47.9 KB of heap in the handshake \
     for 17.4, with ML-DSA-65 certificates. Nobody has published it for an ESP32-C3, and for an \
     ESP8266 no way is known",
    "certificates can stay classical: a signature protects only while the handshake lasts",
];

#[derive(Serialize)]
struct Document {
    asked: String,
    satisfying: usize,
    choices: Vec<ChoiceEntry>,
    post_quantum: Option<PostQuantumEntry>,
    fallen: std::collections::BTreeMap<String, u32>,
}

#[derive(Serialize)]
struct ChoiceEntry {
    stack: &'static str,
    full: OfferEntry,
    resumed: Option<OfferEntry>,
    joules_a_day_low: Option<f64>,
    joules_a_day_high: Option<f64>,
    joules_a_day_basis: Option<Basis>,
    ram_bytes: Option<u64>,
    ram_basis: Option<Basis>,
    reasons: Vec<String>,
    node: Vec<String>,
    broker: Vec<String>,
}

#[derive(Serialize)]
struct OfferEntry {
    cell: String,
    bytes_up: u32,
    bytes_down: u32,
    instructions: Option<u64>,
    instructions_basis: Option<Basis>,
    seconds_low: f64,
    seconds_high: f64,
    seconds_basis: Basis,
    connected_seconds_low: f64,
    connected_seconds_high: f64,
    connected_seconds_basis: Basis,
    millijoules_low: Option<f64>,
    millijoules_high: Option<f64>,
    millijoules_basis: Option<Basis>,
}

#[derive(Serialize)]
struct PostQuantumEntry {
    with: OfferEntry,
    without: OfferEntry,
    exchange: &'static str,
    missing: Vec<(&'static str, &'static str)>,
    advice: [&'static str; 4],
}

/// Returns advice for programs.
///
/// # Panics
///
/// Never: the document has only text keys.
#[must_use]
pub fn json(advice: &Advice) -> String {
    let constraints = &advice.constraints;
    let choices = advice.choices.iter().map(|choice| ChoiceEntry {
        stack: choice.library.name(),
        full: entry(&choice.full, constraints),
        resumed: choice
            .resumed
            .as_ref()
            .map(|offer| entry(offer, constraints)),
        joules_a_day_low: choice.day_mj.map(|(low, _)| rounded(low / 1e3, 3)),
        joules_a_day_high: choice.day_mj.map(|(_, high)| rounded(high / 1e3, 3)),
        joules_a_day_basis: choice.day_mj.map(|_| choice.full.figures.energy_basis()),
        ram_bytes: choice.full.figures.memory.map(|memory| memory.bytes),
        ram_basis: choice.full.figures.memory.map(|memory| memory.basis),
        reasons: reasons(choice, advice),
        node: configure::node(choice),
        broker: configure::broker(choice, advice.constraints.post_quantum),
    });
    let post_quantum = advice.post_quantum.as_ref().map(|cost| PostQuantumEntry {
        with: entry(&cost.with, constraints),
        without: entry(&cost.without, constraints),
        exchange: Exchange::X25519MlKem768.name(),
        missing: cost
            .missing
            .iter()
            .map(|(library, reason)| (library.name(), reason.code()))
            .collect(),
        advice: POST_QUANTUM_ADVICE,
    });
    let document = Document {
        asked: asked(constraints),
        satisfying: advice.satisfying,
        choices: choices.collect(),
        post_quantum,
        fallen: advice.fallen.clone(),
    };
    let text = serde_json::to_string_pretty(&document).expect("all keys are text");
    text + "\n"
}

fn entry(offer: &Offer, constraints: &Constraints) -> OfferEntry {
    let figures = &offer.figures;
    let over = figures.over(constraints.link);
    OfferEntry {
        cell: offer.cell.to_string(),
        bytes_up: offer.bytes.0,
        bytes_down: offer.bytes.1,
        instructions: figures.instructions,
        instructions_basis: figures.instructions.map(|_| figures.instructions_basis),
        seconds_low: rounded(figures.seconds.0, 4),
        seconds_high: rounded(figures.seconds.1, 4),
        seconds_basis: figures.seconds_basis,
        connected_seconds_low: rounded(over.seconds.0, 4),
        connected_seconds_high: rounded(over.seconds.1, 4),
        connected_seconds_basis: figures.energy_basis(),
        millijoules_low: figures.millijoules.map(|(low, _)| rounded(low, 2)),
        millijoules_high: figures.millijoules.map(|(_, high)| rounded(high, 2)),
        millijoules_basis: figures.millijoules.map(|_| figures.energy_basis()),
    }
}
