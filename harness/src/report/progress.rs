//! A progress bar, for people who wait at a terminal.

use std::io;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::event::{Reporter, RunEvent};
use crate::report::Reporters;
use crate::verdict::Status;

/// How often the bar is drawn while nothing finishes.
const TICK: Duration = Duration::from_millis(200);

/// Draws a bar on standard error, out of the way of what another reporter writes.
#[expect(
    missing_debug_implementations,
    reason = "a reporter has nothing to show"
)]
pub struct Progress {
    bar: ProgressBar,
    failed: u32,
    inner: Reporters,
}

impl Progress {
    /// Builds a bar for `runs` runs, hidden while `inner` writes.
    #[must_use]
    pub fn around(inner: Reporters, runs: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(runs), ProgressDrawTarget::stderr());
        let style =
            ProgressStyle::with_template("{bar:30} {pos}/{len} worlds · {elapsed} · {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(TICK);
        Self {
            bar,
            failed: 0,
            inner,
        }
    }
}

/// A bar that counts things, for work that reports nothing else.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Bar {
    /// Builds a bar on standard error; it shows only on a terminal.
    #[must_use]
    pub fn new(length: usize, things: &str) -> Self {
        let length = u64::try_from(length).ok();
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
        let template = format!("{{bar:30}} {{pos}}/{{len}} {things} · {{elapsed}}");
        let style = ProgressStyle::with_template(&template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self(bar)
    }

    /// Counts one more.
    pub fn advance(&self) {
        self.0.inc(1);
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Reporter for Progress {
    fn on_event(&mut self, event: &RunEvent<'_>) -> io::Result<()> {
        let inner = &mut self.inner;
        self.bar.suspend(|| inner.on_event(event))?;
        match event {
            RunEvent::Finished { outcome, scenario } => {
                self.failed += u32::from(outcome.status != Status::Passed);
                self.bar
                    .set_message(format!("{} failed · {}", self.failed, scenario.name));
                self.bar.inc(1);
            }
            RunEvent::Ended(_) => self.bar.finish_and_clear(),
        }
        Ok(())
    }
}
