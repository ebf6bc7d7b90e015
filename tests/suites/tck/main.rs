//! The areas of the Jakarta TCK that are about a server's behaviour, as tables: what goes in, and what must come out.
//!
//! What the TCK leaves out, such as errors and threads, has suites of its own; `docs/jakarta-coverage.md` lists all.

mod coders;
mod connections;
mod login;
mod path_params;
mod paths;
mod primitives;
mod returns;

use std::sync::Arc;

use tokio::sync::Semaphore;
use wspring::Builder;
use wspring::prelude::*;
use wspring_tests::{Events, Recorder, TestServer, events};

/// What a handler tells a test.
type Seen = State<Recorder<String>>;

/// Holds a handler up until the test lets it go on.
type Gate = State<Arc<Semaphore>>;

/// A server whose handlers tell what they see.
async fn start() -> (TestServer, Events<String>) {
    start_with(Server::builder(), Arc::new(Semaphore::new(0))).await
}

/// The same with other settings.
async fn start_with(builder: Builder, gate: Arc<Semaphore>) -> (TestServer, Events<String>) {
    let (recorder, events) = events::<String>();
    let server = TestServer::start_with(builder.state(recorder).state(gate)).await;
    (server, events)
}
