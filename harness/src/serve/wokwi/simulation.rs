//! A world that a client runs, pauses and lays hands on.
//!
//! Owns what happens between two pauses, exact in virtual time. Does not know real time, nor the
//! client's language.

use nodelab_sim::{Conversion, NodeId, Observation, Observer, SimSpan, SimTime, World};

use crate::bench::{Control, FIRST, Parts};
use crate::expand;
use crate::prepare::Prepared;

use super::pause::{Hit, PausePoints};
use super::wave::Wave;

/// Events between two looks at what the client says.
const EVENTS_MAX: usize = 1_000;
/// Console output that waits for time to go on, in bytes; while there is more, nothing is typed.
/// Worst case: that, and what the longest text that can be typed makes the node print.
const BACKLOG_MAX: usize = 64 << 10;
/// A conversion that comes sooner after another belongs to the same reading.
const READING_GAP: SimSpan = SimSpan::from_millis(500);

/// A world under a client's hands.
#[derive(Debug)]
pub(super) struct Simulation {
    /// Printed, and not yet told: what follows a match waits until time goes on.
    backlog: Vec<u8>,
    pub(super) parts: Parts,
    /// Where the client asked to pause when it let time go on.
    pause_at: Option<SimTime>,
    running: bool,
    watch: Watch,
    world: World,
}

/// What a client is told of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Told {
    /// A chip logged this line.
    Chip(String),
    /// Time stopped: at these points, or because the client had asked for this moment.
    Paused(Vec<Hit>),
    /// The first console printed this.
    Serial(Vec<u8>),
}

/// How a stretch of time ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Progress {
    /// There is more to do before the moment that was given.
    Busy,
    /// The emulated core of a node ended, which no node does.
    Failed(String),
    /// Time stands still.
    Paused,
    /// It is the moment that was given.
    Reached,
}

#[derive(Debug, Default)]
struct Watch {
    chip: String,
    converted_at: Option<SimTime>,
    logged: Option<String>,
    printed: Vec<u8>,
    wave: Wave,
}

impl Simulation {
    /// Builds a world, at time zero and paused.
    pub(super) fn new(prepared: &Prepared, seed: u64) -> Self {
        let parts = Parts::new(&prepared.wiring);
        let chip = parts.sensor.clone().unwrap_or_default();
        Self {
            backlog: Vec::new(),
            parts,
            pause_at: None,
            running: false,
            watch: Watch {
                chip,
                ..Watch::default()
            },
            world: World::new(&expand::draw(prepared, seed)),
        }
    }

    pub(super) const fn now(&self) -> SimTime {
        self.world.now()
    }

    pub(super) const fn is_running(&self) -> bool {
        self.running
    }

    /// Returns where it will pause at the latest, if not at a pause point.
    pub(super) const fn pause_at(&self) -> Option<SimTime> {
        self.pause_at
    }

    /// Returns when the next thing happens.
    pub(super) fn next_event(&self) -> Option<SimTime> {
        self.world.peek_time()
    }

    pub(super) const fn wave(&self) -> &Wave {
        &self.watch.wave
    }

    /// Lets time go on, for this long if it is given.
    pub(super) fn resume(&mut self, pause_after: Option<SimSpan>) {
        self.running = true;
        self.pause_at = pause_after.map(|span| self.now().after(span));
    }

    pub(super) fn pause(&mut self) {
        self.running = false;
        self.pause_at = None;
    }

    pub(super) fn control(&mut self, control: Control) {
        control.apply(&mut self.world);
    }

    /// Types at the console; returns false, and types nothing, while too much of what it printed
    /// waits for time to go on.
    pub(super) fn write_serial(&mut self, bytes: &[u8]) -> bool {
        if self.backlog.len() >= BACKLOG_MAX {
            return false;
        }
        self.world.write_serial(FIRST, bytes, &mut self.watch);
        self.backlog.append(&mut self.watch.printed);
        true
    }

