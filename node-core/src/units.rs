//! Units. Every physical quantity crosses a module boundary as one of these types.

/// A raw reading of the analog-to-digital converter, exactly as the SDK returned it.
///
/// Every value is legal here, 65535 (the ESP8266's "not in this mode") included: judging
/// codes is the sensor's work, and a code that was filtered on the way in could not be
/// reported.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct AdcCode(pub u16);

/// Electric potential, in microvolts: one step of the NodeMCU's converter is 3125 µV.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Microvolts(pub i32);

/// Temperature, in thousandths of a degree Celsius.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct MilliCelsius(pub i32);

/// Returns `value` as an `i32`, held at the nearer end when it does not fit.
#[expect(
    clippy::cast_possible_truncation,
    reason = "both ends are checked before"
)]
pub(crate) const fn saturate(value: i64) -> i32 {
    if value > i32::MAX as i64 {
        i32::MAX
    } else if value < i32::MIN as i64 {
        i32::MIN
    } else {
        value as i32
    }
}
