//! A node's life as C leads it: set up, drain, ask how it stands.
//!
//! Owns the drain rule's other half: noticing that nothing is left to poll.

use core::ffi::c_char;

use node_core::{Config, Instant, Node};

use crate::config::NodeConfig;
use crate::effect::Effect;
use crate::pointer;
use crate::result::Outcome;
use crate::storage::{NODE_CORE_ABI, NodeStorage};

/// How far a node has come towards its broker.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum Connection {
    /// The radio is off.
    Offline = 0,
    /// A join was asked for.
    Joining = 1,
    /// A join failed or the link was lost; the next join follows a pause.
    RejoinPause = 2,
    /// A stream was asked for.
    Opening = 3,
    /// A stream or session failed; the next one follows a pause.
    ReopenPause = 4,
    /// CONNECT is sent, its answer is awaited.
    Greeting = 5,
    /// The broker accepted the session.
    Online = 6,
}

/// Where a node stands.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[repr(C)]
pub struct State {
    /// A `node_core_connection_t`.
    pub connection: u8,
    /// 1 while conversions are under way.
    pub sampling: u8,
    /// Readings that wait to be acknowledged, 0 to 32.
    pub queue_length: u8,
    /// Belongs to the library.
    pub reserved: u8,
}

/// Sets up a node that boots at `*now_us`; it takes its first reading at once. Any node that was
/// there is replaced.
///
/// `*seed` spreads the pauses after failures: take it from the chip's hardware generator. Equal
/// seeds and inputs give equal effects, on every machine.
///
/// Returns `NODE_CORE_OK`, and then `node_core_poll` is to be called until it returns
/// `NODE_CORE_NONE`; or `NODE_CORE_ERROR_NULL`, `NODE_CORE_ERROR_MISALIGNED`,
/// `NODE_CORE_ERROR_ABI`, `NODE_CORE_ERROR_VALUE`, `NODE_CORE_ERROR_TEXT_TOO_LONG`,
/// `NODE_CORE_ERROR_TEXT_NOT_UTF8`, or the rule of the configuration that is broken.
///
/// # Safety
///
/// Non-null pointers point to what their types say, which nobody else writes during the call;
/// each text of the configuration ends in a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn node_core_init(
    node: *mut NodeStorage,
    config: *const NodeConfig,
    seed: *const u64,
    now_us: *const u64,
) -> Outcome {
    // SAFETY: the caller's condition is the same.
    Outcome::of(unsafe { init(node, config, seed, now_us) })
}

/// Takes the next effect out of a node and writes it to `*effect`.
///
/// The drain rule: after `node_core_init` and after each `node_core_handle_…`, call this until it
/// returns `NODE_CORE_NONE`, doing what each effect says. Input between two effects is refused
/// with `NODE_CORE_ERROR_NOT_DRAINED`; remember what happened, and tell it afterwards.
///
/// Returns `NODE_CORE_OK`; `NODE_CORE_NONE`, and `*effect` is zero; or `NODE_CORE_ERROR_NULL`,
/// `NODE_CORE_ERROR_MISALIGNED`, `NODE_CORE_ERROR_NOT_INITIALISED`.
///
/// # Safety
///
/// Non-null pointers point to what their types say, which nobody else uses during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn node_core_poll(node: *mut NodeStorage, effect: *mut Effect) -> Outcome {
    // SAFETY: the caller's condition is the same.
    Outcome::of(unsafe { poll(node, effect) })
}

/// Writes to `*deadline_us` when `node_core_handle_timeout` is due, in µs since boot. Ask again
/// after each input.
///
/// Returns `NODE_CORE_OK`; `NODE_CORE_NONE` if nothing is due, ever, and `*deadline_us` is the
/// largest number; or `NODE_CORE_ERROR_NULL`, `NODE_CORE_ERROR_MISALIGNED`,
/// `NODE_CORE_ERROR_NOT_INITIALISED`.
///
/// # Safety
///
/// Non-null pointers point to what their types say, which nobody else writes during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn node_core_poll_timeout(
    node: *const NodeStorage,
    deadline_us: *mut u64,
) -> Outcome {
    // SAFETY: the caller's condition is the same.
    Outcome::of(unsafe { poll_timeout(node, deadline_us) })
}

/// Writes where the node stands to `*state`.
///
/// Returns `NODE_CORE_OK`, `NODE_CORE_ERROR_NULL`, `NODE_CORE_ERROR_MISALIGNED` or
/// `NODE_CORE_ERROR_NOT_INITIALISED`.
///
/// # Safety
///
/// Non-null pointers point to what their types say, which nobody else writes during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn node_core_state(node: *const NodeStorage, state: *mut State) -> Outcome {
    // SAFETY: the caller's condition is the same.
    Outcome::of(unsafe { read_state(node, state) })
}

