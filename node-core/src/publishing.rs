//! What the node sends once it is online: who it is, and its readings, one at a time.
//!
//! Owns the deadline `Publish`. Does not know how packets look, or how the stream came to be.

use core::num::NonZeroU16;

use crate::config::{PayloadFormat, Qos, ReportConfig};
use crate::effect::{DropReason, Event, Reading};
use crate::mqtt::{Message, PublishError, Sent, SessionState};
use crate::node::Node;
use crate::payload;
use crate::text::Writer;
use crate::time::Instant;
use crate::timer::Timer;

/// Longest payload: a SenML record with the longest client identifier.
const PAYLOAD_MAX: usize = 192;
/// Announcements of a session: commands, status, discovery.
const ANNOUNCEMENTS: u8 = 3;
/// Longest discovery message of Home Assistant.
const DISCOVERY_MAX: usize = 640;

impl Node {
    /// Tells the broker what the node wants of it, and others that the node is there: one
    /// announcement after the other, as the turn's buffer allows. Returns true when all are out.
    pub(crate) fn announce(&mut self, now: Instant) -> bool {
        while self.announced < ANNOUNCEMENTS {
            let first = self.outbox.stream_is_empty();
            match self.send_announcement(now) {
                Err(PublishError::TooLarge) if !first => {
                    self.timers.arm(Timer::Publish, now);
                    return false;
                }
                // What is too large for an empty buffer, or is not answered, is left out: a
                // node without commands or discovery still has readings.
                Ok(()) | Err(_) => self.announced = self.announced.saturating_add(1),
            }
        }
        true
    }

    fn send_announcement(&mut self, now: Instant) -> Result<(), PublishError> {
        let Some(report) = &self.config.report else {
            return Ok(());
        };
        match self.announced {
            0 if report.commands => {
                let mut buffer = [0; payload::TOPIC_MAX];
                let filter = payload::topic_in(&mut buffer, report, payload::command_topic);
                let session = &mut self.session;
                self.outbox.send(|out| session.subscribe(now, filter, out))
            }
            1 if report.status => {
                self.send_retained(now, payload::status_topic, payload::ONLINE.as_bytes())
            }
            2 if report.format == PayloadFormat::HomeAssistant => {
                let mut buffer = [0; DISCOVERY_MAX];
                let mut text = Writer::new(&mut buffer);
                payload::write_discovery(report, &mut text);
                match text.finish() {
                    Some(text) => self.send_retained(now, payload::discovery_topic, text),
                    None => Err(PublishError::TooLarge),
                }
            }
            _ => Ok(()),
        }
    }

    /// Sends a message that the broker keeps for who comes later.
    fn send_retained(
        &mut self,
        now: Instant,
        topic: fn(&ReportConfig, &mut Writer<'_>),
        payload: &[u8],
    ) -> Result<(), PublishError> {
        let Some(report) = &self.config.report else {
            return Ok(());
        };
        let mut buffer = [0; payload::TOPIC_MAX];
        let message = Message {
            payload,
            qos: Qos::AtMostOnce,
            retain: true,
            topic: payload::topic_in(&mut buffer, report, topic),
        };
        let session = &mut self.session;
        self.outbox
            .send(|out| session.publish(now, &message, out))
            .map(|_| ())
    }

    /// Sends as much of the queue as the protocol and this turn's buffers allow.
    pub(crate) fn publish_queued(&mut self, now: Instant) {
        while self.session.state() == SessionState::Online {
            let (Some(report), Some(reading)) = (&self.config.report, self.queue.first()) else {
                return;
            };
            if self.outbox.is_nearly_full() {
                self.timers.arm(Timer::Publish, now);
                return;
            }
            let mut buffer = [0; PAYLOAD_MAX];
            let mut payload = Writer::new(&mut buffer);
            // A packet that goes again is the same packet, whatever the clock has learned since.
            let civil = match self.session.in_flight() {
                Some(_) => self.sent_civil,
                None => self.civil_at(reading.taken),
            };
            let client_id = report.client_id.as_str();
            payload::write_payload(report.format, &reading, civil, client_id, &mut payload);
            let Some(payload) = payload.finish() else {
                self.drop_first(DropReason::TooLarge);
                continue;
            };
            let topic = report.topic.as_str();
            let message = Message {
                payload,
                qos: report.qos,
                retain: false,
                topic,
            };
            let session = &mut self.session;
            match self.outbox.send(|out| session.publish(now, &message, out)) {
                Ok(sent) => {
                    self.sent_civil = civil;
                    self.note_sent(reading, sent);
                }
                Err(PublishError::TooLarge) if self.outbox.stream_is_empty() => {
                    self.drop_first(DropReason::TooLarge);
                }
                Err(PublishError::TooLarge) => {
                    self.timers.arm(Timer::Publish, now);
                    return;
                }
                Err(PublishError::Busy | PublishError::NotOnline) => return,
            }
        }
    }

    fn note_sent(&mut self, reading: Reading, sent: Sent) {
        let Sent {
            packet_id,
            duplicate,
        } = sent;
        let sequence = reading.sequence;
        self.outbox.event(Event::PublishSent {
            duplicate,
            packet_id,
            sequence,
        });
        if packet_id.is_none() {
            self.queue.pop();
        }
    }

    pub(crate) fn finish_publish(&mut self, packet_id: NonZeroU16) {
        if let Some(reading) = self.queue.pop() {
            let sequence = reading.sequence;
            self.outbox.event(Event::PublishAcked {
                packet_id,
                sequence,
            });
        }
    }

    fn drop_first(&mut self, why: DropReason) {
        if let Some(gone) = self.queue.pop() {
            self.outbox.event(Event::ReadingDropped {
                sequence: gone.sequence,
                why,
            });
        }
    }
}
