//! From scenario files to scenarios that can be run: everything a run needs is read here, once.
//!
//! Owns which files are scenarios, and reading what they name: diagrams and traces. After this
//! nothing touches the disk until a report is written.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nodelab_sim::board::{Diagram, DiagramError, PathStep, TEXT_BYTES_MAX, Wiring};
use nodelab_sim::environment::Profile;
use nodelab_sim::stack::SecuritySpec;

use crate::diagnostic::{Diagnostic, SourceFile};
use crate::scenario::{self, BYTES_MAX, FileReference, Scenario, Segment, Temperature};

/// Ending of scenario files that are found in a folder.
const ENDINGS: [&str; 2] = [".test.yaml", ".test.yml"];
/// Folders below a given one that are searched.
const DEPTH_MAX: usize = 16;
/// The tutorial's board, for scenarios that name none.
const BUILT_IN_BOARD: &str = include_str!("../../boards/nodemcu/diagram.json");
/// A node on that board, with every default.
const BUILT_IN_SCENARIO: &str = "\
name: A node in a room
version: 1
x-nodelab: { node: { calibrate: 22 °C } }
steps:
  - delay: 1s
";

/// A scenario with everything it names.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The parts of its board, and the wires between them.
    pub diagram: Arc<Diagram>,
    /// The scenario.
    pub scenario: Scenario,
    /// What protects the streams on its board, if anything does.
    pub security: Option<SecuritySpec>,
    /// A recorded temperature, if it names one.
    pub trace: Option<Profile>,
    /// What is plugged where.
    pub wiring: Arc<Wiring>,
}

/// What is wrong with what the user named.
#[derive(Clone, Debug, Default)]
pub struct Complaints {
    /// Mistakes: nothing can be run.
    pub errors: Vec<Diagnostic>,
    /// Probably mistakes.
    pub warnings: Vec<Diagnostic>,
}

/// Finds the scenario files that paths mean: files as they are, folders searched for
/// `*.test.yaml`, sorted by path.
///
/// # Errors
///
/// A diagnostic for each path that does not exist or holds no scenario.
pub fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Vec<Diagnostic>> {
    let mut found = Vec::new();
    let mut errors = Vec::new();
    for path in paths {
        let before = found.len();
        if path.is_dir() {
            search(path, 0, &mut found);
            found[before..].sort();
            if found.len() == before {
                let file = SourceFile::new(path.display().to_string(), "");
                let error = file.failure("this folder holds no scenario");
                errors.push(error.advice("scenario files are named `*.test.yaml`"));
            }
        } else {
            found.push(path.clone());
        }
    }
    if errors.is_empty() {
        Ok(found)
    } else {
        Err(errors)
    }
}

/// Reads one scenario and everything it names.
///
/// # Errors
///
/// Everything that is wrong with it, and what is doubtful.
pub fn prepare(path: &Path) -> Result<(Prepared, Vec<Diagnostic>), Complaints> {
    read_all(scenario::load(path))
}

/// Reads one scenario from its text, and everything it names; `name` is its file's.
///
/// # Errors
///
/// As [`prepare`].
pub fn prepare_text(text: &str, name: &str) -> Result<(Prepared, Vec<Diagnostic>), Complaints> {
    read_all(scenario::parse(text, name))
}

/// Returns the scenario of who names none: the tutorial's board, in a room.
///
/// # Panics
///
/// Never: a test reads it.
#[must_use]
pub fn built_in() -> Prepared {
    let read = prepare_text(BUILT_IN_SCENARIO, "the built-in scenario");
    read.expect("a test reads it").0
}

/// Reads everything that a scenario names.
fn read_all(loaded: scenario::Loaded) -> Result<(Prepared, Vec<Diagnostic>), Complaints> {
    let (scenario, warnings) = match loaded {
        Ok(loaded) => loaded,
        Err(errors) => {
            return Err(Complaints {
                errors,
                warnings: Vec::new(),
            });
        }
    };
    let mut errors = Vec::new();
    let wiring = read_wiring(&scenario).unwrap_or_else(|found| {
        errors.extend(found);
        None
    });
    let trace = read_trace(&scenario).unwrap_or_else(|found| {
        errors.extend(found);
        None
    });
    let settled = wiring.as_ref();
    let settled = settled.map(|(_, wiring)| settle(&scenario, wiring));
    let security = settled.transpose().unwrap_or_else(|error| {
        errors.push(error);
        None
    });
    let security = security.flatten();
    match wiring {
        Some((diagram, wiring)) if errors.is_empty() => Ok((
            Prepared {
                diagram: Arc::new(diagram),
                scenario,
                security,
                trace,
                wiring: Arc::new(wiring),
            },
            warnings,
        )),
        _ => Err(Complaints { errors, warnings }),
    }
}

impl Prepared {
    /// Returns the same with another board: `text` is a diagram, and `name` says whence.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the diagram, and what of the scenario does not fit it.
    pub fn on_board(&self, name: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let file = SourceFile::new(name, text);
        let read = Diagram::from_json(text)
            .and_then(|diagram| Wiring::new(&diagram).map(|wiring| (diagram, wiring)));
        let (diagram, wiring) = read.map_err(|error| located(&file, &error))?;
        let security = settle(&self.scenario, &wiring).map_err(|error| vec![error])?;
        Ok(Self {
            diagram: Arc::new(diagram),
            security,
            wiring: Arc::new(wiring),
            ..self.clone()
        })
    }
}

/// Reads a diagram from a file.
///
/// # Errors
///
/// Everything that is wrong with it, with file, line and column.
pub fn read_diagram(path: &Path) -> Result<Diagram, Vec<Diagnostic>> {
    let text = scenario::read(path, TEXT_BYTES_MAX).map_err(|error| vec![error])?;
    let file = SourceFile::new(path.display().to_string(), text);
    Diagram::from_json(file.text()).map_err(|error| located(&file, &error))
}

