//! `Secret` of `Secret.java`, ported from Java.

use wspring::prelude::*;

#[derive(Default)]
pub struct Secret;

#[server_endpoint("/secret/{user}")]
impl Secret {
    #[on_open]
    fn on_open(&self) {
        // TODO(line 7): `Vault.knows`, and it may end the method; until this is written, every connection stays open and gets messages
        //     if (!Vault.knows(user, session.getRequestURI())) {
        //         session.close();
        //         return;
        //     }
        //     users.put(user, session);
        //     session.getBasicRemote().sendText("welcome");
    }
}
