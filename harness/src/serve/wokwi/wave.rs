//! What the converter saw, as a value change dump.
//!
//! Owns the samples and their number. The format is that of IEEE 1364-2005, clause 18.

use std::io;

use nodelab_sim::{Conversion, SimTime};
use vcd::{IdCode, TimescaleUnit, Value, VarType, Writer};

/// Conversions that are kept; later ones are left out. Worst case: 3 MB, and 10 MB as text.
pub(super) const SAMPLES_MAX: usize = 100_000;
/// Signals of the dump.
pub(super) const CHANNELS: usize = 3;
const CODE_BITS: u32 = 16;

/// Conversions in the order of time.
#[derive(Clone, Debug, Default)]
pub(super) struct Wave(Vec<(SimTime, Conversion)>);

impl Wave {
    pub(super) fn push(&mut self, at: SimTime, conversion: Conversion) {
        if self.0.len() < SAMPLES_MAX {
            self.0.push((at, conversion));
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the dump: the code, the sensor's output in volts and the air in °C.
    pub(super) fn dump(&self, board: &str) -> String {
        let mut text = Vec::new();
        self.write(board, &mut text)
            .expect("memory takes all that is written");
        String::from_utf8(text).expect("a dump is text")
    }

    fn write(&self, board: &str, out: &mut Vec<u8>) -> io::Result<()> {
        let mut out = Writer::new(out);
        out.timescale(1, TimescaleUnit::NS)?;
        // A scope's name ends at white space.
        out.add_module(&board.replace(char::is_whitespace, "_"))?;
        let code = out.add_wire(CODE_BITS, "code")?;
        let real = |out: &mut Writer<_>, name| out.add_var(VarType::Real, 64, name, None);
        let output: IdCode = real(&mut out, "sensor_V")?;
        let air = real(&mut out, "air_C")?;
        out.upscope()?;
        out.enddefinitions()?;
        for (at, conversion) in &self.0 {
            out.timestamp(at.as_nanos())?;
            let bits = (0..CODE_BITS)
                .rev()
                .map(|bit| match conversion.code.0 >> bit & 1 {
                    0 => Value::V0,
                    _ => Value::V1,
                });
            out.change_vector(code, bits)?;
            out.change_real(output, f64::from(conversion.output.0) / 1e6)?;
            out.change_real(air, f64::from(conversion.truth.0) / 1e3)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use node_core::{AdcCode, Microvolts, MilliCelsius};

    #[test]
    fn a_dump_has_a_moment_for_each_conversion() {
        let mut wave = Wave::default();
        for (at, code) in [(1_000, 240), (2_000, 241)] {
            let conversion = Conversion {
                code: AdcCode(code),
                output: Microvolts(750_000),
                truth: MilliCelsius(25_000),
            };
            wave.push(SimTime::from_nanos(at), conversion);
        }
        assert_eq!(wave.len(), 2);
        insta::assert_snapshot!(wave.dump("my board"));
    }
}
