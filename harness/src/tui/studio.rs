//! The program without a terminal: for tests, and for the pictures of the documentation.
//!
//! Owns the waiting for a world that runs on its own thread. What is drawn depends on nothing but
//! the scenario, the seed, the moment and the keys.

use std::time::Duration;

use nodelab_sim::SimTime;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::prelude::Terminal;

use super::app::{App, Choice};
use super::clock;
use super::pace::Pace;
use super::render::Palette;
use super::terminal;

/// Real time that a world may take to come to rest.
const PATIENCE: Duration = Duration::from_mins(2);
/// Real time between two looks at it.
const LOOK: Duration = Duration::from_millis(1);

/// A program that draws into memory.
#[derive(Debug)]
pub struct Studio {
    app: App,
    palette: Palette,
    terminal: Terminal<TestBackend>,
}

impl Studio {
    /// Shows what can be played on a screen of so many columns and rows; time stands still.
    ///
    /// # Panics
    ///
    /// When there is no memory for the screen.
    #[must_use]
    pub fn new(choices: Vec<Choice>, (columns, rows): (u16, u16), palette: Palette) -> Self {
        let screen = Terminal::new(TestBackend::new(columns, rows));
        let mut studio = Self {
            app: App::still(choices, Pace::Unbounded),
            palette,
            terminal: screen.expect("memory is a screen that cannot fail"),
        };
        studio.settle();
        studio
    }

    /// Goes to a moment.
    pub fn go_to(&mut self, at: SimTime) {
        self.app.seek(at);
        self.settle();
    }

    /// Presses a key.
    pub fn press(&mut self, code: KeyCode) {
        let key = KeyEvent::new(code, KeyModifiers::NONE);
        self.app.handle(&Event::Key(key));
        self.settle();
    }

    /// Presses a key for each character.
    pub fn type_text(&mut self, text: &str) {
        for typed in text.chars() {
            self.press(KeyCode::Char(typed));
        }
    }

    /// Gives the screen another size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.terminal.backend_mut().resize(columns, rows);
    }

    /// Draws the screen.
    ///
    /// # Panics
    ///
    /// When nothing can be drawn into memory.
    pub fn picture(&mut self) -> &Buffer {
        terminal::draw(&mut self.app, self.palette, &mut self.terminal)
            .expect("memory is a screen that cannot fail");
        self.terminal.backend().buffer()
    }

    /// Takes lines until nothing more happens.
    fn settle(&mut self) {
        let began = clock::now();
        loop {
            // Looked at first: whatever was told before is taken after.
            let rests = self.app.rests();
            let (_, more) = self.app.update();
            if rests && !more {
                return;
            }
            assert!(clock::now() - began < PATIENCE, "the world never rests");
            clock::rest(LOOK);
        }
    }
}
