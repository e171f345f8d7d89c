//! The text report, for people at a terminal.

use std::io::{self, Write};

use super::broken::{Broken, broken};
use crate::compute::{ComputeSummary, show_clock};
use crate::energy::{EnergySummary, by_charge, percent, show_charge, show_energy, show_life};
use crate::event::{Reporter, RunEvent, ScenarioInfo, Summary, replay_command};
use crate::verdict::{Outcome, Status};

/// Claims that did not hold which are shown in full of one run; the first ones tell the story.
pub(super) const BROKEN_SHOWN: usize = 3;
/// Further claims of it that are named.
pub(super) const BROKEN_NAMED: usize = 50;
/// Lines of a console that a terminal gets.
const TAIL_MAX: usize = 200;
/// Failed worlds of a scenario that have a line, beside the first.
const WORLDS_MAX: u32 = 20;

/// Whether the first node's console is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SerialOutput {
    /// Not at all.
    Hidden,
    /// Before the verdict of each run.
    Shown,
    /// Its last lines before the verdict of each run.
    Tail,
}

/// Writes a line per scenario, and all that failed.
#[expect(missing_debug_implementations, reason = "a writer has nothing to show")]
pub struct TextReport {
    out: Box<dyn Write + Send>,
    colour: bool,
    serial: SerialOutput,
    stats: bool,
    /// Runs of the present scenario that passed, and the last of them.
    passed: Option<(ScenarioInfo, u32, Outcome)>,
    /// The scenario that failed last, and in how many worlds.
    failed: Option<(ScenarioInfo, u32)>,
}

impl TextReport {
    /// Builds a report that is written to `out` as runs finish.
    #[must_use]
    pub fn new(
        out: Box<dyn Write + Send>,
        colour: bool,
        serial: SerialOutput,
        stats: bool,
    ) -> Self {
        Self {
            out,
            colour,
            serial,
            stats,
            passed: None,
            failed: None,
        }
    }

    fn finish_run(&mut self, scenario: &ScenarioInfo, outcome: &Outcome) -> io::Result<()> {
        if self
            .passed
            .as_ref()
            .is_some_and(|(info, _, _)| info != scenario)
        {
            self.flush_passed()?;
        }
        if self
            .failed
            .as_ref()
            .is_some_and(|(info, _)| info != scenario)
        {
            self.flush_failed()?;
        }
        if self.serial != SerialOutput::Hidden {
            self.write_serial(outcome)?;
        }
        if self.stats {
            self.write_stats(outcome)?;
        }
        for what in &outcome.unsupported {
            writeln!(self.out, "      unsupported: {what}")?;
        }
        if outcome.status == Status::Passed {
            let count = self.passed.as_ref().map_or(1, |(_, count, _)| count + 1);
            self.passed = Some((scenario.clone(), count, outcome.clone()));
            if count == scenario.seeds {
                self.flush_passed()?;
            }
            return Ok(());
        }
        self.write_failures(scenario, outcome)
    }

    /// Writes the one line of all runs of a scenario that passed.
    fn flush_passed(&mut self) -> io::Result<()> {
        let Some((scenario, count, last)) = self.passed.take() else {
            return Ok(());
        };
        let word = self.painted("32;1", "PASS");
        let time = last.virtual_time;
        if scenario.seeds == 1 {
            let (seed, digest) = (last.seed, last.digest);
            let name = scenario.name;
            writeln!(
                self.out,
                "{word}  {name} · seed {seed} · {time} simulated · {digest}"
            )?;
        } else {
            let worlds = if count == scenario.seeds {
                format!("{count} worlds")
            } else {
                format!("{count} of {} worlds", scenario.seeds)
            };
            writeln!(
                self.out,
                "{word}  {} · {worlds} · {time} simulated each",
                scenario.name
            )?;
        }
        if let Some(energy) = &last.energy {
            self.write_energy(energy, last.seed)?;
        }
        if let Some(compute) = &last.compute {
            self.write_compute(compute, &last)?;
        }
        self.write_recorded(&last)
    }

    /// Writes how many failed worlds of the last scenario have no line.
    fn flush_failed(&mut self) -> io::Result<()> {
        let worlds = self.failed.take().map_or(0, |(_, worlds)| worlds);
        match worlds.saturating_sub(WORLDS_MAX + 1) {
            0 if worlds > 1 => writeln!(self.out),
            0 => Ok(()),
            1 => writeln!(self.out, "      and 1 more world of this scenario\n"),
            more => writeln!(self.out, "      and {more} more worlds of this scenario\n"),
        }
    }

