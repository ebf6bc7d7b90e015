use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::Poll;

use super::wire::{Ahead, Wire};
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::handshake::Accepted;
use crate::message::Message;
use crate::session::{CloseCode, CloseRequest, Session, keep_text};

/// The life of one connection of the endpoint `E`.
pub(crate) fn live<E: Endpoint>(accepted: Accepted) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(run::<E>(accepted))
}

/// A connection while its handlers run.
struct Life {
    session: Session,
    wire: Wire,
}

/// A handler that did not come to its end.
enum Broken {
    /// It panicked.
    Panic(Error),
    /// The drain's time is over.
    Aborted,
}

async fn run<E: Endpoint>(accepted: Accepted) {
    let Accepted {
        mut registered,
        stream,
        received,
        terms,
    } = accepted;
    let session = registered.session().clone();
    session.handshake().learn_remote_addr(stream.peer_addr());
    registered.open();
    let mut life = Life {
        wire: Wire::new(session.clone(), stream, &received, &terms),
        session,
    };
    if let Some(mut endpoint) = life.open::<E>().await {
        registered.take_key();
        life.take_messages(&mut endpoint).await;
        registered.close();
        life.close(&mut endpoint).await;
    } else {
        life.wire.finish().await;
        registered.close();
    }
    // The key is free again only now that no handler of this connection runs. The rest of the registration
    // stays, so that the drain can cut off a peer that does not leave.
    registered.release_key();
    life.wire.linger().await;
}

impl Life {
    async fn open<E: Endpoint>(&mut self) -> Option<E> {
        let session = self.session.clone();
        let error = match self.drive(pin!(E::on_open(&session))).await {
            Ok(Ok(endpoint)) => return Some(endpoint),
            Ok(Err(error)) | Err(Broken::Panic(error)) => error,
            Err(Broken::Aborted) => return None,
        };
        self.tell::<E>(None, &error).await;
        self.fail("the endpoint could not be opened");
        None
    }

    async fn take_messages<E: Endpoint>(&mut self, endpoint: &mut E) {
        let session = self.session.clone();
        while let Some(mut message) = poll_fn(|cx| self.wire.poll_next(cx)).await {
            let handled = {
                let handler = pin!(endpoint.on_message(&session, &mut message));
                self.drive(handler).await
            };
            if let Message::Text(text) = message {
                keep_text(text);
            }
            match handled {
                Ok(Ok(())) => {}
                Ok(Err(error)) => self.tell(Some(endpoint), &error).await,
                Err(Broken::Panic(error)) => {
                    self.tell(Some(endpoint), &error).await;
                    self.fail("a handler failed");
                }
                Err(Broken::Aborted) => return,
            }
        }
        if let Some(error) = self.wire.take_too_big() {
            self.tell(Some(endpoint), &error).await;
        }
    }

    async fn close<E: Endpoint>(&mut self, endpoint: &mut E) {
        let Some(reason) = self.wire.ended().cloned() else {
            return;
        };
        let session = self.session.clone();
        tracing::debug!(session = %session.id(), peer = ?session.remote_addr(), %reason, "closed");
        let closed = self.drive(pin!(endpoint.on_close(&session, &reason))).await;
        match closed {
            Ok(Ok(())) | Err(Broken::Aborted) => {}
            Ok(Err(error)) | Err(Broken::Panic(error)) => self.tell(Some(endpoint), &error).await,
        }
    }

    /// Runs `on_error`; what goes wrong in there is only logged, and ends the connection as in any other handler.
    async fn tell<E: Endpoint>(&mut self, endpoint: Option<&mut E>, error: &Error) {
        let session = self.session.clone();
        let handler = pin!(E::on_error(endpoint, &session, error));
        if let Err(Broken::Panic(panic)) = self.drive(handler).await {
            tracing::error!(session = %session.id(), %panic, %error, "#[on_error] failed itself");
            self.fail("a handler failed");
        }
    }

    /// Ends the connection because of a failure on this side (RFC 6455 §7.4.1, code 1011).
    fn fail(&mut self, reason: &'static str) {
        let request = CloseRequest::runtime(CloseCode::INTERNAL_ERROR, reason);
        self.session.outbox().close(request);
    }

    /// Runs a handler to its end with the wire beside it, so that a slow handler stops neither pongs nor pushes.
    fn drive<'h, F: Future>(
        &'h mut self,
        mut handler: Pin<&'h mut F>,
    ) -> impl Future<Output = Result<F::Output, Broken>> + 'h {
        poll_fn(move |cx| {
            // After a panic the future is not polled again, and what it had borrowed belongs to one connection,
            // which ends.
            match catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(cx))) {
                Ok(Poll::Ready(output)) => return Poll::Ready(Ok(output)),
                Ok(Poll::Pending) => {}
                Err(panic) => return Poll::Ready(Err(Broken::Panic(panicked(&*panic)))),
            }
            while self.wire.poll(cx, Ahead::Yes).is_ready() {
                if self.wire.is_aborted() {
                    return Poll::Ready(Err(Broken::Aborted));
                }
            }
            Poll::Pending
        })
    }
}

fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    Error::new(ErrorKind::Panic, format!("a handler panicked: {text}"))
}
