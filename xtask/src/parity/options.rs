//! What `cargo xtask parity` is asked for.
//!
//! Owns the words of the command line and of its help.

use std::path::PathBuf;

use crate::cross::Target;
use crate::failure::Failure;
use crate::parity::{random, reference};

/// Random lives that are led unless a number is given.
const RANDOM: u64 = 3000;
/// What they are drawn from unless a seed is given.
const SEED: u64 = 1;
/// Cores that lives are replayed on.
const CORES: [Target; 2] = [Target::Lx106, Target::Riscv32Virt];

/// What its help says of options.
pub(crate) const OPTIONS: &str = "\
Without options: every node of every shipped scenario, random lives, and the reference life, on
both cores. Ends with a table: lives, turns, bytes, instructions, stack.

  --only NAME       lives whose name is this, or begins with it and a blank
  --core CORE       only lx106 or only riscv32-virt (the code of `core: riscv32imc`, in QEMU)
  --random N        lead N random lives (3000)
  --seed S          draw them from S (1)
  --trace FILE      lives of a recording: nodelab run PATH --trace FILE
  --accept          write the instructions of the reference life to firmware/instructions.json
  --because WORDS   the line of CHANGELOG.md that says why they have grown
  --self-test       change a constant of node-core for one core alone: that must be found

Examples:
  cargo xtask parity
  cargo xtask parity --only 'scenarios/wifi/lossy.test.yaml seed 3 node 0' --core lx106
  cargo xtask parity --only 'random seed 1 sequence 17'
  cargo xtask parity --random 20000 --seed 7
  cargo xtask parity --accept --because 'Commands are obeyed in the order of their arrival'";

/// What is to be done.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Task {
    /// Write the record anew.
    Accept {
        /// Quotes the changelog.
        because: Option<String>,
    },
    /// Replay lives.
    Replay(Lives),
    /// See whether a difference is seen.
    SelfTest,
}

/// Which lives are replayed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Lives {
    /// Those of all scenarios, random ones, and the reference life.
    All {
        /// How many are random.
        random: u64,
        /// What they are drawn from.
        seed: u64,
    },
    /// Those of this name.
    Named {
        /// The name, or its front.
        name: String,
        /// Where they are, unless they are to be recorded.
        trace: Option<PathBuf>,
    },
    /// Those of a recording.
    Recorded(PathBuf),
}

/// A command line, understood.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Options {
    /// What is to be done.
    pub(crate) task: Task,
    /// On which cores.
    pub(crate) cores: Vec<Target>,
}

/// What was given, word for word.
#[derive(Clone, Debug, Default)]
struct Given {
    accept: bool,
    because: Option<String>,
    cores: Vec<Target>,
    only: Option<String>,
    random: Option<u64>,
    seed: Option<u64>,
    self_test: bool,
    trace: Option<PathBuf>,
}

impl Options {
    /// Reads a command line.
    ///
    /// # Errors
    ///
    /// [`Failure::Missing`] that says what is not understood.
    pub(crate) fn read(arguments: &[String]) -> Result<Self, Failure> {
        let given = Given::read(arguments)?;
        let cores = if given.cores.is_empty() {
            CORES.to_vec()
        } else {
            given.cores.clone()
        };
        let task = given.task()?;
        Ok(Self { task, cores })
    }
}

impl Given {
    fn read(arguments: &[String]) -> Result<Self, Failure> {
        let mut given = Self::default();
        let mut words = arguments.iter().map(String::as_str);
        while let Some(word) = words.next() {
            let mut value = || {
                let value = words.next().map(str::to_owned);
                value.ok_or_else(|| odd(&format!("{word} needs a value")))
            };
            match word {
                "--accept" => given.accept = true,
                "--because" => given.because = Some(value()?),
                "--core" => given.cores.push(core(&value()?)?),
                "--only" => given.only = Some(value()?),
                "--random" => given.random = Some(number(word, &value()?)?),
                "--seed" => given.seed = Some(number(word, &value()?)?),
                "--self-test" => given.self_test = true,
                "--trace" => given.trace = Some(value()?.into()),
                other => return Err(odd(&format!("`{other}` is no option"))),
            }
        }
        Ok(given)
    }

    fn task(self) -> Result<Task, Failure> {
        let chooses = self.only.is_some() || self.trace.is_some();
        let draws = self.random.is_some() || self.seed.is_some();
        if self.because.is_some() && !self.accept {
            return Err(odd("--because belongs to --accept"));
        }
        if (self.accept || self.self_test) && (chooses || draws || self.accept == self.self_test) {
            return Err(odd("--accept and --self-test choose their own lives"));
        }
        if self.self_test && !self.cores.is_empty() {
            return Err(odd("--self-test chooses its own core"));
        }
        if chooses && draws {
            return Err(odd("--random and --seed do not go with --only and --trace"));
        }
        let because = self.because;
        Ok(match (self.only, self.trace) {
            _ if self.accept => Task::Accept { because },
            _ if self.self_test => Task::SelfTest,
            (Some(name), trace) => Task::Replay(Lives::Named { name, trace }),
            (None, Some(path)) => Task::Replay(Lives::Recorded(path)),
            (None, None) => Task::Replay(Lives::All {
                random: self.random.unwrap_or(RANDOM),
                seed: self.seed.unwrap_or(SEED),
            }),
        })
    }
}

