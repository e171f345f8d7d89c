//! Saves what a person did as a scenario that does the same.
//!
//! Owns the file, and the proof: both the session and the file are run to their end, and their
//! digests compared.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread;

use nodelab_sim::analog::Tmp36Fault;
use nodelab_sim::{Celsius, Fault, NodeId, SimSpan, SimTime};

use super::session::{Deed, Doing, Session};
use crate::prepare::{self, Prepared};
use crate::record::Recorder;
use crate::run::{Governor, Limits, Permit, WorldError, run_governed, run_world};
use crate::scenario::quantity;
use crate::scenario::{Value, compose};

/// How the built-in scenario is called, which is no file.
pub const BUILT_IN_NAME: &str = "living-room.test.yaml";
/// Temperatures at which a hand may hold the air, as scenarios may.
const ROOM: (f64, f64) = (-100.0, 200.0);
/// Names that are tried for a file.
const NAMES_MAX: u32 = 1_000;

/// A file that is being proved.
#[derive(Debug)]
pub(crate) struct Saving(Receiver<Check>);

/// What the proof came to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Check {
    /// It failed.
    Failed(String),
    /// Both ran the same.
    Same {
        /// The file.
        path: PathBuf,
        /// The digest of both.
        digest: String,
    },
}

/// Does what a session says, as fast as the world goes.
#[derive(Debug)]
struct Scripted(Session);

impl Governor for Scripted {
    fn permit(&mut self, _now: SimTime, next: SimTime) -> Permit {
        self.0.due(next).map_or(Permit::Proceed, Permit::Act)
    }
}

impl Saving {
    /// Writes the file, and begins to prove it.
    ///
    /// # Errors
    ///
    /// Why the file could not be written, in words.
    pub(crate) fn begin(
        prepared: Arc<Prepared>,
        seed: u64,
        session: Session,
        path: PathBuf,
    ) -> Result<Self, String> {
        write(&prepared, seed, &session, &path)?;
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            // Whoever asked may have gone.
            sender.send(prove(&prepared, seed, &session, path)).ok();
        });
        Ok(Self(receiver))
    }

    /// Returns what the proof came to, once it has.
    pub(crate) fn poll(&self) -> Option<Check> {
        match self.0.try_recv() {
            Ok(check) => Some(check),
            Err(TryRecvError::Disconnected) => {
                let why = "the thread that proves it panicked, which is a bug";
                Some(Check::Failed(why.to_owned()))
            }
            Err(TryRecvError::Empty) => None,
        }
    }
}

/// Writes the file; one that is there already is left alone.
fn write(prepared: &Prepared, seed: u64, session: &Session, path: &Path) -> Result<(), String> {
    let text = text(prepared, seed, session, path)?;
    let written = File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        let path = path.display();
        if error.kind() == io::ErrorKind::AlreadyExists {
            format!("{path} exists: name another file")
        } else {
            format!("failed to write {path}: {error}")
        }
    })
}

/// Runs the session and the file to their ends.
fn prove(prepared: &Prepared, seed: u64, session: &Session, path: PathBuf) -> Check {
    let own = match digest_of_session(prepared, seed, session) {
        Ok(digest) => digest,
        Err(error) => return Check::Failed(format!("failed to run the session: {error}")),
    };
    let (saved, _) = match prepare::prepare(&path) {
        Ok(saved) => saved,
        Err(complaints) => {
            let first = complaints.errors.first();
            let first = first.map_or_else(String::new, |error| error.message().to_owned());
            let path = path.display();
            return Check::Failed(format!("{path} is no valid scenario, a bug: {first}"));
        }
    };
    match run_world(&saved, seed, Limits::default()) {
        Ok(outcome) if outcome.digest.to_string() == own => Check::Same { path, digest: own },
        Ok(outcome) => Check::Failed(format!(
            "the file runs to digest {}, the session to {own}: a bug",
            outcome.digest
        )),
        Err(error) => Check::Failed(format!("failed to run {}: {error}", path.display())),
    }
}

fn digest_of_session(
    prepared: &Prepared,
    seed: u64,
    session: &Session,
) -> Result<String, WorldError> {
    let script = Box::new(Scripted(session.rewound()));
    let recorder = Recorder::default();
    let outcome = run_governed(prepared, seed, Limits::default(), recorder, script)?;
    Ok(outcome.digest.to_string())
}

