//! `Talk` of `Talk.java`, ported from Java.

use wspring::prelude::*;

#[derive(Default)]
pub struct Talk;

#[server_endpoint("/api/talk/{user}", subprotocols = ["v1.talk"])]
impl Talk {
    #[on_message]
    fn on_message(#[path_param] user: &str, text: &str) -> String {
        format!("{user}: {text}")
    }
}
