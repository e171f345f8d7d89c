//! The closing table: what was compared, and what it took on each core.

use std::fmt::Write as _;

use crate::parity::count::Work;
use crate::parity::replay::Replay;

/// Why writing to a string holds.
const SOUND: &str = "a string takes all that is written to it";

/// Lays out what the runs came to; cores by name.
pub(crate) fn table(runs: &[(&str, &Replay)]) -> String {
    let mut text = String::new();
    let mut row = |name: &str, value: &dyn Fn(&Replay) -> String| {
        let cells = runs.iter().map(|(_, run)| format!("{:>28}", value(run)));
        writeln!(text, "{name:<16}{}", cells.collect::<String>()).expect(SOUND);
    };
    row("lives", &|run| run.tally.lives.to_string());
    row("turns", &|run| run.tally.turns.to_string());
    row("bytes equal", &|run| run.tally.bytes.to_string());
    row("instructions", &|run| run.tally.counts.total().to_string());
    row("node, bytes", &|run| run.tally.node.to_string());
    row("stack at boot", &|run| run.tally.stack_of_boot.to_string());
    row("stack of turns", &|run| {
        run.tally.stack_of_turns.to_string()
    });
    row("seconds", &|run| {
        let ms = run.elapsed.as_millis();
        format!("{}.{}", ms / 1000, ms / 100 % 10)
    });
    row("", &|_| "min   median      max".to_owned());
    for work in Work::ALL {
        row(work.name(), &|run| match run.tally.counts.of(work) {
            Some(spread) => format!(
                "{} {:>8} {:>8}",
                spread.min(),
                spread.median(),
                spread.max()
            ),
            None => "never".to_owned(),
        });
    }
    let names = runs.iter().map(|(name, _)| format!("{name:>28}"));
    format!("{:<16}{}\n{text}", "", names.collect::<String>())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use node_wire::Answer;

    use super::*;
    use crate::parity::compare::{Part, Tally};
    use crate::parity::reference;
    use crate::parity::turn::Answers;

    #[test]
    fn the_table_has_a_column_for_each_core() {
        let part = Part::new(reference::life());
        let mut output = Vec::new();
        for (count, answer) in (1000..).zip(Answers::of(part.answers())) {
            let counted = match answer {
                Answer::Turn { standing, .. } => Answer::Turn {
                    instructions: count,
                    standing,
                },
                other @ (Answer::Dumped(_)
                | Answer::Effect(_)
                | Answer::Measured { .. }
                | Answer::Reading(_)
                | Answer::Refused(_)) => other,
            };
            let mut buffer = [0; 1024];
            output.extend_from_slice(counted.encode(&mut buffer).unwrap());
        }
        let mut tally = Tally::default();
        assert_eq!(tally.compare(&[part], &output), Ok(()));
        (tally.node, tally.stack_of_boot, tally.stack_of_turns) = (3000, 10_208, 5600);
        let elapsed = Duration::from_millis(12_345);
        let run = Replay { tally, elapsed };
        insta::assert_snapshot!(table(&[("lx106", &run), ("riscv32-virt", &run)]));
    }
}
