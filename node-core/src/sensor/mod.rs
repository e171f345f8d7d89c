//! From raw codes to a temperature that can be believed, or a reason why not.

mod fault;

pub use fault::SensorFault;
