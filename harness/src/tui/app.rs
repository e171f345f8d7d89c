//! The program behind the screen: what is played, what was told, what is shown.
//!
//! Owns the state, and what each command does to it. Draws nothing, and reads no terminal.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nodelab_sim::analog::Tmp36Fault;
use nodelab_sim::{Fault, NodeId, SimSpan, SimTime};

use super::clock;
use super::driver::{Motion, Standing, Target, Wish};
use super::keys::Command;
use super::model::Model;
use super::pace::Pace;
use super::player::{Played, Player, Source};
use super::save::{self, Saving};
use super::session::Doing;
use super::view::{Notice, Page, Prompt, Purpose, Tab, View, ZOOMS};
use crate::prepare::Prepared;

/// Real time that taking lines may take before the screen is drawn again.
const TAKE_MAX: Duration = Duration::from_millis(12);
/// How long something that was said stays.
const NOTICE: Duration = Duration::from_secs(6);
/// Winding back shows how far it has come after so much real time.
const PATIENCE: Duration = Duration::from_millis(250);

/// Something that can be played.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The file, as it was named.
    pub file: String,
    /// What it claims.
    pub name: String,
    /// How it is played.
    pub(crate) source: Source,
}

impl Choice {
    /// Offers a scenario with a seed; `None` is its first.
    #[must_use]
    pub fn scenario(prepared: Prepared, seed: Option<u64>) -> Self {
        let scenario = &prepared.scenario;
        Self {
            file: scenario.file.name().to_owned(),
            name: scenario.name.clone(),
            source: Source::Live {
                seed: seed.unwrap_or(scenario.extension.seed),
                prepared: Arc::new(prepared),
            },
        }
    }

    /// Offers a recording: the world of this seed in it; `None` is the first.
    #[must_use]
    pub fn recording(path: PathBuf, seed: Option<u64>) -> Self {
        Self {
            file: path.display().to_string(),
            name: "a recording".to_owned(),
            source: Source::Recording { path, seed },
        }
    }
}

/// Returns the numbers of the choices whose name or file holds a text.
#[must_use]
pub(crate) fn found(choices: &[Choice], text: &str) -> Vec<usize> {
    let text = text.to_lowercase();
    let holds = |words: &str| words.to_lowercase().contains(&text);
    let is_found = |choice: &Choice| holds(&choice.name) || holds(&choice.file);
    let numbers = choices.iter().enumerate();
    numbers
        .filter(|(_, choice)| is_found(choice))
        .map(|(number, _)| number)
        .collect()
}

/// The program.
#[derive(Debug)]
pub struct App {
    /// What can be played.
    pub(crate) choices: Vec<Choice>,
    /// What is shown.
    pub(crate) view: View,
    /// What was told.
    pub(crate) model: Model,
    /// What is played.
    pub(super) playing: Option<Playing>,
    /// What takes its place when it has come as far as it should.
    pub(super) pending: Option<Pending>,
    /// How time passes when it does.
    motion: Motion,
    /// How time passes when a world begins.
    begins: Motion,
    /// The temperature that was asked for last.
    pub(super) aimed: Option<f64>,
    pub(super) saving: Option<Saving>,
    /// Whether something was done that is not saved.
    pub(super) is_unsaved: bool,
    warned: bool,
    /// Whether the program should leave the terminal.
    pub(crate) leaving: Option<Leaving>,
}

/// Why the program leaves the terminal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Leaving {
    /// The person is done.
    Quit,
    /// Until the shell continues it.
    Suspended,
}

/// What is played.
#[derive(Debug)]
pub(super) struct Playing {
    pub(super) player: Player,
    pub(super) source: Source,
    pub(super) is_over: bool,
}

/// A world that is run again up to a moment.
#[derive(Debug)]
pub(super) struct Pending {
    player: Player,
    model: Model,
    to: SimTime,
    since: Instant,
}

impl App {
    /// Builds the program for what can be played; a single thing is played at once.
    #[must_use]
    pub fn new(choices: Vec<Choice>, pace: Pace) -> Self {
        Self::beginning(choices, pace, Motion::Running(pace))
    }

    /// Builds the program in which time stands still at the beginning of each world.
    pub(crate) fn still(choices: Vec<Choice>, pace: Pace) -> Self {
        Self::beginning(choices, pace, Motion::Paused)
    }

    fn beginning(choices: Vec<Choice>, pace: Pace, begins: Motion) -> Self {
        let mut app = Self {
            choices,
            view: View {
                page: Page::Pick,
                ..View::default()
            },
            model: Model::default(),
            playing: None,
            pending: None,
            motion: Motion::Running(pace),
            begins,
            aimed: None,
            saving: None,
            is_unsaved: false,
            warned: false,
            leaving: None,
        };
        if app.choices.len() == 1 {
            app.choose(0);
        }
        app
    }

