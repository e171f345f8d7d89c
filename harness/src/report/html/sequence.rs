//! A conversation between node and broker, drawn as a sequence diagram.
//!
//! Owns the drawing. Does not know which conversations are worth it.
//!
//! ```text
//!        node                     broker
//!  +0 s   │─────── ClientHello ─────▶│  199 bytes, in the clear
//! ```

use askama::Template;
use nodelab_sim::{SimSpan, SimTime};

use super::chart::Table;
use super::curves::table;
use super::svg::{Path, line, rect, text};
use super::talk::{From, Message, Talk};

/// Where the ends stand.
const ENDS: [f64; 2] = [78.0, 366.0];
/// Height of one message.
const ROW: f64 = 36.0;
/// Where the first one stands.
const TOP: f64 = 44.0;
/// Characters that find room between the ends.
const ROOM: usize = 44;

/// A sequence diagram and the table behind it.
#[derive(Debug, Template)]
#[template(path = "talk.html")]
pub(super) struct Sequence {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) summary: String,
    height: u32,
    marks: String,
    table: Table,
}

impl Sequence {
    pub(super) fn of(id: String, title: &str, talk: &Talk) -> Self {
        let begin = talk.messages.first().map_or(0, |first| first.at);
        let end = talk.messages.last().map_or(0, |last| last.at);
        let mut y = TOP;
        let mut marks = String::new();
        let count = u32::try_from(talk.messages.len()).unwrap_or(0);
        let bottom = TOP + ROW * f64::from(count) + 4.0;
        for (x, name) in ENDS.into_iter().zip(["node", "broker"]) {
            marks += &line("life", (x, 26.0), (x, bottom));
            marks += &rect("box", (x - 32.0, 2.0), (64.0, 24.0));
            marks += &text("strong", (x, 18.5), "middle", name);
        }
        for message in &talk.messages {
            marks += &draw(message, begin, y);
            y += ROW;
        }
        let bytes = |from: From| -> u32 {
            let mine = talk.messages.iter().filter(|message| message.from == from);
            mine.filter_map(|message| message.bytes).sum()
        };
        let (up, down) = (bytes(From::Node), bytes(From::Broker));
        let took = SimSpan::from_nanos(end - begin);
        let sealed = talk.messages.iter().filter(|one| one.encrypted).count();
        let mut summary = format!(
            "Begins at {} and takes {took}; {sealed} of {count} lines are hidden from an \
             eavesdropper.",
            SimTime::from_nanos(begin)
        );
        if up + down > 0 {
            summary += &format!(" TLS handshake: {up} bytes from the node, {down} to it.");
        }
        if talk.left_out > 0 {
            summary += &format!(" {} messages more are left out.", talk.left_out);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a picture is a few thousand units high"
        )]
        let height = (bottom + 8.0) as u32;
        Self {
            id,
            title: title.to_owned(),
            summary,
            height,
            marks,
            table: numbers(&talk.messages),
        }
    }
}

/// Draws one line: an arrow, or a remark between the ends.
fn draw(message: &Message, begin: u64, y: f64) -> String {
    let [node, broker] = ENDS;
    let after = SimSpan::from_nanos(message.at - begin);
    let after = format!("+{after}").replace("+0 ns", "0");
    let mut out = text("soft", (node - 10.0, y + 22.0), "end", &after);
    let middle = f64::midpoint(node, broker);
    let words = shortened(&message.words, ROOM);
    let kind = match (message.alarm, message.encrypted) {
        (true, _) => "-bad",
        (false, true) => "-sealed",
        (false, false) => "",
    };
    if message.from == From::Note {
        return out + &remark(message, (node, broker), y);
    }
    let class = if message.alarm { "bad" } else { "" };
    out += &text(class, (middle, y + 11.0), "middle", &words);
    let line_y = y + 17.0;
    let (from, to, back) = match message.from {
        From::Broker => (broker - 2.0, node + 3.0, 7.0),
        From::Node | From::Note => (node + 2.0, broker - 3.0, -7.0),
    };
    out += &line(&format!("arrow{kind}"), (from, line_y), (to, line_y));
    let mut head = Path::default();
    head.to(to, line_y);
    head.to(to + back, line_y - 4.0);
    head.to(to + back, line_y + 4.0);
    head.close();
    out += &head.element(&format!("head{kind}"));
    out + &text("soft", (middle, y + 29.0), "middle", &nature(message))
}

/// Draws a remark in a box, on two lines if it is long.
fn remark(message: &Message, (node, broker): (f64, f64), y: f64) -> String {
    let (kind, class) = if message.alarm {
        ("remark-bad", "bad small")
    } else {
        ("remark", "small")
    };
    let middle = f64::midpoint(node, broker);
    let mut out = rect(kind, (node + 6.0, y + 2.0), (broker - node - 12.0, 30.0));
    let words = &message.words;
    let cut = words.char_indices().nth(ROOM).map_or(0, |(end, _)| end);
    let split = words[..cut].rfind([' ', ',']).map(|at| at + 1);
    match split {
        Some(at) => {
            let (first, second) = words.split_at(at);
            out += &text(class, (middle, y + 14.0), "middle", first.trim());
            let second = shortened(second.trim(), ROOM);
            out + &text(class, (middle, y + 27.0), "middle", &second)
        }
        None => out + &text(class, (middle, y + 21.0), "middle", &shortened(words, ROOM)),
    }
}

/// Says how long a message is and who can read it.
fn nature(message: &Message) -> String {
    let seen = if message.encrypted {
        "encrypted"
    } else {
        "in the clear"
    };
    match message.bytes {
        Some(bytes) => format!("{bytes} bytes, {seen}"),
        None => seen.to_owned(),
    }
}

fn numbers(messages: &[Message]) -> Table {
    let rows = messages.iter().map(|message| {
        let from = match message.from {
            From::Broker => "broker",
            From::Node => "node",
            From::Note => "–",
        };
        vec![
            SimTime::from_nanos(message.at).to_string(),
            from.to_owned(),
            message.words.clone(),
            message
                .bytes
                .map_or("–".to_owned(), |bytes| bytes.to_string()),
            if message.encrypted { "yes" } else { "no" }.to_owned(),
        ]
    });
    table(&["time", "from", "what", "bytes", "encrypted"], rows)
}

fn shortened(words: &str, room: usize) -> String {
    match words.char_indices().nth(room) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words.to_owned(),
    }
}
