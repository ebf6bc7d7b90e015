//! Has endpoints that cannot be served together, and lacks what two of them need.

use wspring::prelude::*;

struct Database;
struct Clock;

#[derive(Default)]
struct First;

#[server_endpoint("/rooms/<room>/users/<user>")]
impl First {}

#[server_endpoint("/rooms/{id}/users/{name}")]
#[derive(Default)]
struct Second;

#[server_endpoint]
impl Second {}

/// An endpoint with nothing wrong about it.
#[derive(Default)]
struct Fine;

#[server_endpoint("/rooms/<room>/users/all")]
impl Fine {
    #[on_message]
    fn on_message(&self, _text: &str, _clock: State<Clock>) {}
}

#[derive(Default)]
struct Needy;

#[server_endpoint("/needy")]
impl Needy {
    #[on_open]
    fn on_open(&self, _database: State<Database>) {}

    #[on_close]
    fn on_close(&self, _database: State<Database>, _clock: State<Clock>) {}
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    Server::builder()
        .address("127.0.0.1:0")
        .state(Clock)
        .run()
        .await
}
