//! In what the TCP stacks of chips differ.
//!
//! Owns the figures and their sources. The state machine is smoltcp's for all of them: a profile
//! sets its segment size, buffers, patience and the grain of its timers, which is what a capture
//! of a real chip shows. Congestion control differs further and is not modelled.

use crate::time::SimSpan;

/// How fine a stack's timers are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TcpTimers {
    /// lwIP: timers ring only on a grid, so a retransmission waits for the next tick, and an
    /// acknowledgement with nothing to ride on for the fast timer.
    LwIp {
        /// `TCP_FAST_INTERVAL`, 250 ms: delayed acknowledgements.
        fast: SimSpan,
        /// `TCP_SLOW_INTERVAL`, 500 ms: retransmission and giving up.
        slow: SimSpan,
    },
    /// smoltcp 0.14: exact timers; acknowledgements are delayed by 10 ms.
    Smoltcp,
}

/// The figures of one TCP stack.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TcpProfile {
    /// Longest payload of a segment, in bytes, as announced in SYN.
    pub segment_size: u16,
    /// Receive window, in bytes.
    pub receive_buffer: u16,
    /// Send buffer, in bytes.
    pub send_buffer: u16,
    /// How long a connection may be without any answer to what it sent.
    pub patience: SimSpan,
    /// How long the first SYN may go unanswered.
    pub open_patience: SimSpan,
    /// Grain of its timers.
    pub timers: TcpTimers,
}

/// A name and the figures it stands for.
type Named = (&'static str, TcpProfile);

/// lwIP's timers (lwIP 1.4 and 2.x, `tcp_impl.h`, `TCP_TMR_INTERVAL` 250).
const LWIP: TcpTimers = TcpTimers::LwIp {
    fast: SimSpan::from_millis(250),
    slow: SimSpan::from_millis(500),
};
/// `TCP_MAXRTX` 12 with `tcp_backoff` {1, 2, 3, 4, 5, 6, 7, 7, 7, 7, 7, 7, 7} as shifts of an
/// RTO of 1 s: longer than anything a node waits for (lwIP `tcp.c`).
const DATA_PATIENCE: SimSpan = SimSpan::from_secs(2 + 4 + 8 + 16 + 32 + 64 + 6 * 128);
/// `TCP_SYNMAXRTX` 6 with an RTO of 1 s, doubled each time.
const SYN_PATIENCE: SimSpan = SimSpan::from_secs(1 + 2 + 4 + 8 + 16 + 32 + 64);

impl TcpProfile {
    /// Arduino core for ESP8266, "v2 Lower Memory": `TCP_MSS` 536, `TCP_WND` 4 · MSS,
    /// `TCP_SND_BUF` 2 · MSS (`boards.txt`, `tools/sdk/lwip2/include/lwipopts.h`).
    pub const ARDUINO_LOWER_MEMORY: Self = Self {
        segment_size: 536,
        receive_buffer: 4 * 536,
        send_buffer: 2 * 536,
        patience: DATA_PATIENCE,
        open_patience: SYN_PATIENCE,
        timers: LWIP,
    };
    /// Arduino core for ESP8266, "v2 Higher Bandwidth": as above with `TCP_MSS` 1460.
    pub const ARDUINO_HIGHER_BANDWIDTH: Self = Self {
        segment_size: 1460,
        receive_buffer: 4 * 1460,
        send_buffer: 2 * 1460,
        ..Self::ARDUINO_LOWER_MEMORY
    };
    /// MicroPython on ESP8266: lwIP 1.4 of esp-open-lwip, `TCP_MSS` 1460, `TCP_SND_BUF` 2 · MSS
    /// (`include/lwipopts.h`); its window is an SDK variable, taken as 4 · MSS (unsourced).
    pub const MICROPYTHON: Self = Self {
        segment_size: 1460,
        receive_buffer: 4 * 1460,
        send_buffer: 2 * 1460,
        ..Self::ARDUINO_LOWER_MEMORY
    };
    /// ESP8266 RTOS SDK: `LWIP_TCP_MSS` 1440, `TCP_WND_DEFAULT` 5760 (`components/lwip/Kconfig`);
    /// its send buffer is a menu entry, taken as 2 · MSS (unsourced).
    pub const RTOS_SDK: Self = Self {
        segment_size: 1440,
        receive_buffer: 5760,
        send_buffer: 2 * 1440,
        ..Self::ARDUINO_LOWER_MEMORY
    };
    /// Rust firmware on an ESP32-C3: embassy-net is smoltcp; buffers of 4 KiB (unsourced).
    pub const ESP_RADIO: Self = Self {
        segment_size: 1460,
        receive_buffer: 4_096,
        send_buffer: 4_096,
        timers: TcpTimers::Smoltcp,
        ..Self::ARDUINO_LOWER_MEMORY
    };
    /// The broker's host. 4 KiB each way hold a flight of certificates; a Linux host has far
    /// more, which a node that sends one message at a time does not notice.
    pub(crate) const SERVER: Self = Self {
        segment_size: 1460,
        receive_buffer: 4_096,
        send_buffer: 8_192,
        timers: TcpTimers::Smoltcp,
        ..Self::ARDUINO_LOWER_MEMORY
    };

    const NAMED: [Named; 5] = [
        ("arduino-higher-bandwidth", Self::ARDUINO_HIGHER_BANDWIDTH),
        ("arduino-lower-memory", Self::ARDUINO_LOWER_MEMORY),
        ("esp-radio", Self::ESP_RADIO),
        ("micropython", Self::MICROPYTHON),
        ("rtos-sdk", Self::RTOS_SDK),
    ];

    /// Returns the profile with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMED
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, profile)| *profile)
    }

    /// Returns the names that [`TcpProfile::named`] knows, in alphabetical order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::NAMED.iter().map(|(name, _)| *name)
    }
}

impl Default for TcpProfile {
    fn default() -> Self {
        Self::ARDUINO_LOWER_MEMORY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_answers_to_its_name() {
        let mut names: Vec<_> = TcpProfile::names().collect();
        names.sort_unstable();
        assert!(TcpProfile::names().eq(names.iter().copied()));
        for name in names {
            assert!(TcpProfile::named(name).is_some(), "{name}");
        }
        assert_eq!(TcpProfile::named("linux"), None);
    }
}
