//! `node-core` behind a C interface: one library, one header, no allocation.
//!
//! Owns what crosses the border to C: layouts, numbers of variants, and the checks that keep a
//! C programmer's mistake an error code. Does not know any hardware.
//!
//! Rules of the border, which `include/node_core.h` repeats:
//!
//! - Every scalar crosses as 32 bits or as a pointer. Two compilers meet here, and where they
//!   differ is in how 64-bit values, small integers and structures travel by value.
//! - What comes in is judged before it is used: null, misaligned, unknown and too long values
//!   are error codes, and such a call changes nothing.
//! - What goes out by pointer is written whole.
#![no_std]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::float_arithmetic,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::std_instead_of_core
    )
)]

#[cfg(not(target_os = "none"))]
extern crate std;

mod config;
mod effect;
mod handle;
mod life;
#[cfg(target_os = "none")]
mod panic;
mod pointer;
mod reason;
mod result;
mod storage;

pub use config::{
    Conversion, DropPolicy, Filter, NodeConfig, PayloadFormat, SensorScale, WifiPolicy,
    node_core_config_default,
};
pub use effect::{Command, Effect, EffectKind, Event};
pub use handle::{
    node_core_handle_link_down, node_core_handle_link_up, node_core_handle_sampled,
    node_core_handle_serial_read, node_core_handle_stream_closed, node_core_handle_stream_opened,
    node_core_handle_stream_read, node_core_handle_time_known, node_core_handle_timeout,
};
pub use life::{
    Connection, State, node_core_abi, node_core_align, node_core_init, node_core_poll,
    node_core_poll_timeout, node_core_queue_length, node_core_size, node_core_state,
    node_core_version,
};
pub use reason::{
    CloseReason, ConnectRefusal, DropReason, LinkLoss, ProtocolError, SensorFault,
    node_core_link_loss_of_sdk_reason,
};
pub use result::{Outcome, node_core_result_text};
pub use storage::{NODE_CORE_ABI, NODE_CORE_WORDS, NodeStorage};
