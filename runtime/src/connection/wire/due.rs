//! What happens when a deadline has passed.

use tokio::time::Instant;

use super::Wire;
use crate::connection::deadlines::Due;
use crate::log_limits::{LogKind, log_limited};
use crate::protocol::Opcode;
use crate::session::{CloseCode, CloseRequest, Initiator, Overdue};

impl Wire {
    pub(super) fn on_due(&mut self, due: Due) {
        match due {
            // Behind a socket that takes nothing a ping would be one more thing to wait.
            Due::Ping if self.blocked => {}
            Due::Ping => {
                self.session.outbox().rest();
                self.control(Opcode::Ping, &[]);
                self.deadlines.pinged();
            }
            Due::Pong => self.on_silence(),
            Due::Message => {
                let reason = "a message was begun and not finished in time";
                let request = CloseRequest::runtime(CloseCode::POLICY, reason);
                self.session.outbox().close(request);
            }
            Due::Arrival => {
                let reason = "a message took too long to arrive";
                let request = CloseRequest::runtime(CloseCode::POLICY, reason);
                self.session.outbox().close(request);
            }
            Due::Write => {
                let acknowledged = self.stream.acknowledged();
                if let Err(slow) = self.deadlines.look_at_backlog(acknowledged) {
                    self.end_early(Initiator::Runtime, slow.reason());
                }
            }
            Due::Unfinished => self.on_unfinished(),
            Due::Idle => {
                let request = CloseRequest::runtime(CloseCode::GOING_AWAY, "idle for too long");
                self.session.outbox().close(request);
            }
            Due::Age => {
                let reason = "the session is too old: connect again";
                let request = CloseRequest::runtime(CloseCode::RESTART, reason);
                self.session.outbox().close(request);
            }
            Due::Login => {
                let request = CloseRequest::runtime(CloseCode::POLICY, "the login has expired");
                self.session.outbox().close(request);
            }
            Due::Pause => {
                if let Some(rates) = &mut self.rates {
                    rates.resume();
                }
            }
            Due::Close => {
                if !self.is_farewell_on_its_way() {
                    self.cut_off();
                }
            }
        }
    }

    /// The peer has said nothing since the last ping.
    fn on_silence(&mut self) {
        if self.blocked {
            // It has not got the ping yet. Whether it takes what is before it is looked at anyway.
            self.deadlines.prolong_pong();
            return;
        }
        let acknowledged = self.stream.acknowledged();
        if !self.deadlines.is_pong_prolonged(acknowledged) {
            self.end_early(Initiator::Runtime, "no answer to a ping");
        }
    }

    /// Looks whether this side holds messages back since long ago.
    fn on_unfinished(&mut self) {
        let Some(timeout) = self.deadlines.terms().unfinished_timeout else {
            return;
        };
        let path = self.session.uri().path();
        let logs = &self.session.site().logs;
        let next = match self.session.outbox().overdue(timeout) {
            Overdue::No => return,
            Overdue::NotYet(next) => next,
            Overdue::Cork => {
                log_limited!(
                    logs,
                    LogKind::Unfinished,
                    ?path,
                    "a cork held messages back for `unfinished_timeout`: they are sent now, drop it when they are to go out"
                );
                Instant::now() + timeout
            }
            Overdue::Message => {
                log_limited!(
                    logs,
                    LogKind::Unfinished,
                    ?path,
                    "a message to the peer was begun and not finished within `unfinished_timeout`: the session is closed"
                );
                let reason = "a message was begun and not finished";
                let request = CloseRequest::runtime(CloseCode::INTERNAL_ERROR, reason);
                self.session.outbox().close(request);
                return;
            }
        };
        self.deadlines.look_at_unfinished(next);
    }

    /// Whether the peer has not had its time since it got our Close frame, and what was sent before it.
    pub(super) fn is_farewell_on_its_way(&mut self) -> bool {
        let acknowledged = self.stream.acknowledged();
        self.deadlines.is_closing_prolonged(acknowledged)
    }
}
