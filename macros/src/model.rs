//! What was meant: an endpoint, its handlers and their parameters, free of mistakes.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Expr, Ident, LitBool, LitStr, Meta, Type};

use crate::paths::Runtime;

/// An impl block with its handlers.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) target: Target,
    pub(crate) side: Side,
    pub(crate) handlers: Vec<Handler>,
}

/// Which end of its connections an endpoint is, and where its arguments stand.
#[derive(Debug)]
pub(crate) enum Side {
    /// A server's, with the path on the impl block.
    Server(Box<Declaration>),
    /// A server's, with the path on the type.
    Declared,
    /// A client's.
    Client(Box<ClientDeclaration>),
}

/// A type with the path on it.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) target: Target,
    pub(crate) declaration: Declaration,
}

/// What the attribute stands on.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) runtime: Runtime,
    pub(crate) ty: Type,
    /// Whether it is the endpoint of connections that the program opens.
    pub(crate) is_client: bool,
    /// The `#[cfg(…)]` of the item, which guard the generated code too.
    pub(crate) cfgs: Cfgs,
}

/// The arguments of `#[server_endpoint("/path", …)]`.
#[derive(Debug)]
pub(crate) struct Declaration {
    pub(crate) name: String,
    pub(crate) path: LitStr,
    pub(crate) variables: Vec<String>,
    pub(crate) key: Option<LitStr>,
    /// With the argument, at which a mistake is shown.
    pub(crate) on_duplicate: Option<(OnDuplicate, LitStr)>,
    pub(crate) heartbeat: Option<LitStr>,
    pub(crate) max_message_size: Option<Expr>,
    pub(crate) compression: Option<LitBool>,
    pub(crate) unhandled: Option<Unhandled>,
    pub(crate) idle_timeout: Option<TimeLimit>,
    pub(crate) max_age: Option<TimeLimit>,
    pub(crate) messages_per_second: Option<Expr>,
    pub(crate) bytes_per_second: Option<Expr>,
    pub(crate) fast_producer: Option<FastProducer>,
    /// One of the words, or the list.
    pub(crate) origins: Option<Vec<LitStr>>,
    pub(crate) subprotocols: Option<Vec<LitStr>>,
}

/// The arguments of `#[client_endpoint(…)]`.
#[derive(Debug)]
pub(crate) struct ClientDeclaration {
    pub(crate) subprotocols: Vec<LitStr>,
    pub(crate) max_message_size: Option<Expr>,
    pub(crate) compression: Option<LitBool>,
    pub(crate) unhandled: Option<Unhandled>,
    pub(crate) idle_timeout: Option<TimeLimit>,
}

/// What a second connection with the same key means, as the runtime's enum names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnDuplicate {
    Newest,
    All,
    Reject,
    CloseOlder,
}

/// What happens to a message that no handler takes, as the runtime's enum names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unhandled {
    Close,
    Ignore,
}

/// How to treat a peer that sends too much in a second, as the runtime's enum names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FastProducer {
    Wait,
    Drop,
    Close,
}

/// How long something may take or last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeLimit {
    Off,
    Nanoseconds(u64),
}

/// A method with one of the handler attributes.
#[derive(Debug)]
pub(crate) struct Handler {
    pub(crate) kind: HandlerKind,
    pub(crate) cfgs: Cfgs,
    pub(crate) ident: Ident,
    /// Where `async` stands.
    pub(crate) asyncness: Option<Span>,
    pub(crate) has_receiver: bool,
    pub(crate) params: Vec<Param>,
    /// Of `#[on_message]`.
    pub(crate) max_message_size: Option<Expr>,
    /// Of `#[on_message]`.
    pub(crate) audience: Audience,
    /// Where the return type stands, or the name if there is none.
    pub(crate) output: Span,
}

/// What a handler handles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandlerKind {
    Handshake,
    Open,
    Message,
    Close,
    Error,
}

/// Who gets what a handler of messages returns; with the place of the argument that says so.
#[derive(Debug)]
pub(crate) enum Audience {
    /// The session that the message came from.
    Sender,
    /// All sessions of the endpoint.
    Everyone(Span),
    /// All sessions of the endpoint but the sender.
    Others(Span),
    /// Those who are in the room of this name.
    Room(Vec<Piece>),
}

/// A part of a room's name.
#[derive(Debug)]
pub(crate) enum Piece {
    Text(String),
    /// The value of a variable of the path.
    Variable(LitStr),
}

/// A parameter other than `self`.
#[derive(Debug)]
pub(crate) struct Param {
    pub(crate) source: Source,
    /// As generated code can name it: without lifetimes of its own and without `Self`.
    pub(crate) ty: Type,
}

/// What a parameter is made from.
#[derive(Debug)]
pub(crate) enum Source {
    /// From the call: the session, the message, the close reason or the error, as its type says.
    Call,
    /// From a variable of the path.
    Path(LitStr),
    /// From the query of the request's URI.
    Query(LitStr),
}

/// The `#[cfg(…)]` attributes of an item.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cfgs(pub(crate) Vec<Attribute>);

impl HandlerKind {
    /// The attribute's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Handshake => "on_handshake",
            Self::Open => "on_open",
            Self::Message => "on_message",
            Self::Close => "on_close",
            Self::Error => "on_error",
        }
    }
}

impl Handler {
    /// The variables of the path that it names.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &LitStr> {
        let of_params = self.params.iter().filter_map(|param| match &param.source {
            Source::Path(name) => Some(name),
            Source::Call | Source::Query(_) => None,
        });
        let pieces: &[Piece] = match &self.audience {
            Audience::Room(pieces) => pieces,
            Audience::Sender | Audience::Everyone(_) | Audience::Others(_) => &[],
        };
        let of_room = pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(name) => Some(name),
            Piece::Text(_) => None,
        });
        of_params.chain(of_room)
    }
}

impl Cfgs {
    /// Those among `attributes`.
    pub(crate) fn of(attributes: &[Attribute]) -> Self {
        let cfgs = attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg"));
        Self(cfgs.cloned().collect())
    }

    /// Whether the item is always there.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The conditions between the parentheses.
    pub(crate) fn predicates(&self) -> impl Iterator<Item = &TokenStream> {
        self.0.iter().filter_map(|attribute| match &attribute.meta {
            Meta::List(list) => Some(&list.tokens),
            Meta::Path(_) | Meta::NameValue(_) => None,
        })
    }
}

impl quote::ToTokens for Cfgs {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for attribute in &self.0 {
            attribute.to_tokens(tokens);
        }
    }
}
