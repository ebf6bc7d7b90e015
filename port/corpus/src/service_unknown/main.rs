//! The endpoints that were ported from Java; see PORTING.md.

#![allow(
    unused,
    reason = "some of it is for classes that were not ported"
)]

mod orders;
mod services;

use std::sync::Arc;

#[tokio::main]
async fn main() -> Result<(), wspring::Error> {
    tracing_subscriber::fmt().init();
    wspring::Server::builder()
        .state(Arc::new(services::Missing) as Arc<dyn services::OrderService>)
        .configure()?
        .run()
        .await
}
