//! How bytes become messages: read, decoded, and answered where the runtime answers itself.

use std::borrow::Cow;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::{Ahead, Stage, Wire};
use crate::message::Message;
use crate::protocol::{Event, Opcode};
use crate::session::{Frame, SendError, copy_text};

impl Wire {
    /// Ready when something was received, or the peer is gone.
    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>, ahead: Ahead) -> Poll<()> {
        if self.echo_due {
            self.echo();
        }
        if self.inbox.is_full() || self.echo_due {
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

    /// Decodes up to the next message.
    #[inline]
    pub(super) fn decode_next(&mut self) -> Option<Message> {
        while !self.input.is_empty() && !self.echo_due {
            let message = self.decode_one();
            if message.is_some() {
                return message;
            }
        }
        None
    }

    /// Decodes as far ahead as there is room.
    fn decode_ahead(&mut self) {
        while !self.inbox.is_full()
            && let Some(message) = self.decode_next()
        {
            self.inbox.push(message);
        }
    }

    /// Decodes up to the next event; what is not a message is dealt with.
    #[inline]
    fn decode_one(&mut self) -> Option<Message> {
        let (input, decoded) = self.input.rest();
        let before = input.len();
        let mut rest = input;
        let event = self.decoder.decode(&mut rest);
        *decoded += before - rest.len();
        let message = match event {
            Ok(Some(Event::Text(text))) if self.heartbeat == Some(&*text) => {
                self.deadlines.mid_message(false);
                self.echo();
                return None;
            }
            Ok(Some(Event::Text(Cow::Borrowed(text)))) => Message::Text(copy_text(text)),
            Ok(Some(Event::Text(Cow::Owned(text)))) => Message::Text(text),
            Ok(Some(Event::Binary(bytes))) => Message::Binary(bytes.into_owned().into()),
            Ok(Some(Event::Pong(payload))) => Message::Pong(Bytes::copy_from_slice(&payload)),
            Ok(Some(Event::Ping(payload))) => {
                let payload = payload.into();
                self.deadlines.mid_message(self.decoder.is_mid_message());
                self.on_ping(payload);
                return None;
            }
            Ok(Some(Event::Close(frame))) => {
                self.on_close(frame);
                return None;
            }
            Ok(None) => {
                self.deadlines.mid_message(self.decoder.is_mid_message());
                return None;
            }
            Err(error) => {
                self.fail(error);
                return None;
            }
        };
        // Between messages, the next one has all its time, even if a part of it is here already.
        self.deadlines.mid_message(self.decoder.is_mid_message());
        // What comes after our own goodbye is for nobody.
        matches!(self.stage, Stage::Open).then_some(message)
    }

    /// Sends the heartbeat back; like any other message, it has to find room.
    fn echo(&mut self) {
        let heartbeat = self.heartbeat.unwrap_or_default();
        self.echo_due = Frame::new(heartbeat).is_ok_and(|frame| {
            let sent = self.session.outbox().try_send(&frame);
            matches!(sent, Err(SendError::Full))
        });
    }

    fn on_ping(&mut self, payload: Box<[u8]>) {
        if !matches!(self.stage, Stage::Open) {
            return;
        }
        if self.blocked {
            self.pong = Some(payload);
        } else {
            self.control(Opcode::Pong, &payload);
        }
    }
}
