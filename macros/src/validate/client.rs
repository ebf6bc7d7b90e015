//! The rules of `#[client_endpoint]`.

use proc_macro2::TokenStream;
use syn::ItemImpl;

use super::handlers::{self, Variables};
use super::list::subprotocols;
use super::{Mistakes, arguments, implementation};
use crate::attr::ClientArguments;
use crate::diag::Errors;
use crate::model::{ClientDeclaration, Endpoint, HandlerKind, Side};

/// Reads an impl block of a client's endpoint, and takes the helper attributes off it.
pub(crate) fn client(tokens: TokenStream, block: &mut ItemImpl) -> Result<Endpoint, Box<Mistakes>> {
    let mut errors = Errors::default();
    let written = ClientArguments::parse(tokens, &mut errors);
    let runtime = written.runtime.unwrap_or_default();
    let target = implementation(true, &runtime, block, &mut errors);
    subprotocols(&written.subprotocols, &mut errors);
    if let Some(size) = &written.max_message_size {
        arguments::message_size(size, &mut errors);
    }
    let unhandled = written.unhandled.as_ref();
    let unhandled = unhandled.and_then(|value| arguments::unhandled(value, &mut errors));
    let idle_timeout = written.idle_timeout.as_ref();
    let idle_timeout = idle_timeout.and_then(|value| arguments::idle_timeout(value, &mut errors));
    let handlers = handlers::read(block, &runtime, Variables::None, &mut errors);
    for handler in handlers
        .iter()
        .filter(|handler| handler.kind == HandlerKind::Handshake)
    {
        let text = "a client asks and does not decide: what is sent and what is answered, `Client::before_request` and \
            `Client::after_response` see";
        errors.at(&handler.ident, text);
    }
    match target {
        Some(target) if errors.is_empty() => Ok(Endpoint {
            target,
            side: Side::Client(Box::new(ClientDeclaration {
                subprotocols: written.subprotocols,
                max_message_size: written.max_message_size,
                compression: written.compression,
                unhandled,
                idle_timeout,
            })),
            handlers,
        }),
        target => Err(Box::new(Mistakes {
            target,
            path_on_type: false,
            handlers,
            errors,
        })),
    }
}
