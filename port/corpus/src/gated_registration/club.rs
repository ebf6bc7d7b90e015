//! `Club` of `Club.java`, ported from Java.

use wspring::prelude::*;

// TODO(line 3): line 8: Java puts into `members` only under a condition, and those that it leaves out stay connected and get nothing: refuse them in `#[on_handshake]` with `Reject`, return `Err` from `#[on_open]`, or let those who may get messages join a room
//     private static Map<String, Session> members = new ConcurrentHashMap<>();
#[derive(Default)]
pub struct Club;

#[server_endpoint("/club/{member}")]
impl Club {
    #[on_open]
    fn on_open(&self, #[path_param] member: &str) {
        if member.starts_with("gold-") {
            // TODO(line 8): `members` is not replaced: the TODO at its declaration says why
            //     members.put(member, session);
        }
    }

    #[on_close]
    fn on_close() {
        // TODO(line 14): `members` is not replaced: the TODO at its declaration says why
        //     members.remove(member);
    }

    pub fn tell(text: &str) {
        // TODO(line 18): `members` is not replaced: the TODO at its declaration says why
        //     for (Session session : members.values()) {
        //         session.getAsyncRemote().sendText(text);
        //     }
    }
}
