//! The Java original, ported, on one node.

use std::io::{self, IsTerminal as _};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use wspring::prelude::*;

/// The message of the Java original.
const HELLO: &str = r#"{"step":1,"type":2,"msg":"hello"}"#;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into());
    tracing_subscriber::fmt()
        .with_env_filter(filter.from_env_lossy())
        .with_ansi(io::stdout().is_terminal())
        .init();
    let server = Server::builder()
        .address("127.0.0.1:8009")
        .configure()?
        .fallback(push::router(None))
        .bind()
        .await?;
    let address = server.local_addr();
    println!("Open http://{address}/ in a browser, then push to the page from another terminal:\n");
    println!(
        "  curl -X POST http://{address}/push/1 -H 'content-type: application/json' -d '{HELLO}'\n"
    );
    server.run().await
}
