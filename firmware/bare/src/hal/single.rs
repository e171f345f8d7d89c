//! A static that one owner takes, on a core that has no second thread.
#![expect(unsafe_code, reason = "a static is handed out for writing")]

use core::cell::{Cell, UnsafeCell};

/// A value in static memory that can be taken once.
pub(crate) struct Single<T> {
    taken: Cell<bool>,
    value: UnsafeCell<T>,
}

// SAFETY: one core runs one thread and no interrupts, and `take` hands the value out once. (The
// lx106 has no atomics to be sure with.)
unsafe impl<T> Sync for Single<T> {}

impl<T> Single<T> {
    /// Holds a value.
    pub(crate) const fn new(value: T) -> Self {
        Self {
            taken: Cell::new(false),
            value: UnsafeCell::new(value),
        }
    }

    /// Hands the value out, the first time.
    pub(crate) fn take(&'static self) -> Option<&'static mut T> {
        if self.taken.replace(true) {
            return None;
        }
        // SAFETY: nobody else holds it, as `taken` says.
        Some(unsafe { &mut *self.value.get() })
    }
}
