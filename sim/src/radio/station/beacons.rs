//! What an associated station does when beacons stay away.
//!
//! ```text
//!         missing            silence (6 s)             5 probes, 500 ms apart
//!  Quiet ────────► Missing ───────────────► Probing ──────────────────────────► reason 200
//!    ▲                │                        │
//!    └────────────────┴── heard, or answered ──┘
//! ```

use super::keys::Handshake;
use super::{ReasonCode, SimSpan, SimTime, State, Station, Target};
use crate::radio::management::Body;

/// Probe requests before the station gives up (esp-faq, `wifi.rst`).
const PROBES: u8 = 5;
/// Time from one to the next. Five make the 2.5 s between `ap_probe_send_start` and
/// `ap_probe_send_over` in the log of `ESP8266_RTOS_SDK` issue 355.
const PROBE_INTERVAL: SimSpan = SimSpan::from_millis(500);

/// What the station makes of the beacons.
#[derive(Clone, Copy, Debug)]
pub(super) enum Watch {
    /// They stay away and the station asks.
    Probing {
        /// Probe requests sent.
        sent: u8,
    },
    /// All is well, or nobody has noticed yet.
    Quiet,
    /// They stay away.
    Missing,
}

impl Station {
    /// Notes that no beacon is heard from `at` on, until [`hear_beacons`](Self::hear_beacons).
    ///
    /// The last beacon was up to an interval earlier, which is neglected.
    pub fn miss_beacons(&mut self, at: SimTime) {
        let since = *self.beacons_missing.get_or_insert(at);
        if let State::Associated(target, handshake, Watch::Quiet) = self.state {
            self.state = State::Associated(target, handshake, Watch::Missing);
            self.deadline = Some(since.after(self.spec.beacon_silence).max(at));
        }
    }

    /// Notes that beacons are heard again.
    pub fn hear_beacons(&mut self) {
        self.beacons_missing = None;
        if let State::Associated(target, handshake, _) = self.state {
            self.state = State::Associated(target, handshake, Watch::Quiet);
            self.deadline = None;
        }
    }

    /// Asks for the access point, or gives it up.
    pub(super) fn look_for_beacons(
        &mut self,
        at: SimTime,
        target: Target,
        handshake: Handshake,
        watch: Watch,
    ) {
        let sent = match watch {
            Watch::Quiet => return,
            Watch::Missing => 0,
            Watch::Probing { sent } => sent,
        };
        if sent >= PROBES {
            self.lose(ReasonCode::BEACON_TIMEOUT);
            return;
        }
        let channel = self.channel;
        let payload = Body::ProbeRequest { channel }.payload();
        self.send(at, target.access_point.address, payload);
        let watch = Watch::Probing { sent: sent + 1 };
        self.state = State::Associated(target, handshake, watch);
        self.deadline = Some(at.after(PROBE_INTERVAL));
    }
}
