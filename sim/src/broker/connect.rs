//! CONNECT: who is let in, and with which session.
//!
//! Owns the rules of MQTT 3.1.1 §3.1.4. Does not know the bytes of the packets.

use node_core::mqtt::ConnectRefusal;

use crate::broker::message::{BrokerAction, BrokerEvent, SessionEnd};
use crate::broker::server::Broker;
use crate::broker::session::SessionIndex;
use crate::broker::wire::{Connect, Wire};
use crate::id::ConnectionId;
use crate::time::{SimSpan, SimTime};

impl Broker {
    /// Answers a CONNECT.
    pub(super) fn connect(
        &mut self,
        at: SimTime,
        connection: ConnectionId,
        mut request: Connect,
        out: &mut Vec<BrokerAction>,
    ) {
        if let Some(why) = self.refusal(&request) {
            out.push(BrokerAction::Send {
                connection,
                bytes: Wire::refuse(why),
            });
            out.push(BrokerAction::Note(BrokerEvent::ConnectRefused {
                connection,
                why,
            }));
            //= MQTT 3.1.1 §3.2.2-5: a refusal closes the stream.
            self.connections.remove(connection);
            out.push(BrokerAction::Close { connection });
            return;
        }
        if request.client_id.is_empty() {
            //= MQTT 3.1.1 §3.1.3-6: the server assigns an identifier of its own.
            let ConnectionId { node, generation } = connection;
            request.client_id = format!("auto-{}-{generation}", node.0).into();
        }
        let client_id = &request.client_id;
        //= MQTT 3.1.1 §3.1.4-2: an older stream of the same client is closed.
        if let Some(index) = self.sessions.find(client_id)
            && let Some(older) = self.sessions.at(index).connection
        {
            self.end(older, SessionEnd::TakenOver, out);
        }
        let kept = self.sessions.find(client_id);
        if let (Some(index), true) = (kept, request.clean_session) {
            self.forget(index);
        }
        let kept = kept.filter(|_| !request.clean_session);
        if kept.is_none()
            && self.is_full()
            && let Some(away) = self.longest_away()
        {
            self.forget(away);
        }
        let index = kept.unwrap_or_else(|| self.sessions.add(client_id, request.clean_session));
        self.sessions.at(index).connection = Some(connection);
        self.open(at, connection, index, &mut request);
        let session_present = kept.is_some();
        Self::answer(connection, Wire::accept(session_present), out);
        out.push(BrokerAction::Note(BrokerEvent::SessionStarted {
            connection,
            client_id: request.client_id,
            session_present,
        }));
        self.resume(index, out);
    }

    /// Returns why a client may not connect.
    fn refusal(&self, request: &Connect) -> Option<ConnectRefusal> {
        if self.spec.refusal.is_some() {
            return self.spec.refusal;
        }
        if let Some(wanted) = &self.spec.credentials
            && !wanted.are(request.user.as_deref(), request.password.as_deref())
        {
            return Some(ConnectRefusal::BadCredentials);
        }
        //= MQTT 3.1.1 §3.1.3-8: without an identifier there is nothing to keep a session by.
        if request.client_id.is_empty() && !request.clean_session {
            return Some(ConnectRefusal::IdentifierRejected);
        }
        if request.client_id.len() > self.spec.client_id_max {
            return Some(ConnectRefusal::IdentifierRejected);
        }
        let is_new = self.sessions.find(&request.client_id).is_none();
        let has_no_room = is_new && self.is_full() && self.longest_away().is_none();
        has_no_room.then_some(ConnectRefusal::ServerUnavailable)
    }

    fn is_full(&self) -> bool {
        self.sessions.len() >= self.spec.sessions_max
    }

    /// Returns the session that may be forgotten to make room.
    fn longest_away(&self) -> Option<SessionIndex> {
        let forgets = self.spec.forgets_sessions;
        forgets.then(|| self.sessions.longest_away()).flatten()
    }

    fn open(
        &mut self,
        at: SimTime,
        connection: ConnectionId,
        index: SessionIndex,
        request: &mut Connect,
    ) {
        let Some(live) = self.connections.find_mut(connection) else {
            return;
        };
        live.session = Some(index);
        live.will = request.will.take().map(Box::new);
        //= MQTT 3.1.1 §3.1.2-24: one and a half of the keep-alive; zero switches it off.
        live.patience = match request.keep_alive_s {
            0 => SimSpan::from_nanos(u64::MAX),
            seconds => SimSpan::from_millis(u64::from(seconds) * 1_500),
        };
        live.cut_off_at = at.after(live.patience);
        if live.cut_off_at < live.entry_at {
            self.schedule(connection);
        }
    }
}
