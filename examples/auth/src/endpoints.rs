//! The same greeter three times; the handshakes differ in where they say who it is.

use wspring::prelude::*;

use crate::{Login, Logins};

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
                .and_then(|token| logins.login(token)),
        )
    }

    #[on_message]
    fn greet(&self, text: &str, session: &Session, logins: State<Logins>) -> Option<String> {
        answer(text, session, &logins)
    }
}

#[server_endpoint("/subprotocol", origins = "any", subprotocols = ["chat"])]
impl BySubprotocol {
    #[on_handshake]
    fn check(handshake: &Handshake, logins: State<Logins>) -> Result<Accept, Reject> {
        let mut offered = handshake.subprotocols();
        let token = offered.find_map(|name| name.strip_prefix("bearer."));
        accept(token.and_then(|token| logins.login(token)))
    }

    #[on_message]
    fn greet(&self, text: &str, session: &Session, logins: State<Logins>) -> Option<String> {
        answer(text, session, &logins)
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
    fn greet(&self, text: &str, session: &Session, logins: State<Logins>) -> Option<String> {
        answer(text, session, &logins)
    }
}

/// The answer to a handshake, the same for all who are not known: it tells nothing about logins to those who guess. The
/// session ends with the login, unless the login is renewed.
fn accept(login: Option<Login>) -> Result<Accept, Reject> {
    let Login { user, end } = login.ok_or_else(|| Reject::unauthorized("log in first"))?;
    Ok(Accept::new().key(&user).principal(user).expires_at(end))
}

/// The answer to a message. `renew`, a space and a new token let the session live as long as that token does.
fn answer(text: &str, session: &Session, logins: &Logins) -> Option<String> {
    let user = session.principal()?;
    let Some(token) = text.strip_prefix("renew ") else {
        return Some(format!("{user} says: {text}"));
    };
    // A session never changes its user: somebody else's token is as bad as none.
    let login = logins.login(token);
    let Some(login) = login.filter(|login| login.user == user.name()) else {
        return Some("not renewed: this token is not yours, or has expired".to_owned());
    };
    session.renew_until(login.end);
    Some("renewed".to_owned())
}
