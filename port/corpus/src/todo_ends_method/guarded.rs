//! `Guarded` of `Guarded.java`, ported from Java.

use wspring::prelude::*;

#[derive(Default)]
pub struct Guarded;

#[server_endpoint("/guarded")]
impl Guarded {
    #[on_message]
    fn on_message(_text: &str) {
        // TODO(line 17): `Filters.refuse`, and it may end the method
        //     if (Filters.refuse(text)) {
        //         return;
        //     }
        //     for (Session other : all) {
        //         other.getBasicRemote().sendText(text);
        //     }
    }

    pub fn broadcast_odd(texts: Vec<String>) -> i32 {
        let mut sent: i32 = 0;
        // TODO(line 27): `Filters.refuse`, and it may end the method; `sent` is set by code that is not translated, and it may end the method
        //     for (String text : texts) {
        //         if (Filters.refuse(text)) {
        //             continue;
        //         }
        //         sent++;
        //         for (Session other : all) {
        //             other.getAsyncRemote().sendText(text);
        //         }
        //     }
        //     return sent;
        todo!("the rest of this method is not translated")
    }
}
