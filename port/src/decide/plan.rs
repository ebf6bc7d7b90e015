//! The decisions, as data.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Ty;
use crate::model::Expr;

/// The decisions about one endpoint.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// The Java class.
    pub class: String,
    /// The Rust type.
    pub name: String,
    /// The module, which is also the name of the file.
    pub module: String,
    /// Server or client.
    pub side: Side,
    /// The subprotocols.
    pub subprotocols: Vec<String>,
    /// The arguments of the annotation that are left to do: `configurator`, `encoders`, `decoders`.
    pub left: Vec<String>,
    /// The variables of the path.
    pub variables: Vec<String>,
    /// The variable that is the key, if it has to be named.
    pub key: Option<String>,
    /// The handlers.
    pub handlers: Vec<Handler>,
    /// The Rust names of the methods, by index.
    pub methods: Vec<String>,
    /// The fields.
    pub fields: Vec<FieldPlan>,
    /// The static collections, each with its verdict.
    pub registries: Vec<Registry>,
    /// Parameters that may be `null`: the method's index and the name.
    #[serde(skip)]
    pub(crate) nullable: BTreeSet<(usize, String)>,
    /// Static strings and numbers, by name.
    #[serde(skip)]
    pub(crate) constants: BTreeMap<String, Expr>,
}

/// Which side of a connection the endpoint is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Side {
    /// `@ServerEndpoint`, with its path.
    Server(String),
    /// `@ClientEndpoint`
    Client,
}

/// A method that is a handler.
#[derive(Clone, Debug, Serialize)]
pub struct Handler {
    /// Its index among the methods.
    pub method: usize,
    /// The event that it handles.
    pub kind: HandlerKind,
}

/// The events that have handlers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum HandlerKind {
    /// `@OnOpen`
    Open,
    /// `@OnMessage`
    Message,
    /// `@OnClose`
    Close,
    /// `@OnError`
    Error,
}

/// The decision about one field.
#[derive(Clone, Debug, Serialize)]
pub struct FieldPlan {
    /// Its name in Java.
    pub java: String,
    /// Its name in Rust.
    pub rust: String,
    /// Its role.
    pub role: Role,
    /// The path variable whose value it holds.
    pub variable: Option<String>,
    /// Its line in Java.
    pub line: usize,
    /// Its text in Java.
    #[serde(skip)]
    pub text: String,
}

/// The roles that a field can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Role {
    /// A field of the connection's value.
    Data(Ty),
    /// A logger: `tracing` needs none.
    Logger,
    /// An `ObjectMapper` or `Gson`: `serde_json` needs none.
    Mapper,
    /// An object that is only locked.
    Lock,
    /// A constant.
    Constant(Ty),
    /// A counter of the open sessions.
    SessionCounter,
    /// A counter in an atomic.
    Counter(Ty),
    /// A static collection; see the registries.
    Collection,
    /// A service that is injected.
    Service(String),
    /// Nothing that the porter knows; the reason.
    Unknown(String),
}

/// A static collection with the verdict about it.
#[derive(Clone, Debug, Serialize)]
pub struct Registry {
    /// The field.
    pub field: String,
    /// Whether it is a map.
    pub is_map: bool,
    /// The elements, or the values of a map.
    pub element: Element,
    /// The keys of a map.
    pub key: Key,
    /// The verdict.
    pub verdict: Verdict,
    /// The uses that led to it.
    pub evidence: Vec<String>,
}

/// The elements of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Element {
    /// The endpoint.
    Endpoint,
    /// Its session.
    Session,
    /// Something else.
    Other,
}

/// The keys of a map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Key {
    /// The value of a path variable.
    Variable(String),
    /// The id of the session.
    SessionId,
    /// Something else, or no map.
    None,
}

/// The verdict about a collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// It holds the open sessions, as wspring does.
    Registry,
    /// It does not, or it cannot be told; the reason and the choices.
    Unclear(String),
}
