//! The Java original, ported: a page connects to `/webSocket/<uId>`, and `POST /push/<uId>` makes it show a message.
//!
//! It is a library beside its program, so that the example `cluster` runs the same on many nodes.

mod endpoint;
mod http;

pub use http::router;