/// Works out the wiring of a diagram from a file.
///
/// # Errors
///
/// Everything that is wrong with it, with file, line and column.
pub fn read_wiring_of(path: &Path) -> Result<(Diagram, Wiring), Vec<Diagnostic>> {
    let diagram = read_diagram(path)?;
    let text = scenario::read(path, TEXT_BYTES_MAX).map_err(|error| vec![error])?;
    let file = SourceFile::new(path.display().to_string(), text);
    let wiring = Wiring::new(&diagram).map_err(|error| located(&file, &error))?;
    Ok((diagram, wiring))
}

/// Works out what protects the streams of a scenario on a board.
fn settle(scenario: &Scenario, wiring: &Wiring) -> Result<Option<SecuritySpec>, Diagnostic> {
    let tls = scenario.extension.tls.as_ref();
    tls.map(|tls| tls.settle(wiring.board(), &scenario.file))
        .transpose()
}

fn search(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        if path.is_dir() && depth < DEPTH_MAX && !name.starts_with('.') {
            search(&path, depth + 1, found);
        } else if ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
}

fn read_wiring(scenario: &Scenario) -> Result<Option<(Diagram, Wiring)>, Vec<Diagnostic>> {
    if let Some(reference) = &scenario.extension.diagram {
        exists(scenario, reference, "diagram")?;
        return read_wiring_of(&reference.path).map(Some);
    }
    let file = SourceFile::new("the built-in board", BUILT_IN_BOARD);
    let board = Diagram::from_json(BUILT_IN_BOARD).and_then(|diagram| {
        let wiring = Wiring::new(&diagram)?;
        Ok((diagram, wiring))
    });
    board.map(Some).map_err(|error| located(&file, &error))
}

fn read_trace(scenario: &Scenario) -> Result<Option<Profile>, Vec<Diagnostic>> {
    let Temperature::Trace(reference) = &scenario.extension.temperature else {
        return Ok(None);
    };
    exists(scenario, reference, "trace")?;
    let text = scenario::read(&reference.path, BYTES_MAX).map_err(|error| vec![error])?;
    let file = SourceFile::new(reference.path.display().to_string(), text);
    Profile::parse_trace(file.text())
        .map(Some)
        .map_err(|errors| {
            let one = |error: &nodelab_sim::environment::TraceError| {
                let span = file.span_of(error.line, error.column);
                file.error(span, error.message())
            };
            errors.iter().map(one).collect()
        })
}

/// Points at the line of the scenario that names a file which is not there.
fn exists(
    scenario: &Scenario,
    reference: &FileReference,
    what: &str,
) -> Result<(), Vec<Diagnostic>> {
    if reference.path.exists() {
        return Ok(());
    }
    let path = reference.path.display();
    let error = scenario
        .file
        .error(reference.place.span, format!("no {what} at {path}"));
    let error = error
        .expected("expected a path relative to the folder of this scenario")
        .advice("check the path and its spelling");
    Err(vec![error])
}

/// Gives the mistakes of a diagram their places in its file.
fn located(file: &SourceFile, error: &DiagramError) -> Vec<Diagnostic> {
    match error {
        DiagramError::Invalid(_) => {}
        DiagramError::Syntax {
            line,
            column,
            message,
        } => {
            let diagnostic = file.error(file.span_of(*line, *column), message.clone());
            return vec![diagnostic.expected("expected JSON, as Wokwi writes it")];
        }
        DiagramError::TooLarge { .. } => return vec![file.failure(error.to_string())],
    }
    let tree = scenario::compose(file).ok();
    let one = |problem: &nodelab_sim::board::DiagramProblem| {
        let path: Vec<Segment<'_>> = problem.path.0.iter().map(segment).collect();
        let span = tree.as_ref().and_then(|tree| tree.locate_nearest(&path));
        let message = format!("{}: {}", problem.path, problem.read);
        let diagnostic = match span {
            Some(span) => file.error(span, message),
            None => file.failure(message),
        };
        diagnostic
            .expected(format!("expected {}", problem.expected))
            .advice(problem.advice.clone())
    };
    error.problems().iter().map(one).collect()
}

fn segment(step: &PathStep) -> Segment<'_> {
    match step {
        PathStep::Index(index) => Segment::Index(*index),
        PathStep::Key(key) => Segment::Key(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nodelab_sim::board::BoardKind;

    #[test]
    fn what_is_built_in_is_valid_and_can_have_another_board() {
        let prepared = built_in();
        assert_eq!(prepared.wiring.board(), BoardKind::NodeMcu);
        let other = include_str!("../../boards/esp32-c3/diagram.json");
        let other = prepared.on_board("diagram.json", other);
        let other = other.expect("the shipped board is valid");
        assert_eq!(other.wiring.board(), BoardKind::Esp32C3);
    }

    #[test]
    fn a_board_that_is_none_is_told_with_its_place() {
        let text = "{\"version\": 1, \"parts\": [], \"connections\": []}";
        let errors = built_in().on_board("diagram.json", text).unwrap_err();
        let shown = errors[0].to_string();
        assert!(shown.contains("diagram.json:1:"), "{shown}");
        assert!(shown.contains("expected a part of type"), "{shown}");
        assert!(built_in().on_board("diagram.json", "{").is_err());
    }

    #[test]
    fn who_names_no_scenario_gets_one_node_in_a_room() {
        let extension = built_in().scenario.extension;
        assert_eq!((extension.nodes, extension.node.publish), (1, None));
    }
}
