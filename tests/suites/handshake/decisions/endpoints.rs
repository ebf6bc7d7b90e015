//! Endpoints that decide in every way there is.

use std::future::pending;
use std::time::{Duration, SystemTime};

use wspring::prelude::*;
use wspring::{Principal, StatusCode};

/// Decides as its path says.
pub(super) struct Door {
    plan: Option<Plan>,
    user: Option<String>,
}

/// A property.
#[derive(Clone, Debug, PartialEq)]
struct Plan(&'static str);

/// Made from a header, for `#[on_handshake]` and all other handlers.
struct Language(String);

/// When a login ends.
pub(super) fn the_end() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(10_000_000_000)
}

/// An error of the application.
enum Denied {
    Unknown,
    Banned,
}

/// Takes a type of its own, and refuses with an error of its own.
#[derive(Default)]
struct Club;

/// Implemented by hand.
pub(super) struct Bell;

/// Only looks, without waiting.
#[derive(Default)]
struct Looked;

#[server_endpoint("/door/<how>")]
impl Door {
    #[on_handshake]
    async fn decide(
        handshake: &Handshake,
        #[path_param] how: &str,
        #[query_param] who: Option<String>,
    ) -> Result<Accept, Reject> {
        tokio::task::yield_now().await;
        let accept = Accept::new();
        let who = who.unwrap_or_default();
        Ok(match how {
            "open" => accept,
            "key" => accept.key(who),
            "headers" => accept
                .header("x-greeting", "hello")
                .header("set-cookie", "a=1")
                .header("set-cookie", "b=2"),
            "property" => accept.property(Plan("free")).property(Plan("gold")),
            "principal" => accept.principal(who),
            "expired" => accept.expires_at(SystemTime::UNIX_EPOCH),
            "expires" => accept.expires_at(the_end()),
            "subprotocol" => accept.subprotocol(who),
            "line-break" => accept.header("x-who", "a\r\nset-cookie: b=c"),
            "name" => accept.header("x who", "a"),
            "reserved" => accept.header("Sec-WebSocket-Accept", "a"),
            "length" => accept.header("content-length", 5),
            "unauthorized" => return Err(Reject::unauthorized("log in first")),
            "forbidden" => return Err(Reject::forbidden("not you")),
            "status" => return Err(StatusCode::IM_A_TEAPOT.into()),
            "answer" => {
                return Err(Reject::new(StatusCode::SERVICE_UNAVAILABLE)
                    .header("content-type", "application/json")
                    .header("x-reason", "full")
                    .retry_after(Duration::from_millis(1_500))
                    .body(r#"{"code": 17}"#));
            }
            "moved" => return Err(Reject::new(StatusCode::FOUND).header("location", "/echo")),
            "challenge" => {
                return Err(Reject::unauthorized("who?").header("www-authenticate", "Basic"));
            }
            "internal" => {
                let failure = handshake.headers()["x-number"]
                    .to_str()
                    .map_err(Reject::internal)?;
                let _: u8 = failure.parse().map_err(Reject::internal)?;
                accept
            }
            "success" => return Err(Reject::new(StatusCode::OK)),
            "switching" => return Err(Reject::new(StatusCode::SWITCHING_PROTOCOLS)),
            "reject-line-break" => return Err(Reject::forbidden("no").header("x-who", "a\nb")),
            "reject-reserved" => return Err(Reject::forbidden("no").header("upgrade", "h2c")),
            "never" => pending().await,
            _ => panic!("the door is broken"),
        })
    }

    #[on_open]
    fn open(session: &Session) -> Self {
        Self {
            plan: session.properties().find(),
            user: session.principal().map(Principal::to_string),
        }
    }

    #[on_message]
    fn tell(&self, what: &str, session: &Session) -> String {
        match what {
            "plan" => format!("{:?}", self.plan),
            "user" => format!(
                "{:?} {:?}",
                self.user,
                session.principal().map(Principal::name)
            ),
            "subprotocol" => format!("{:?}", session.subprotocol()),
            _ => session.id().to_string(),
        }
    }
}

#[server_endpoint("/club")]
impl Club {
    #[on_handshake]
    fn decide(language: Language, #[query_param] age: u8) -> Result<(), Denied> {
        match language.0.as_str() {
            _ if age < 18 => Err(Denied::Banned),
            "fr" => Ok(()),
            _ => Err(Denied::Unknown),
        }
    }

    #[on_message]
    fn language(&self, _: &str, language: Language) -> String {
        language.0
    }
}

#[server_endpoint("/looked")]
impl Looked {
    #[on_handshake]
    fn look(handshake: &Handshake) {
        tracing::info!(path = handshake.uri().path(), "somebody looks in");
    }

    #[on_message]
    fn echo(&self, text: String) -> String {
        text
    }
}

impl Endpoint for Bell {
    async fn on_handshake(handshake: &Handshake) -> Result<Accept, Reject> {
        match handshake.query_param("ring") {
            Some(name) => Ok(Accept::new().key(name)),
            None => Err(Reject::forbidden("ring first")),
        }
    }
}

impl<'h> FromHandshake<'h> for Language {
    fn from_handshake(handshake: &'h Handshake) -> Result<Self, Reject> {
        let header = handshake.headers().get("accept-language");
        let language = header.and_then(|value| value.to_str().ok());
        let language = language.ok_or_else(|| Reject::new(StatusCode::NOT_ACCEPTABLE))?;
        Ok(Self(language.to_owned()))
    }
}

impl From<Denied> for Reject {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Unknown => Self::unauthorized("who are you?"),
            Denied::Banned => Self::forbidden("come back later"),
        }
    }
}
