//! What can be typed after `nodelab tui`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{When, colour};
use crate::action::TuiAction;
use crate::tui::Pace;

pub(super) const HELP: &str = "\
Keys: ? shows all. What is done by hand can be saved with s, as a scenario that does the same.

Examples:
  nodelab tui                                    a built-in scenario
  nodelab tui scenarios/network/tls-1-3.test.yaml --pace 100
  nodelab tui scenarios                          choose from a list
  nodelab run scenarios/scale/thousand-nodes.test.yaml --record fleet.ndjson
  nodelab tui --replay fleet.ndjson              look at a recording";

/// `nodelab tui`.
#[derive(Args, Debug)]
pub(super) struct TuiArgs {
    /// Scenario files, and folders that are searched for `*.test.yaml` [default: a built-in one].
    paths: Vec<PathBuf>,
    /// The seed of the world [default: the scenario's first].
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How fast time passes at the beginning.
    #[arg(long, value_enum, default_value_t = PaceArg::Tenfold)]
    pace: PaceArg,
    /// Show what `nodelab run --record FILE` recorded.
    #[arg(long, value_name = "FILE", conflicts_with = "paths")]
    replay: Option<PathBuf>,
    /// Whether to use colours [auto: unless `NO_COLOR` is set].
    #[arg(long, value_enum, default_value_t = When::Auto)]
    color: When,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PaceArg {
    /// As real time.
    #[value(name = "1")]
    Real,
    /// Ten times as fast.
    #[value(name = "10")]
    Tenfold,
    /// A hundred times as fast.
    #[value(name = "100")]
    Hundredfold,
    /// As fast as the machine can.
    #[value(name = "max")]
    Unbounded,
}

pub(super) fn action(args: TuiArgs) -> TuiAction {
    TuiAction {
        colour: colour(args.color),
        pace: match args.pace {
            PaceArg::Real => Pace::Real,
            PaceArg::Tenfold => Pace::Tenfold,
            PaceArg::Hundredfold => Pace::Hundredfold,
            PaceArg::Unbounded => Pace::Unbounded,
        },
        paths: args.paths,
        replay: args.replay,
        seed: args.seed,
    }
}
