//! `Props` of `Props.java`, ported from Java.

use wspring::prelude::*;

#[derive(Default)]
pub struct Props;

#[server_endpoint("/props")]
impl Props {
    #[on_open]
    fn on_open(&self) {
        // TODO(line 5): `getUserProperties` of a session: see the table in the guide
        //     session.getUserProperties().put("since", System.currentTimeMillis());
    }

    #[on_message]
    fn on_message(_text: &str) -> String {
        // TODO(line 10): `getUserProperties` of a session: see the table in the guide, and it may end the method
        //     return "since " + session.getUserProperties().get("since");
        todo!("the rest of this method is not translated")
    }
}