    /// Lets a running world go on until `until`, or until it pauses, or for a while.
    pub(super) fn advance(
        &mut self,
        until: SimTime,
        points: &mut PausePoints,
        mut tell: impl FnMut(SimTime, Told),
    ) -> Progress {
        if !self.running {
            return Progress::Paused;
        }
        for _ in 0..EVENTS_MAX {
            let now = self.now();
            if let Some(line) = self.watch.logged.take() {
                tell(now, Told::Chip(line));
            }
            if !self.backlog.is_empty() {
                let (length, hits) = points.print(&self.backlog);
                let told = self.backlog.drain(..length).collect();
                tell(now, Told::Serial(told));
                if !hits.is_empty() {
                    return self.stop(hits, tell);
                }
            }
            let stops = [points.deadline(), self.pause_at];
            let limit = stops
                .into_iter()
                .flatten()
                .min()
                .unwrap_or(until)
                .min(until);
            if self.world.step_before(limit, &mut self.watch).is_some() {
                self.backlog.append(&mut self.watch.printed);
                continue;
            }
            if let Some(failure) = self.world.failure() {
                let failure = failure.to_string();
                self.pause();
                return Progress::Failed(failure);
            }
            self.world.run_until(limit, &mut self.watch);
            let hits = points.due(self.now());
            if !hits.is_empty() || self.pause_at.is_some_and(|at| at <= self.now()) {
                return self.stop(hits, tell);
            }
            return Progress::Reached;
        }
        Progress::Busy
    }

    fn stop(&mut self, hits: Vec<Hit>, mut tell: impl FnMut(SimTime, Told)) -> Progress {
        self.pause();
        tell(self.now(), Told::Paused(hits));
        Progress::Paused
    }
}

impl Watch {
    fn convert(&mut self, at: SimTime, conversion: Conversion) {
        self.wave.push(at, conversion);
        let last = self.converted_at.replace(at);
        // A reading is many conversions; a line for each would be noise.
        if last.is_none_or(|last| at.since(last) >= READING_GAP) {
            let (truth, volts) = (conversion.truth.0, conversion.output.0);
            let (celsius, volts) = (f64::from(truth) / 1e3, f64::from(volts) / 1e6);
            let chip = &self.chip;
            self.logged = Some(format!("{chip}: {celsius:.1} °C, {volts:.3} V"));
        }
    }
}

