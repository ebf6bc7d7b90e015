//! One node of a cluster, configured from outside, that pushes what it is asked to.

use tracing_subscriber::EnvFilter;
use wspring::prelude::*;

macro_rules! endpoint {
    ($name:ident at $path:literal $(, $argument:ident = $value:literal)*) => {
        #[derive(Default)]
        struct $name;

        #[server_endpoint($path $(, $argument = $value)*)]
        impl $name {
            #[on_message]
            fn echo(&self, text: String) -> String {
                text
            }
        }
    };
}

endpoint!(User at "/users/<key>");
endpoint!(Everyone at "/everyone/<key>", on_duplicate = "all");
endpoint!(First at "/first/<key>", on_duplicate = "reject");
endpoint!(Replacing at "/replacing/<key>", on_duplicate = "close_older");

/// Its key comes from the query, where it may have what no path may have.
#[derive(Default)]
struct Anybody;

#[server_endpoint("/anybody")]
impl Anybody {
    #[on_handshake]
    fn key(#[query_param] key: String) -> Accept {
        Accept::new().key(key)
    }

    #[on_message]
    fn echo(&self, text: String) -> String {
        text
    }
}

/// Pushes for a test: key and text come in, what became of it goes out.
#[derive(Default)]
struct Control;

#[server_endpoint("/control", max_message_size = 4_194_304)]
impl Control {
    #[on_message]
    async fn push(&self, Json((key, text)): Json<(String, String)>) -> String {
        match send_info(text, key).await {
            Ok(delivered) if delivered.is_partial => format!("partly {}", delivered.sessions),
            Ok(delivered) => format!("delivered {}", delivered.sessions),
            Err(SendError::Offline { .. }) => "offline".to_owned(),
            Err(SendError::BrokerUnavailable { .. }) => "broker".to_owned(),
            Err(SendError::Unanswered { .. }) => "unanswered".to_owned(),
            Err(SendError::TooLarge { .. }) => "too large".to_owned(),
            Err(error) => format!("failed: {error}"),
        }
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
