//! Carries out a scenario's steps, with wokwi-cli's sense of time: only `delay`, `wait-serial`
//! and `expect-chip-output` let time pass; everything else takes none.

use nodelab_sim::{NodeId, SimTime};

use crate::bench::Bench;
use crate::scenario::{PinValue, Step, StepCommand};
use crate::verdict::Failure;

/// How the steps ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// A step did not hold.
    Failed(Box<Failure>),
    /// All steps are done.
    Finished,
    /// Simulated time ran out in this step, counted from 1.
    TimedOut {
        at: SimTime,
        step: usize,
        waiting_for: String,
    },
}

/// Conducts steps on a bench.
#[derive(Debug)]
pub(crate) struct Conductor<'a> {
    bench: &'a mut Bench,
    /// When simulated time runs out.
    limit: SimTime,
    /// Where the next `wait-serial` starts to read.
    cursor: usize,
    /// Steps that were skipped because there is no display.
    pub(crate) unsupported: Vec<String>,
}

/// Whether one step was the end.
type Verdict = Result<(), Ending>;

impl<'a> Conductor<'a> {
    pub(crate) const fn new(bench: &'a mut Bench, limit: SimTime) -> Self {
        Self {
            bench,
            limit,
            cursor: 0,
            unsupported: Vec::new(),
        }
    }

    /// Carries out all steps, or those up to the first that fails or takes too long.
    pub(crate) fn conduct(&mut self, steps: &[Step]) -> Ending {
        for (index, step) in steps.iter().enumerate() {
            if let Err(ending) = self.step(index + 1, step) {
                return ending;
            }
        }
        Ending::Finished
    }

    fn step(&mut self, number: usize, step: &Step) -> Verdict {
        match &step.command {
            StepCommand::Delay(span) => {
                let until = self.bench.now().after(*span);
                self.bench.run_until(until.min(self.limit));
                // What was printed meanwhile is past: only text after a step's start counts.
                self.cursor = self.bench.serial().len();
                if until > self.limit {
                    let waiting_for = format!("the end of a delay of {span}");
                    return Err(Ending::TimedOut {
                        at: self.limit,
                        step: number,
                        waiting_for,
                    });
                }
                Ok(())
            }
            StepCommand::WaitSerial(text) => self.wait_serial(number, text),
            StepCommand::ExpectChipOutput(text) => self.wait_chip(number, text),
            StepCommand::WriteSerial(bytes) => {
                self.bench.write_serial(bytes);
                Ok(())
            }
            StepCommand::SetControl {
                part,
                control,
                value,
            } => self
                .bench
                .set_control(part, control, value)
                .map_err(|why| self.failed(step, "the control to be set".to_owned(), why)),
            StepCommand::ExpectPin { part, pin, value } => self.expect_pin(step, part, pin, value),
            StepCommand::TakeScreenshot { .. }
            | StepCommand::Touch { .. }
            | StepCommand::TouchPress { .. }
            | StepCommand::TouchRelease { .. }
            | StepCommand::TouchMove { .. } => {
                let name = step.command.name();
                self.unsupported
                    .push(format!("step {number}: {name}: the node has no display"));
                Ok(())
            }
        }
    }

    fn wait_serial(&mut self, number: usize, text: &str) -> Verdict {
        let needle = text.as_bytes();
        let mut from = self.cursor;
        loop {
            if let Some(end) = find_after(self.bench.serial(), from, needle) {
                self.cursor = end;
                return Ok(());
            }
            // A match may begin in what was printed already.
            from = self
                .bench
                .serial()
                .len()
                .saturating_sub(needle.len())
                .max(self.cursor);
            if !self.bench.step_before(self.limit) {
                self.bench.run_until(self.limit);
                let waiting_for = format!("{text:?} on the console");
                return Err(Ending::TimedOut {
                    at: self.limit,
                    step: number,
                    waiting_for,
                });
            }
        }
    }

    fn wait_chip(&mut self, number: usize, text: &str) -> Verdict {
        let start = self.bench.chip_log().len();
        loop {
            if find_after(self.bench.chip_log(), start, text.as_bytes()).is_some() {
                self.cursor = self.bench.serial().len();
                return Ok(());
            }
            if !self.bench.step_before(self.limit) {
                self.bench.run_until(self.limit);
                let waiting_for = format!("{text:?} in a chip's log");
                return Err(Ending::TimedOut {
                    at: self.limit,
                    step: number,
                    waiting_for,
                });
            }
        }
    }

    fn expect_pin(&mut self, step: &Step, part: &str, pin: &str, value: &PinValue) -> Verdict {
        let expected = match value {
            PinValue::Level(level) => format!("pin {pin} of {part} to be {}", u8::from(*level)),
            PinValue::Never(text) => format!("pin {pin} of {part} to be {text}"),
        };
        let level = self
            .bench
            .read_pin(part, pin)
            .map_err(|why| self.failed(step, expected.clone(), why))?;
        if *value == PinValue::Level(level) {
            return Ok(());
        }
        Err(self.failed(step, expected, u8::from(level).to_string()))
    }

    fn failed(&self, step: &Step, expected: String, seen: String) -> Ending {
        let claim = match &step.name {
            Some(name) => format!("line {}: {} ({name})", step.place.line, step.command.name()),
            None => format!("line {}: {}", step.place.line, step.command.name()),
        };
        let (at, node) = (self.bench.now(), NodeId(0));
        Ending::Failed(Box::new(Failure {
            at,
            claim,
            expected,
            line: u32::try_from(step.place.line).ok(),
            node,
            seen,
        }))
    }
}

/// Returns where `needle` ends, if it lies in `hay` from `from` on.
fn find_after(hay: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    if needle.is_empty() {
        return Some(from);
    }
    let rest = hay.get(from..)?;
    let start = rest
        .windows(needle.len())
        .position(|window| window == needle)?;
    Some(from + start + needle.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_found_after_the_cursor_only() {
        assert_eq!(find_after(b"abcabc", 0, b"bc"), Some(3));
        assert_eq!(find_after(b"abcabc", 2, b"bc"), Some(6));
        assert_eq!(find_after(b"abcabc", 5, b"bc"), None);
        assert_eq!(find_after(b"abc", 3, b""), Some(3));
        assert_eq!(find_after(b"abc", 4, b"x"), None);
    }
}
