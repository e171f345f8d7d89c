//! From a temperature to a code: the physics between the room and the converter.

mod adc;
mod adc_esp32c3;
mod adc_esp8266;
mod supply;
mod thermal;
mod tmp36;
mod tmp36_spec;

pub use adc::Adc;
pub use adc_esp32c3::{Esp32c3Adc, Esp32c3AdcSpec, full_scale};
pub use adc_esp8266::{Esp8266Adc, Esp8266AdcSpec, SdkScaling};
pub use supply::{RadioActivity, Source, Supply};
pub use thermal::Air;
pub use tmp36::Tmp36;
pub use tmp36_spec::{Grade, Tmp36Fault, Tmp36Spec};
