//! `Trap` of `Trap.java`, ported from Java.

use wspring::prelude::*;

pub struct Trap {
    name: String,
}

#[server_endpoint("/trap/{name}")]
impl Trap {
    #[on_open]
    fn on_open(#[path_param] name: &str) -> Self {
        Self { name: name.to_owned() }
    }

    #[on_message]
    fn on_message(_text: &str) {
        // TODO(line 19): `Aliases.resolve`; `name` is set by code that is not translated; `target` is set by code that is not translated
        //     String name = Aliases.resolve(text);
        //     Session target = all.get(name);
        //     if (target != null) {
        //         target.getBasicRemote().sendText(text);
        //     }
    }
}
