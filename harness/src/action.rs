//! What each command does.
//!
//! Owns the edge: arguments become work, results become output and an exit code.

mod check;
mod interrupt;
mod live;
mod look;
mod man;
mod run;
mod serve;
mod strict;
mod tls;
mod tui;
mod wifi;

use std::io::{self, IsTerminal as _, Write as _};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;

use nodelab_sim::{SimSpan, SimTime};

use crate::diagnostic::{Colour, Diagnostic, render_all};
use crate::exit::Exit;
use crate::record::RecordPlan;
use crate::report::Target;
use crate::sensor::{self, SensorBoard, Sweep};
use crate::shard::Shard;

use self::interrupt::interrupt;
pub use self::live::{LiveAction, LiveReport};
pub use self::serve::ServeAction;
pub use self::tls::{
    AdviseAction, CompareAction, PlotAction, TableAction, TextOrJson, TlsAction, TraceAction,
};
pub use self::tui::TuiAction;

/// One command, its arguments read.
#[derive(Clone, Debug)]
pub enum Action {
    /// Check scenario files.
    Check(CheckAction),
    /// Explain what each layer adds to a reading.
    ExplainLayers(LayersAction),
    /// Explain a diagram.
    ExplainWiring(WiringAction),
    /// Write manual pages.
    Man(ManAction),
    /// Run nodes against a real broker.
    Live(Box<LiveAction>),
    /// Run scenarios.
    Run(Box<RunAction>),
    /// Print the sensor's table.
    Sensor(SensorAction),
    /// Serve programs that are not ours.
    Serve(Box<ServeAction>),
    /// Ask the TLS lab.
    Tls(Box<TlsAction>),
    /// Look at worlds on a terminal.
    Tui(TuiAction),
    /// Print airtimes and goodputs.
    Wifi(WifiAction),
}

/// Arguments of `check`.
#[derive(Clone, Debug)]
pub struct CheckAction {
    /// Whether to use colours.
    pub colour: ColourChoice,
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// Judge as wokwi-cli does.
    pub strict: bool,
}

/// Arguments of `explain layers`.
#[derive(Clone, Debug)]
pub struct LayersAction {
    /// How to print it.
    pub format: TextOrJson,
    /// The scenario.
    pub scenario: PathBuf,
    /// The seed; `None` is the scenario's first.
    pub seed: Option<u64>,
}

/// Arguments of `explain wiring`.
#[derive(Clone, Debug)]
pub struct WiringAction {
    /// The diagram.
    pub diagram: PathBuf,
    /// How to print it.
    pub format: TextOrJson,
}

/// Arguments of `man`.
#[derive(Clone, Debug)]
pub struct ManAction {
    /// Where to.
    pub folder: PathBuf,
    /// File names and texts.
    pub pages: Vec<(String, Vec<u8>)>,
}

/// Arguments of `run`.
#[derive(Clone, Debug)]
pub struct RunAction {
    /// Whether to use colours.
    pub colour: ColourChoice,
    /// Where to write everything that happens, if anywhere.
    pub events: Option<PathBuf>,
    /// Worlds at a time; `None` is one for each processor.
    pub jobs: Option<NonZeroUsize>,
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// What to record, if anything.
    pub record: RecordPlan,
    /// What to report, and where to; at least one.
    pub reports: Vec<Report>,
    /// First seed; `None` is the scenario's.
    pub seed: Option<u64>,
    /// Number of worlds; `None` is the scenario's, or one when a seed is given.
    pub seeds: Option<u32>,
    /// Whether to print the console.
    pub serial: SerialChoice,
    /// Which part of the worlds; `None` is what the environment says.
    pub shard: Option<Shard>,
    /// Whether to print what each world took.
    pub stats: bool,
    /// Judge as wokwi-cli does.
    pub strict: bool,
    /// Simulated time for the steps; `None` is the scenario's.
    pub timeout: Option<SimSpan>,
    /// Where to write what nodes are told, if anywhere.
    pub trace: Option<PathBuf>,
    /// Where each world stops.
    pub until: Option<SimTime>,
    /// Run each world twice.
    pub verify: bool,
}

/// Arguments of `sensor`.
#[derive(Clone, Copy, Debug)]
pub struct SensorAction {
    /// The board.
    pub board: SensorBoard,
    /// How to print it.
    pub format: sensor::Format,
    /// Which temperatures.
    pub sweep: Sweep,
}

/// Arguments of `wifi`.
#[derive(Clone, Debug)]
pub struct WifiAction {
    /// How to print it.
    pub format: crate::wifi::Format,
    /// What to compute.
    pub query: crate::wifi::Query,
}

/// A report that was asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Report {
    /// Its format.
    pub format: Format,
    /// Where it goes.
    pub target: Target,
}

/// Formats of reports.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// For GitHub: annotations at the lines of scenario files.
    Github,
    /// For people who look rather than read: a page for browsers.
    Html,
    /// For programs.
    Json,
    /// For build servers.
    Junit,
    /// For people.
    Text,
}

/// Whether to use colours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ColourChoice {
    /// Always.
    Always,
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Never.
    Never,
}

/// Whether to print the first node's console.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SerialChoice {
    /// Of every world.
    Always,
    /// Of a single world.
    Auto,
    /// Never.
    Never,
}

impl Action {
    /// Carries it out; returns how the program ends.
    #[must_use]
    pub fn perform(self) -> Exit {
        match self {
            Self::Check(action) if action.strict => strict::check(&action),
            Self::Check(action) => check::check(&action),
            Self::ExplainLayers(action) => look::explain_layers(&action),
            Self::ExplainWiring(action) => look::explain_wiring(&action),
            Self::Man(action) => man::man(&action),
            Self::Live(action) => live::live(&action),
            Self::Run(action) if action.strict => strict::run(&action),
            Self::Run(action) => run::run(&action),
            Self::Sensor(action) => look::sensor(action),
            Self::Serve(action) => serve::serve(*action),
            Self::Tls(action) => tls::tls(&action),
            Self::Tui(action) => tui::tui(&action),
            Self::Wifi(action) => wifi::wifi(&action),
        }
    }
}

impl ColourChoice {
    fn of(self, is_terminal: bool) -> Colour {
        let wanted = match self {
            Self::Always => true,
            Self::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none(),
            Self::Never => false,
        };
        if wanted { Colour::Ansi } else { Colour::Plain }
    }
}

/// Writes text to standard output; returns how the program ends. A reader that went away, as
/// `head` does, is no error.
#[must_use]
pub fn print(text: &str) -> Exit {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Exit::Passed,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Passed,
        Err(error) => {
            complain(&format!(
                "error: failed to write to standard output: {error}\n"
            ));
            Exit::Bug
        }
    }
}

/// Writes text to standard error; nobody is left to tell when that fails.
pub fn complain(text: &str) {
    io::stderr().lock().write_all(text.as_bytes()).ok();
}

/// Returns how many processors there are; one where nobody knows.
fn processors() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Writes diagnostics to standard error.
fn complain_of(diagnostics: &[Diagnostic], colour: ColourChoice) {
    if !diagnostics.is_empty() {
        let colour = colour.of(io::stderr().is_terminal());
        complain(&format!("{}\n", render_all(diagnostics, colour).trim_end()));
    }
}
