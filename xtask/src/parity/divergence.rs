//! Shows a divergence: what was told, what each side answered, and what each side holds.
//!
//! Owns the second look: the life is played again to the turn, on an image that can show the
//! node. Does not find divergences.

use std::fmt::Write as _;
use std::time::Duration;

use node_core::Instant;
use node_wire::{Answer, Request};

use crate::cross::emulator;
use crate::cross::{CrossError, Image};
use crate::parity::compare::Part;
use crate::parity::life::{Requests, push};
use crate::parity::player::Player;
use crate::parity::replay::{Divergence, How};
use crate::parity::state::{Difference, Held};
use crate::parity::turn::{Answers, Turns};
use crate::parity::words;

/// How long an emulator may take for a life that is played again.
const BOUND: Duration = Duration::from_mins(1);
/// Why writing to a string holds.
const SOUND: &str = "a string takes all that is written to it";

/// Images of one core: the one that was run, and one that shows what the node holds.
#[derive(Debug)]
pub(crate) struct Images {
    /// What is compared.
    pub(crate) node: Image,
    /// Builds the other, when it is needed.
    pub(crate) dump: fn(&Image) -> Result<Image, CrossError>,
}

/// What is known of a divergence.
#[derive(Clone, Debug)]
struct Picture<'a> {
    part: &'a Part,
    request: usize,
    core: &'a str,
    /// What the core answered, if anything.
    answered: Option<Vec<u8>>,
    how: &'a How,
    held: Result<States, String>,
}

/// What the nodes of both sides hold.
#[derive(Clone, Debug, Eq, PartialEq)]
struct States {
    /// Which request is the first behind which they hold other things, if it could be told.
    first: Option<usize>,
    /// What differs behind the request that diverged, or before it when nothing came back.
    differences: Vec<Difference>,
}

/// Describes a divergence for people.
pub(crate) fn describe(images: &Images, parts: &[Part], found: &Divergence) -> String {
    let part = &parts[found.part];
    let is_answered = found.how == How::Differs;
    let answered = is_answered
        .then(|| answered(&images.node, part, found.request))
        .flatten();
    // Without an answer there is no state after it.
    let known = found.request + usize::from(is_answered);
    let held = (images.dump)(&images.node).map_err(|error| error.to_string());
    let held = held.and_then(|image| states(&image, part, known));
    show(&Picture {
        part,
        request: found.request,
        core: images.node.target.name(),
        answered,
        how: &found.how,
        held,
    })
}

/// Returns what a core answers to a request of a life that it plays alone.
fn answered(image: &Image, part: &Part, request: usize) -> Option<Vec<u8>> {
    let input = part.script.front(request + 1);
    let outcome = emulator::run(image, input, BOUND).ok()?;
    let mut turns = Turns::of(&outcome.output);
    for _ in 0..request {
        turns.next()?;
    }
    Some(turns.rest().to_vec())
}

/// Compares what both sides hold after `known` requests, and looks for where it began.
fn states(image: &Image, part: &Part, known: usize) -> Result<States, String> {
    let at = |count| differences(image, part, count);
    let differences = at(known)?;
    if differences.is_empty() {
        let first = None;
        return Ok(States { first, differences });
    }
    // They are equal behind `low` requests: nothing is held before the boot.
    let (mut low, mut high) = (0, known);
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        if at(middle)?.is_empty() {
            low = middle;
        } else {
            high = middle;
        }
    }
    let first = Some(high - 1);
    Ok(States { first, differences })
}

/// Compares what both sides hold after the first `count` requests.
fn differences(image: &Image, part: &Part, count: usize) -> Result<Vec<Difference>, String> {
    let mut script = part.script.front(count).to_vec();
    let mut player = Player::new();
    for request in Requests::of(&script) {
        player.tell(&request);
    }
    let Some(node) = player.node() else {
        return Ok(Vec::new());
    };
    push(&mut script, &Request::Dump);
    let outcome = emulator::run(image, &script, BOUND).map_err(|error| error.to_string())?;
    let mut turns = Turns::of(&outcome.output);
    let answered = turns.by_ref().take(count).count();
    let pieces = Answers::of(turns.rest()).filter_map(|answer| match answer {
        Answer::Dumped(piece) => Some(piece),
        Answer::Effect(_)
        | Answer::Measured { .. }
        | Answer::Reading(_)
        | Answer::Refused(_)
        | Answer::Turn { .. } => None,
    });
    let text = pieces.collect::<Vec<_>>().concat();
    if answered != count || text.is_empty() {
        let name = image.path.display();
        return Err(format!("{name} showed nothing behind {count} requests"));
    }
    let core = Held::read(&String::from_utf8_lossy(&text));
    Ok(Held::read(&format!("{node:#?}")).differences(&core))
}

