//! Colours, and what stands for them where there are none.
//!
//! Owns the few tones that everything is drawn in: the terminal's own 16 colours, so that they
//! suit light and dark ones, over its own background. No meaning is in a colour alone.

use ratatui::style::{Color, Modifier, Style};

use crate::tui::words::Mood;

/// What something is drawn as.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Tone {
    /// What is wrong.
    Bad,
    /// What is being looked at.
    Focus,
    /// Frames and hints.
    Frame,
    /// What is right.
    Good,
    /// What a node reports.
    Reported,
    /// What a sensor senses.
    Sensed,
    /// The name of something.
    Title,
    /// What is true.
    Truth,
    /// What is neither right nor wrong yet.
    Warn,
}

/// Whether there are colours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Palette {
    /// Whether there are.
    pub has_colours: bool,
}

impl Palette {
    /// Returns the style of a tone.
    pub(crate) fn style(self, tone: Tone) -> Style {
        let style = Style::new();
        if !self.has_colours {
            return match tone {
                Tone::Bad => style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
                Tone::Focus => style.add_modifier(Modifier::REVERSED),
                Tone::Frame | Tone::Sensed => style.add_modifier(Modifier::DIM),
                Tone::Good | Tone::Warn => style,
                Tone::Reported | Tone::Title | Tone::Truth => style.add_modifier(Modifier::BOLD),
            };
        }
        match tone {
            Tone::Bad => style.fg(Color::Red).add_modifier(Modifier::BOLD),
            Tone::Focus => style.fg(Color::Black).bg(Color::Cyan),
            Tone::Frame => style.fg(Color::DarkGray),
            Tone::Good => style.fg(Color::Green),
            Tone::Reported | Tone::Warn => style.fg(Color::Yellow),
            Tone::Sensed => style.fg(Color::Magenta),
            Tone::Title => style.add_modifier(Modifier::BOLD),
            Tone::Truth => style.fg(Color::Cyan),
        }
    }

    /// Returns the style of a mood.
    pub(crate) fn mood(self, mood: Mood) -> Style {
        match mood {
            Mood::Bad => self.style(Tone::Bad),
            Mood::Good => self.style(Tone::Good),
            Mood::Plain => Style::new(),
        }
    }
}

/// Returns the sign of a mood, for those who see no colours.
pub(crate) const fn sign(mood: Mood) -> &'static str {
    match mood {
        Mood::Bad => "✗",
        Mood::Good => "✓",
        Mood::Plain => "·",
    }
}
