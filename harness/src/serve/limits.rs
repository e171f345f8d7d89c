//! What one process bears, whatever its clients do.
//!
//! Owns the figures that services share; each service has its own besides. Worst cases are
//! stated where the memory is.

use std::fs;

/// Connections that one service holds open at a time; the next are closed at once.
pub(super) const CONNECTIONS_MAX: usize = 12_000;
/// Files that connections of all services take at a time, however many the system allows.
const FILES_MAX: usize = 4 * CONNECTIONS_MAX;
/// Files that the program needs besides connections.
const FILES_BESIDES: usize = 64;
/// Lines that wait to be printed; further ones are left out and counted.
pub(super) const LINES_MAX: usize = 4_096;
/// Seconds that services have to end.
pub(super) const GRACE_S: u64 = 3;

/// Returns how many files all connections of the process may take together.
///
/// The system's limit on open files comes first where it is lower.
pub(super) fn connection_files() -> usize {
    let files = open_files().unwrap_or(usize::MAX);
    files.saturating_sub(FILES_BESIDES).clamp(1, FILES_MAX)
}

/// Returns how many connections a service may hold, if each takes this many of so many files.
pub(super) fn connections(files: usize, files_each: usize) -> usize {
    (files / files_each.max(1)).clamp(1, CONNECTIONS_MAX)
}

/// Returns how many files the process may open, if the system says.
pub(super) fn open_files() -> Option<usize> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    of_limits(&limits)
}

/// Reads the soft limit out of `/proc/self/limits` (proc(5)).
fn of_limits(limits: &str) -> Option<usize> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    let soft = line.split_whitespace().next()?;
    // "unlimited" is no number, and no limit.
    Some(soft.parse().unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_on_files_is_read_as_the_kernel_writes_it() {
        let text = "Limit                     Soft Limit           Hard Limit           Units\n\
                    Max open files            1024                 524288               files\n";
        assert_eq!(of_limits(text), Some(1_024));
        let text = text.replace("1024  ", "unlimited");
        assert_eq!(of_limits(&text), Some(usize::MAX));
        assert_eq!(of_limits(""), None);
    }

    #[test]
    fn there_is_always_room_for_somebody() {
        assert!((1..=FILES_MAX).contains(&connection_files()));
        assert_eq!(connections(1, 2), 1);
        assert_eq!(connections(36, 2), 18);
        assert_eq!(connections(FILES_MAX, 1), CONNECTIONS_MAX);
    }
}
