//! The simulated hardware for programs that are not ours, in real time.
//!
//! ```text
//!                    ┌ Clock    real time, as the simulator counts it
//! run(Plan) ── House ┼ Journal  one line for each thing that happens
//!                    ├ Rules    who may knock from where, and the token
//!                    └ Closing  SIGINT, SIGTERM, --for
//!      └─ for each Service: Door(s) ── Guest ── a task
//! ```
//!
//! Owns sockets, tasks and their limits. What is spoken on them is the simulator's: each service
//! tells a state machine without I/O what happened, and does what it answers.

mod adc;
mod certificates;
mod clock;
mod closing;
mod door;
mod error;
mod house;
mod journal;
mod limits;
mod link;
mod mqtt;
mod subject;
mod tls;
mod token;
mod wokwi;

pub use adc::AdcOptions;
pub use certificates::{CertificateOptions, Certificates, Key};
pub use door::Rules;
pub use error::ServeError;
pub use house::{Plan, Service, run};
pub use link::{Downtime, LinkOptions};
pub use mqtt::MqttOptions;
pub use subject::Subject;
pub use tls::{Behaviour, Certificate, SpokenVersions, TlsOptions};
pub use token::{Token, TokenError};
pub use wokwi::WokwiOptions;
