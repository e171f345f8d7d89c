//! The life of a sensor node as bytes: what it was told, and what it answered.
//!
//! A host tells a [`Node`](node_core::Node) that runs somewhere else, on an emulated core for
//! example, what happened, and hears what it asks for. Both ends use this crate.
//!
//! ```text
//! host ── Boot, Handle, Queued, Measure ──▶ driver around Node     one frame each:
//!      ◀── Effect …, Turn ─────────────────                        length u16 · tag u8 · fields
//! ```
//!
//! All numbers are little-endian. Nothing is padded, nothing is optional but what says so.
//! Equal values have equal bytes, so two runs can be compared without decoding them.
//!
//! # Examples
//!
//! ```
//! use node_core::{AdcCode, Input, Instant};
//! use node_wire::{FRAME_MAX, Request, split};
//!
//! let told = Request::Handle { now: Instant::ZERO, input: Input::Sampled(AdcCode(240)) };
//! let mut buffer = [0; FRAME_MAX];
//! let frame = told.encode(&mut buffer).unwrap();
//! let frame = split(frame).unwrap().expect("the whole frame is there");
//! assert_eq!(Request::decode(frame.body), Ok(told));
//! assert!(frame.rest.is_empty());
//! ```
#![no_std]

#[cfg(test)]
extern crate std;

mod answer;
mod code;
mod config;
mod frame;
mod reader;
mod request;
mod trace;

pub use answer::{Answer, Standing};
pub use frame::{BODY_MAX, FRAME_MAX, Frame, WireError, split};
pub use request::Request;
pub use trace::{LIFE_HEADER, Life, Lives, life_header};
