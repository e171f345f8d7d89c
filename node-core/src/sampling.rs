//! Taking a reading: when, how many conversions, and what becomes of the result.
//!
//! Owns the deadlines `Reading` and `Conversion`.

use core::mem;

use crate::console;
use crate::effect::{Command, Event, Reading};
use crate::node::Node;
use crate::sensor::{Burst, Sensor, SensorFault};
use crate::time::{Duration, Instant};
use crate::timer::Timer;
use crate::units::{AdcCode, MilliCelsius};

/// The sensor, the conversions of the reading under way, and the numbering.
#[derive(Clone, Debug)]
pub(crate) struct Sampler {
    sensor: Sensor,
    burst: Burst,
    busy: bool,
    last_code: AdcCode,
    sequence: u32,
}

impl Sampler {
    pub(crate) const fn new() -> Self {
        Self {
            sensor: Sensor::new(),
            burst: Burst::new(),
            busy: false,
            last_code: AdcCode(0),
            sequence: 0,
        }
    }

    /// Returns true while conversions are under way.
    pub(crate) const fn is_busy(&self) -> bool {
        self.busy
    }
}

impl Node {
    /// Starts a reading, unless one is under way.
    pub(crate) fn start_sampling(&mut self, now: Instant) {
        if self.sampler.busy {
            return;
        }
        self.sampler.busy = true;
        self.sampler.burst = Burst::new();
        self.ask_conversion(now);
    }

    /// Starts the reading that is due, and sets when the next one is.
    pub(crate) fn handle_reading_due(&mut self, now: Instant) {
        self.timers
            .arm(Timer::Reading, now.after(self.config.sampling.interval));
        self.start_sampling(now);
    }

    /// Takes the converter's answer; finishes the reading when it was the last one.
    pub(crate) fn handle_sampled(&mut self, now: Instant, code: AdcCode) {
        if !self.sampler.busy {
            return;
        }
        self.sampler.last_code = code;
        self.sampler.burst.push(code);
        if self.sampler.burst.len() < usize::from(self.config.sampling.oversample) {
            self.ask_conversion(now);
            return;
        }
        self.stop_sampling();
        let (sensor, filter) = (&self.config.sensor, self.config.sampling.filter);
        match self
            .sampler
            .sensor
            .judge(sensor, filter, &self.sampler.burst)
        {
            Ok(value) => self.accept_reading(now, value),
            Err((why, code)) => self.report_fault(why, code),
        }
    }

    /// Gives up the reading whose conversion did not come back.
    pub(crate) fn handle_conversion_late(&mut self, _now: Instant) {
        self.stop_sampling();
        self.report_fault(SensorFault::NoAnswer, self.sampler.last_code);
    }

    /// Changes the time between readings, counted from `now`.
    pub(crate) fn change_interval(&mut self, now: Instant, interval: Duration) {
        let before = mem::replace(&mut self.config.sampling.interval, interval);
        if self.config.check().is_err() {
            self.config.sampling.interval = before;
            self.outbox.print_fixed(console::BAD_INTERVAL);
            return;
        }
        self.timers.arm(Timer::Reading, now.after(interval));
        self.outbox.event(Event::IntervalChanged(interval));
        self.outbox.print(&|out| {
            out.text("Interval ")
                .number(interval.as_millis())
                .text(" ms\r\n");
        });
    }

    fn ask_conversion(&mut self, now: Instant) {
        self.timers.arm(
            Timer::Conversion,
            now.after(self.config.sampling.response_timeout),
        );
        self.outbox.command(Command::Sample);
    }

    fn stop_sampling(&mut self) {
        self.sampler.busy = false;
        self.timers.stop(Timer::Conversion);
    }

    fn accept_reading(&mut self, now: Instant, value: MilliCelsius) {
        let reading = Reading {
            taken: now,
            value,
            sequence: self.sampler.sequence,
        };
        self.sampler.sequence = self.sampler.sequence.wrapping_add(1);
        self.outbox.event(Event::ReadingTaken(reading));
        let code = self.sampler.burst.code(self.config.sampling.filter);
        self.outbox
            .print(&|out| console::write_reading(code, &reading, out));
        if self.report().is_none() {
            self.outbox.event(Event::ReadingShown {
                sequence: reading.sequence,
            });
            return;
        }
        let in_flight = self.session.in_flight().is_some();
        if let Some((gone, why)) = self.queue.push(self.config.queue, in_flight, reading) {
            self.outbox.event(Event::ReadingDropped {
                sequence: gone.sequence,
                why,
            });
        }
    }

    fn report_fault(&mut self, why: SensorFault, code: AdcCode) {
        self.outbox.event(Event::SensorFaulted { code, why });
        self.outbox
            .print(&|out| console::write_fault(code, why, out));
    }
}
