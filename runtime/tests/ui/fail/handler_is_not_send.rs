#![allow(unused)]

use std::rc::Rc;

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_message]
    async fn say(&self, session: &Session, text: &str) {
        let shared = Rc::new(text);
        session.send("one moment").await.ok();
        drop(shared);
    }
}

fn main() {}
