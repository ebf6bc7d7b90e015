#![deny(warnings)]
#![allow(unexpected_cfgs)]

use wspring::prelude::*;

struct Chosen;

#[server_endpoint("/chosen/<id>")]
impl Chosen {
    #[on_handshake]
    #[cfg(feature = "never")]
    fn check_never(handshake: NoSuchType) {}

    #[on_handshake]
    #[cfg(not(feature = "never"))]
    fn check(_: &Handshake) {}

    #[cfg(feature = "never")]
    #[on_open]
    fn open_never(#[path_param] id: NoSuchType) -> Self {
        Self
    }

    #[cfg(not(feature = "never"))]
    #[on_open]
    fn open() -> Self {
        Self
    }

    #[on_message]
    #[cfg(not(feature = "never"))]
    #[cfg(all())]
    fn text(&self, _text: &str) {}

    #[on_message]
    #[cfg(feature = "never")]
    fn text_never(&self, text: NoSuchType) {}

    #[on_message]
    fn binary(&self, _bytes: &[u8], #[path_param("id")] _id: u32) {}

    #[on_close]
    #[cfg(feature = "never")]
    fn close(&self) {}

    #[on_error]
    #[cfg(feature = "never")]
    fn error(&self, error: &Error) {}
}

#[derive(Default)]
struct DefaultWithout;

#[server_endpoint("/default")]
impl DefaultWithout {
    #[cfg(feature = "never")]
    #[on_handshake]
    fn check(handshake: NoSuchType) {}

    #[cfg(feature = "never")]
    #[cfg(all())]
    #[on_open]
    fn open() -> Self {
        Self
    }

    #[cfg(feature = "never")]
    #[on_message]
    fn text(&self, text: &str) {}
}

#[server_endpoint("/absent")]
#[cfg(feature = "never")]
struct Absent;

#[server_endpoint]
#[cfg(feature = "never")]
impl Absent {}

fn main() {}
