use std::error::Error as _;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio_util::task::TaskTracker;

use super::overtime::Overtime;
use super::wire::{Ahead, Wire};
use crate::endpoint::{Code, Endpoint, log_failed_on_error};
use crate::error::{Error, ErrorKind};
use crate::handshake::{Accepted, AnyFactory, Pass, Place};
use crate::log_limits::{LogKind, log_limited};
use crate::message::{Delivery, Forms, Message};
use crate::session::{CloseCode, CloseReason, CloseRequest, SendError, keep_text};
use crate::site::UnsentReply;

/// Returns the code of `E`, whose connections live here.
pub(crate) const fn code<E: Endpoint>() -> Code {
    Code::of::<E>(live::<E>)
}

/// Starts the life of one connection of the endpoint `E`, as a task that holds nothing but it.
fn live<E: Endpoint>(sessions: &TaskTracker, accepted: Accepted) {
    sessions.spawn(run::<E>(accepted));
}

/// The life of one connection of the endpoint `E`, up to the reason for which it ended.
pub(crate) fn run<E: Endpoint>(
    mut accepted: Accepted,
) -> impl Future<Output = Option<CloseReason>> + Send {
    let factory = accepted.factory.take();
    Life::new(accepted, E::FORMS).run::<E>(factory)
}

/// A connection and where it belongs.
struct Life {
    place: Place,
    wire: Wire,
    overtime: Overtime,
    /// Given free when the session has ended.
    pass: Option<Pass>,
    /// The last handlers run: `#[on_close]`, and `#[on_error]` where that fails.
    is_closing: bool,
}

/// A handler that did not come to its end.
enum Broken {
    /// It panicked, or it took longer than it may: its session is closed.
    Stopped(Error),
    /// It was dropped where it waited, because the drain's time is over or its session has ended long ago.
    Dropped,
}

/// Why a message was not handled to the end. The errors are boxed, because they are rare and every connection keeps space
/// for what lives across a wait.
enum Failed {
    Error(Box<Error>),
    Stopped(Box<Error>),
    Dropped,
}

impl Life {
    fn new(accepted: Accepted, forms: Forms) -> Self {
        let session = accepted.place.session();
        session
            .handshake()
            .learn_remote_addr(accepted.stream.peer_addr());
        let wire = Wire::new(
            accepted.place.role(),
            session.clone(),
            accepted.stream,
            &accepted.received,
            Arc::clone(&session.site().terms),
            accepted.deflate.as_ref(),
            forms,
        );
        Self {
            place: accepted.place,
            wire,
            overtime: Overtime::default(),
            pass: accepted.pass,
            is_closing: false,
        }
    }

