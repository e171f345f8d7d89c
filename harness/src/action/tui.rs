//! `nodelab tui`: looks at worlds as they happen, on a terminal.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use super::{ColourChoice, complain, complain_of, interrupt};
use crate::diagnostic::Colour;
use crate::exit::Exit;
use crate::prepare;
use crate::tui::{self, App, Choice, End, Pace, Palette};

/// What is shown when nothing is named.
const BUILT_IN: &str = include_str!("../../../scenarios/tui/living-room.test.yaml");

/// Arguments of `tui`.
#[derive(Clone, Debug)]
pub struct TuiAction {
    /// Whether to use colours.
    pub colour: ColourChoice,
    /// How fast time passes at the beginning.
    pub pace: Pace,
    /// Files and folders; none is the built-in scenario.
    pub paths: Vec<PathBuf>,
    /// A recording to show, if any.
    pub replay: Option<PathBuf>,
    /// The seed; `None` is the scenario's first, or the recording's first world.
    pub seed: Option<u64>,
}

pub(super) fn tui(action: &TuiAction) -> Exit {
    let choices = match choices(action) {
        Ok(choices) => choices,
        Err(exit) => return exit,
    };
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        complain(
            "error: `nodelab tui` needs a terminal for its input and output\n\
             help: run it in a terminal, without pipes; for programs there is `nodelab run \
             FILE --events out.ndjson`\n",
        );
        return Exit::Invalid;
    }
    let palette = Palette {
        has_colours: action.colour.of(true) == Colour::Ansi,
    };
    let mut app = App::new(choices, action.pace);
    match tui::show(&mut app, palette, &interrupt()) {
        Ok(End::Interrupted) => Exit::Interrupted,
        Ok(End::Quit) => Exit::Passed,
        Err(error) => {
            complain(&format!("error: failed to use the terminal: {error}\n"));
            Exit::Bug
        }
    }
}

/// Reads everything that can be shown; when one scenario is not valid, none is.
fn choices(action: &TuiAction) -> Result<Vec<Choice>, Exit> {
    if let Some(path) = &action.replay {
        if let Err(why) = tui::check_recording(path, action.seed) {
            complain(&format!(
                "error: failed to read the recording {why}\n\
                 help: `nodelab run SCENARIO --record FILE` records one\n"
            ));
            return Err(Exit::Invalid);
        }
        return Ok(vec![Choice::recording(path.clone(), action.seed)]);
    }
    let complained = |complaints: prepare::Complaints| {
        complain_of(&complaints.errors, action.colour);
        complain_of(&complaints.warnings, action.colour);
        Exit::Invalid
    };
    if action.paths.is_empty() {
        let (prepared, _) =
            prepare::prepare_text(BUILT_IN, tui::BUILT_IN_NAME).map_err(complained)?;
        return Ok(vec![Choice::scenario(prepared, action.seed)]);
    }
    let paths = prepare::find(&action.paths).map_err(|errors| {
        complain_of(&errors, action.colour);
        Exit::Invalid
    })?;
    let mut choices = Vec::new();
    for path in &paths {
        let (prepared, warnings) = prepare::prepare(path).map_err(complained)?;
        complain_of(&warnings, action.colour);
        choices.push(Choice::scenario(prepared, action.seed));
    }
    Ok(choices)
}
