//! What the measuring tests share.
//!
//! Owns a reading of the processor time that this thread has used. Only tests see it.

/// Returns the processor seconds of this thread, where Linux tells them (proc(5), `schedstat`).
pub(crate) fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let ns = text.split(' ').next().unwrap();
    ns.parse::<f64>().unwrap() / 1e9
}