/// Returns a file beside the scenario, or here when it is built in, that is not there yet.
pub(crate) fn suggested(prepared: &Prepared) -> PathBuf {
    let file = Path::new(prepared.scenario.file.name());
    let stem = file.file_name().map_or_else(String::new, |name| {
        let name = name.to_string_lossy().into_owned();
        name.trim_end_matches(".yaml")
            .trim_end_matches(".test")
            .to_owned()
    });
    let named = |number: u32| match number {
        1 => file.with_file_name(format!("{stem}-by-hand.test.yaml")),
        _ => file.with_file_name(format!("{stem}-by-hand-{number}.test.yaml")),
    };
    let mut numbers = 1..=NAMES_MAX;
    let free = numbers.find(|number| !named(*number).exists());
    named(free.unwrap_or(NAMES_MAX))
}

/// Returns the text of a scenario that does by itself what was done by hand.
pub(crate) fn text(
    prepared: &Prepared,
    seed: u64,
    session: &Session,
    path: &Path,
) -> Result<String, String> {
    let file = &prepared.scenario.file;
    let tree = compose(file).map_err(|_| format!("{} is no YAML any more", file.name()))?;
    let mut root = Value::of(&tree.root);
    let extension = root.entry("x-nodelab");
    *extension.entry("seed") = Value::number(seed);
    *extension.entry("seeds") = Value::number(1);
    let moved = |reference: &mut Value| {
        if let Value::Text(reference) = reference {
            *reference = rebased(reference, Path::new(file.name()), path);
        }
    };
    if let Some(diagram) = extension.find("diagram") {
        moved(diagram);
    }
    if let Some(trace) = extension
        .find("environment")
        .and_then(|environment| environment.find("temperature"))
        .and_then(|course| course.find("trace"))
    {
        moved(trace);
    }
    let duration = prepared.scenario.extension.duration;
    let lists = lists(session.deeds(), duration);
    for (key, items) in lists {
        if !items.is_empty() {
            extension.entry("by-hand").entry(key).extend(items);
        }
    }
    let named = if file.name() == BUILT_IN_NAME {
        String::new()
    } else {
        format!(" {}", file.name())
    };
    Ok(format!(
        "# What was done by hand in `nodelab tui{named} --seed {seed}`.\n{}",
        root.emit()
    ))
}

/// Returns the deeds as the lists of `by-hand`.
fn lists(deeds: &[Deed], duration: SimSpan) -> [(&'static str, Vec<Value>); 3] {
    let (mut faults, mut temperatures, mut serial) = (Vec::new(), Vec::new(), Vec::new());
    for (index, deed) in deeds.iter().enumerate() {
        let at = ("at", Value::text(moment(deed.at.since(SimTime::ZERO))));
        match &deed.what {
            Doing::End { .. } => {}
            Doing::Hold(Celsius(celsius)) => {
                let hold = Value::text(format!("{celsius} °C"));
                temperatures.push(Value::map([at, ("hold", hold)]));
            }
            Doing::Strike { fault, node } => {
                let is_end = |later: &&Deed| later.what == Doing::End { of: index };
                let end = deeds.iter().find(is_end);
                let lasts = end.map_or(duration, |end| end.at.since(deed.at));
                faults.push(struck(at, (*fault, *node), lasts));
            }
            Doing::Type { node, bytes } => {
                let write = match std::str::from_utf8(bytes) {
                    Ok(text) => Value::text(text),
                    Err(_) => Value::List(bytes.iter().map(Value::number).collect()),
                };
                let node = ("node", Value::number(node.0));
                serial.push(Value::map([at, node, ("write", write)]));
            }
        }
    }
    [
        ("faults", faults),
        ("temperature", temperatures),
        ("serial", serial),
    ]
}

/// Returns a fault as an item of a list.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "hands break only what keys are bound to"
)]
fn struck(at: (&str, Value), (fault, node): (Fault, Option<NodeId>), lasts: SimSpan) -> Value {
    let lasts = ("for", Value::text(moment(lasts)));
    let (key, value) = match fault {
        Fault::AccessPointDown => ("access-point-down", Value::map([lasts])),
        Fault::BrokerDown { keep_sessions } => {
            let keep = ("keep-sessions", Value::Plain(keep_sessions.to_string()));
            ("broker-down", Value::map([keep, lasts]))
        }
        Fault::PowerCut => ("power-cut", Value::map([lasts])),
        Fault::Reset => ("reset", Value::Map(Vec::new())),
        Fault::Sensor(state) => {
            let state = match state {
                Tmp36Fault::Open => "open",
                Tmp36Fault::ShortToGround => "short",
                Tmp36Fault::ShortToSupply => "short-to-supply",
                Tmp36Fault::Stuck => "stuck",
                Tmp36Fault::None => "none",
            };
            ("sensor", Value::map([("fault", Value::text(state)), lasts]))
        }
        other => unreachable!("no key breaks {}", other.as_str()),
    };
    let mut item = Value::map([at, (key, value)]);
    if let Some(node) = node {
        *item.entry("node") = Value::number(node.0);
    }
    item
}

