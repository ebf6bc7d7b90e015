//! Every item of the runtime that generated code names, in one table.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Path, parse_quote_spanned};

/// The path under which generated code finds the crate `wspring`.
#[derive(Clone, Debug)]
pub(crate) struct Runtime(Path);

impl Runtime {
    /// The value of the argument `crate = …`.
    pub(crate) fn new(path: Path) -> Self {
        Self(path)
    }

    /// The path itself.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Default for Runtime {
    fn default() -> Self {
        Self(parse_quote_spanned!(Span::mixed_site()=> ::wspring))
    }
}

/// A span at the user's token whose local names are the macro's own, so that lints know it as
/// generated and variables cannot meet the user's.
pub(crate) fn generated_at(place: Span) -> Span {
    Span::mixed_site().located_at(place)
}

/// The call `function(arguments)` that covers `place`, so that errors about it underline all of it.
pub(crate) fn call_over(
    place: impl ToTokens,
    function: impl FnOnce(Span) -> TokenStream,
    arguments: TokenStream,
) -> TokenStream {
    let mut tokens = place.into_token_stream().into_iter();
    let first = tokens.next();
    let last = tokens.last().or_else(|| first.clone());
    let start = first.map_or_else(Span::call_site, |token| match token {
        TokenTree::Group(group) => group.span_open(),
        token => token.span(),
    });
    let end = last.map_or(start, |token| match token {
        TokenTree::Group(group) => group.span_close(),
        token => token.span(),
    });
    let mut call = function(generated_at(start));
    let mut parentheses = Group::new(Delimiter::Parenthesis, arguments);
    parentheses.set_span(generated_at(end));
    call.extend([TokenTree::from(parentheses)]);
    call
}

macro_rules! table {
    ($($name:ident => $($segment:ident)::+;)*) => {
        #[expect(clippy::wrong_self_convention, reason = "each is called as the item that it names")]
        impl Runtime {$(
            pub(crate) fn $name(&self, span: Span) -> TokenStream {
                let runtime = moved_to(span, self.0.to_token_stream());
                quote_spanned!(span=> #runtime :: $($segment)::+)
            }
        )*}
    };
}

table! {
    endpoint => Endpoint;
    session => Session;
    handshake => Handshake;
    accept => Accept;
    reject => Reject;
    message => Message;
    message_kind => MessageKind;
    from_message => FromMessage;
    into_message => IntoMessage;
    box_error => BoxError;
    close_reason => CloseReason;
    error => Error;
    requirements => __private::Requirements;
    on_duplicate => OnDuplicate;
    unhandled_policy => Unhandled;
    fast_producer => FastProducer;

    declared => __private::Declared;
    declaration => __private::Declaration;
    client_declaration => __private::ClientDeclaration;
    registration => __private::registration;
    submit => __private::inventory::submit;

    call => __private::Call;
    delivery => __private::Delivery;
    forms => __private::Forms;
    parameter => __private::parameter;
    handshake_parameter => __private::handshake_parameter;
    variants => __private::Variants;
    variant => __private::variant;
    path_param => __private::path_param;
    query_param => __private::query_param;
    canonical => __private::Canonical;
    printed => __private::Printed;
    as_is => __private::AsIs;

    bad_request => __private::bad_request;
    into_accept => __private::IntoAccept;
    default_endpoint => __private::default_endpoint;
    maker => __private::maker::Maker;
    by_default => __private::maker::ByDefault;
    by_factory => __private::maker::ByFactory;
    into_opened => __private::IntoOpened;
    into_reply => __private::IntoReply;
    into_unit => __private::IntoUnit;
    reply => __private::reply;
    into_shared => __private::IntoShared;
    share => __private::share;
    audience => __private::Audience;
    piece => __private::Piece;
    unhandled => __private::unhandled;
    log_error => __private::log_error;
    log_failed_on_error => __private::log_failed_on_error;

    check_in_handshake => __private::check::in_handshake;
    check_in_open => __private::check::in_open;
    check_in_message => __private::check::in_message;
    check_in_close => __private::check::in_close;
    check_in_error => __private::check::in_error;
    check_forms => __private::check::forms;
    check_payload => __private::check::payload;
    check_has_error => __private::check::has_error;
    check_same_kind => __private::check::same_kind;
    check_path_variable => __private::check::path_variable;
    check_message_size => __private::check::message_size;
    check_messages_per_second => __private::check::messages_per_second;
    check_bytes_per_second => __private::check::bytes_per_second;
    check_on_duplicate => __private::check::on_duplicate;
    check_handler_message_size => __private::check::handler_message_size;
}

/// Errors about generated code that starts with `tokens` then underline `place`.
fn moved_to(place: Span, tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            if let TokenTree::Group(group) = &token {
                let inner = moved_to(place, group.stream());
                token = Group::new(group.delimiter(), inner).into();
            }
            token.set_span(token.span().located_at(place));
            token
        })
        .collect()
}
