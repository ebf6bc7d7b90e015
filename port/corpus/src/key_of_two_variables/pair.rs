//! `Pair` of `Pair.java`, ported from Java.

use wspring::prelude::*;

// TODO(line 3): the keys of `pairs` are neither a path variable nor the session's id: make the key in `#[on_handshake]` with `Accept::new().key(…)`
//     private static Map<String, Session> pairs = new ConcurrentHashMap<>();
#[derive(Default)]
pub struct Pair;

#[server_endpoint("/pair/{room}/{user}")]
impl Pair {
    #[on_open]
    fn on_open(&self) {
        // TODO(line 7): `pairs` is not replaced: the TODO at its declaration says why
        //     pairs.put(room + "/" + user, session);
    }

    #[on_close]
    fn on_close() {
        // TODO(line 12): `pairs` is not replaced: the TODO at its declaration says why
        //     pairs.remove(room + "/" + user);
    }
}
