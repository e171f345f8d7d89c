//! What readings look like to those who receive them, and where they go.

mod command;
mod format;
mod home_assistant;
mod json;
mod temperature;
mod topic;

pub use command::LosantCommand;
pub use format::write_payload;
pub use home_assistant::{discovery_topic, write_discovery};
pub use temperature::{fahrenheit_tenths, temperature_one_decimal, temperature_two_decimals};
pub(crate) use topic::topic_in;
pub use topic::{OFFLINE, ONLINE, TOPIC_MAX, command_topic, status_topic};
