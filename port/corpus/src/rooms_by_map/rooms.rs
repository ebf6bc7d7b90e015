//! `Rooms` of `Rooms.java`, ported from Java.

use wspring::prelude::*;

// TODO(line 3): `rooms` holds neither sessions nor endpoints: keep it in a `Mutex<HashMap<…>>` given as `State`
//     private static Map<String, Set<Session>> rooms = new ConcurrentHashMap<>();
#[derive(Default)]
pub struct Rooms;

#[server_endpoint("/rooms/{room}/{user}")]
impl Rooms {
    #[on_open]
    fn on_open(&self) {
        // TODO(line 7): `rooms` is not replaced: the TODO at its declaration says why
        //     rooms.computeIfAbsent(room, key -> ConcurrentHashMap.newKeySet()).add(session);
    }

    #[on_message]
    fn on_message(_text: &str) {
        // TODO(line 12): `rooms` is not replaced: the TODO at its declaration says why
        //     for (Session member : rooms.get(room)) {
        //         member.getAsyncRemote().sendText(user + ": " + text);
        //     }
    }
}
