//! A node's life as C leads it: set up, drain, ask how it stands.
//!
//! Owns the drain rule's other half: noticing that nothing is left to poll.

use core::ffi::c_char;

use node_core::{Config, Instant};

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
    slot.fill(&config, seed, now)?;
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

#[cfg(test)]
mod tests {
    use std::boxed::Box;
    use std::vec::Vec;

    use core::mem::MaybeUninit;
    use core::{ptr, slice};

    use node_core::{AdcCode, Input, Node, ReportConfig, Text};

    use super::*;
    use crate::handle::{
        node_core_handle_link_up, node_core_handle_sampled, node_core_handle_stream_opened,
        node_core_handle_stream_read, node_core_handle_timeout,
    };

    const SEED: u64 = 7;
    const CONNACK: [u8; 4] = [0x20, 0x02, 0x00, 0x00];
    const PUBACK: [u8; 4] = [0x40, 0x02, 0x00, 0x01];

    #[test]
    fn the_border_adds_nothing_and_loses_nothing() {
        // The same life once through node-core and once through its functions for C.
        let mut native = Node::new(native_config(), SEED, Instant::ZERO).unwrap();
        let mut expected = Vec::new();
        drain_native(&mut native, &mut expected);
        let inputs = [
            Input::Timeout,
            Input::Sampled(AdcCode(240)),
            Input::LinkUp,
            Input::StreamOpened,
            Input::StreamRead(&CONNACK),
            Input::StreamRead(&PUBACK),
        ];
        for (now, input) in (1_u64..).zip(inputs) {
            native.handle(Instant::from_micros(now), input);
            drain_native(&mut native, &mut expected);
        }
        let mut node = zeroed();
        let mut found = Vec::new();
        // SAFETY: all pointers are to live variables.
        unsafe {
            assert_eq!(
                node_core_init(&raw mut *node, &config(), &SEED, &0),
                Outcome::Ok
            );
            drain(&mut node, &mut found);
            for now in 1_u64..=6 {
                let node = &raw mut *node;
                let result = match now {
                    1 => node_core_handle_timeout(node, &raw const now),
                    2 => node_core_handle_sampled(node, &raw const now, 240),
                    3 => node_core_handle_link_up(node, &raw const now),
                    4 => node_core_handle_stream_opened(node, &raw const now),
                    5 => node_core_handle_stream_read(node, &raw const now, CONNACK.as_ptr(), 4),
                    _ => node_core_handle_stream_read(node, &raw const now, PUBACK.as_ptr(), 4),
                };
                assert_eq!(result, Outcome::Ok, "input {now}");
                drain(&mut *node, &mut found);
            }
        }
        assert_eq!(found, expected);
        assert!(found.len() > 15, "{} effects", found.len());
        let (mut state, mut deadline) = (State::default(), 0);
        // SAFETY: all pointers are to live variables.
        unsafe {
            assert_eq!(
                node_core_state(&raw const *node, &raw mut state),
                Outcome::Ok
            );
            assert_eq!(
                node_core_poll_timeout(&raw const *node, &raw mut deadline),
                Outcome::Ok
            );
            assert_eq!(node_core_queue_length(&raw const *node), 0);
        }
        assert_eq!(state.connection, Connection::Online as u8);
        assert_eq!(
            Some(deadline),
            native.poll_timeout().map(Instant::as_micros)
        );
    }

    #[test]
    fn input_between_two_effects_is_refused_and_changes_nothing() {
        let mut node = zeroed();
        let mut effects = Vec::new();
        // SAFETY: all pointers are to live variables.
        unsafe {
            let node = &raw mut *node;
            assert_eq!(node_core_init(node, &config(), &SEED, &0), Outcome::Ok);
            let early = node_core_handle_link_up(node, &1);
            assert_eq!(early, Outcome::ErrorNotDrained);
            drain(&mut *node, &mut effects);
            assert_eq!(node_core_handle_link_up(node, &1), Outcome::Ok);
            assert_eq!(node_core_handle_link_up(node, &1), Outcome::ErrorNotDrained);
        }
    }

    #[test]
    fn memory_without_a_node_is_told_apart() {
        let mut node = zeroed();
        let mut effect = Effect::NONE;
        // SAFETY: all pointers are null or to live variables.
        unsafe {
            let node = &raw mut *node;
            let before = node_core_poll(node, &raw mut effect);
            assert_eq!(before, Outcome::ErrorNotInitialised);
            assert_eq!(node_core_queue_length(node), 0);
            assert_eq!(node_core_queue_length(ptr::null()), 0);
            let mut bad = config();
            bad.oversample = 0;
            let refused = node_core_init(node, &raw const bad, &SEED, &0);
            assert_eq!(refused, Outcome::ErrorOversampleOutOfRange);
            assert_eq!(
                node_core_handle_timeout(node, &0),
                Outcome::ErrorNotInitialised
            );
        }
    }

    #[test]
    fn a_refused_configuration_leaves_the_running_node_alone() {
        let mut node = zeroed();
        let mut effects = Vec::new();
        // SAFETY: all pointers are to live variables.
        unsafe {
            let node = &raw mut *node;
            assert_eq!(node_core_init(node, &config(), &SEED, &0), Outcome::Ok);
            drain(&mut *node, &mut effects);
            let mut bad = config();
            bad.topic = c"a/#".as_ptr();
            let refused = node_core_init(node, &raw const bad, &SEED, &0);
            assert_eq!(refused, Outcome::ErrorTopicInvalid);
            assert_eq!(node_core_handle_timeout(node, &1), Outcome::Ok);
        }
    }

    /// An effect with its bytes copied.
    type Copied = (Effect, Vec<u8>);

    fn zeroed() -> Box<NodeStorage> {
        // SAFETY: zeroes are what C's `static` memory holds.
        Box::new(unsafe { MaybeUninit::zeroed().assume_init() })
    }

    fn config() -> NodeConfig {
        NodeConfig {
            reports: 1,
            client_id: c"node-1".as_ptr(),
            topic: c"room/1".as_ptr(),
            ..NodeConfig::DEFAULT
        }
    }

    fn native_config() -> Config {
        let report = ReportConfig {
            client_id: Text::new("node-1").unwrap(),
            topic: Text::new("room/1").unwrap(),
            ..ReportConfig::default()
        };
        Config {
            report: Some(report),
            ..Config::default()
        }
    }

    fn drain(node: &mut NodeStorage, effects: &mut Vec<Copied>) {
        let mut effect = Effect::NONE;
        // SAFETY: all pointers are to live variables, and bytes are read before the next call.
        unsafe {
            while node_core_poll(node, &raw mut effect) == Outcome::Ok {
                let bytes = if effect.bytes.is_null() {
                    &[]
                } else {
                    slice::from_raw_parts(effect.bytes, effect.length as usize)
                };
                effects.push(copied(effect, bytes));
            }
        }
        assert_eq!(effect, Effect::NONE);
    }

    fn drain_native(node: &mut Node, effects: &mut Vec<Copied>) {
        while let Some(polled) = node.poll() {
            let mut effect = Effect::NONE;
            effect.read(&polled);
            let bytes = match polled {
                node_core::Effect::SerialWrite(bytes) | node_core::Effect::StreamWrite(bytes) => {
                    bytes
                }
                node_core::Effect::Command(_) | node_core::Effect::Event(_) => &[],
            };
            effects.push(copied(effect, bytes));
        }
    }

    fn copied(mut effect: Effect, bytes: &[u8]) -> Copied {
        // Two nodes keep their bytes at different places.
        effect.bytes = ptr::null();
        (effect, bytes.to_vec())
    }
}