    /// Plays one of the choices.
    pub(crate) fn choose(&mut self, index: usize) {
        let Some(choice) = self.choices.get(index) else {
            return;
        };
        let source = choice.source.clone();
        let player = Player::start(&source, source.session(), self.begins);
        self.playing = Some(Playing {
            player,
            source,
            is_over: false,
        });
        self.aimed = None;
        self.model = Model::default();
        self.warned = false;
        self.view = View {
            page: Page::Node,
            choice: index,
            sought: std::mem::take(&mut self.view.sought),
            ..View::default()
        };
    }

    /// Returns how the world stands.
    #[must_use]
    pub(crate) fn standing(&self) -> Standing {
        let idle = Standing {
            motion: Motion::Paused,
            now: self.model.now,
        };
        let Some(playing) = &self.playing else {
            return idle;
        };
        if playing.is_over {
            return idle;
        }
        playing.player.driver.standing()
    }

    /// Returns whether a recording is played, which nobody can change.
    #[must_use]
    pub(crate) fn is_recording(&self) -> bool {
        let playing = self.playing.as_ref();
        playing.is_some_and(|playing| matches!(playing.source, Source::Recording { .. }))
    }

    /// Returns what was done by hand and when, for the timeline.
    #[must_use]
    pub(crate) fn deeds(&self) -> Vec<SimTime> {
        let session = self
            .playing
            .as_ref()
            .map(|playing| playing.player.driver.session());
        session.map_or_else(Vec::new, |session| {
            session.deeds().iter().map(|deed| deed.at).collect()
        })
    }

    /// Returns how far winding back has come, from 0 to 1, if it takes long.
    #[must_use]
    pub(crate) fn progress(&self) -> Option<f64> {
        let pending = self.pending.as_ref()?;
        if clock::now() - pending.since < PATIENCE {
            return None;
        }
        let now = pending.player.driver.now().as_secs_f64();
        Some((now / pending.to.as_secs_f64().max(1e-9)).clamp(0.0, 1.0))
    }

    /// Returns whether nothing changes until something is asked for.
    pub(crate) fn rests(&self) -> bool {
        let waits = self.pending.is_some() || self.saving.is_some();
        let playing = self.playing.as_ref();
        !waits && playing.is_none_or(|playing| playing.is_over || playing.player.driver.rests())
    }

    /// Takes what there is; returns whether anything changed, and whether more is waiting.
    pub(crate) fn update(&mut self) -> (bool, bool) {
        let began = clock::now();
        let mut changed = self.wind_back(began);
        changed |= self.check_saving();
        let mut more = false;
        while let Some(playing) = self.playing.as_mut().filter(|playing| !playing.is_over) {
            match playing.player.poll() {
                Played::Lines(lines) => {
                    changed = true;
                    for line in lines {
                        self.model.apply(line);
                    }
                }
                Played::Nothing => break,
                Played::Over(why) => {
                    changed = true;
                    playing.is_over = true;
                    if let Some(why) = why {
                        self.say_bad(why);
                    }
                }
            }
            if clock::now() - began > TAKE_MAX {
                more = true;
                break;
            }
        }
        changed |= self.take_replies();
        if let Some(notice) = &self.view.notice
            && notice.until.is_some_and(|until| until < began)
        {
            self.view.notice = None;
            changed = true;
        }
        let is_moving = !matches!(self.standing().motion, Motion::Paused);
        (changed || is_moving, more)
    }

    /// Takes what a world that is run again told; puts it in place when it is there.
    fn wind_back(&mut self, began: Instant) -> bool {
        let Some(pending) = &mut self.pending else {
            return false;
        };
        // Looked at first: whatever it told before is taken below.
        let is_there = pending.player.driver.rests();
        loop {
            match pending.player.poll() {
                Played::Lines(lines) => {
                    for line in lines {
                        pending.model.apply(line);
                    }
                }
                Played::Nothing if !is_there => return true,
                Played::Nothing | Played::Over(_) => break,
            }
            if clock::now() - began > TAKE_MAX {
                return true;
            }
        }
        let there = self.pending.take().expect("it was looked at above");
        if let Some(playing) = &mut self.playing {
            playing.player = there.player;
            playing.is_over = false;
            self.model = there.model;
            let last = self.model.nodes.len().saturating_sub(1);
            self.view.selected = self.view.selected.min(last);
        }
        true
    }

