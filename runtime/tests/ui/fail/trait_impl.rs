#![allow(unused)]

use wspring::prelude::*;

trait Talk {
    fn say(&self, text: &str);
}

struct Chat;

#[server_endpoint("/chat")]
impl Talk for Chat {
    #[on_message]
    fn say(&self, text: &str) {}
}

fn main() {
    Chat.say("the method is still there");
}
