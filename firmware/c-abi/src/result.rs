//! What every call returns.
//!
//! Owns the numbers of outcomes, which are part of the interface: a number once given is never
//! given to another meaning.

use core::ffi::{CStr, c_char};

use node_core::ConfigError;

/// What a call came to. Every error leaves the node as it was.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum Outcome {
    /// Done.
    Ok = 0,
    /// Nothing is left: no effect to poll, or no deadline.
    None = 1,
    /// A pointer that must not be null is null.
    ErrorNull = 16,
    /// A pointer is not aligned for what it points to.
    ErrorMisaligned = 17,
    /// The memory of the node was not set up by `node_core_init`.
    ErrorNotInitialised = 18,
    /// The drain rule: poll until `NODE_CORE_NONE`, then handle.
    ErrorNotDrained = 19,
    /// A number stands for no variant, or is outside the range that its field states.
    ErrorValue = 20,
    /// A text is longer than its field allows.
    ErrorTextTooLong = 21,
    /// A text is not UTF-8.
    ErrorTextNotUtf8 = 22,
    /// No object is as long as that from there.
    ErrorLength = 23,
    /// The configuration did not come from this library's `node_core_config_default`.
    ErrorAbi = 24,
    /// Configuration: the back-off's base is zero or above its cap.
    ErrorBackoffInverted = 32,
    /// Configuration: the client identifier is empty.
    ErrorClientIdEmpty = 33,
    /// Configuration: the gain correction is beyond ±1 000 000 ppm.
    ErrorGainOutOfRange = 34,
    /// Configuration: the interval is below 100 ms or above one week.
    ErrorIntervalOutOfRange = 35,
    /// Configuration: the oversampling is 0 or above 16.
    ErrorOversampleOutOfRange = 36,
    /// Configuration: a password without a user name (MQTT 3.1.1 §3.1.2.9).
    ErrorPasswordWithoutUsername = 37,
    /// Configuration: the queue's capacity is 0 or above 32.
    ErrorQueueCapacityOutOfRange = 38,
    /// Configuration: a timeout is zero.
    ErrorTimeoutZero = 39,
    /// Configuration: the topic is empty or holds a wildcard (MQTT 3.1.1 §4.7.1, §4.7.3).
    ErrorTopicInvalid = 40,
}

/// Returns an outcome in words: static, never null, ends in a NUL. Numbers that are no outcome
/// have a text too.
#[unsafe(no_mangle)]
pub extern "C" fn node_core_result_text(result: u32) -> *const c_char {
    let known = Outcome::ALL.iter().find(|known| known.number() == result);
    known
        .map_or(c"unknown result", |known| known.text())
        .as_ptr()
}

impl Outcome {
    /// All of them, by number.
    const ALL: [Self; 20] = [
        Self::Ok,
        Self::None,
        Self::ErrorNull,
        Self::ErrorMisaligned,
        Self::ErrorNotInitialised,
        Self::ErrorNotDrained,
        Self::ErrorValue,
        Self::ErrorTextTooLong,
        Self::ErrorTextNotUtf8,
        Self::ErrorLength,
        Self::ErrorAbi,
        Self::ErrorBackoffInverted,
        Self::ErrorClientIdEmpty,
        Self::ErrorGainOutOfRange,
        Self::ErrorIntervalOutOfRange,
        Self::ErrorOversampleOutOfRange,
        Self::ErrorPasswordWithoutUsername,
        Self::ErrorQueueCapacityOutOfRange,
        Self::ErrorTimeoutZero,
        Self::ErrorTopicInvalid,
    ];

    const fn number(self) -> u32 {
        self as u32
    }

    const fn text(self) -> &'static CStr {
        match self {
            Self::Ok => c"ok",
            Self::None => c"nothing left",
            Self::ErrorNull => c"null pointer",
            Self::ErrorMisaligned => c"misaligned pointer",
            Self::ErrorNotInitialised => c"node not initialised",
            Self::ErrorNotDrained => c"node not drained: poll until nothing is left",
            Self::ErrorValue => c"value unknown or out of range",
            Self::ErrorTextTooLong => c"text too long",
            Self::ErrorTextNotUtf8 => c"text not UTF-8",
            Self::ErrorLength => c"length beyond the address space",
            Self::ErrorAbi => c"configuration not from node_core_config_default",
            Self::ErrorBackoffInverted => c"back-off base zero or above its cap",
            Self::ErrorClientIdEmpty => c"client identifier empty",
            Self::ErrorGainOutOfRange => c"gain out of range",
            Self::ErrorIntervalOutOfRange => c"interval out of range",
            Self::ErrorOversampleOutOfRange => c"oversampling out of range",
            Self::ErrorPasswordWithoutUsername => c"password without user name",
            Self::ErrorQueueCapacityOutOfRange => c"queue capacity out of range",
            Self::ErrorTimeoutZero => c"timeout zero",
            Self::ErrorTopicInvalid => c"topic empty or with a wildcard",
        }
    }

    /// Returns the one that a call ends with, whether it went well or not.
    pub(crate) fn of(result: Result<Self, Self>) -> Self {
        match result {
            Ok(outcome) | Err(outcome) => outcome,
        }
    }
}

impl From<ConfigError> for Outcome {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::BackoffInverted => Self::ErrorBackoffInverted,
            ConfigError::ClientIdEmpty => Self::ErrorClientIdEmpty,
            ConfigError::GainOutOfRange => Self::ErrorGainOutOfRange,
            ConfigError::IntervalOutOfRange => Self::ErrorIntervalOutOfRange,
            ConfigError::OversampleOutOfRange => Self::ErrorOversampleOutOfRange,
            ConfigError::PasswordWithoutUsername => Self::ErrorPasswordWithoutUsername,
            ConfigError::QueueCapacityOutOfRange => Self::ErrorQueueCapacityOutOfRange,
            ConfigError::TimeoutZero => Self::ErrorTimeoutZero,
            ConfigError::TopicInvalid => Self::ErrorTopicInvalid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_text() {
        let mut seen = std::vec::Vec::new();
        for result in 0..=Outcome::ErrorTopicInvalid.number() {
            // SAFETY: the function returns a static text that ends in NUL.
            let text = unsafe { CStr::from_ptr(node_core_result_text(result)) };
            let known = Outcome::ALL.iter().any(|known| known.number() == result);
            assert_eq!(known, text != c"unknown result", "{result}");
            if known {
                assert!(!seen.contains(&text), "{text:?} twice");
                seen.push(text);
            }
        }
        assert_eq!(seen.len(), Outcome::ALL.len());
    }
}