impl Observer for Watch {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a watcher reads what concerns it"
    )]
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        match *what {
            Observation::Converted(conversion) if node == FIRST => self.convert(at, conversion),
            Observation::Serial(bytes) if node == FIRST => self.printed.extend_from_slice(bytes),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare;
    use crate::serve::wokwi::pause::Condition;

    const READING: &[u8] = b"Degrees Celsius ";

    #[test]
    fn it_pauses_right_after_the_text_and_tells_the_rest_when_it_goes_on() {
        let (mut simulation, mut points) = start();
        add(
            &mut points,
            &simulation,
            "a",
            Condition::Serial(READING.to_vec()),
        );
        let told = run(&mut simulation, &mut points);
        let first = printed(&told);
        assert!(first.ends_with(READING), "{first:?}");
        let paused_at = simulation.now();
        assert!(!simulation.is_running());
        // The next wait begins inside the line.
        add(
            &mut points,
            &simulation,
            "b",
            Condition::Serial(b"\n".to_vec()),
        );
        simulation.resume(None);
        let rest = printed(&run(&mut simulation, &mut points));
        assert_eq!(simulation.now(), paused_at);
        assert!(rest.ends_with(b"\n") && rest.len() < 12, "{rest:?}");
    }

    #[test]
    fn pauses_are_exact_in_virtual_time() {
        let (mut simulation, mut points) = start();
        let odd = SimSpan::from_nanos(1_234_567_891);
        add(&mut points, &simulation, "a", Condition::Relative(odd));
        run(&mut simulation, &mut points);
        assert_eq!(simulation.now(), SimTime::ZERO.after(odd));
        simulation.resume(Some(odd));
        let told = run(&mut simulation, &mut points);
        assert_eq!(simulation.now(), SimTime::ZERO.after(odd.times(2)));
        assert_eq!(told.last(), Some(&Told::Paused(Vec::new())));
        // A moment that is past is now.
        add(
            &mut points,
            &simulation,
            "past",
            Condition::Absolute(SimTime::ZERO),
        );
        simulation.resume(None);
        run(&mut simulation, &mut points);
        assert_eq!(simulation.now(), SimTime::ZERO.after(odd.times(2)));
    }

    #[test]
    fn how_often_it_is_let_go_on_changes_nothing() {
        let whole = {
            let (mut simulation, mut points) = start();
            let minute = Condition::Absolute(SimTime::from_nanos(300_000_000_000));
            add(&mut points, &simulation, "a", minute);
            printed(&run(&mut simulation, &mut points))
        };
        let (mut simulation, mut points) = start();
        let mut pieces = Vec::new();
        for _ in 0..300 {
            simulation.resume(Some(SimSpan::from_secs(1)));
            pieces.extend(printed(&run(&mut simulation, &mut points)));
        }
        assert_eq!(
            String::from_utf8(whole).unwrap(),
            String::from_utf8(pieces).unwrap()
        );
    }

    #[test]
    fn a_chip_logs_a_line_for_each_reading() {
        let (mut simulation, mut points) = start();
        simulation.resume(Some(SimSpan::from_secs(300)));
        let told = run(&mut simulation, &mut points);
        let lines = |told: &Told| matches!(told, Told::Chip(line) if line.starts_with("tmp36: "));
        let lines = told.iter().filter(|told| lines(told)).count();
        let printed = String::from_utf8(printed(&told)).unwrap();
        assert_eq!(lines, printed.matches("Degrees Celsius").count());
        assert!(lines > 2 && simulation.wave().len() >= lines);
    }

    #[test]
    fn nothing_is_typed_while_too_much_waits_to_be_told() {
        let (mut simulation, mut points) = start();
        // Until it listens.
        simulation.resume(Some(SimSpan::from_secs(5)));
        run(&mut simulation, &mut points);
        // Each is answered with a short line.
        let taken = (0..BACKLOG_MAX)
            .take_while(|_| simulation.write_serial(b"x\n"))
            .count();
        assert!((1..BACKLOG_MAX).contains(&taken), "{taken}");
        let waiting = simulation.backlog.len();
        assert!(!simulation.write_serial(b"x\n"));
        assert_eq!(simulation.backlog.len(), waiting);
        simulation.resume(Some(SimSpan::from_nanos(1)));
        assert_eq!(printed(&run(&mut simulation, &mut points)).len(), waiting);
        assert!(simulation.write_serial(b"x\n"));
    }

    fn start() -> (Simulation, PausePoints) {
        let mut simulation = Simulation::new(&prepare::built_in(), 1);
        simulation.resume(None);
        (simulation, PausePoints::default())
    }

    fn add(points: &mut PausePoints, simulation: &Simulation, id: &str, what: Condition) {
        points.add(simulation.now(), id.to_owned(), what).unwrap();
    }

    fn run(simulation: &mut Simulation, points: &mut PausePoints) -> Vec<Told> {
        let mut told = Vec::new();
        let hour = simulation.now().after(SimSpan::from_secs(3_600));
        for _ in 0..10_000 {
            let progress = simulation.advance(hour, points, |_, one| told.push(one));
            if progress != Progress::Busy {
                assert_eq!(progress, Progress::Paused);
                return told;
            }
        }
        panic!("it never pauses");
    }

    fn printed(told: &[Told]) -> Vec<u8> {
        let mut all = Vec::new();
        for one in told {
            if let Told::Serial(bytes) = one {
                all.extend_from_slice(bytes);
            }
        }
        all
    }
}
