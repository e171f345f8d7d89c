//! The reference life, and the instructions that each core may take for it.
//!
//! Owns the committed file and its one rule: against what is recorded, nothing grows by more than
//! 2 % with the same compiler. What is recorded grows only together with a line of the changelog,
//! which the file quotes; so many small steps cannot add up unseen. Does not run anything.

use std::collections::BTreeMap;

use node_core::{
    AdcCode, CloseReason, Config, Input, Instant, LinkLoss, ReportConfig, Text, UnixTime,
};
use serde_json::{Value, json};

use crate::parity::count::{Counts, Work};
use crate::parity::life::Life;
use crate::parity::world::World;

/// The committed file.
pub(crate) const FILE: &str = "firmware/instructions.json";
/// Where a growth is explained.
pub(crate) const CHANGELOG: &str = "CHANGELOG.md";
/// The name of the reference life.
pub(crate) const NAME: &str = "reference life";
/// How much anything may grow, in percent.
const GROWTH_MAX_PERCENT: u64 = 2;
/// Shortest quotation that can be told from a coincidence.
const QUOTATION_MIN: usize = 20;
/// Times that the node of the reference life is woken; most are readings.
const ROUNDS: u64 = 96;
/// Answers that it gets before it is woken again.
const STEPS_MAX: usize = 16;

/// What a core took for the reference life.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Measured {
    /// The core's name.
    pub(crate) core: String,
    /// What made its image.
    pub(crate) compiler: String,
    /// Mean instructions by the name of the work, rounded to nearest.
    pub(crate) instructions: BTreeMap<String, u64>,
}

/// What the committed file says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Record {
    /// Quotes the line of the changelog that explains the last growth.
    because: Option<String>,
    cores: BTreeMap<String, Measured>,
}

/// What a comparison with the record came to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Judgement {
    /// What fails the check.
    pub(crate) failures: Vec<String>,
    /// What does not, and is worth a line.
    pub(crate) remarks: Vec<String>,
}

/// Leads the reference life: a kind world in which everything happens at least once.
pub(crate) fn life() -> Life {
    let fits = "the text is short";
    let report = ReportConfig {
        client_id: Text::new("node-1").expect(fits),
        topic: Text::new("room/1/temperature").expect(fits),
        ..ReportConfig::default()
    };
    let config = Config {
        report: Some(report),
        ..Config::default()
    };
    let mut world = World::boot(&config, 1, Instant::ZERO);
    for round in 0..ROUNDS {
        match round {
            4 => {
                let civil = UnixTime::from_millis(1_790_000_000_000);
                world.tell(Input::TimeKnown(civil));
            }
            8 => world.tell(Input::SerialRead(b"status\r")),
            16 => world.tell(Input::StreamClosed(CloseReason::Reset)),
            32 => world.tell(Input::LinkDown(LinkLoss::BeaconsLost)),
            _ => {}
        }
        world.wake();
        let code = AdcCode(240 + u16::from((round % 5).to_le_bytes()[0]));
        for _ in 0..STEPS_MAX {
            if world.owed.is_nothing() {
                break;
            }
            world.oblige(code);
        }
    }
    world.into_life(NAME)
}

impl Measured {
    /// Takes the means of a run of the reference life.
    pub(crate) fn of(core: &str, compiler: &str, counts: &Counts) -> Self {
        let mean = |work: Work| Some((work.name().to_owned(), counts.of(work)?.mean()));
        Self {
            core: core.to_owned(),
            compiler: compiler.to_owned(),
            instructions: Work::ALL.into_iter().filter_map(mean).collect(),
        }
    }
}

