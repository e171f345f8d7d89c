//! The MQTT session against every packet in every state, and over several streams.

mod streams;
mod support;
mod table;
