//! What the suites share: a real server on a free port, and clients that are not wspring's own code.
//!
//! Each suite is a program of its own (`suites/<subject>.rs`), so that it has its own endpoints.

pub mod certificate;
pub mod client;
pub mod events;
pub mod http2_client;
pub mod log;
pub mod open_files;
pub mod program;
pub mod raw_client;
pub mod raw_server;
pub mod response;
pub mod server;

use std::time::Duration;

pub use client::Client;
pub use events::{Events, Recorder, events};
pub use http2_client::Http2Client;
pub use log::Log;
pub use program::Program;
pub use raw_client::RawClient;
pub use raw_server::{RawPeer, RawServer};
pub use response::Response;
pub use server::TestServer;

/// No step of a test takes this long on a busy machine; what does, hangs.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Awaits `future`, and fails the test when nothing happens.
///
/// # Panics
///
/// When [`PATIENCE`] is over.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(output) => output,
        Err(_) => panic!("nothing happened for {PATIENCE:?} while waiting for {what}"),
    }
}
