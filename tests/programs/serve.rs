//! Serves an endpoint of its own and one of a library, configured from outside. Errors are logged; `RUST_LOG` asks for more.

use tracing_subscriber::EnvFilter;
use wspring::prelude::*;
use wspring_tests_library as _;

#[derive(Default)]
struct Echo;

#[server_endpoint("/echo/<user>")]
impl Echo {
    #[on_message]
    fn echo(&self, text: String) -> String {
        text
    }

    #[on_close]
    fn on_close(reason: &CloseReason) {
        println!("closed: {reason}");
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    wspring::run().await
}
