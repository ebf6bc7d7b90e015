//! `Inner` of `Outer.java`, ported from Java.

use wspring::prelude::*;

#[derive(Default)]
pub struct Inner;

#[server_endpoint("/inner")]
impl Inner {
    #[on_message]
    fn on_message(value: bool) -> bool {
        !value
    }
}
