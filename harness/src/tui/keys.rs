//! Which key does what.
//!
//! Owns the one table that input is read by and the help overlay is made from.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::pace::Pace;

/// What a key asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Command {
    /// Toggle the access point.
    AccessPoint,
    /// Toggle the broker.
    Broker,
    /// Make the air colder.
    Colder,
    /// Type at the console.
    Console,
    /// Go to the end of the scenario.
    End,
    /// Filter the log.
    Filter,
    /// Show the fleet, or a node.
    Fleet,
    /// Show the keys.
    Help,
    /// Go to the beginning.
    Home,
    /// Jump to the next event.
    JumpEvent,
    /// Jump to the next fault.
    JumpFault,
    /// Go back to the list of scenarios, or end the program.
    Leave,
    /// Colour the fleet by something else.
    Metric,
    /// Move the selection by so many columns and rows.
    Move(i8, i8),
    /// Select another node.
    Node(i8),
    /// Pass time at this pace.
    Pace(Pace),
    /// Hold time, or let it go on.
    Pause,
    /// Toggle the power of the node.
    Power,
    /// End the program.
    Quit,
    /// Restart the node.
    Reset,
    /// Save what was done.
    Save,
    /// Go back or forth in time by so many tenths of the chart.
    Scrub(i8),
    /// Scroll by so many pages.
    Scroll(i8),
    /// Plug the sensor in or out.
    Sensor,
    /// Let one thing happen.
    Step,
    /// Stop the program until the shell continues it.
    Suspend,
    /// Show another list.
    Tab,
    /// Set the temperature.
    Temperature,
    /// Make the air warmer.
    Warmer,
    /// Show a shorter or longer time.
    Zoom(i8),
}

/// A key, what it does, and how the help overlay calls it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding {
    code: KeyCode,
    control: bool,
    pub(crate) command: Command,
    /// How the key is called; empty when another line of the help names it too.
    pub(crate) label: &'static str,
    pub(crate) help: &'static str,
}

/// Keys that belong together, under a title.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    pub(crate) title: &'static str,
    pub(crate) bindings: &'static [Binding],
}

const fn key(code: KeyCode, command: Command, label: &'static str, help: &'static str) -> Binding {
    Binding {
        code,
        control: false,
        command,
        label,
        help,
    }
}

const fn letter(
    letter: char,
    command: Command,
    label: &'static str,
    help: &'static str,
) -> Binding {
    key(KeyCode::Char(letter), command, label, help)
}

const fn control(
    letter: char,
    command: Command,
    label: &'static str,
    help: &'static str,
) -> Binding {
    Binding {
        control: true,
        ..key(KeyCode::Char(letter), command, label, help)
    }
}

/// Every key, in the order of the help overlay.
pub(crate) const GROUPS: [Group; 4] = [
    Group {
        title: "Time",
        bindings: &[
            letter(' ', Command::Pause, "space", "pause, go on"),
            letter('1', Command::Pace(Pace::Real), "1", "real time"),
            letter('2', Command::Pace(Pace::Tenfold), "2", "10× as fast"),
            letter('3', Command::Pace(Pace::Hundredfold), "3", "100× as fast"),
            letter(
                '4',
                Command::Pace(Pace::Unbounded),
                "4",
                "as fast as it goes",
            ),
            letter('.', Command::Step, ".", "one single step"),
            letter('n', Command::JumpEvent, "n", "to the next event"),
            letter('N', Command::JumpFault, "N", "to the next fault"),
            key(
                KeyCode::Left,
                Command::Scrub(-1),
                "← →",
                "back, forth in time",
            ),
            key(KeyCode::Right, Command::Scrub(1), "", ""),
            key(KeyCode::Home, Command::Home, "Home", "to the beginning"),
            key(KeyCode::End, Command::End, "End", "to the end"),
        ],
    },
    Group {
        title: "Hands on",
        bindings: &[
            letter('+', Command::Warmer, "+ -", "1 °C warmer, colder"),
            letter('=', Command::Warmer, "", ""),
            letter('-', Command::Colder, "", ""),
            letter('t', Command::Temperature, "t", "set the temperature"),
            letter('u', Command::Sensor, "u", "unplug, plug the sensor"),
            letter('a', Command::AccessPoint, "a", "access point down, up"),
            letter('b', Command::Broker, "b", "broker down, up"),
            letter('p', Command::Power, "p", "cut, restore power"),
            letter('r', Command::Reset, "r", "reset the node"),
            letter('i', Command::Console, "i", "type at the console, to Esc"),
            letter('s', Command::Save, "s", "save as a scenario"),
        ],
    },
    Group {
        title: "View",
        bindings: &[
            key(KeyCode::Tab, Command::Tab, "Tab", "log, console, broker"),
            letter('/', Command::Filter, "/", "filter the log, the list"),
            key(
                KeyCode::PageUp,
                Command::Scroll(1),
                "PgUp",
                "scroll the list",
            ),
            key(KeyCode::PageDown, Command::Scroll(-1), "PgDn", "and back"),
            letter('z', Command::Zoom(-1), "z Z", "shorter, longer chart"),
            letter('Z', Command::Zoom(1), "", ""),
        ],
    },
    Group {
        title: "Nodes",
        bindings: &[
            letter('f', Command::Fleet, "f", "fleet, one node"),
            letter('m', Command::Metric, "m", "colour by …"),
            letter('[', Command::Node(-1), "[ ]", "previous, next node"),
            letter(']', Command::Node(1), "", ""),
            key(
                KeyCode::Up,
                Command::Move(0, -1),
                "↑ ↓",
                "select in the fleet",
            ),
            key(KeyCode::Down, Command::Move(0, 1), "", ""),
            letter('?', Command::Help, "?", "these keys"),
            letter('q', Command::Leave, "q", "to the list, or quit"),
            control('c', Command::Quit, "^C", "quit; asks if unsaved"),
            control('z', Command::Suspend, "", ""),
        ],
    },
];

/// Returns what a key asks for.
#[must_use]
pub(crate) fn command(key: KeyEvent) -> Option<Command> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    GROUPS
        .iter()
        .flat_map(|group| group.bindings)
        .find(|binding| binding.code == key.code && binding.control == control)
        .map(|binding| binding.command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things() {
        let all: Vec<&Binding> = GROUPS.iter().flat_map(|group| group.bindings).collect();
        for (index, one) in all.iter().enumerate() {
            let twin = all[index + 1..]
                .iter()
                .find(|other| (other.code, other.control) == (one.code, one.control));
            assert!(twin.is_none(), "{one:?} and {twin:?}");
        }
    }

    #[test]
    fn control_and_a_letter_is_not_the_letter() {
        let plain = KeyEvent::new(KeyCode::Char('z'), KeyModifiers::NONE);
        let control = KeyEvent::new(KeyCode::Char('z'), KeyModifiers::CONTROL);
        assert_eq!(command(plain), Some(Command::Zoom(-1)));
        assert_eq!(command(control), Some(Command::Suspend));
    }
}
