//! The broker, as its clients see it: literal bytes in, literal bytes out.

mod clients;
mod cost;
mod limits;
mod properties;
mod protocol;
mod sessions;
