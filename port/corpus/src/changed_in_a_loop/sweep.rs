//! `Sweep` of `Sweep.java`, ported from Java.

use wspring::prelude::*;

// TODO(line 3): line 14: `onMessage` takes a session out of `sessions` that stays connected: leave a room with `session.leave(room)`, or close it with `close_key`
//     private static Set<Session> sessions = new CopyOnWriteArraySet<>();
#[derive(Default)]
pub struct Sweep;

#[server_endpoint("/sweep")]
impl Sweep {
    #[on_open]
    fn on_open(&self) {
        // TODO(line 7): `sessions` is not replaced: the TODO at its declaration says why
        //     sessions.add(session);
    }

    #[on_message]
    fn on_message(_text: &str) {
        // TODO(line 12): `sessions` is not replaced: the TODO at its declaration says why
        //     for (Session session : sessions) {
        //         if (!session.isOpen()) {
        //             sessions.remove(session);
        //         } else {
        //             session.getBasicRemote().sendText(text);
        //         }
        //     }
    }
}