impl Record {
    /// Reads the committed file.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let odd = |what: &str| format!("{FILE}: {what}");
        let file: Value = serde_json::from_str(text).map_err(|error| odd(&error.to_string()))?;
        let cores = file["cores"].as_object().ok_or_else(|| odd("no `cores`"))?;
        let mut record = Self {
            because: file["because"].as_str().map(str::to_owned),
            cores: BTreeMap::new(),
        };
        for (core, entry) in cores {
            let compiler = entry["compiler"]
                .as_str()
                .ok_or_else(|| odd("no `compiler`"))?;
            let listed = entry["instructions"].as_object();
            let listed = listed.ok_or_else(|| odd("no `instructions`"))?;
            let number = |(name, value): (&String, &Value)| Some((name.clone(), value.as_u64()?));
            let instructions = listed.iter().map(number).collect::<Option<_>>();
            let measured = Measured {
                core: core.clone(),
                compiler: compiler.to_owned(),
                instructions: instructions.ok_or_else(|| odd("not a number of instructions"))?,
            };
            record.cores.insert(core.clone(), measured);
        }
        Ok(record)
    }

    /// Returns the file's text.
    pub(crate) fn text(&self) -> String {
        let entry = |measured: &Measured| {
            json!({
                "compiler": measured.compiler,
                "instructions": measured.instructions,
            })
        };
        let cores = self.cores.iter();
        let cores: BTreeMap<_, _> = cores
            .map(|(core, entry_of)| (core, entry(entry_of)))
            .collect();
        let file = json!({
            "because": self.because,
            "cores": cores,
            "life": NAME,
        });
        format!("{file:#}\n")
    }

    /// Compares what a core took with what is recorded.
    pub(crate) fn judge(&self, measured: &Measured) -> Judgement {
        let mut judgement = Judgement::default();
        let core = &measured.core;
        let Some(recorded) = self.cores.get(core) else {
            let accept = "cargo xtask parity --accept";
            let failure = format!("{core} has no entry in {FILE}; to add it: {accept}");
            judgement.failures.push(failure);
            return judgement;
        };
        let is_same = recorded.compiler == measured.compiler;
        if !is_same {
            judgement.remarks.push(format!(
                "{core}: {FILE} is of {}, this is {}: growth is told and fails nothing",
                recorded.compiler, measured.compiler
            ));
        }
        let mut shrunk = 0;
        for (work, now) in &measured.instructions {
            let Some(before) = recorded.instructions.get(work) else {
                judgement
                    .failures
                    .push(format!("{core}: {FILE} does not know `{work}`"));
                continue;
            };
            let line = || {
                format!(
                    "{core}: {work}: {before} → {now} ({})",
                    percent(*before, *now)
                )
            };
            if now * 100 > before * (100 + GROWTH_MAX_PERCENT) {
                if is_same {
                    judgement.failures.push(line());
                } else {
                    judgement.remarks.push(line());
                }
            }
            shrunk += usize::from(now < before);
        }
        for work in recorded.instructions.keys() {
            if !measured.instructions.contains_key(work) {
                judgement
                    .failures
                    .push(format!("{core}: `{work}` did not occur"));
            }
        }
        if is_same && shrunk > 0 {
            judgement.remarks.push(format!(
                "{core}: {shrunk} kinds of work take less than recorded; to keep that: \
                 cargo xtask parity --accept"
            ));
        }
        judgement
    }

    /// Checks that the changelog has the line that the file quotes.
    ///
    /// # Errors
    ///
    /// Says that it has not.
    pub(crate) fn check_quotation(&self, changelog: &str) -> Result<(), String> {
        match &self.because {
            Some(because) if !quotes(changelog, because) => Err(format!(
                "{FILE} explains a growth with a line that {CHANGELOG} does not have: {because}"
            )),
            _ => Ok(()),
        }
    }

    /// Returns the record with new figures.
    ///
    /// # Errors
    ///
    /// With the same compiler nothing may have grown, by however little, without a quotation of
    /// the changelog.
    pub(crate) fn accept(
        mut self,
        measured: Vec<Measured>,
        because: Option<&str>,
        changelog: &str,
    ) -> Result<Self, String> {
        let grown = measured.iter().flat_map(|new| self.grown(new));
        let grown: Vec<String> = grown.collect();
        match because {
            Some(because) => {
                find_quotation(changelog, because)?;
                self.because = Some(because.to_owned());
            }
            None if grown.is_empty() => {}
            None => {
                return Err(format!(
                    "these take more instructions than recorded:\n  {}\nsay why in {CHANGELOG} \
                     and quote it: cargo xtask parity --accept --because 'WORDS OF THE LINE'",
                    grown.join("\n  ")
                ));
            }
        }
        for new in measured {
            self.cores.insert(new.core.clone(), new);
        }
        Ok(self)
    }

    /// Names what takes more than recorded with the same compiler.
    fn grown(&self, new: &Measured) -> Vec<String> {
        let recorded = self.cores.get(&new.core);
        let Some(recorded) = recorded.filter(|old| old.compiler == new.compiler) else {
            return Vec::new();
        };
        let pairs = new.instructions.iter().filter_map(|(work, now)| {
            let before = recorded.instructions.get(work)?;
            let growth = percent(*before, *now);
            let core = &new.core;
            (now > before).then(|| format!("{core}: {work}: {before} → {now} ({growth})"))
        });
        pairs.collect()
    }
}

/// Looks for words of the changelog.
///
/// # Errors
///
/// That they are not there, or too few.
pub(crate) fn find_quotation(changelog: &str, because: &str) -> Result<(), String> {
    if quotes(changelog, because) {
        return Ok(());
    }
    Err(format!(
        "{CHANGELOG} has no line with these words, {QUOTATION_MIN} letters at least: {because}"
    ))
}