/// Returns how many readings wait to be acknowledged, 0 to 32; 0 where there is no node.
///
/// # Safety
///
/// A non-null `node` points to a `node_core_t` that nobody else writes during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn node_core_queue_length(node: *const NodeStorage) -> u32 {
    // SAFETY: the caller's condition is the same.
    let node = unsafe { NodeStorage::node(node) };
    node.map_or(0, |node| u32::from(node.queue_length()))
}

/// Returns the size of the library's `node_core_t` in bytes: compare it with `sizeof(node_core_t)`
/// where header and library may come from different versions.
#[unsafe(no_mangle)]
pub extern "C" fn node_core_size() -> u32 {
    u32::try_from(size_of::<NodeStorage>()).unwrap_or(u32::MAX)
}

/// Returns the alignment of `node_core_t` in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn node_core_align() -> u32 {
    u32::try_from(align_of::<NodeStorage>()).unwrap_or(u32::MAX)
}

/// Returns the library's own `NODE_CORE_ABI`.
#[unsafe(no_mangle)]
pub extern "C" fn node_core_abi() -> u32 {
    NODE_CORE_ABI
}

/// Returns the library's version, for people: static, never null, ends in a NUL.
#[unsafe(no_mangle)]
pub extern "C" fn node_core_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// # Safety
///
/// As for [`node_core_init`].
unsafe fn init(
    node: *mut NodeStorage,
    config: *const NodeConfig,
    seed: *const u64,
    now_us: *const u64,
) -> Result<Outcome, Outcome> {
    // SAFETY: the caller's condition is the same.
    let slot = unsafe { NodeStorage::slot(node) }?;
    // SAFETY: the caller's condition is the same.
    let given = unsafe { pointer::shared(config) }?;
    // SAFETY: the caller's condition is the same.
    let seed = *unsafe { pointer::shared(seed) }?;
    // SAFETY: the caller's condition is the same.
    let now = Instant::from_micros(*unsafe { pointer::shared(now_us) }?);
    let mut config = Config::default();
    // SAFETY: the caller's condition is the same.
    unsafe { given.read(&mut config) }?;
    config.check()?;
    slot.fill(|| Node::new(config, seed, now))?;
    Ok(Outcome::Ok)
}

/// # Safety
///
/// As for [`node_core_poll`].
unsafe fn poll(node: *mut NodeStorage, effect: *mut Effect) -> Result<Outcome, Outcome> {
    // SAFETY: the caller's condition is the same.
    let effect = unsafe { pointer::exclusive(effect) }?;
    // SAFETY: the caller's condition is the same.
    let slot = unsafe { NodeStorage::slot(node) }?;
    *effect = Effect::NONE;
    let polled = slot.node_mut()?.poll();
    if let Some(polled) = polled {
        effect.read(&polled);
        return Ok(Outcome::Ok);
    }
    slot.mark_drained();
    Ok(Outcome::None)
}

/// # Safety
///
/// As for [`node_core_poll_timeout`].
unsafe fn poll_timeout(
    node: *const NodeStorage,
    deadline_us: *mut u64,
) -> Result<Outcome, Outcome> {
    // SAFETY: the caller's condition is the same.
    let node = unsafe { NodeStorage::node(node) }?;
    // SAFETY: the caller's condition is the same.
    let deadline = unsafe { pointer::exclusive(deadline_us) }?;
    let due = node.poll_timeout();
    *deadline = due.map_or(u64::MAX, Instant::as_micros);
    Ok(if due.is_some() {
        Outcome::Ok
    } else {
        Outcome::None
    })
}

/// # Safety
///
/// As for [`node_core_state`].
unsafe fn read_state(node: *const NodeStorage, state: *mut State) -> Result<Outcome, Outcome> {
    // SAFETY: the caller's condition is the same.
    let node = unsafe { NodeStorage::node(node) }?;
    // SAFETY: the caller's condition is the same.
    let state = unsafe { pointer::exclusive(state) }?;
    let seen = node.state();
    *state = State {
        connection: Connection::from(seen.connection) as u8,
        sampling: u8::from(seen.sampling),
        queue_length: node.queue_length(),
        reserved: 0,
    };
    Ok(Outcome::Ok)
}

impl From<node_core::Connection> for Connection {
    fn from(connection: node_core::Connection) -> Self {
        match connection {
            node_core::Connection::Greeting => Self::Greeting,
            node_core::Connection::Joining => Self::Joining,
            node_core::Connection::Offline => Self::Offline,
            node_core::Connection::Online => Self::Online,
            node_core::Connection::Opening => Self::Opening,
            node_core::Connection::RejoinPause => Self::RejoinPause,
            node_core::Connection::ReopenPause => Self::ReopenPause,
        }
    }
}
