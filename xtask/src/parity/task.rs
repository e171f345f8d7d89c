//! `cargo xtask parity`: from a command line to a verdict.
//!
//! Owns the order of things. Does not know how any of them is done.

use std::fs;
use std::thread;

use crate::console;
use crate::cross::{CrossError, Image, Package, Target, build, emulator};
use crate::failure::Failure;
use crate::parity::compare::{Part, Tally};
use crate::parity::divergence::{Images, describe};
use crate::parity::life::{Collection, Life};
use crate::parity::options::{Lives, Options, Origin, Task, is_named};
use crate::parity::record::{WRITE_ONE, Wanted, read, record};
use crate::parity::reference::{CHANGELOG, FILE, Measured, Record};
use crate::parity::replay::{Replay, Stop, replay};
use crate::parity::{flip, random, reference, report};
use crate::root::root;

/// All scenarios, as `--only` would name them.
const SCENARIOS: &str = "scenarios";

/// Does what a command line asks for.
///
/// # Errors
///
/// [`Failure::Failed`] when a core differs or takes too long, [`Failure::Missing`] when
/// something is not installed or not understood.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let Options { task, cores } = Options::read(arguments)?;
    match task {
        Task::Accept { because } => accept(&cores, because.as_deref()),
        Task::Replay(lives) => compare(&cores, &lives),
        Task::SelfTest => flip::check(),
    }
}

/// Checks everything on both cores, as a step of the checks.
pub(crate) fn check() -> Result<(), String> {
    run(&[]).map_err(|failure| failure.to_string())
}

/// Checks that a difference would be seen, as a step of the checks.
pub(crate) fn check_flip() -> Result<(), String> {
    flip::check().map_err(|failure| failure.to_string())
}

fn compare(cores: &[Target], wanted: &Lives) -> Result<(), Failure> {
    let images = build_all(cores)?;
    let Collection { lives, shared } = collect(wanted)?;
    let (told, known) = (lives.len() + shared, lives.len());
    console::say(&format!(
        "{told} lives, {shared} of them told exactly what another was told: {known} to replay"
    ));
    let parts: Vec<Part> = lives.into_iter().map(Part::new).collect();
    let runs = replay_all(&images, &parts)?;
    let names = cores.iter().map(|core| core.name());
    let columns: Vec<(&str, &Replay)> = names.zip(&runs).collect();
    console::say(&format!("\n{}", report::table(&columns).trim_end()));
    if let Lives::All { .. } = wanted {
        check_record(&images)?;
    }
    let names: Vec<&str> = cores.iter().map(|core| core.name()).collect();
    console::say(&format!(
        "every answer of {known} lives is the same on {} as on this machine",
        names.join(" and ")
    ));
    Ok(())
}

/// Compares the instructions of the reference life with the record.
fn check_record(images: &[Images]) -> Result<(), Failure> {
    let record = Record::read(&text_of(FILE)?)?;
    record.check_quotation(&text_of(CHANGELOG)?)?;
    let mut failures = Vec::new();
    for measured in measure(images)? {
        let judgement = record.judge(&measured);
        for remark in &judgement.remarks {
            console::say(remark);
        }
        failures.extend(judgement.failures);
    }
    if failures.is_empty() {
        console::say(&format!("instructions are within 2 % of {FILE}"));
        return Ok(());
    }
    Err(Failure::Failed(format!(
        "instructions of the {} do not fit {FILE}, where 2 % more are allowed:\n  {}\nif that is \
         meant, say why in {CHANGELOG} and quote it: cargo xtask parity --accept --because 'WORDS \
         OF THE LINE'",
        reference::NAME,
        failures.join("\n  ")
    )))
}

fn accept(cores: &[Target], because: Option<&str>) -> Result<(), Failure> {
    // What cannot be accepted is said before minutes are spent.
    if let Some(because) = because {
        reference::find_quotation(&text_of(CHANGELOG)?, because).map_err(Failure::Missing)?;
    }
    let measured = measure(&build_all(cores)?)?;
    let path = root().join(FILE);
    let record = match fs::read_to_string(&path) {
        Ok(text) => Record::read(&text)?,
        Err(_) => Record::default(),
    };
    let record = record.accept(measured, because, &text_of(CHANGELOG)?)?;
    fs::write(&path, record.text()).map_err(|error| format!("{FILE}: {error}"))?;
    console::say(&format!("{FILE} is written"));
    Ok(())
}

