//! From keys and the mouse to commands.
//!
//! Owns what is being typed. Does not know what commands do.

use ratatui::crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::layout::Position;

use nodelab_sim::SimTime;

use super::app::App;
use super::keys::{self, Command};
use super::view::{Page, Prompt, Purpose};

/// Characters of a text that is typed at most.
const TEXT_MAX: usize = 200;
/// Lines that one turn of the wheel scrolls.
const WHEEL: i32 = 3;

impl App {
    /// Takes what the terminal told; returns whether anything may have changed.
    pub(crate) fn handle(&mut self, event: &Event) -> bool {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.key(*key),
            Event::Mouse(mouse) => return self.mouse(*mouse),
            Event::Paste(text) => self.paste(text),
            Event::Resize(..) => {}
            Event::FocusGained | Event::FocusLost | Event::Key(_) => return false,
        }
        true
    }

    fn key(&mut self, key: KeyEvent) {
        if self.view.prompt.is_some() && !is_interrupt(key) {
            self.type_key(key);
            return;
        }
        if self.view.page == Page::Pick && key.code == KeyCode::Enter {
            if self.found().contains(&self.view.choice) {
                self.choose(self.view.choice);
            }
            return;
        }
        let Some(command) = keys::command(key) else {
            let is_closing = matches!(key.code, KeyCode::Esc | KeyCode::Enter);
            if is_closing && self.view.help {
                self.view.help = false;
            } else if is_closing && self.view.page == Page::Fleet {
                self.view.page = Page::Node;
            } else if key.code == KeyCode::Esc {
                if self.view.page == Page::Pick {
                    self.seek_scenario(String::new());
                }
                self.view.filter.clear();
                self.view.scroll = 0;
                self.view.notice = None;
            }
            return;
        };
        let is_allowed_anywhere = matches!(
            command,
            Command::Filter
                | Command::Help
                | Command::Leave
                | Command::Move(..)
                | Command::Quit
                | Command::Suspend
        );
        if self.view.page != Page::Pick || is_allowed_anywhere {
            self.obey(command);
        }
    }

    /// Edits what is being typed.
    #[expect(clippy::wildcard_enum_match_arm, reason = "few keys edit a text")]
    fn type_key(&mut self, key: KeyEvent) {
        let Some(mut prompt) = self.view.prompt.take() else {
            return;
        };
        match key.code {
            KeyCode::Enter => {
                self.answer(prompt);
                return;
            }
            KeyCode::Esc => {
                if prompt.purpose == Purpose::Scenario {
                    self.seek_scenario(String::new());
                }
                return;
            }
            KeyCode::Up if prompt.purpose == Purpose::Scenario => self.obey(Command::Move(0, -1)),
            KeyCode::Down if prompt.purpose == Purpose::Scenario => self.obey(Command::Move(0, 1)),
            KeyCode::Backspace => {
                prompt.text.pop();
            }
            KeyCode::Char('u') if key.modifiers.contains(KeyModifiers::CONTROL) => {
                prompt.text.clear();
            }
            KeyCode::Char(typed) if !key.modifiers.contains(KeyModifiers::CONTROL) => {
                append(&mut prompt, typed);
            }
            _ => {}
        }
        if prompt.purpose == Purpose::Scenario {
            self.seek_scenario(prompt.text.clone());
        }
        self.view.prompt = Some(prompt);
    }

    fn paste(&mut self, text: &str) {
        if let Some(prompt) = &mut self.view.prompt {
            for typed in text.chars().filter(|typed| !typed.is_control()) {
                append(prompt, typed);
            }
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a mouse can do more than is wanted"
    )]
    fn mouse(&mut self, mouse: MouseEvent) -> bool {
        let place = Position::new(mouse.column, mouse.row);
        match mouse.kind {
            MouseEventKind::ScrollUp if self.view.page == Page::Pick => {
                self.obey(Command::Move(0, -1));
            }
            MouseEventKind::ScrollDown if self.view.page == Page::Pick => {
                self.obey(Command::Move(0, 1));
            }
            MouseEventKind::ScrollUp => self.scroll(WHEEL),
            MouseEventKind::ScrollDown => self.scroll(-WHEEL),
            MouseEventKind::Down(MouseButton::Left) => self.click(place),
            _ => return false,
        }
        true
    }

    fn click(&mut self, place: Position) {
        if self.view.help {
            self.view.help = false;
            return;
        }
        let areas = &self.view.areas;
        if self.view.page == Page::Pick {
            let found = self.found();
            let chosen = found.iter().position(|index| *index == self.view.choice);
            let place = areas.choice_at(place, chosen.unwrap_or(0), found.len());
            if let Some(choice) = place.and_then(|place| found.get(place)) {
                self.view.prompt = None;
                self.choose(*choice);
            }
            return;
        }
        let tab = areas.tabs.iter().find(|(_, area)| area.contains(place));
        if let Some((tab, _)) = tab {
            self.view.tab = *tab;
            self.view.scroll = 0;
        } else if let Some(node) = areas.node_at(place, self.model.nodes.len()) {
            if self.view.selected == node {
                self.view.page = Page::Node;
            }
            self.view.selected = node;
        } else if let Some(part) = areas.time_at(place) {
            let whole = self.model.duration().as_nanos();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                clippy::cast_sign_loss,
                reason = "a click is as exact as a character is wide"
            )]
            let to = (whole as f64 * part) as u64;
            self.seek(SimTime::from_nanos(to));
        }
    }
}

/// Returns whether a key ends the program whatever is being typed.
fn is_interrupt(key: KeyEvent) -> bool {
    matches!(keys::command(key), Some(Command::Quit | Command::Suspend))
        && key.modifiers.contains(KeyModifiers::CONTROL)
}

fn append(prompt: &mut Prompt, typed: char) {
    if prompt.text.chars().count() < TEXT_MAX {
        prompt.text.push(typed);
    }
}
