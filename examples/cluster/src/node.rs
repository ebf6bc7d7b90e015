//! One node: the example `push`, with a broker.

use std::io::IsTerminal as _;

use tokio::io::AsyncReadExt as _;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use wspring::prelude::*;

/// Serves until it is told to stop, or whoever started it is gone.
///
/// `WSPRING_ADDRESS` and `WSPRING_BROKER_URL` say where it listens and where the broker is. In code the latter would be
/// `.broker(Nats::connect(url).await?)`.
pub(crate) async fn run(name: &str) -> Result<(), Error> {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into());
    tracing_subscriber::fmt()
        .with_env_filter(filter.from_env_lossy())
        .with_ansi(std::io::stdout().is_terminal())
        .init();
    let server = Server::builder()
        .configure()?
        .health("/health")
        .fallback(push::router(Some(name.to_owned())))
        .bind()
        .await?;
    let handle = server.handle();
    tokio::spawn(async move {
        let mut nothing = Vec::new();
        let _ = tokio::io::stdin().read_to_end(&mut nothing).await;
        handle.shutdown().await;
    });
    server.run().await
}
