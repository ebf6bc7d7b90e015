//! Who is it? A script in a browser cannot set the headers of a WebSocket handshake, so `Authorization` is not to be
//! had. Three ways are used in practice, and each is an endpoint here:
//!
//! | way | the browser | good for | mind |
//! |---|---|---|---|
//! | [cookie](ByCookie) | sends it by itself | pages of the same site | It is sent for pages of other sites too: leave `origins` at `same`. |
//! | [subprotocol](BySubprotocol) | `new WebSocket(url, ["chat", "bearer." + token])` | a token that the script has | The token must not be what the server chooses, or it is sent back; and it has only letters, digits and a few signs. |
//! | [ticket](ByTicket) | `new WebSocket(url + "?ticket=" + ticket)` | other sites, and clients of all kinds | Addresses are logged everywhere: the ticket is good for one handshake and for half a minute. |
//!
//! Each of them answers 401 before there is a session, says who the user is (`Session::principal`), and makes that the
//! key for `send_info`. A logout closes the sessions of the user with 1008.
//!
//! A login ends, and so do its sessions, with 1008 (`Accept::expires_at`). The page renews its login in time over plain
//! HTTP, and sends the new token over the open connections: `renew`, a space, and the token. The server checks it and lets
//! the session live on (`Session::renew_until`); nobody is disconnected.
//!
//! ```sh
//! cargo run -p auth
//! ```

mod endpoints;
mod http;
mod logins;

pub use endpoints::{ByCookie, BySubprotocol, ByTicket};
pub use logins::{Login, Logins};

use wspring::{Builder, Server};

/// A server with the endpoints and the page, whose users are those of `logins`.
#[must_use]
pub fn server(logins: Logins) -> Builder {
    Server::builder()
        .address("127.0.0.1:8010")
        .state(logins.clone())
        .fallback(http::router(logins))
}
