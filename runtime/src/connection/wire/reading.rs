//! How bytes become messages: read, decoded, and answered where the runtime answers itself.

use std::borrow::Cow;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::super::rates::Verdict;
use super::parts::deliver;
use super::{Ahead, BURST, Stage, Wire};
use crate::log_limits::{LogKind, log_limited};
use crate::message::{Delivery, Message, MessageKind};
use crate::protocol::{ControlPayload, Event, Opcode};
use crate::session::{CloseCode, CloseRequest, Frame, SendError, copy_text, steps};

impl Wire {
    /// Ready when something was received, or the peer is gone.
    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>, ahead: Ahead) -> Poll<()> {
        if self.echo_due {
            // What was written a moment ago has made room.
            self.session.outbox().settle(&mut self.batch);
            self.echo();
        }
        if self.is_paused() {
            if !self.blocked {
                self.deadlines.throttled();
            }
            return Poll::Pending;
        }
        if self.echo_due
            || self.inbox.as_ref().is_some_and(|inbox| inbox.is_full())
            || self.poll_feed(cx).is_pending()
        {
            // A peer that takes no bytes either may be gone: its time runs on.
            if !self.blocked {
                self.deadlines.deaf();
            }
            return Poll::Pending;
        }
        if self.input.is_empty() {
            match ready!(self.input.poll_read(cx, Pin::new(&mut self.stream))) {
                Ok(0) => self.vanished(&io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => self.deadlines.heard(),
                Err(error) => self.vanished(&error),
            }
        }
        if ahead == Ahead::Yes {
            self.decode_ahead();
        }
        Poll::Ready(())
    }

    /// Reports what waits for handlers, when it has become much more or less.
    #[inline]
    pub(super) fn report_read_ahead(&mut self) {
        let inbox = self.inbox.as_ref().map_or(0, |inbox| inbox.bytes());
        let held = inbox + self.input.held();
        let steps = steps(held);
        if steps != self.read_ahead && self.ended().is_none() {
            self.read_ahead = steps;
            self.session.outbox().report_read_ahead(held);
        }
    }

    /// Takes a message that came while a handler ran.
    pub(super) fn take_waiting(&mut self, place: &mut Option<Delivery>) -> bool {
        let Some(inbox) = &mut self.inbox else {
            return false;
        };
        *place = inbox.pop();
        if inbox.is_empty() {
            self.inbox = None;
        }
        place.is_some()
    }

    /// Decodes up to the next message.
    #[inline]
    pub(super) fn decode_next(&mut self, place: &mut Option<Delivery>) -> bool {
        while self.may_decode() && self.handled < BURST {
            self.decode_one(place);
            if place.is_some() {
                return true;
            }
        }
        false
    }

    /// Whether there is something to decode, and room for what comes out of it.
    #[inline]
    pub(super) fn may_decode(&self) -> bool {
        // Mostly all is decoded, and the rest need not be asked.
        !self.input.is_empty() && self.takes_more()
    }

    /// Whether there is room for what comes out of the input. It is asked a few times for each message, and is three
    /// comparisons for most connections.
    #[inline(always)]
    fn takes_more(&self) -> bool {
        !self.echo_due && !self.is_feed_full() && !self.is_paused()
    }

    /// Whether the peer has sent too much in too short a time. When this side closes, its answer is read at once.
    #[inline]
    fn is_paused(&self) -> bool {
        let is_paused = self.rates.as_ref().is_some_and(|rates| rates.is_paused());
        is_paused && matches!(self.stage, Stage::Open)
    }

    /// Decodes as far ahead as there is room.
    fn decode_ahead(&mut self) {
        let mut place = None;
        while self.decode_next(&mut place) {
            let inbox = self.inbox.get_or_insert_default();
            if let Some(message) = place.take() {
                inbox.push(message);
            }
            if inbox.is_full() {
                return;
            }
        }
    }

    /// Decodes up to the next event; what is not a message is dealt with.
    #[inline]
    fn decode_one(&mut self, place: &mut Option<Delivery>) {
        let Some((input, decoded)) = self.input.rest() else {
            return;
        };
        let before = input.len();
        let mut rest = input;
        let event = self.decoder.decode(&mut rest);
        *decoded += before - rest.len();
        if let (Some(rates), Ok(Some(event))) = (&mut self.rates, &event) {
            match rates.charge(event) {
                Verdict::Take => {}
                Verdict::TakeAndPause(until) => self.deadlines.pause_until(until),
                verdict => return self.refuse(verdict),
            }
        }
        match event {
            Ok(Some(Event::Text(text)))
                if self.deadlines.terms().heartbeat.as_deref() == Some(&*text) =>
            {
                self.handled += 1;
                self.deadlines.active();
                self.echo();
            }
            Ok(Some(Event::Text(text))) => {
                *place = Some(Delivery::whole(text_message(text)));
            }
            Ok(Some(Event::Binary(bytes))) => {
                *place = Some(Delivery::whole(binary_message(bytes)));
            }
            Ok(Some(Event::TextPart(part, position))) => {
                let form = self.forms.text;
                *place = deliver(&mut self.feed, form, part, position, text_message);
                self.came_further(position);
            }
            Ok(Some(Event::BinaryPart(part, position))) => {
                let form = self.forms.binary;
                *place = deliver(&mut self.feed, form, part, position, binary_message);
                self.came_further(position);
            }
            Ok(Some(Event::Pong(payload))) => {
                self.handled += 1;
                self.deadlines.ponged(&payload);
                let payload = Bytes::copy_from_slice(&payload);
                *place = Some(Delivery::whole(Message::Pong(payload)));
            }
            Ok(Some(Event::Ping(payload))) => {
                self.handled += 1;
                let payload = ControlPayload::truncating(&payload);
                self.on_ping(&payload);
            }
            Ok(Some(Event::Close(frame))) => return self.on_close(frame),
            Ok(None) => {}
            Err(error) => return self.fail(error),
        }
        // Between messages, the next one has all its time, even if a part of it is here already.
        self.deadlines.mid_message(self.decoder.is_mid_message());
        if matches!(place, Some(delivery) if delivery.kind() != MessageKind::Pong) {
            self.deadlines.active();
        }
        if !matches!(self.stage, Stage::Open) {
            // What comes after our own goodbye is for nobody.
            *place = None;
        }
    }

    /// Takes a message for nobody, because its peer sends too fast.
    #[cold]
    fn refuse(&mut self, verdict: Verdict) {
        self.handled += 1;
        self.deadlines.mid_message(self.decoder.is_mid_message());
        if !matches!(self.stage, Stage::Open) {
            return;
        }
        let is_closed = verdict == Verdict::Close;
        let (logs, path) = (&self.session.site().logs, self.session.uri().path());
        log_limited!(logs, LogKind::TooFast, peer = ?self.session.remote_addr(), path, is_closed, "a peer sends faster than `messages_per_second` or `bytes_per_second` allow");
        if is_closed {
            let reason = "too many messages or bytes in a second: send more slowly";
            let request = CloseRequest::runtime(CloseCode::POLICY, reason);
            self.session.outbox().close(request);
        }
    }

    /// Sends the heartbeat back; like any other message, it has to find room.
    fn echo(&mut self) {
        let heartbeat = self.deadlines.terms().heartbeat.as_deref();
        self.echo_due = Frame::new(heartbeat.unwrap_or_default()).is_ok_and(|frame| {
            let sent = self.session.outbox().try_send(&frame);
            matches!(sent, Err(SendError::Full))
        });
    }

    fn on_ping(&mut self, payload: &ControlPayload) {
        self.deadlines.active();
        if !matches!(self.stage, Stage::Open) {
            return;
        }
        if self.blocked {
            self.pong = Some(Box::new(payload.clone()));
        } else {
            self.control(Opcode::Pong, payload);
        }
    }
}

#[inline]
fn text_message(text: Cow<'_, str>) -> Message {
    Message::Text(match text {
        Cow::Borrowed(text) => copy_text(text),
        Cow::Owned(text) => text,
    })
}

#[inline]
fn binary_message(bytes: Cow<'_, [u8]>) -> Message {
    Message::Binary(bytes.into_owned().into())
}