    /// Runs the world again up to a moment, and holds time there.
    fn rewind_to(&mut self, to: SimTime) {
        let Some(playing) = &self.playing else {
            return;
        };
        self.aimed = None;
        playing.player.driver.drive(Motion::Paused);
        let session = playing.player.driver.session().rewound();
        let player = Player::start(&playing.source, session, Motion::Seek(to));
        self.pending = Some(Pending {
            player,
            model: Model::default(),
            to,
            since: clock::now(),
        });
    }

    /// Goes to a moment, back or forth.
    pub(crate) fn seek(&mut self, to: SimTime) {
        self.view.notice = None;
        let now = self
            .pending
            .as_ref()
            .map_or_else(|| self.standing().now, |pending| pending.to);
        if to < now {
            self.rewind_to(to);
        } else if self.pending.is_none() {
            self.drive(Motion::Seek(to));
        }
    }

    fn drive(&mut self, motion: Motion) {
        let Some(playing) = &self.playing else {
            return;
        };
        if playing.is_over {
            self.say("this world is over: ← goes back in time, q quits".to_owned());
        } else {
            playing.player.driver.drive(motion);
        }
    }

    /// Does what a key asks for.
    pub(crate) fn obey(&mut self, command: Command) {
        self.warned &= matches!(command, Command::Leave | Command::Quit);
        match command {
            Command::AccessPoint => self.toggle(Fault::AccessPointDown, false),
            Command::Broker => self.toggle(
                Fault::BrokerDown {
                    keep_sessions: true,
                },
                false,
            ),
            Command::Colder => self.warm(-1.0),
            Command::Console => self.ask(Purpose::Console, String::new()),
            Command::End => self.drive(Motion::Seek(SimTime::MAX)),
            Command::Filter if self.view.page == Page::Pick => {
                self.ask(Purpose::Scenario, self.view.sought.clone());
            }
            Command::Filter => self.ask(Purpose::Filter, self.view.filter.clone()),
            Command::Fleet => self.turn(),
            Command::Help => self.view.help = !self.view.help,
            Command::Home => self.rewind_to(SimTime::ZERO),
            Command::JumpEvent => self.drive(Motion::Jump(Target::Event)),
            Command::JumpFault => self.drive(Motion::Jump(Target::Fault)),
            Command::Leave => self.leave(),
            Command::Metric => self.view.metric = self.view.metric.next(),
            Command::Move(columns, rows) => self.select(columns, rows),
            Command::Node(by) => self.select(by, 0),
            Command::Pace(pace) => {
                self.motion = Motion::Running(pace);
                self.drive(self.motion);
            }
            Command::Pause => self.pause(),
            Command::Power => self.toggle(Fault::PowerCut, true),
            Command::Quit => self.quit(),
            Command::Reset => {
                let node = Some(self.node());
                let fault = Fault::Reset;
                self.wish(Wish::Do(Doing::Strike { fault, node }));
            }
            Command::Save => self.ask_where_to_save(),
            Command::Scroll(pages) => self.scroll(i32::from(pages) * 5),
            Command::Scrub(tenths) => self.scrub(tenths),
            Command::Sensor => self.toggle(Fault::Sensor(Tmp36Fault::Open), true),
            Command::Step => self.drive(Motion::Jump(Target::Anything)),
            Command::Suspend => self.leaving = Some(Leaving::Suspended),
            Command::Tab => {
                self.view.tab = self.view.tab.next();
                self.view.scroll = 0;
            }
            Command::Temperature => self.ask(Purpose::Temperature, String::new()),
            Command::Warmer => self.warm(1.0),
            Command::Zoom(by) => {
                let zoom = self.view.zoom_at(self.standing().now);
                let zoom = zoom.saturating_add_signed(by.into());
                self.view.zoom = Some(zoom.min(ZOOMS.len() - 1));
            }
        }
    }

    /// Does with a text what it was asked for.
    pub(crate) fn answer(&mut self, prompt: Prompt) {
        match prompt.purpose {
            Purpose::Console => {
                let bytes = format!("{}\n", prompt.text).into_bytes();
                let node = self.node();
                self.wish(Wish::Do(Doing::Type { node, bytes }));
                // Whoever talks to a node says more than one line: letters are no keys until Esc.
                self.ask(Purpose::Console, String::new());
            }
            Purpose::Filter => {
                self.view.filter = prompt.text;
                self.view.tab = Tab::Log;
                self.view.scroll = 0;
            }
            Purpose::Scenario => {
                self.seek_scenario(prompt.text);
                if self.found().contains(&self.view.choice) {
                    self.choose(self.view.choice);
                }
            }
            Purpose::Save => self.save(&prompt.text),
            Purpose::Temperature => match save::temperature(&prompt.text) {
                Ok(temperature) => self.hold(temperature),
                Err(why) => self.say_bad(why),
            },
        }
    }

