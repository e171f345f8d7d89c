//! A stand-in for a board whose firmware nodelab does not have.
//!
//! With `--strict-wokwi`, a file without an `x-nodelab` block says nothing about a node, only
//! about what wokwi-cli makes of it. It is then run against this device: it prints `BOOT` at
//! 10 ms and `Count N v=<position of pot1>` every 100 ms, its pins are high, and its one part
//! with a control is the potentiometer `pot1`. Its word is only about the file, never about
//! a node.

use nodelab_sim::{SimSpan, SimTime};

use crate::scenario::ControlValue;

const BOOT_AT: SimTime = SimTime::from_nanos(10_000_000);
const COUNT_EVERY: SimSpan = SimSpan::from_millis(100);
const PART: &str = "pot1";
const CONTROL: &str = "position";
/// 256 of 1024, as a Wokwi potentiometer with `"value": "256"` stands.
const POSITION: f64 = 0.25;

/// The counting device.
#[derive(Clone, Debug)]
pub(crate) struct StandIn {
    now: SimTime,
    booted: bool,
    count: u64,
    position: f64,
    pub(crate) serial: Vec<u8>,
}

impl StandIn {
    pub(crate) fn new() -> Self {
        Self {
            now: SimTime::ZERO,
            booted: false,
            count: 0,
            position: POSITION,
            serial: Vec::new(),
        }
    }

    pub(crate) const fn now(&self) -> SimTime {
        self.now
    }

    /// Prints the next thing, if it is due no later than `deadline`.
    pub(crate) fn step_before(&mut self, deadline: SimTime) -> bool {
        let count_at = SimTime::ZERO.after(COUNT_EVERY.times(self.count + 1));
        let next = if self.booted { count_at } else { BOOT_AT };
        if next > deadline {
            return false;
        }
        self.now = next;
        if self.booted {
            let line = format!("Count {} v={}\r\n", self.count, self.position);
            self.serial.extend_from_slice(line.as_bytes());
            self.count += 1;
        } else {
            self.booted = true;
            self.serial.extend_from_slice(b"BOOT\r\n");
        }
        true
    }

    pub(crate) fn run_until(&mut self, deadline: SimTime) {
        while self.step_before(deadline) {}
        self.now = self.now.max(deadline);
    }

    pub(crate) fn set_control(
        &mut self,
        part: &str,
        control: &str,
        value: &ControlValue,
    ) -> Result<(), String> {
        if part != PART {
            return Err(format!("Error 404: Part not found: {part}"));
        }
        if let (CONTROL, ControlValue::Number(position)) = (control, value) {
            self.position = *position;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_boots_then_counts() {
        let mut device = StandIn::new();
        device.run_until(SimTime::from_nanos(250_000_000));
        assert_eq!(
            device.serial,
            b"BOOT\r\nCount 0 v=0.25\r\nCount 1 v=0.25\r\n"
        );
        device
            .set_control("pot1", "position", &ControlValue::Number(0.5))
            .unwrap();
        device.run_until(SimTime::from_nanos(300_000_000));
        assert!(device.serial.ends_with(b"Count 2 v=0.5\r\n"));
    }

    #[test]
    fn unknown_parts_are_refused() {
        let refused = StandIn::new().set_control("x", "y", &ControlValue::Number(1.0));
        assert_eq!(refused, Err("Error 404: Part not found: x".to_owned()));
    }
}
