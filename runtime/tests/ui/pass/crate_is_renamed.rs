#![deny(warnings)]

mod framework {
    pub mod web {
        pub use wspring as sockets;
    }
}

use framework::web::sockets::{Session, server_endpoint};

/// What a module calls `wspring` is not mistaken for the crate.
mod wspring {}

#[derive(Default)]
struct Here;

#[server_endpoint("/here/<room>", crate = framework::web::sockets)]
impl Here {
    #[on_open]
    fn open(&self, #[path_param("room")] _room: &str) {}

    #[framework::web::sockets::on_message]
    fn say(&self, text: String) -> String {
        text
    }
}

#[derive(Default)]
#[server_endpoint("/split", crate = crate::framework::web::sockets)]
struct Split;

#[server_endpoint(crate = self::framework::web::sockets)]
impl Split {
    #[on_close]
    async fn close(&self, _session: &Session) {}
}

fn main() {}
