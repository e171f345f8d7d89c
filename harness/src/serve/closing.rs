//! When to end: SIGINT, SIGTERM, or a time that was given.
//!
//! Owns the one flag that all tasks watch. Does not know what they do when it goes up.

use tokio::sync::watch;

/// The flag that everything ends; clones watch the same one.
#[derive(Clone, Debug)]
pub(crate) struct Closing {
    raise: watch::Sender<bool>,
}

impl Closing {
    /// Builds the flag, down.
    #[must_use]
    pub(crate) fn new() -> Self {
        Self {
            raise: watch::Sender::new(false),
        }
    }

    /// Ends everything.
    pub(crate) fn close(&self) {
        self.raise.send_replace(true);
    }

    /// Returns whether everything ends.
    #[must_use]
    pub(crate) fn is_closing(&self) -> bool {
        *self.raise.borrow()
    }

    /// Waits until everything ends.
    pub(crate) async fn wait(&self) {
        let mut watch = self.raise.subscribe();
        // The flag cannot be dropped while `self` lives.
        watch.wait_for(|closing| *closing).await.ok();
    }
}

impl Default for Closing {
    fn default() -> Self {
        Self::new()
    }
}
