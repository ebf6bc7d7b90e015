//! `Gate` of `Gate.java`, ported from Java.

use wspring::prelude::*;

// TODO(line 3): line 10: Java puts into `users` only under a condition, and those that it leaves out stay connected and get nothing: refuse them in `#[on_handshake]` with `Reject`, return `Err` from `#[on_open]`, or let those who may get messages join a room
//     private static Map<String, Session> users = new ConcurrentHashMap<>();
#[derive(Default)]
pub struct Gate;

#[server_endpoint("/gate/{user}")]
impl Gate {
    #[on_open]
    fn on_open(&self, #[path_param] user: &str) {
        if user.is_empty() {
            return;
        }
        // TODO(line 10): `users` is not replaced: the TODO at its declaration says why
        //     users.put(user, session);
    }

    #[on_close]
    fn on_close() {
        // TODO(line 15): `users` is not replaced: the TODO at its declaration says why
        //     users.remove(user);
    }

    #[on_message]
    fn on_message(_text: &str) {
        // TODO(line 20): `users` is not replaced: the TODO at its declaration says why
        //     for (Map.Entry<String, Session> entry : users.entrySet()) {
        //         if (!entry.getKey().equals(user)) {
        //             entry.getValue().getBasicRemote().sendText(user + ": " + text);
        //         }
        //     }
    }
}
