//! The same greeter three times; they differ in where the handshake says who it is.

use wspring::prelude::*;

use crate::Logins;

/// By the cookie that the login has set. Browsers send it with the handshake, whichever page asks for it; that is why
/// only pages of this server may (`origins`, whose default it is).
#[derive(Debug, Default)]
pub struct ByCookie;

/// By a token among the offered subprotocols. The one that is spoken is another one: the token does not come back.
#[derive(Debug, Default)]
pub struct BySubprotocol;

/// By a ticket in the address, which is good once. Who has it has logged in, so any page may come.
#[derive(Debug, Default)]
pub struct ByTicket;

#[server_endpoint("/cookie", origins = "same")]
impl ByCookie {
    #[on_handshake]
    fn check(handshake: &Handshake, logins: State<Logins>) -> Result<Accept, Reject> {
        accept(
            handshake
                .cookie("login")
                .and_then(|token| logins.user(token)),
        )
    }

    #[on_message]
    fn greet(&self, text: &str, session: &Session) -> Option<String> {
        greeting(text, session)
    }
}

#[server_endpoint("/subprotocol", origins = "any", subprotocols = ["chat"])]
impl BySubprotocol {
    #[on_handshake]
    fn check(handshake: &Handshake, logins: State<Logins>) -> Result<Accept, Reject> {
        let mut offered = handshake.subprotocols();
        let token = offered.find_map(|name| name.strip_prefix("bearer."));
        accept(token.and_then(|token| logins.user(token)))
    }

    #[on_message]
    fn greet(&self, text: &str, session: &Session) -> Option<String> {
        greeting(text, session)
    }
}

#[server_endpoint("/ticket", origins = "any")]
impl ByTicket {
    #[on_handshake]
    fn check(
        #[query_param] ticket: Option<String>,
        logins: State<Logins>,
    ) -> Result<Accept, Reject> {
        accept(ticket.and_then(|ticket| logins.redeem(&ticket)))
    }

    #[on_message]
    fn greet(&self, text: &str, session: &Session) -> Option<String> {
        greeting(text, session)
    }
}

/// The answer, the same for all who are not known: it tells nothing about logins to those who guess.
fn accept(user: Option<String>) -> Result<Accept, Reject> {
    let user = user.ok_or_else(|| Reject::unauthorized("log in first"))?;
    Ok(Accept::new().key(&user).principal(user))
}

fn greeting(text: &str, session: &Session) -> Option<String> {
    let user = session.principal()?;
    Some(format!("{user} says: {text}"))
}