/// Counts the instructions of the reference life.
fn measure(images: &[Images]) -> Result<Vec<Measured>, Failure> {
    let parts = [Part::new(reference::life())];
    let runs = replay_all(images, &parts)?;
    let measured = images.iter().zip(&runs).map(|(images, run)| {
        let Image {
            target, toolchain, ..
        } = &images.node;
        let Tally { counts, .. } = &run.tally;
        Measured::of(target.name(), toolchain, counts)
    });
    Ok(measured.collect())
}

fn build_all(cores: &[Target]) -> Result<Vec<Images>, Failure> {
    let mut images = Vec::with_capacity(cores.len());
    for core in cores {
        console::say(&format!("building for {} …", core.name()));
        let node = build(*core, Package::Node)?;
        // A missing emulator is told before anything is recorded.
        emulator::command(&node)?;
        images.push(Images { node, dump });
    }
    Ok(images)
}

fn dump(image: &Image) -> Result<Image, CrossError> {
    build(image.target, Package::Dump)
}

/// Replays parts on all cores at once, and describes every divergence.
fn replay_all(images: &[Images], parts: &[Part]) -> Result<Vec<Replay>, Failure> {
    let ends: Vec<Result<Replay, Stop>> = thread::scope(|scope| {
        let runs = images
            .iter()
            .map(|images| scope.spawn(|| replay(&images.node, parts)));
        // All are started before the first is waited for.
        let runs: Vec<_> = runs.collect();
        let end =
            |run: thread::ScopedJoinHandle<'_, _>| run.join().expect("replaying does not panic");
        runs.into_iter().map(end).collect()
    });
    let mut runs = Vec::new();
    let mut divergences = Vec::new();
    for (end, images) in ends.into_iter().zip(images) {
        match end {
            Ok(run) => runs.push(run),
            Err(Stop::Diverged(found)) => divergences.push(describe(images, parts, &found)),
            Err(Stop::Failed(error)) => return Err(error.into()),
        }
    }
    if divergences.is_empty() {
        Ok(runs)
    } else {
        Err(Failure::Failed(divergences.join("\n")))
    }
}

fn collect(wanted: &Lives) -> Result<Collection, Failure> {
    match wanted {
        Lives::All { random, seed } => {
            let scenarios = SCENARIOS;
            let recorded = record(
                Wanted {
                    scenarios,
                    seed: None,
                },
                |_| true,
            )?;
            console::say(&format!("leading {random} random lives from seed {seed} …"));
            let drawn = (0..*random).map(|sequence| random::lead(*seed, sequence).0);
            let mut all = Collection::of(drawn.chain([reference::life()]).collect());
            all.shared += recorded.shared;
            // Scenarios first: what differs there is shown first.
            all.lives.splice(0..0, recorded.lives);
            Ok(all)
        }
        Lives::Named { name, trace } => {
            let found = named(name, trace.as_deref())?;
            if found.lives.is_empty() {
                let why = format!(
                    "no life has the name `{name}`, or begins with it and a blank; names look like \
                     `scenarios/wifi/lossy.test.yaml seed 3 node 0 boot 0`"
                );
                return Err(Failure::Missing(why));
            }
            Ok(found)
        }
        Lives::Recorded(path) => {
            let found = read(path, |_| true)?;
            if found.lives.is_empty() {
                let why = format!("{} holds no life; {WRITE_ONE}", path.display());
                return Err(Failure::Missing(why));
            }
            Ok(found)
        }
    }
}

fn named(name: &str, trace: Option<&std::path::Path>) -> Result<Collection, Failure> {
    let one = |life: Life| Ok(Collection::of(vec![life]));
    let is_liked = |found: &str| is_named(found, name);
    match (Origin::of(name), trace) {
        (_, Some(path)) => read(path, is_liked),
        (Origin::Random { seed, sequence }, None) => one(random::lead(seed, sequence).0),
        (Origin::Reference, None) => one(reference::life()),
        (Origin::Scenario { path, seed }, None) => {
            let scenarios = path;
            record(Wanted { scenarios, seed }, is_liked)
        }
    }
}

fn text_of(name: &str) -> Result<String, Failure> {
    let text = fs::read_to_string(root().join(name));
    Ok(text.map_err(|error| format!("{name}: {error}"))?)
}
