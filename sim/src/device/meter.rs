//! What a board tells its ledger: which state it is in, what for, and what it sent.
//!
//! Owns the way from a node's state to what radio and processor do, and the estimate of airtime
//! on the modelled network. Does not know a current.

use node_core::{Connection, State};

use super::Surroundings;
use super::body::{Body, Station};
use super::firmware::Firmware;
use crate::observe::{Observation, Observer};
use crate::power::{Bill, Cause, CpuState, Drain, Ledger, PowerSpec, RadioState, RateFamily};
use crate::stack::{HandshakeShape, NetworkSpec};
use crate::time::{SimSpan, SimTime};

/// Bytes around a segment's payload on the air: 26 of 802.11 QoS data, 4 of its check sequence,
/// 16 of CCMP, 8 of LLC/SNAP, 20 of IPv4, 20 of TCP.
const HEADERS_BYTES: u64 = 94;
/// Preamble and header of an OFDM frame (IEEE 802.11-2020 §17.3.2).
const OFDM_PREAMBLE: SimSpan = SimSpan::from_micros(20);
/// Long preamble and header of a DSSS frame (IEEE 802.11-2020 §15.2).
const DSSS_PREAMBLE: SimSpan = SimSpan::from_micros(192);
/// Bytes that take longer than this are sent by DSSS or CCK: 8 µs / 11.
const CCK_BYTE_TIME: SimSpan = SimSpan::from_nanos(727);
/// What a station sends during a join: a probe request, authentication, association, two
/// messages of the 4-way handshake, and two of DHCP, about 1 200 bytes at 1 Mb/s with seven
/// preambles. How often a scan probes is unsourced; more than one channel is not counted.
const JOIN_AIRTIME: SimSpan = SimSpan::from_micros(1_200 * 8 + 7 * 192);

/// What the meter must know of a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Activity {
    queued: u8,
    state: State,
}

impl Activity {
    pub(super) fn of(firmware: &Firmware) -> Self {
        Self {
            queued: firmware.queue_length(),
            state: firmware.state(),
        }
    }
}

/// The meter of one board; without a ledger it counts nothing.
#[derive(Debug)]
pub(super) struct Meter {
    ledger: Option<Box<Ledger>>,
}

impl Meter {
    pub(super) fn new(power: Option<PowerSpec>) -> Self {
        Self {
            ledger: power.map(|spec| Box::new(Ledger::new(spec))),
        }
    }

    /// Starts to count: the board has power.
    pub(super) fn open(&mut self, at: SimTime) {
        if let Some(ledger) = &mut self.ledger {
            ledger.open(at);
        }
    }

    /// Counts a frame that the node sends.
    pub(super) fn transmit(&mut self, airtime: SimSpan, family: RateFamily) {
        if let Some(ledger) = &mut self.ledger {
            ledger.transmit(airtime, family);
        }
    }

    /// Counts a slice of computing within a state in which the processor does less.
    pub(super) fn compute(&mut self, span: SimSpan) {
        if let Some(ledger) = &mut self.ledger {
            ledger.compute(span);
        }
    }

    /// Counts the frames and the computing of a handshake on the modelled network.
    pub(super) fn shake_hands(&mut self, network: &NetworkSpec, shape: &HandshakeShape) {
        for turn in &shape.turns {
            self.compute(turn.think);
            if turn.up > 0 {
                self.transmit_segments(network, turn.up);
            }
            if turn.down > 0 {
                self.transmit_segments(network, 0);
            }
        }
    }

    /// Counts the frames of a join on the modelled network.
    pub(super) fn transmit_join(&mut self) {
        self.transmit(JOIN_AIRTIME, RateFamily::B);
    }

    /// Counts the segments of `length` bytes on the modelled network, sent once.
    pub(super) fn transmit_segments(&mut self, network: &NetworkSpec, length: usize) {
        if self.ledger.is_none() {
            return;
        }
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        let segments = length.div_ceil(u64::from(network.segment_size.max(1)));
        let segments = segments.max(1);
        let (family, preamble) = if network.byte_time > CCK_BYTE_TIME {
            (RateFamily::B, DSSS_PREAMBLE)
        } else {
            (RateFamily::G, OFDM_PREAMBLE)
        };
        let bytes = length.saturating_add(segments.saturating_mul(HEADERS_BYTES));
        let airtime = network
            .byte_time
            .times(bytes)
            .plus(preamble.times(segments));
        self.transmit(airtime, family);
    }
}

