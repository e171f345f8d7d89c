//! What a person does to a world, and how it is saved.
//!
//! Owns the part of the program that changes worlds; a recording cannot be.

use std::path::PathBuf;
use std::sync::Arc;

use nodelab_sim::{Celsius, Fault};

use super::app::App;
use super::driver::{Reply, Wish};
use super::player::Source;
use super::save::{self, Check, Saving};
use super::session::{Doing, Refusal, Session};
use super::view::{Notice, Purpose};
use super::words;
use crate::prepare::Prepared;

impl App {
    /// Returns whether anything can be done by hand, and says why not.
    pub(super) fn may_act(&mut self) -> bool {
        if self.is_recording() {
            self.say_bad(
                "a recording cannot be changed: run its scenario, `nodelab tui FILE`".to_owned(),
            );
            return false;
        }
        self.playing.is_some() && self.pending.is_none()
    }

    /// Returns whether the scenario's time is not over yet, and says so when it is.
    pub(super) fn has_time(&mut self) -> bool {
        let is_over = self.playing.as_ref().is_some_and(|playing| playing.is_over);
        let duration = self.model.duration();
        let has_time = !is_over && (self.model.header.is_none() || self.standing().now < duration);
        if !has_time {
            self.say_bad(Refusal::TimeIsOver.as_str().to_owned());
        }
        has_time
    }

    /// Returns what waits for time to go on, in words.
    pub(super) fn waiting(&self) -> Vec<String> {
        let Some(playing) = &self.playing else {
            return Vec::new();
        };
        let driver = &playing.player.driver;
        let waiting = driver.waiting();
        if waiting.is_empty() {
            return Vec::new();
        }
        let session = driver.session();
        waiting
            .iter()
            .map(|doing| in_words(&session, doing))
            .collect()
    }

    pub(super) fn wish(&mut self, wish: Wish) {
        if !self.may_act() {
            return;
        }
        let Some(playing) = &self.playing else {
            return;
        };
        if playing.is_over {
            self.say_bad(Refusal::TimeIsOver.as_str().to_owned());
        } else {
            playing.player.driver.wish(wish);
        }
    }

    pub(super) fn toggle(&mut self, fault: Fault, of_node: bool) {
        let node = of_node.then(|| self.node());
        self.wish(Wish::Toggle(fault, node));
    }

    pub(super) fn warm(&mut self, by: f64) {
        if !self.may_act() {
            return;
        }
        let session = self
            .playing
            .as_ref()
            .map(|playing| playing.player.driver.session());
        let held = session.and_then(|session| session.held());
        let seen = self.model.nodes.get(self.view.selected);
        let seen = seen.and_then(|node| node.samples.last());
        let seen = seen.map(|sample| f64::from(sample.truth_mc / 100) / 10.0);
        match self.aimed.or(held.map(|held| held.0)).or(seen) {
            Some(now) => match save::bounded(now + by) {
                Ok(temperature) => self.hold(temperature),
                Err(why) => self.say_bad(why),
            },
            None => self.say_bad("nothing was measured yet: t sets a temperature".to_owned()),
        }
    }

    pub(super) fn hold(&mut self, temperature: Celsius) {
        self.aimed = Some(temperature.0);
        self.wish(Wish::Do(Doing::Hold(temperature)));
    }

    pub(super) fn take_replies(&mut self) -> bool {
        let Some(playing) = &self.playing else {
            return false;
        };
        if playing.is_over {
            playing.player.driver.refuse();
        }
        let driver = &playing.player.driver;
        // What was decided last is what is said.
        let Some(reply) = std::iter::from_fn(|| driver.reply()).last() else {
            return false;
        };
        let session = driver.session();
        match reply {
            Reply::Done(at, doing) => {
                self.is_unsaved = true;
                let words = in_words(&session, &doing);
                self.say(format!("{words} at {}", words::clock_ms(at)));
            }
            Reply::Pending(doing) => {
                self.is_unsaved = true;
                let words = in_words(&session, &doing);
                self.say(format!("{words}, as soon as time goes on"));
            }
            Reply::TakenBack(doing) => {
                self.is_unsaved &= !session.deeds().is_empty();
                self.say(format!("taken back: {}", in_words(&session, &doing)));
            }
            Reply::Refused(why) => self.say_bad(why.as_str().to_owned()),
        }
        true
    }

    pub(super) fn prepared(&self) -> Option<(Arc<Prepared>, u64)> {
        match &self.playing.as_ref()?.source {
            Source::Live { prepared, seed } => Some((Arc::clone(prepared), *seed)),
            Source::Recording { .. } => None,
        }
    }

    pub(super) fn ask_where_to_save(&mut self) {
        if self.may_act()
            && let Some((prepared, _)) = self.prepared()
        {
            let path = save::suggested(&prepared);
            self.ask(Purpose::Save, path.display().to_string());
        }
    }

    pub(super) fn save(&mut self, path: &str) {
        let Some(playing) = &self.playing else {
            return;
        };
        let session = playing.player.driver.session();
        let Some((prepared, seed)) = self.prepared() else {
            return;
        };
        match Saving::begin(prepared, seed, session, PathBuf::from(path)) {
            Ok(saving) => {
                self.saving = Some(saving);
                self.say(format!("saved to {path}; running it to compare digests …"));
            }
            Err(why) => self.say_bad(why),
        }
    }

    pub(super) fn check_saving(&mut self) -> bool {
        let Some(check) = self.saving.as_ref().and_then(Saving::poll) else {
            return false;
        };
        self.saving = None;
        match check {
            Check::Same { path, digest } => {
                self.is_unsaved = false;
                self.view.notice = Some(Notice {
                    text: format!("digest {digest}: nodelab run {}", path.display()),
                    is_bad: false,
                    until: None,
                });
            }
            Check::Failed(why) => self.say_bad(why),
        }
        true
    }
}

/// Returns what was done in words, with what it ends.
fn in_words(session: &Session, doing: &Doing) -> String {
    if let Doing::End { of } = doing
        && let Some(Doing::Strike { fault, .. }) = session.deeds().get(*of).map(|deed| &deed.what)
    {
        return format!("{} ends", fault.as_str());
    }
    told(doing)
}

/// Returns what was done in words.
fn told(doing: &Doing) -> String {
    match doing {
        Doing::End { .. } => "mended".to_owned(),
        Doing::Hold(Celsius(celsius)) => format!("air held at {celsius} °C"),
        Doing::Strike {
            fault,
            node: Some(node),
        } => format!("{} of node {}", fault.as_str(), node.0),
        Doing::Strike { fault, node: None } => fault.as_str().to_owned(),
        Doing::Type { node, bytes } => {
            let text = String::from_utf8_lossy(bytes);
            let text = words::shortened(text.trim_end());
            format!("`{text}` typed at node {}", node.0)
        }
    }
}