    #[expect(
        clippy::manual_async_fn,
        reason = "the future of an async fn has its arguments twice"
    )]
    fn run<E: Endpoint>(
        mut self,
        factory: Option<AnyFactory>,
    ) -> impl Future<Output = Option<CloseReason>> + Send {
        async move {
            // What opens and closes is boxed, so that a connection keeps no space for it while it lives.
            if let Some(mut endpoint) = Box::pin(self.open::<E>(factory)).await {
                self.place.accept();
                self.take_messages(&mut endpoint).await;
                self.place.close();
                Box::pin(self.close(&mut endpoint)).await;
            } else {
                Box::pin(self.wire.finish()).await;
                self.place.close();
            }
            // The key is free again only now that no handler of this connection runs. The rest of the registration
            // stays, so that the drain can cut off a peer that does not leave.
            self.place.release_key();
            self.wire.linger().await;
            self.wire.ended().cloned()
        }
    }

    async fn open<E: Endpoint>(&mut self, factory: Option<AnyFactory>) -> Option<E> {
        let session = self.place.session().clone();
        let mut made = None;
        let opened = {
            let opened = pin!(async {
                let endpoint = match factory.and_then(|factory| factory.make(&session)) {
                    Some(endpoint) => endpoint,
                    None => E::create(&session).await?,
                };
                made.insert(endpoint).on_open(&session).await
            });
            self.drive(opened).await
        };
        let error = match opened {
            Ok(Ok(())) => return made,
            Ok(Err(error)) | Err(Broken::Stopped(error)) => error,
            Err(Broken::Dropped) => return None,
        };
        self.tell(made.as_mut(), &error).await;
        self.fail("the endpoint could not be opened");
        None
    }

    #[expect(
        clippy::manual_async_fn,
        reason = "the future of an async fn has its arguments twice"
    )]
    fn take_messages<'l, E: Endpoint>(
        &'l mut self,
        endpoint: &'l mut E,
    ) -> impl Future<Output = ()> + Send + 'l {
        async move {
            let session = self.place.session().clone();
            // One place for all the messages: they are long, and each move costs.
            let mut place: Option<Delivery> = None;
            while poll_fn(|cx| self.wire.poll_next(cx, &mut place)).await {
                let Some(delivery) = &mut place else { break };
                let failed = {
                    let (endpoint, session) = (&mut *endpoint, &session);
                    match called(move || endpoint.deliver(session, delivery)) {
                        Ok(handler) => Failed::of(self.drive(pin!(handler)).await),
                        Err(broken) => Failed::of(Err(broken)),
                    }
                };
                let failed = failed.map(|failed| failed.quoting(place.as_ref()));
                if let Some(Delivery {
                    message: Message::Text(text),
                    ..
                }) = place.take()
                {
                    keep_text(text);
                }
                match failed {
                    None => {}
                    Some(Failed::Dropped) => return,
                    Some(Failed::Error(error)) => {
                        self.tell(Some(endpoint), &error).await;
                        self.on_unsent(&error);
                    }
                    Some(Failed::Stopped(error)) => {
                        self.tell(Some(endpoint), &error).await;
                        self.fail("a handler failed");
                    }
                }
            }
            if let Some(error) = self.wire.too_big().map(Box::new) {
                self.tell(Some(endpoint), &error).await;
            }
        }
    }

    async fn close<E: Endpoint>(&mut self, endpoint: &mut E) {
        let Some(reason) = self.wire.ended().cloned() else {
            return;
        };
        let session = self.place.session().clone();
        tracing::debug!(session = %session.id(), peer = ?session.remote_addr(), %reason, "closed");
        self.is_closing = true;
        let closed = {
            let (endpoint, session, reason) = (&mut *endpoint, &session, &reason);
            match called(move || endpoint.on_close(session, reason)) {
                Ok(handler) => self.drive(pin!(handler)).await,
                Err(broken) => Err(broken),
            }
        };
        match closed {
            Ok(Ok(())) | Err(Broken::Dropped) => {}
            Ok(Err(error)) | Err(Broken::Stopped(error)) => self.tell(Some(endpoint), &error).await,
        }
    }

    /// Runs `on_error`; what goes wrong in there is only logged, and ends the connection as in any other handler.
    /// Boxed, so that connections without an error keep no space for it.
    fn tell<'t, E: Endpoint>(
        &'t mut self,
        endpoint: Option<&'t mut E>,
        error: &'t Error,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + 't>> {
        Box::pin(async move {
            let session = self.place.session().clone();
            let told = match called(|| E::on_error(endpoint, &session, error)) {
                Ok(handler) => self.drive(pin!(handler)).await,
                Err(broken) => Err(broken),
            };
            if let Err(Broken::Stopped(failure)) = told {
                log_failed_on_error(&session, &failure, error);
                self.fail("a handler failed");
            }
        })
    }

    /// A reply that was too large for the outbox: the peer would wait for it in vain.
    fn on_unsent(&mut self, error: &Error) {
        let policy = self.place.session().site().terms.unsent_reply;
        if policy == UnsentReply::Close && is_too_large_a_reply(error) {
            self.fail("the reply is too large");
        }
    }

    /// Ends the connection because of a failure on this side (RFC 6455 §7.4.1, code 1011).
    fn fail(&mut self, reason: &'static str) {
        let request = CloseRequest::runtime(CloseCode::INTERNAL_ERROR, reason);
        self.place.session().outbox().close(request);
    }

    /// Runs a handler to its end, or until its time is over, with the wire beside it, so that a slow handler stops neither
    /// pongs nor pushes.
    fn drive<'h, F: Future>(
        &'h mut self,
        mut handler: Pin<&'h mut F>,
    ) -> impl Future<Output = Result<F::Output, Broken>> + 'h {
        self.overtime.restart();
        poll_fn(move |cx| {
            // After a panic the future is not polled again, and what it had borrowed belongs to one connection,
            // which ends.
            match catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(cx))) {
                Ok(Poll::Ready(output)) => return Poll::Ready(Ok(output)),
                Ok(Poll::Pending) => {}
                Err(panic) => return Poll::Ready(Err(Broken::Stopped(Error::panicked(&*panic)))),
            }
            while self.wire.poll(cx, Ahead::Yes).is_ready() {
                if self.wire.is_aborted() {
                    return Poll::Ready(Err(Broken::Dropped));
                }
            }
            let has_ended = self.wire.ended().is_some();
            if !has_ended && self.wire.terms().handler_timeout.is_none() {
                return Poll::Pending;
            }
            self.poll_overtime(cx, has_ended).map(Err)
        })
    }

    /// Ready when a handler that waits has no time left.
    #[cold]
    fn poll_overtime(&mut self, cx: &mut Context<'_>, has_ended: bool) -> Poll<Broken> {
        if has_ended {
            self.leave();
        }
        let after = ready!(self.overtime.poll(cx, has_ended, self.wire.terms()));
        let session = self.place.session();
        let (site, peer) = (session.site(), session.remote_addr());
        if has_ended {
            log_limited!(site.logs, LogKind::HandlerLeftBehind, endpoint = %site, ?peer, ?after, "a handler still waited long after its session had ended, and was dropped: let it stop when `Session::closed` says so, or raise `handler_grace`");
            return Poll::Ready(Broken::Dropped);
        }
        log_limited!(site.logs, LogKind::HandlerTooSlow, endpoint = %site, ?peer, ?after, "a handler took longer than `handler_timeout`: it was dropped, and its session is closed with 1011");
        let text = format!("a handler took longer than {after:?}, its `handler_timeout`");
        Poll::Ready(Broken::Stopped(Error::new(ErrorKind::Timeout, text)))
    }

    /// The session has ended and counts nowhere any more, though a handler of it still waits. While `#[on_close]` runs,
    /// the key stays taken: what that puts in order is for the next one with this key.
    fn leave(&mut self) {
        self.place.close();
        if !self.is_closing {
            self.place.release_key();
        }
        if !self.wire.is_lingering() {
            self.wire.let_go();
            self.pass = None;
        }
    }
}

/// Whether a handler returned a reply that fits no outbox.
fn is_too_large_a_reply(error: &Error) -> bool {
    let cause = error.source().and_then(|source| source.downcast_ref());
    error.kind() == ErrorKind::Encode && matches!(cause, Some(SendError::TooLarge { .. }))
}

/// Calls a handler. One that is written by hand may panic before there is a future.
fn called<F>(handler: impl FnOnce() -> F) -> Result<F, Broken> {
    catch_unwind(AssertUnwindSafe(handler))
        .map_err(|panic| Broken::Stopped(Error::panicked(&*panic)))
}

impl Failed {
    #[inline]
    fn of(handled: Result<Result<(), Error>, Broken>) -> Option<Self> {
        match handled {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(Self::Error(Box::new(error))),
            Err(Broken::Stopped(error)) => Some(Self::Stopped(Box::new(error))),
            Err(Broken::Dropped) => Some(Self::Dropped),
        }
    }

    /// The same, with what the error is to tell of the message.
    #[cold]
    fn quoting(mut self, handled: Option<&Delivery>) -> Self {
        if let (Self::Error(error), Some(delivery)) = (&mut self, handled) {
            error.quote(&delivery.message);
        }
        self
    }
}
