//! `Login` of `Login.java`, ported from Java.

use wspring::BoxError;
use wspring::prelude::*;

// TODO(line 3): line 7: `onMessage` puts into `users` after the session has opened: a session joins later with `session.join(room)`, or gets its key in `#[on_handshake]`
//     private static Map<String, Session> users = new ConcurrentHashMap<>();
#[derive(Default)]
pub struct Login;

#[server_endpoint("/login")]
impl Login {
    #[on_message]
    async fn on_message(name: &str, session: &Session) -> Result<(), BoxError> {
        // TODO(line 7): `users` is not replaced: the TODO at its declaration says why
        //     users.put(name, session);
        session.send(format!("hello {name}")).await?;
        Ok(())
    }

    #[on_close]
    fn on_close() {
        // TODO(line 13): `users` is not replaced: the TODO at its declaration says why
        //     users.values().remove(session);
    }
}
