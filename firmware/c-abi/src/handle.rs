//! What C tells a node: one function for each kind of input.
//!
//! Owns the order of judgement: first what the input is, then the node, then the drain rule.
//! An input that is refused was not told.

use node_core::{AdcCode, Input, Instant, UnixTime};

use crate::pointer;
use crate::reason::{CloseReason, LinkLoss};
use crate::result::Outcome;
use crate::storage::NodeStorage;

/// Tells that the deadline of `node_core_poll_timeout` has passed. `*now_us` is the time since
/// boot in µs, here and everywhere; it never runs back.
///
/// A timeout told early does no harm; one told late makes the node late.
///
/// Returns `NODE_CORE_OK`, and then `node_core_poll` is to be called until it returns
/// `NODE_CORE_NONE`; or `NODE_CORE_ERROR_NULL`, `NODE_CORE_ERROR_MISALIGNED`,
/// `NODE_CORE_ERROR_NOT_INITIALISED`, `NODE_CORE_ERROR_NOT_DRAINED`.
///
/// # Safety
///
/// Non-null pointers point to what their types say, which nobody else writes during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn node_core_handle_timeout(
    node: *mut NodeStorage,
    now_us: *const u64,
) -> Outcome {
    // SAFETY: the caller's condition is the same.
    unsafe { handle(node, now_us, Ok(Input::Timeout)) }
}

/// Tells that the station is associated and has an address.
///
/// Returns as `node_core_handle_timeout`.
///
/// # Safety
///
/// As for `node_core_handle_timeout`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn node_core_handle_link_up(
    node: *mut NodeStorage,
    now_us: *const u64,
) -> Outcome {
    // SAFETY: the caller's condition is the same.
    unsafe { handle(node, now_us, Ok(Input::LinkUp)) }
}

/// Tells that the association was lost, or that a join failed; `why` is a
/// `node_core_link_loss_t`.
///
/// Returns as `node_core_handle_timeout`, and `NODE_CORE_ERROR_VALUE`.
///
/// # Safety
///
/// As for `node_core_handle_timeout`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn node_core_handle_link_down(
    node: *mut NodeStorage,
    now_us: *const u64,
    why: u32,
) -> Outcome {
    let input = LinkLoss::of(why).map(Input::LinkDown);
    // SAFETY: the caller's condition is the same.
    unsafe { handle(node, now_us, input) }
}

/// Tells what the converter measured: `code` as the SDK returns it, 0 to 65 535.
///
/// Codes that no sensor can cause (the 65 535 of `system_adc_read` in the wrong mode) are to be
/// told too: the node judges them.
///
/// Returns as `node_core_handle_timeout`, and `NODE_CORE_ERROR_VALUE`.
///
/// # Safety
///
/// As for `node_core_handle_timeout`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn node_core_handle_sampled(
    node: *mut NodeStorage,
    now_us: *const u64,
    code: u32,
) -> Outcome {
    let code = u16::try_from(code).map_err(|_| Outcome::ErrorValue);
    let input = code.map(|code| Input::Sampled(AdcCode(code)));
    // SAFETY: the caller's condition is the same.
    unsafe { handle(node, now_us, input) }
}

/// Tells that the byte stream to the broker is open.
///
/// Returns as `node_core_handle_timeout`.
///
/// # Safety
///
/// As for `node_core_handle_timeout`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn node_core_handle_stream_opened(
    node: *mut NodeStorage,
    now_us: *const u64,
) -> Outcome {
    // SAFETY: the caller's condition is the same.
    unsafe { handle(node, now_us, Ok(Input::StreamOpened)) }
}

/// Tells that the byte stream closed, or could not be opened; `why` is a
/// `node_core_close_reason_t`.
///
/// Returns as `node_core_handle_timeout`, and `NODE_CORE_ERROR_VALUE`.
///
/// # Safety
///
/// As for `node_core_handle_timeout`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn node_core_handle_stream_closed(
    node: *mut NodeStorage,
    now_us: *const u64,
    why: u32,
) -> Outcome {
    let input = CloseReason::of(why).map(Input::StreamClosed);
    // SAFETY: the caller's condition is the same.
    unsafe { handle(node, now_us, input) }
}

/// Tells that bytes arrived from the broker, decrypted, in any portions.
///
/// Returns as `node_core_handle_timeout`, and `NODE_CORE_ERROR_LENGTH`; `bytes` may be null if
/// `length` is 0.
///
/// # Safety
///
/// As for `node_core_handle_timeout`; `bytes` points to `length` bytes outside the node.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn node_core_handle_stream_read(
    node: *mut NodeStorage,
    now_us: *const u64,
    bytes: *const u8,
    length: u32,
) -> Outcome {
    // SAFETY: the caller's condition is the same.
    let input = unsafe { pointer::bytes(bytes, length) }.map(Input::StreamRead);
    // SAFETY: the caller's condition is the same.
    unsafe { handle(node, now_us, input) }
}

/// Tells that bytes arrived at the serial port, in any portions.
///
/// Returns as `node_core_handle_timeout`, and `NODE_CORE_ERROR_LENGTH`; `bytes` may be null if
/// `length` is 0.
///
/// # Safety
///
/// As for `node_core_handle_timeout`; `bytes` points to `length` bytes outside the node.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn node_core_handle_serial_read(
    node: *mut NodeStorage,
    now_us: *const u64,
    bytes: *const u8,
    length: u32,
) -> Outcome {
    // SAFETY: the caller's condition is the same.
    let input = unsafe { pointer::bytes(bytes, length) }.map(Input::SerialRead);
    // SAFETY: the caller's condition is the same.
    unsafe { handle(node, now_us, input) }
}

/// Tells civil time, in ms since 1970-01-01T00:00:00Z, for example from SNTP.
///
/// Returns as `node_core_handle_timeout`.
///
/// # Safety
///
/// As for `node_core_handle_timeout`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn node_core_handle_time_known(
    node: *mut NodeStorage,
    now_us: *const u64,
    unix_ms: *const u64,
) -> Outcome {
    // SAFETY: the caller's condition is the same.
    let ms = unsafe { pointer::shared(unix_ms) };
    let input = ms.map(|ms| Input::TimeKnown(UnixTime::from_millis(*ms)));
    // SAFETY: the caller's condition is the same.
    unsafe { handle(node, now_us, input) }
}

/// Feeds one input, if it was judged well.
///
/// # Safety
///
/// Non-null pointers point to what their types say, which nobody else writes during the call.
unsafe fn handle(
    node: *mut NodeStorage,
    now_us: *const u64,
    input: Result<Input<'_>, Outcome>,
) -> Outcome {
    // SAFETY: the caller's condition is the same.
    Outcome::of(unsafe { feed(node, now_us, input) })
}

/// # Safety
///
/// As for [`handle`].
unsafe fn feed(
    node: *mut NodeStorage,
    now_us: *const u64,
    input: Result<Input<'_>, Outcome>,
) -> Result<Outcome, Outcome> {
    let input = input?;
    // SAFETY: the caller's condition is the same.
    let now = Instant::from_micros(*unsafe { pointer::shared(now_us) }?);
    // SAFETY: the caller's condition is the same.
    let slot = unsafe { NodeStorage::slot(node) }?;
    slot.node_to_handle()?.handle(now, input);
    Ok(Outcome::Ok)
}
