//! Why a sample was not believed.

/// Why a sample was not turned into a reading.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum SensorFault {
    /// More voltage than a TMP36 puts out: its ground lead is loose, or it is reversed.
    AboveRange,
    /// A jump that no package can make between two readings.
    ImpossibleStep,
    /// Code 65535: the converter is set up to measure its own supply.
    Misconfigured,
    /// The converter did not answer.
    NoAnswer,
    /// Almost no voltage: output open, sensor unpowered, or output shorted to ground. The code
    /// alone cannot tell these apart: an open NodeMCU pin is pulled to ground by its divider.
    NoSignal,
    /// The converter is at its end: output shorted to the supply, or no divider where one belongs.
    Saturated,
}

impl SensorFault {
    /// Returns the reason in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AboveRange => "above range: ground lead open or sensor reversed",
            Self::ImpossibleStep => "impossible step",
            Self::Misconfigured => "converter misconfigured: 65535",
            Self::NoAnswer => "converter did not answer",
            Self::NoSignal => "no signal: output open, unpowered or shorted to ground",
            Self::Saturated => "saturated: output shorted to supply, or divider missing",
        }
    }
}