    /// Scrolls the list by lines, up when positive.
    pub(crate) fn scroll(&mut self, lines: i32) {
        let scroll = i32::try_from(self.view.scroll).unwrap_or(i32::MAX);
        let scroll = scroll.saturating_add(lines).max(0);
        self.view.scroll = usize::try_from(scroll).unwrap_or(0);
    }

    pub(crate) fn say(&mut self, text: String) {
        self.view.notice = Some(Notice {
            text,
            is_bad: false,
            until: Some(clock::now() + NOTICE),
        });
    }

    pub(crate) fn say_bad(&mut self, text: String) {
        self.view.notice = Some(Notice {
            text,
            is_bad: true,
            until: Some(clock::now() + 2 * NOTICE),
        });
    }

    pub(super) fn ask(&mut self, purpose: Purpose, text: String) {
        let changes_nothing = matches!(purpose, Purpose::Filter | Purpose::Scenario);
        let needs_time = matches!(purpose, Purpose::Console | Purpose::Temperature);
        if changes_nothing || self.may_act() && (!needs_time || self.has_time()) {
            if purpose == Purpose::Console {
                self.view.tab = Tab::Console;
            }
            self.view.prompt = Some(Prompt { purpose, text });
        }
    }

    fn pause(&mut self) {
        let motion = match self.standing().motion {
            Motion::Paused => self.motion,
            Motion::Jump(_) | Motion::Running(_) | Motion::Seek(_) => Motion::Paused,
        };
        self.drive(motion);
    }

    fn scrub(&mut self, tenths: i8) {
        let now = self
            .pending
            .as_ref()
            .map_or_else(|| self.standing().now, |pending| pending.to);
        let step = self.view.window(now).as_nanos() / 10;
        let by = step * u64::from(tenths.unsigned_abs());
        let to = if tenths < 0 {
            SimTime::from_nanos(now.as_nanos().saturating_sub(by))
        } else {
            now.after(SimSpan::from_nanos(by))
        };
        self.seek(to);
    }

    fn turn(&mut self) {
        self.view.page = match self.view.page {
            Page::Fleet => Page::Node,
            Page::Node => Page::Fleet,
            Page::Pick => Page::Pick,
        };
    }

    /// Returns the numbers of the scenarios that hold what is sought.
    #[must_use]
    pub(super) fn found(&self) -> Vec<usize> {
        found(&self.choices, &self.view.sought)
    }

    /// Looks for scenarios that hold a text.
    pub(super) fn seek_scenario(&mut self, text: String) {
        self.view.sought = text;
        // The chosen one is always among those that are shown.
        self.select(0, 0);
    }

    fn select(&mut self, columns: i8, rows: i8) {
        if self.view.page == Page::Pick {
            let found = self.found();
            let place = found.iter().position(|index| *index == self.view.choice);
            let place = place.unwrap_or(0).saturating_add_signed(rows.into());
            if let Some(choice) = found.get(place).or_else(|| found.last()) {
                self.view.choice = *choice;
            }
            return;
        }
        if rows != 0 && self.view.page == Page::Node {
            self.scroll(-i32::from(rows));
            return;
        }
        let width = self.view.areas.fleet.map_or(1, |grid| grid.columns());
        let width = isize::try_from(width).unwrap_or(1);
        let by = isize::from(columns) + isize::from(rows) * width;
        let last = self.model.nodes.len().saturating_sub(1);
        self.view.selected = self.view.selected.saturating_add_signed(by).min(last);
        self.view.scroll = 0;
    }

    pub(super) fn node(&self) -> NodeId {
        NodeId(u32::try_from(self.view.selected).unwrap_or(0))
    }

    /// Returns whether there is a list of scenarios to go back to.
    #[must_use]
    pub(crate) const fn has_list(&self) -> bool {
        self.choices.len() > 1
    }

    /// Goes back to the list, if there is one; otherwise ends the program.
    fn leave(&mut self) {
        if self.view.page == Page::Pick || !self.has_list() {
            self.quit();
            return;
        }
        if self.warns() {
            return;
        }
        self.playing = None;
        self.pending = None;
        self.saving = None;
        self.is_unsaved = false;
        self.model = Model::default();
        self.view = View {
            page: Page::Pick,
            choice: self.view.choice,
            sought: std::mem::take(&mut self.view.sought),
            ..View::default()
        };
    }

    fn quit(&mut self) {
        if !self.warns() {
            self.leaving = Some(Leaving::Quit);
        }
    }

    /// Says once that what was done is not saved; returns whether it did.
    fn warns(&mut self) -> bool {
        let warns = self.is_unsaved && !self.warned;
        if warns {
            self.warned = true;
            self.say("what you did is not saved: s saves it, the same key again leaves".to_owned());
        }
        warns
    }
}