/// Returns whether a text has these words in this order, wherever its lines break.
fn quotes(text: &str, words: &str) -> bool {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = flat(words);
    words.chars().count() >= QUOTATION_MIN && flat(text).contains(&words)
}

/// Says how much a number grew, in percent with two decimals, rounded up.
fn percent(before: u64, now: u64) -> String {
    let (sign, change) = if now < before {
        ("-", before - now)
    } else {
        ("+", now - before)
    };
    let hundredths = (change * 10_000).div_ceil(before.max(1));
    format!("{sign}{}.{:02} %", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::root::root;

    const BECAUSE: &str = "Readings are rounded twice, for good measure.";

    fn measured(compiler: &str, sample: u64) -> Measured {
        Measured {
            core: "lx106".to_owned(),
            compiler: compiler.to_owned(),
            instructions: BTreeMap::from([("per sample".to_owned(), sample)]),
        }
    }

    fn record() -> Record {
        let first = vec![measured("rustc 1.96", 10_000)];
        Record::default().accept(first, None, "").unwrap()
    }

    #[test]
    fn a_growth_above_2_percent_fails_and_says_by_how_much() {
        let judged = |sample| record().judge(&measured("rustc 1.96", sample)).failures;
        assert_eq!(judged(10_190), Vec::<String>::new());
        assert_eq!(judged(10_200), Vec::<String>::new());
        assert_eq!(
            judged(10_210),
            ["lx106: per sample: 10000 → 10210 (+2.10 %)"]
        );
    }

    #[test]
    fn another_compiler_is_told_and_fails_nothing() {
        let judgement = record().judge(&measured("rustc 1.97", 20_000));
        assert_eq!(judgement.failures, Vec::<String>::new());
        assert_eq!(judgement.remarks.len(), 2);
        assert!(judgement.remarks[1].contains("+100.00 %"));
    }

    #[test]
    fn less_is_worth_a_remark() {
        let judgement = record().judge(&measured("rustc 1.96", 9_999));
        assert_eq!(judgement.failures, Vec::<String>::new());
        assert!(judgement.remarks[0].contains("--accept"));
    }

    #[test]
    fn work_and_cores_that_are_missing_on_one_side_fail() {
        let mut other = measured("rustc 1.96", 1);
        other.instructions = BTreeMap::from([("per publish".to_owned(), 1)]);
        assert_eq!(record().judge(&other).failures.len(), 2);
        other.core = "z80".to_owned();
        assert_eq!(record().judge(&other).failures.len(), 1);
    }

    #[test]
    fn the_record_grows_only_with_a_line_of_the_changelog() {
        let grown = || vec![measured("rustc 1.96", 10_001)];
        let log = "- Readings are rounded\n  twice, for good measure. Really.\n";
        assert!(record().accept(grown(), None, log).is_err());
        assert!(record().accept(grown(), Some(BECAUSE), "").is_err());
        assert!(record().accept(grown(), Some("Readings"), log).is_err());
        let accepted = record().accept(grown(), Some(BECAUSE), log).unwrap();
        assert_eq!(accepted.check_quotation(log), Ok(()));
        assert!(accepted.check_quotation("").is_err());
    }

    #[test]
    fn less_and_other_compilers_need_no_line() {
        let less = vec![measured("rustc 1.96", 9_000)];
        assert!(record().accept(less, None, "").is_ok());
        let other = vec![measured("rustc 1.97", 11_000)];
        assert!(record().accept(other, None, "").is_ok());
    }

    #[test]
    fn the_file_can_be_read_back() {
        let log = format!("- {BECAUSE}");
        let record = record().accept(Vec::new(), Some(BECAUSE), &log).unwrap();
        assert_eq!(Record::read(&record.text()), Ok(record));
    }

    #[test]
    fn the_committed_file_quotes_the_changelog() {
        let file = |name| fs::read_to_string(root().join(name)).unwrap();
        let record = Record::read(&file(FILE)).unwrap();
        assert_eq!(record.check_quotation(&file(CHANGELOG)), Ok(()));
    }

    #[test]
    fn the_reference_life_has_work_of_every_kind() {
        use crate::parity::compare::{Part, Tally};
        use crate::parity::count::Spread;
        let part = Part::new(life());
        let output = part.answers().to_vec();
        let mut tally = Tally::default();
        assert_eq!(tally.compare(&[part], &output), Ok(()));
        for work in Work::ALL {
            assert!(tally.counts.of(work).is_some(), "{}", work.name());
        }
        let count = |work| tally.counts.of(work).map_or(0, Spread::count);
        assert!(count(Work::Sample) >= 32, "{}", count(Work::Sample));
        assert!(count(Work::Publish) >= 32, "{}", count(Work::Publish));
    }
}