    fn write_failures(&mut self, scenario: &ScenarioInfo, outcome: &Outcome) -> io::Result<()> {
        let word = match outcome.status {
            Status::Timeout => self.painted("33;1", "TIME"),
            Status::Failed | Status::Passed => self.painted("31;1", "FAIL"),
        };
        let all = broken(&outcome.failures);
        let worlds = self.failed.as_ref().map_or(1, |(_, worlds)| worlds + 1);
        self.failed = Some((scenario.clone(), worlds));
        if worlds > 1 {
            if worlds <= WORLDS_MAX + 1 {
                self.write_further(&word, scenario, outcome, &all)?;
            }
            return self.write_recorded(outcome);
        }
        for one in all.iter().take(BROKEN_SHOWN) {
            self.write_failure(&word, scenario, outcome, one)?;
        }
        let rest = all.get(BROKEN_SHOWN..).unwrap_or(&[]);
        if !rest.is_empty() {
            let more = rest.iter().map(|one| one.times).sum::<usize>();
            writeln!(self.out, "      and {more} more violations of this run:")?;
            for one in rest.iter().take(BROKEN_NAMED) {
                writeln!(self.out, "      {} — {}", one.first.claim, one.how())?;
            }
            let unnamed = rest.len().saturating_sub(BROKEN_NAMED);
            if unnamed > 0 {
                writeln!(self.out, "      and {unnamed} more claims")?;
            }
            writeln!(self.out)?;
        }
        if scenario.seeds == 1 {
            writeln!(self.out, "      digest of this run: {}", outcome.digest)?;
        }
        self.write_recorded(outcome)
    }

