//! Signals that end a run in good order.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// Returns a flag that SIGINT and SIGTERM raise; a second signal ends the program at once.
pub(super) fn interrupt() -> Arc<AtomicBool> {
    let raised = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal finds the flag down. Without handlers a signal ends
        // the program, as it does anywhere.
        let status = i32::from(crate::exit::Exit::Interrupted.code());
        flag::register_conditional_shutdown(signal, status, Arc::clone(&raised)).ok();
        flag::register(signal, Arc::clone(&raised)).ok();
    }
    raised
}
