//! The endpoints that were ported from Java; see PORTING.md.

#![allow(
    unused,
    reason = "some of it is for classes that were not ported"
)]

mod json;
mod status;

#[tokio::main]
async fn main() -> Result<(), wspring::Error> {
    tracing_subscriber::fmt().init();
    wspring::run().await
}