impl Body {
    /// Tells the ledger what the board does from here on, and what for.
    pub(super) fn measure(
        &mut self,
        at: SimTime,
        activity: Activity,
        around: &mut Surroundings<'_>,
    ) {
        if self.meter.ledger.is_none() {
            return;
        }
        let cause = self.cause(activity);
        let radio = self.radio_state(cause);
        let cpu = match cause {
            Cause::Asleep => CpuState::LightSleep,
            Cause::Boot | Cause::Sampling => CpuState::Busy,
            _ if self.computes_until(at).is_some() => CpuState::Busy,
            Cause::Handshake | Cause::Joining | Cause::Publishing | Cause::Waiting => {
                CpuState::Idle
            }
        };
        self.account(at, (radio, cpu), cause, around.watch);
    }

    /// Tells the ledger exactly what radio and processor do from here on, and what for.
    pub(super) fn account(
        &mut self,
        at: SimTime,
        (radio, cpu): (RadioState, CpuState),
        cause: Cause,
        watch: &mut dyn Observer,
    ) {
        let Some(ledger) = &mut self.meter.ledger else {
            return;
        };
        if let Some(bill) = ledger.because(at, cause) {
            watch.on_event(at, self.id, &Observation::Billed(&bill));
        }
        ledger.set(at, radio, cpu);
    }

    /// Stops counting: the power is gone.
    pub(super) fn close_books(&mut self, at: SimTime, watch: &mut dyn Observer) {
        if let Some(ledger) = &mut self.meter.ledger {
            let read = ledger.close(at);
            self.tell(at, read, watch);
        }
    }

    /// Tells observers everything that was drawn until now.
    pub(super) fn read_books(&mut self, at: SimTime, watch: &mut dyn Observer) {
        if let Some(ledger) = &mut self.meter.ledger {
            let read = ledger.read(at);
            self.tell(at, read, watch);
        }
    }

    fn tell(&self, at: SimTime, (bill, drain): (Option<Bill>, Drain), watch: &mut dyn Observer) {
        if let Some(bill) = bill {
            watch.on_event(at, self.id, &Observation::Billed(&bill));
        }
        watch.on_event(at, self.id, &Observation::Drained(&drain));
    }

    /// Returns what the board draws for; the way to the broker comes first, as it draws most.
    const fn cause(&self, activity: Activity) -> Cause {
        let idle = match activity.state.connection {
            Connection::Joining => return Cause::Joining,
            Connection::Greeting | Connection::Opening => return Cause::Handshake,
            Connection::Online if activity.queued > 0 => return Cause::Publishing,
            Connection::Offline if self.asleep => Cause::Asleep,
            Connection::Offline
            | Connection::Online
            | Connection::RejoinPause
            | Connection::ReopenPause => Cause::Waiting,
        };
        if activity.state.sampling {
            Cause::Sampling
        } else {
            idle
        }
    }

    /// Returns what the radio does for a cause: a station saves power while nothing is awaited.
    fn radio_state(&self, cause: Cause) -> RadioState {
        let station = match &self.uplink {
            Some(uplink) => uplink.station(),
            None => self.station,
        };
        match (station, cause) {
            (Station::Off, _) => RadioState::Off,
            (Station::Joined, Cause::Asleep | Cause::Sampling | Cause::Waiting) => {
                RadioState::PowerSave
            }
            (Station::Joined | Station::Joining, _) => RadioState::Listening,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::power::{BoardExtras, Chip};

    fn sent(network: &NetworkSpec, length: usize) -> u128 {
        let mut meter = Meter::new(Some(PowerSpec::new(Chip::Esp8266, BoardExtras::Module)));
        meter.open(SimTime::ZERO);
        meter.transmit_segments(network, length);
        let ledger = meter.ledger.expect("it was asked for");
        ledger.drain().charge.0
    }

    #[test]
    fn airtime_is_estimated_from_bytes_and_their_time() {
        // 100 bytes and 94 of headers at 24 Mb/s, and 20 µs: 84 602 ns. Sending 802.11g draws
        // 224 mA, of which the starting radio draws 65 mA already.
        assert_eq!(sent(&NetworkSpec::good(), 100), 84_602 * 159_000);
        // Two segments have two preambles and two sets of headers.
        assert_eq!(
            sent(&NetworkSpec::good(), 600),
            (788 * 333 + 40_000) * 159_000
        );
        // At 1 Mb/s it is 802.11b.
        assert_eq!(
            sent(&NetworkSpec::far(), 100),
            (194 * 8_000 + 192_000) * 225_000
        );
    }

    #[test]
    fn a_meter_without_a_ledger_is_small() {
        assert!(size_of::<Meter>() <= 8);
    }
}
