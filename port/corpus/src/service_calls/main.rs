//! The endpoints that were ported from Java; see PORTING.md.

#![allow(
    unused,
    reason = "some of it is for classes that were not ported"
)]

mod notices;
mod services;

use std::sync::Arc;

#[tokio::main]
async fn main() -> Result<(), wspring::Error> {
    tracing_subscriber::fmt().init();
    wspring::Server::builder()
        .state(Arc::new(services::Missing) as Arc<dyn services::NoticeService>)
        .configure()?
        .run()
        .await
}
