//! `Single` of `Single.java`, ported from Java.

use wspring::prelude::*;

pub struct Single {
    user: String,
}

#[server_endpoint("/single/{user}")]
impl Single {
    #[on_open]
    fn on_open(#[path_param] user: &str) -> Self {
        if Self::is_online(user) {
            // TODO(line 13): the older connection of the same key is closed: write `on_duplicate = "close_older"` beside the path
            //     older.session.close();
        }
        Self { user: user.to_owned() }
    }
}
