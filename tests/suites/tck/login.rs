//! Users who log out while they are connected (platform TCK: the connection is closed with 1008).

use wspring::prelude::*;

use crate::start;

/// Lets in who says a name, and answers with it.
#[derive(Default)]
struct Desk;

#[server_endpoint("/desk")]
impl Desk {
    #[on_handshake]
    fn check(#[query_param] user: Option<String>) -> Result<Accept, Reject> {
        let user = user.ok_or_else(|| Reject::unauthorized("log in first"))?;
        Ok(Accept::new().principal(user))
    }

    #[on_message]
    fn answer(&self, _text: &str, session: &Session) -> Option<String> {
        session.principal().map(|user| user.name().to_owned())
    }
}

#[tokio::test]
async fn m5_whoever_logs_out_is_closed_with_1008_and_nobody_else() {
    let (server, _events) = start().await;
    let mut clients = Vec::new();
    for user in ["ann", "ben", "ann"] {
        let mut client = server.connect(&format!("/desk?user={user}")).await;
        client.send("who am I?").await;
        assert_eq!(client.text().await, user);
        clients.push(client);
    }
    for session in server.handle().sessions::<Desk>() {
        if session.principal().is_some_and(|user| user.name() == "ann") {
            let closed = session.close_with(CloseCode::POLICY, "logged out");
            closed.expect("a good code");
        }
    }
    for number in [0, 2] {
        assert_eq!(
            clients[number].closed().await,
            (1008, "logged out".to_owned())
        );
    }
    clients[1].send("still here?").await;
    assert_eq!(clients[1].text().await, "ben");
}
