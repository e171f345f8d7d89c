//! The real terminal: its state, its events, its signals.
//!
//! Owns that it is given back as it was found, whatever happens: on quitting, on a signal, on a
//! panic of any thread, and while the program is suspended.

use std::io::{self, BufWriter, Write as _};
use std::panic::{self, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::event::{
    self, DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::prelude::{CrosstermBackend, Terminal};
use signal_hook::consts::SIGTSTP;
use signal_hook::{flag, low_level};

use super::app::{App, Leaving};
use super::clock;
use super::render::{self, Palette, Scene};

/// Real time between two pictures: 30 a second.
const FRAME: Duration = Duration::from_micros(33_333);
/// Real time until the terminal is asked again while more lines wait.
const BUSY: Duration = Duration::from_millis(1);
/// Bytes of a picture, as a rule.
const PICTURE_BYTES: usize = 1 << 16;
/// Events of the terminal that are taken before the next picture.
const EVENTS_MAX: usize = 256;

/// How the program ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    /// A signal ended it.
    Interrupted,
    /// The person did.
    Quit,
}

/// A terminal that shows the program.
struct Screen {
    // Dropped in this order: the last of a picture is written before the terminal is given back.
    terminal: Terminal<CrosstermBackend<BufWriter<io::Stdout>>>,
    _held: Held,
}

/// A terminal that is not its owner's; it is given back when this is dropped.
struct Held {
    /// What panics ran into before.
    before: Arc<Hook>,
    /// What other threads said when they panicked.
    of_others: Arc<Mutex<Vec<String>>>,
}

/// What a panic runs into.
type Hook = dyn Fn(&PanicHookInfo<'_>) + Send + Sync;

/// Shows the program until it is over. `interrupt` is raised by signals that end it.
///
/// # Errors
///
/// The terminal could not be written or read.
pub fn show(app: &mut App, palette: Palette, interrupt: &Arc<AtomicBool>) -> io::Result<End> {
    let suspend = Arc::new(AtomicBool::new(false));
    // Without a handler the shell stops the program at once, and shows the picture's remains.
    flag::register(SIGTSTP, Arc::clone(&suspend)).ok();
    let mut screen = Screen::open()?;
    let mut due = clock::now();
    let mut is_dirty = true;
    loop {
        let (changed, more) = app.update();
        is_dirty |= changed;
        if interrupt.load(Ordering::Relaxed) {
            return Ok(End::Interrupted);
        }
        let wait = due.saturating_duration_since(clock::now());
        let wait = if more { BUSY } else { wait.max(BUSY) };
        is_dirty |= take_events(app, wait)?;
        let leaving = app.leaving.take();
        if leaving == Some(Leaving::Quit) {
            return Ok(End::Quit);
        }
        if suspend.swap(false, Ordering::Relaxed) || leaving == Some(Leaving::Suspended) {
            drop(screen);
            // Stops here until the shell continues the program.
            low_level::emulate_default_handler(SIGTSTP)?;
            screen = Screen::open()?;
            is_dirty = true;
        }
        let now = clock::now();
        if now < due {
            continue;
        }
        // In step with the last picture, unless a whole one was missed.
        due = (due + FRAME).max(now);
        if std::mem::take(&mut is_dirty) {
            screen.draw(app, palette)?;
        }
    }
}

/// Takes what the terminal told within a time.
fn take_events(app: &mut App, wait: Duration) -> io::Result<bool> {
    let mut changed = false;
    let mut wait = wait;
    for _ in 0..EVENTS_MAX {
        match event::poll(wait) {
            Ok(true) => changed |= app.handle(&event::read()?),
            Ok(false) => break,
            // A signal woke it; whoever raised it is looked at by the caller.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => break,
            Err(error) => return Err(error),
        }
        wait = Duration::ZERO;
    }
    Ok(changed)
}

/// Draws the program; remembers where things are for the mouse.
pub(crate) fn draw<B: ratatui::backend::Backend>(
    app: &mut App,
    palette: Palette,
    terminal: &mut Terminal<B>,
) -> Result<(), B::Error> {
    let standing = app.standing();
    let deeds = app.deeds();
    let waiting = app.waiting();
    let mut areas = None;
    let scene = Scene {
        choices: &app.choices,
        deeds: &deeds,
        has_list: app.has_list(),
        is_recording: app.is_recording(),
        model: &app.model,
        motion: standing.motion,
        now: standing.now.max(app.model.now),
        palette,
        progress: app.progress(),
        view: &app.view,
        waiting: &waiting,
    };
    terminal.draw(|frame| areas = Some(render::draw(&scene, frame)))?;
    if let Some(areas) = areas {
        app.view.areas = areas;
    }
    Ok(())
}

impl Screen {
    fn open() -> io::Result<Self> {
        // First: whatever fails from here on gives the terminal back.
        let held = Held::new();
        enable_raw_mode()?;
        let mut out = io::stdout();
        execute!(
            out,
            EnterAlternateScreen,
            EnableMouseCapture,
            EnableBracketedPaste
        )?;
        // A picture is written at once.
        let out = BufWriter::with_capacity(PICTURE_BYTES, out);
        let mut terminal = Terminal::new(CrosstermBackend::new(out))?;
        terminal.clear()?;
        Ok(Self {
            terminal,
            _held: held,
        })
    }

    fn draw(&mut self, app: &mut App, palette: Palette) -> io::Result<()> {
        draw(app, palette, &mut self.terminal)
    }
}

impl Held {
    /// Makes sure that a panic finds a terminal on which it can be read.
    fn new() -> Self {
        let before: Arc<Hook> = Arc::from(panic::take_hook());
        let of_others = Arc::new(Mutex::new(Vec::new()));
        let (drawing, told, said) = (
            thread::current().id(),
            Arc::clone(&before),
            Arc::clone(&of_others),
        );
        panic::set_hook(Box::new(move |info| {
            if thread::current().id() == drawing {
                restore();
                told(info);
            } else if let Ok(mut said) = said.lock() {
                // The program goes on and says so; its picture is not written over.
                said.push(info.to_string());
            }
        }));
        Self { before, of_others }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        restore();
        if thread::panicking() {
            // Hooks cannot be changed now, and this one has done its work.
            return;
        }
        let before = Arc::clone(&self.before);
        panic::set_hook(Box::new(move |info| before(info)));
        if let Ok(said) = self.of_others.lock() {
            for text in said.iter() {
                // Where that fails nobody is left to tell.
                writeln!(io::stderr(), "{text}").ok();
            }
        }
    }
}

/// Gives the terminal back as it was found; where that fails, nobody is left to tell.
fn restore() {
    let mut out = io::stdout();
    execute!(
        out,
        DisableBracketedPaste,
        DisableMouseCapture,
        LeaveAlternateScreen,
        Show
    )
    .ok();
    out.flush().ok();
    disable_raw_mode().ok();
}