/// Writes a duration that is exact: the acts of hands are whole milliseconds.
fn moment(span: SimSpan) -> String {
    match span.as_nanos() {
        ns if ns % 1_000_000 == 0 => format!("{}ms", ns / 1_000_000),
        ns => format!("{ns}ns"),
    }
}

/// Returns a path relative to one file's folder as one relative to another's.
fn rebased(reference: &str, from: &Path, to: &Path) -> String {
    let folder = |file: &Path| file.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let wanted = folder(from).join(reference);
    if Path::new(reference).is_absolute() || folder(from) == folder(to) {
        return reference.to_owned();
    }
    let (Ok(wanted), Ok(base)) = (absolute(&wanted), absolute(&folder(to))) else {
        return wanted.display().to_string();
    };
    let shared = wanted
        .iter()
        .zip(&base)
        .take_while(|(one, other)| one == other);
    let shared = shared.count();
    let up = std::iter::repeat_n("..".to_owned(), base.len() - shared);
    let down = wanted[shared..].iter().cloned();
    let parts: Vec<String> = up.chain(down).collect();
    parts.join("/")
}

/// Returns the names on the way from the root to a path.
fn absolute(path: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    for component in std::path::absolute(path)?.components() {
        match component {
            Component::CurDir | Component::Prefix(_) | Component::RootDir => {}
            Component::Normal(name) => names.push(name.to_string_lossy().into_owned()),
            Component::ParentDir => {
                names.pop();
            }
        }
    }
    Ok(names)
}

/// Reads a temperature that was typed; without a unit it is °C.
pub(crate) fn temperature(text: &str) -> Result<Celsius, String> {
    let text = text.trim();
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    match number.or_else(|| quantity::temperature(text).ok().map(|celsius| celsius.0)) {
        Some(celsius) => bounded(celsius),
        None => Err(format!(
            "`{text}` is no temperature: type a number of °C, such as 31.5"
        )),
    }
}