/// Where the lives of a name come from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Origin<'a> {
    /// The node and its world are drawn.
    Random {
        /// From this.
        seed: u64,
        /// The one of this number.
        sequence: u64,
    },
    /// It is the reference life.
    Reference,
    /// A scenario is played.
    Scenario {
        /// Its file, or a folder.
        path: &'a str,
        /// One of its worlds.
        seed: Option<&'a str>,
    },
}

impl<'a> Origin<'a> {
    /// Reads a name, or the front of one.
    pub(crate) fn of(name: &'a str) -> Self {
        if name == reference::NAME {
            return Self::Reference;
        }
        if let Some((seed, sequence)) = random::parse_name(name) {
            return Self::Random { seed, sequence };
        }
        match name.split_once(" seed ") {
            Some((path, rest)) => Self::Scenario {
                path,
                seed: rest.split(' ').next(),
            },
            None => Self::Scenario {
                path: name,
                seed: None,
            },
        }
    }
}

/// Returns whether `wanted` is a name or the front of it, up to a blank or a slash.
pub(crate) fn is_named(name: &str, wanted: &str) -> bool {
    let rest = name.strip_prefix(wanted.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '/']))
}

fn core(name: &str) -> Result<Target, Failure> {
    let known = CORES.into_iter().find(|core| core.name() == name);
    let hint = match name {
        "esp8266" => "; the ESP8266's core is lx106",
        "esp32c3" | "riscv32imc" => "; the ESP32-C3's instruction set runs in riscv32-virt",
        _ => "",
    };
    known.ok_or_else(|| {
        odd(&format!(
            "there is no core `{name}`, only lx106 and riscv32-virt{hint}"
        ))
    })
}

fn number(option: &str, text: &str) -> Result<u64, Failure> {
    let parsed = text.parse();
    parsed.map_err(|_| odd(&format!("{option} needs a whole number, not `{text}`")))
}

fn odd(why: &str) -> Failure {
    Failure::Missing(format!("{why}; see cargo xtask parity --help"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Options, Failure> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::read(&words)
    }

    #[test]
    fn without_options_everything_is_replayed() {
        let (random, seed) = (RANDOM, SEED);
        let task = Task::Replay(Lives::All { random, seed });
        let cores = CORES.to_vec();
        assert_eq!(read(""), Ok(Options { task, cores }));
    }

    #[test]
    fn the_help_names_the_defaults_and_every_option() {
        assert!(OPTIONS.contains(&format!("N random lives ({RANDOM})")));
        assert!(OPTIONS.contains(&format!("draw them from S ({SEED})")));
        for option in ["--only", "--core", "--trace", "--accept", "--because"] {
            assert!(OPTIONS.contains(option), "{option}");
        }
    }

    #[test]
    fn options_that_contradict_one_another_are_refused() {
        for line in [
            "--accept --self-test",
            "--accept --only a",
            "--because a",
            "--only a --random 3",
            "--self-test --core lx106",
            "--core z80",
            "--random many",
            "--seed",
            "all",
        ] {
            let refused = matches!(read(line), Err(Failure::Missing(_)));
            assert!(refused, "{line}");
        }
    }

    #[test]
    fn a_name_says_where_its_life_comes_from() {
        let path = "scenarios/a.test.yaml";
        let cases = [
            ("reference life", Origin::Reference),
            (
                "random seed 1 sequence 2",
                Origin::Random {
                    seed: 1,
                    sequence: 2,
                },
            ),
            (path, Origin::Scenario { path, seed: None }),
            (
                "scenarios/a.test.yaml seed 3 node 0",
                Origin::Scenario {
                    path,
                    seed: Some("3"),
                },
            ),
        ];
        for (name, origin) in cases {
            assert_eq!(Origin::of(name), origin);
        }
    }

    #[test]
    fn a_front_of_a_name_ends_with_a_word() {
        let name = "scenarios/wifi/a.test.yaml seed 3 node 0 boot 0";
        for wanted in [name, "scenarios/wifi/", "scenarios/wifi/a.test.yaml seed 3"] {
            assert!(is_named(name, wanted), "{wanted}");
        }
        assert!(!is_named("a seed 30 node 0 boot 0", "a seed 3"));
    }
}