fn show(picture: &Picture<'_>) -> String {
    let Picture { part, core, .. } = picture;
    let requests: Vec<Request<'_>> = Requests::of(&part.script.frames).collect();
    let said = |index: usize| {
        let request = requests.get(index);
        request.map_or_else(|| "nothing".to_owned(), words::request)
    };
    let now = requests.get(picture.request).and_then(time_of);
    let now = now.map_or_else(
        || "after its end".to_owned(),
        |now| format!("at {} on the node's clock", words::time(now)),
    );
    let mut text = format!("{core} does not do what this machine does\n\n");
    let (index, last) = (picture.request, requests.len().saturating_sub(1));
    writeln!(text, "  life     {}", part.life.name).expect(SOUND);
    writeln!(text, "  request  {index} of 0 to {last}, {now}").expect(SOUND);
    writeln!(text, "  told     {}\n", said(index)).expect(SOUND);
    let host = Turns::of(part.answers()).nth(index).unwrap_or_default();
    match picture.how {
        How::Differs => {
            text += &words::side_by_side(host, picture.answered.as_deref(), core);
        }
        How::Ended(words) => writeln!(text, "  {core} {words}").expect(SOUND),
        How::Hung => writeln!(text, "  {core} did not answer, and was ended").expect(SOUND),
    }
    if *picture.how != How::Differs {
        text += "  the host answers\n";
        for answer in Answers::of(host) {
            writeln!(text, "    {}", words::answer(&answer)).expect(SOUND);
        }
    }
    text += &show_states(picture, &said);
    let name = &part.life.name;
    writeln!(
        text,
        "\n  replay   cargo xtask parity --only '{name}' --core {core}"
    )
    .expect(SOUND);
    text
}

fn show_states(picture: &Picture<'_>, said: &dyn Fn(usize) -> String) -> String {
    let when = if *picture.how == How::Differs {
        "after it"
    } else {
        "before it"
    };
    let States { first, differences } = match &picture.held {
        Ok(states) => states,
        Err(why) => return format!("\n  what the nodes hold could not be compared: {why}\n"),
    };
    if differences.is_empty() {
        return format!("\n  {when}, both nodes hold the same\n");
    }
    let mut text = format!(
        "\n  what the nodes hold {when} (host → {})\n{}",
        picture.core,
        words::differences(differences)
    );
    match first {
        Some(first) if *first == picture.request => {
            text += "  they held the same before it\n";
        }
        Some(first) => {
            writeln!(text, "  it began with request {first}: {}", said(*first)).expect(SOUND);
        }
        None => {}
    }
    text
}

/// Returns the time of a request on the node's clock.
const fn time_of(request: &Request<'_>) -> Option<Instant> {
    match request {
        Request::Boot { now, .. } | Request::Handle { now, .. } => Some(*now),
        Request::Dump | Request::Measure | Request::Queued => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parity::reference;

    fn difference() -> Difference {
        Difference {
            path: "sampler.sensor.last.0".to_owned(),
            host: Some("25000".to_owned()),
            core: Some("25004".to_owned()),
        }
    }

    /// The first reading of the reference life, as a core with one wrong bit answers it.
    fn shown(how: &How, first: Option<usize>) -> String {
        let part = Part::new(reference::life());
        let sampled = Requests::of(&part.script.frames).position(|request| {
            matches!(
                request,
                Request::Handle {
                    input: node_core::Input::Sampled(_),
                    ..
                }
            )
        });
        let request = sampled.expect("it samples");
        let host = Turns::of(part.answers()).nth(request).expect("answered");
        // The event's value: behind length, two tags and the time.
        let mut answered = host.to_vec();
        answered[12] ^= 4;
        let differences = vec![difference()];
        show(&Picture {
            part: &part,
            request,
            core: "lx106",
            answered: Some(answered),
            how,
            held: Ok(States { first, differences }),
        })
    }

    #[test]
    fn another_answer_shows_both_and_what_the_nodes_hold() {
        insta::assert_snapshot!(shown(&How::Differs, Some(3)));
    }

    #[test]
    fn an_end_shows_what_was_said_and_what_should_have_come() {
        let how = How::Ended("ended with code 101: the driver panicked at a.rs:1".to_owned());
        insta::assert_snapshot!(shown(&how, Some(0)));
    }
}
