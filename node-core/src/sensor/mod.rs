//! From raw codes to a temperature that can be believed, or a reason why not.

mod calibration;
mod fault;
mod filter;
mod judge;
mod plausibility;
mod tmp36;

pub use fault::SensorFault;
pub use filter::Burst;
pub use judge::Sensor;
pub use plausibility::STEP_CONFIRM;