    /// Writes the line of a world of a scenario of which another was told in full.
    fn write_further(
        &mut self,
        word: &str,
        scenario: &ScenarioInfo,
        outcome: &Outcome,
        all: &[Broken<'_>],
    ) -> io::Result<()> {
        let Some(one) = all.first() else {
            return Ok(());
        };
        let (seed, at, claim) = (outcome.seed, one.first.at, &one.first.claim);
        let more = match all.len() - 1 {
            0 => String::new(),
            1 => " and 1 more claim".to_owned(),
            more => format!(" and {more} more claims"),
        };
        let replay = replay_command(&scenario.file, seed, at);
        writeln!(
            self.out,
            "{word}  seed {seed} · {at} · {claim}{more} · {replay}"
        )
    }

    fn write_failure(
        &mut self,
        word: &str,
        scenario: &ScenarioInfo,
        outcome: &Outcome,
        one: &Broken<'_>,
    ) -> io::Result<()> {
        let failure = one.first;
        let node = failure
            .node_number()
            .map_or("all nodes".to_owned(), |n| format!("node {n}"));
        let (name, seed, at) = (&scenario.name, outcome.seed, failure.at);
        writeln!(self.out, "{word}  {name} · seed {seed} · {at} · {node}")?;
        writeln!(self.out, "      expected {}", failure.expected)?;
        writeln!(self.out, "      {}", failure.seen)?;
        let replay = replay_command(&scenario.file, seed, at);
        writeln!(self.out, "      claim    {}", failure.claim)?;
        writeln!(self.out, "      replay   {replay}")?;
        if one.times > 1 {
            let often = one.how_often();
            writeln!(self.out, "      repeats  {often}, this is the first")?;
        }
        writeln!(self.out)
    }

    fn write_serial(&mut self, outcome: &Outcome) -> io::Result<()> {
        let text = String::from_utf8_lossy(&outcome.serial);
        let count = text.lines().count();
        let left_out = match self.serial {
            SerialOutput::Tail => count.saturating_sub(TAIL_MAX),
            SerialOutput::Hidden | SerialOutput::Shown => 0,
        };
        if left_out > 0 {
            let lines = if left_out == 1 { "line" } else { "lines" };
            writeln!(
                self.out,
                "… {left_out} {lines} left out; `--serial always` prints all"
            )?;
        }
        for line in text.lines().skip(left_out) {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn write_stats(&mut self, outcome: &Outcome) -> io::Result<()> {
        let stats = outcome.stats;
        write!(
            self.out,
            "      {} nodes, {} events",
            stats.nodes, stats.events
        )?;
        if stats.cpu_ns > 0 {
            #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
            let (seconds, events) = (stats.cpu_ns as f64 / 1e9, stats.events as f64);
            write!(
                self.out,
                ", {seconds:.3} s CPU, {:.2} M events/s",
                events / seconds / 1e6
            )?;
        }
        if let Some(peak) = stats.peak_memory {
            let before = stats.resident_before.unwrap_or(0);
            let each = peak.saturating_sub(before) / u64::from(stats.nodes.max(1));
            write!(
                self.out,
                ", {} KiB peak ({each} B for each node)",
                peak / 1024
            )?;
        }
        writeln!(self.out)
    }

    /// Writes what the nodes of one world drew, and for what.
    fn write_energy(&mut self, energy: &EnergySummary, seed: u64) -> io::Result<()> {
        let (drain, source) = (energy.drain(), energy.source);
        write!(
            self.out,
            "      energy of seed {seed}: {}, {:.3} mA on average",
            show_energy(drain.charge.at(source.supply)),
            drain.charge.as_milliamps_over(drain.powered)
        )?;
        if let Some(each) = energy.per_reading {
            write!(self.out, ", {} for each reading", show_energy(each))?;
        }
        if let (Some(battery), Some(life)) = (source.battery, energy.life) {
            let (capacity, life) = (show_charge(battery.capacity), show_life(life));
            write!(self.out, ", {capacity} last {life}")?;
        }
        let mut separator = ";";
        for (cause, share) in by_charge(&energy.causes) {
            let share = percent(share.charge, drain.charge);
            if share > 0 {
                write!(self.out, "{separator} {} {share} %", cause.as_str())?;
                separator = ",";
            }
        }
        writeln!(self.out)
    }

    /// Writes what the nodes of one world computed on emulated cores.
    fn write_compute(&mut self, compute: &ComputeSummary, outcome: &Outcome) -> io::Result<()> {
        let seed = outcome.seed;
        let instructions = compute.instructions;
        write!(
            self.out,
            "      core of seed {seed}: {instructions} instructions of RV32IMC"
        )?;
        if let Some(each) = compute.per_reading() {
            write!(self.out, ", {each} for each reading")?;
        }
        let clock = show_clock(compute.processor.clock);
        let ms = compute.span().as_secs_f64() * 1e3;
        write!(self.out, ", {ms:.3} ms at {clock}")?;
        if let (Some(charge), Some(energy)) = (compute.charge(), &outcome.energy) {
            let drawn = charge.at(energy.source.supply);
            write!(self.out, ", {:.3} mJ of the energy", drawn.as_millijoules())?;
        }
        writeln!(self.out)
    }

    /// Writes which files hold the run, and what is in them.
    fn write_recorded(&mut self, outcome: &Outcome) -> io::Result<()> {
        let Some(recorded) = &outcome.recorded else {
            return Ok(());
        };
        if let Some((path, counts)) = &recorded.pcap {
            let path = path.display();
            let (frames, bytes) = (counts.frames, counts.bytes);
            writeln!(
                self.out,
                "      capture {path}: {frames} frames, {bytes} bytes"
            )?;
            writeln!(
                self.out,
                "              {} TCP segments, {} TLS records, {} messages to the broker, \
                 {} MQTT packets in the clear",
                counts.tcp_segments, counts.tls_records, counts.mqtt_messages, counts.mqtt_packets
            )?;
        }
        if let Some((path, secrets)) = &recorded.key_log {
            let what = match secrets {
                0 => "nothing, there was no TLS handshake".to_owned(),
                secrets => format!("{secrets} TLS secrets"),
            };
            writeln!(self.out, "      keylog {}: {what}", path.display())?;
        }
        Ok(())
    }

    fn write_summary(&mut self, summary: &Summary) -> io::Result<()> {
        self.flush_passed()?;
        self.flush_failed()?;
        let Summary {
            failed,
            passed,
            timed_out,
            unfinished,
            virtual_time,
        } = *summary;
        let word = match (failed + timed_out, unfinished) {
            (0, 0) => self.painted("32;1", "all claims held"),
            (0, _) => self.painted("33;1", "interrupted"),
            (_, _) => self.painted("31;1", "not every claim held"),
        };
        write!(self.out, "\n{word}: {passed} passed, {failed} failed")?;
        if timed_out > 0 {
            write!(self.out, ", {timed_out} out of time")?;
        }
        if unfinished > 0 {
            write!(self.out, ", {unfinished} not finished")?;
        }
        writeln!(self.out, " ({virtual_time} simulated)")?;
        self.out.flush()
    }

    fn painted(&self, code: &str, word: &str) -> String {
        if self.colour {
            format!("\x1b[{code}m{word}\x1b[0m")
        } else {
            word.to_owned()
        }
    }
}

impl Reporter for TextReport {
    fn on_event(&mut self, event: &RunEvent<'_>) -> io::Result<()> {
        match event {
            RunEvent::Finished { scenario, outcome } => self.finish_run(scenario, outcome),
            RunEvent::Ended(summary) => self.write_summary(summary),
        }
    }
}
