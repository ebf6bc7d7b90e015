//! `Single` of `Single.java`, ported from Java.

use wspring::BoxError;
use wspring::prelude::*;

pub struct Single {
    user: String,
}

#[server_endpoint("/single/{user}")]
impl Single {
    #[on_open]
    fn on_open(session: &Session, #[path_param] user: &str) -> Result<Self, BoxError> {
        let older = Self::sessions_of(user)
            .into_iter()
            .rev()
            .find(|given| given.id() != session.id());
        if older.is_some() {
            older.clone().ok_or("null")?.try_send("you are here twice")?;
            older.clone().ok_or("null")?.close();
        }
        Ok(Self { user: user.to_owned() })
    }
}
