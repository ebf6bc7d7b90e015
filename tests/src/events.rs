//! What the handlers of a server saw, told to its test.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::soon;

/// The handlers' side: given to a server as state, taken by handlers as `State<Recorder<T>>`.
#[derive(Debug)]
pub struct Recorder<T>(UnboundedSender<T>);

/// The test's side.
#[derive(Debug)]
pub struct Events<T>(UnboundedReceiver<T>);

/// Both sides, for one server.
#[must_use]
pub fn events<T>() -> (Recorder<T>, Events<T>) {
    let (sender, receiver) = unbounded_channel();
    (Recorder(sender), Events(receiver))
}

impl<T> Recorder<T> {
    /// Tells the test.
    pub fn record(&self, event: impl Into<T>) {
        // A test that looks no more has dropped its side.
        let _ = self.0.send(event.into());
    }

    /// Whether both tell the same test: their servers are one.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.same_channel(&other.0)
    }
}

impl<T> Clone for Recorder<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Events<T> {
    /// The next event.
    ///
    /// # Panics
    ///
    /// When the server is gone and nothing more can come.
    pub async fn next(&mut self) -> T {
        let event = soon("an event in a handler", self.0.recv()).await;
        event.unwrap_or_else(|| panic!("no handler can tell anything any more"))
    }

    /// Everything that was told and not yet taken.
    pub fn rest(&mut self) -> Vec<T> {
        std::iter::from_fn(|| self.0.try_recv().ok()).collect()
    }
}
