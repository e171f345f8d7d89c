//! Holds nodelab's TLS against OpenSSL and tshark, side by side over real sockets.
//!
//! ```text
//! our seeded client ──► openssl s_server ┐
//! openssl s_client ──► our seeded server ┴── tshark on the same loopback interface
//! ```
//!
//! `cargo xtask tls-peers` runs it. Exit codes: 0 all agree, 1 somebody does not, 3 a program is
//! missing or the command line makes no sense.

mod cell;
mod child;
mod heard;
mod judge;
mod openssl;
mod ours;
mod pcap;
mod pem;
mod rates;
mod seen;
mod table;
mod trouble;
mod tshark;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io, process};

use nodelab_sim::stack::tls::Side;

use crate::cell::Cell;
use crate::judge::{Differences, Verdict, judge};
use crate::openssl::{Openssl, Run};
use crate::trouble::Trouble;
use crate::tshark::Capture;

const EXIT_FAILED: u8 = 1;
const EXIT_INVALID: u8 = 3;
const USAGE: &str = "\
tls_peers [--all] [--cell TEXT] [--rates]

  --all    every cell that OpenSSL can do; without it, those that differ in one axis or two
  --cell   only those whose name contains the text, such as `1.2 p384`
  --rates  handshakes per second too, beside `openssl s_time`: wants a release build";

/// What was asked for.
#[derive(Clone, Debug, Default)]
struct Options {
    all: bool,
    cell: String,
    rates: bool,
}

/// A folder of this run's own, gone when it is dropped.
struct Folder(PathBuf);

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(EXIT_FAILED),
        Err(trouble) => {
            writeln!(io::stderr(), "error: {trouble}").ok();
            ExitCode::from(match trouble {
                Trouble::Failed(_) => EXIT_FAILED,
                Trouble::Invalid(_) => EXIT_INVALID,
            })
        }
    }
}

fn run(arguments: &[String]) -> Result<bool, Trouble> {
    let options = Options::read(arguments)?;
    let folder = Folder::new()?;
    let openssl = Openssl::find(&folder.0)?;
    let tshark = tshark::find()?;
    say(&format!("{}\n{tshark}\n", openssl.version));
    let outcome = speak_all(&openssl, &folder.0, &options)?;
    if outcome.verdicts.is_empty() && outcome.failures.is_empty() {
        return Err(Trouble::Invalid(
            "no cell of that name can be compared".to_owned(),
        ));
    }
    say(&table::render(&outcome, options.all));
    if options.rates {
        say(&rates::measure(&openssl)?);
    }
    let mut verdicts = outcome.verdicts.iter();
    let agreed = verdicts.all(|verdict| verdict.disagreements.is_empty());
    Ok(outcome.failures.is_empty() && agreed)
}

/// What came of all cells.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) differences: Differences,
    /// Cells in which somebody gave up.
    pub(crate) failures: Vec<String>,
    /// Why cells were left out, with how many.
    pub(crate) skipped: BTreeMap<&'static str, u32>,
    pub(crate) verdicts: Vec<Verdict>,
}

fn speak_all(openssl: &Openssl, folder: &Path, options: &Options) -> Result<Outcome, Trouble> {
    let cells = if options.all {
        Cell::all()
    } else {
        Cell::core()
    };
    let (mut runs, mut outcome) = (Vec::new(), Outcome::default());
    let mut capture = Capture::start(folder);
    if let Some(why) = &capture.obstacle {
        say(&format!(
            "No live capture ({why}): tshark reads the bytes that our end sent and received.\n"
        ));
    }
    let mut secrets = String::new();
    for cell in cells {
        if !cell.name().contains(&options.cell) {
            continue;
        }
        for end in [Side::Server, Side::Client] {
            if let Some(why) = cell.obstacle(end, openssl.release()) {
                *outcome.skipped.entry(why).or_default() += 1;
                continue;
            }
            let run = match openssl.speak(&cell, end) {
                Ok(run) => run,
                Err(trouble) => {
                    let failure = format!("{}, openssl is {end:?}: {trouble}", cell.name());
                    outcome.failures.push(failure);
                    continue;
                }
            };
            for spoken in &run.spoken {
                capture.take(spoken);
                for line in &spoken.secrets {
                    secrets.push_str(line.trim_end());
                    secrets.push('\n');
                }
            }
            runs.push((cell, end, run));
        }
    }
    let key_log = openssl.key_log();
    let theirs = fs::read_to_string(&key_log).unwrap_or_default();
    fs::write(&key_log, theirs + &secrets)?;
    let streams = capture.finish(&key_log)?;
    for (cell, end, Run { spoken, heard }) in &runs {
        let (Some(spoken), Some(heard)) = (spoken.last(), heard.last()) else {
            return Err(Trouble::Failed(format!(
                "{}: openssl said nothing",
                cell.name()
            )));
        };
        let three = (spoken, heard, streams.get(&spoken.ports));
        let verdict = judge(*cell, *end, three, &mut outcome.differences);
        outcome.verdicts.push(verdict);
    }
    Ok(outcome)
}

/// Prints to the standard output.
fn say(text: &str) {
    writeln!(io::stdout(), "{text}").ok();
}

impl Options {
    fn read(arguments: &[String]) -> Result<Self, Trouble> {
        let mut options = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--all" => options.all = true,
                "--cell" => {
                    let text = arguments.next().cloned();
                    options.cell = text.ok_or_else(|| {
                        Trouble::Invalid(format!("`--cell` wants a text\n\n{USAGE}"))
                    })?;
                }
                "--rates" => options.rates = true,
                _ => {
                    let message = format!("`{argument}` means nothing here\n\n{USAGE}");
                    return Err(Trouble::Invalid(message));
                }
            }
        }
        Ok(options)
    }
}

impl Folder {
    fn new() -> Result<Self, Trouble> {
        let path = env::temp_dir().join(format!("nodelab-tls-peers-{}", process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_is_refused_with_the_ones_that_there_are() {
        let error = Options::read(&["--many".to_owned()]).expect_err("no such option");
        assert!(matches!(&error, Trouble::Invalid(text) if text.contains("--all")));
    }
}