/// Returns a temperature that scenarios may hold.
pub(crate) fn bounded(celsius: f64) -> Result<Celsius, String> {
    let (least, most) = ROOM;
    // To a tenth, so that steps of the keys do not show how floats round.
    let celsius = (celsius * 10.0).round() / 10.0;
    if (least..=most).contains(&celsius) {
        Ok(Celsius(celsius))
    } else {
        Err(format!(
            "{celsius} °C is outside {least} °C to {most} °C, where air may be held"
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};
    use proptest::test_runner::Config;

    use super::*;

    const MODELLED: &str = "name: Three on a modelled network\nversion: 1\nx-nodelab:\n  \
        duration: 10min\n  nodes: 3\n  node: { publish: {} }\n  faults:\n    \
        - { at: 2min, broker-down: { for: 30s..60s } }\n    - { at: 4min, reset: {}, node: 1 }\n\
        steps: []\n";
    const REAL: &str = "name: Two on a real network\nversion: 1\nx-nodelab:\n  duration: 6min\n  \
        nodes: 2\n  network: real\n  node: { sample-interval: 20s, publish: {} }\n  tls: {}\n  \
        faults:\n    - { at: 2min, access-point-down: { for: 20s } }\nsteps: []\n";

    /// Does things at moments, as a person would.
    #[derive(Debug)]
    struct Fidgety {
        plan: Vec<(SimTime, Doing)>,
        session: Arc<Mutex<Session>>,
    }

    impl Governor for Fidgety {
        fn permit(&mut self, now: SimTime, next: SimTime) -> Permit {
            let Some((at, doing)) = self.plan.last().cloned() else {
                return Permit::Proceed;
            };
            if at > next {
                return Permit::Proceed;
            }
            self.plan.pop();
            let mut session = self.session.lock().unwrap();
            let doing = match doing {
                Doing::Strike { fault, node } => match session.active(fault, node) {
                    Some(of) if fault != Fault::Reset => Doing::End { of },
                    _ => Doing::Strike { fault, node },
                },
                Doing::End { .. } | Doing::Hold(_) | Doing::Type { .. } => doing,
            };
            match session.act(now.max(at), doing) {
                Ok((_, act)) => Permit::Act(act),
                Err(_) => Permit::Proceed,
            }
        }
    }

    fn doing() -> impl Strategy<Value = Doing> {
        let node = || prop_oneof![proptest::strategy::Just(0_u32), proptest::strategy::Just(1)];
        let single = |fault| {
            node().prop_map(move |node| Doing::Strike {
                fault,
                node: Some(NodeId(node)),
            })
        };
        let shared = |fault| proptest::strategy::Just(Doing::Strike { fault, node: None });
        prop_oneof![
            shared(Fault::AccessPointDown),
            shared(Fault::BrokerDown {
                keep_sessions: true
            }),
            single(Fault::PowerCut),
            single(Fault::Reset),
            single(Fault::Sensor(Tmp36Fault::Open)),
            (-400..1_250_i32).prop_map(|tenths| Doing::Hold(Celsius(f64::from(tenths) / 10.0))),
            (node(), "(status|read|help|interval 5|\\PC{0,8})").prop_map(|(node, text)| {
                Doing::Type {
                    node: NodeId(node),
                    bytes: format!("{text}\n").into_bytes(),
                }
            }),
        ]
    }

    fn saved_runs_as_the_session_did(scenario: &str, seed: u64, plan: &[(u64, Doing)]) {
        let (prepared, _) = prepare::prepare_text(scenario, "session.test.yaml").unwrap();
        let spec = crate::expand::draw(&prepared, seed);
        let duration = prepared.scenario.extension.duration;
        let session = Session::new(duration, &spec.faults, &spec.interventions);
        let session = Arc::new(Mutex::new(session));
        let mut plan: Vec<(SimTime, Doing)> = plan
            .iter()
            .map(|(us, doing)| (SimTime::from_nanos(us * 1_000), doing.clone()))
            .collect();
        plan.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        let governor = Box::new(Fidgety {
            plan,
            session: Arc::clone(&session),
        });
        let recorder = Recorder::default();
        let live = run_governed(&prepared, seed, Limits::default(), recorder, governor).unwrap();
        let session = session.lock().unwrap().clone();
        let text = text(&prepared, seed, &session, Path::new("saved.test.yaml")).unwrap();
        let (saved, _) = prepare::prepare_text(&text, "saved.test.yaml").unwrap_or_else(|wrong| {
            panic!("{:?} in\n{text}", wrong.errors);
        });
        let own = saved.scenario.extension.seed;
        let again = run_world(&saved, own, Limits::default()).unwrap();
        assert_eq!(again.digest, live.digest, "{text}");
        let scripted = digest_of_session(&prepared, seed, &session).unwrap();
        assert_eq!(scripted, live.digest.to_string(), "{text}");
    }

    proptest! {
        #![proptest_config(Config::with_cases(48))]
        #[test]
        fn a_saved_session_on_a_modelled_network_replays(
            seed in any::<u32>(),
            plan in prop::collection::vec((0..600_000_000_u64, doing()), 0..12),
        ) {
            saved_runs_as_the_session_did(MODELLED, seed.into(), &plan);
        }
    }

    proptest! {
        #![proptest_config(Config::with_cases(12))]
        #[test]
        fn a_saved_session_on_a_real_network_replays(
            seed in any::<u32>(),
            plan in prop::collection::vec((0..360_000_000_u64, doing()), 0..10),
        ) {
            saved_runs_as_the_session_did(REAL, seed.into(), &plan);
        }
    }

    #[test]
    fn references_are_moved_with_the_file() {
        let moved = |to: &str| {
            rebased(
                "../../boards/d.json",
                Path::new("a/b/x.yaml"),
                Path::new(to),
            )
        };
        assert_eq!(moved("a/b/y.yaml"), "../../boards/d.json");
        assert_eq!(moved("a/y.yaml"), "../boards/d.json");
        assert_eq!(moved("y.yaml"), "boards/d.json");
        assert_eq!(moved("c/d/e/y.yaml"), "../../../boards/d.json");
    }

    #[test]
    fn temperatures_are_read_with_and_without_a_unit() {
        assert_eq!(temperature("31.5"), Ok(Celsius(31.5)));
        assert_eq!(temperature(" -4 °C "), Ok(Celsius(-4.0)));
        assert!(temperature("warm").unwrap_err().contains("such as 31.5"));
        assert!(temperature("900").unwrap_err().contains("outside"));
    }
}
