//! To whom the reply of a handler of messages goes.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::model::{Audience, Handler, Piece, Target};
use crate::paths::generated_at;

/// How what a handler of messages returned becomes a reply, and how that is sent.
pub(super) fn sending(
    target: &Target,
    handler: &Handler,
    name: &str,
) -> (TokenStream, TokenStream) {
    let Target { runtime, .. } = target;
    let here = generated_at(handler.ident.span());
    let apart = generated_at(Span::call_site());
    let (audience, piece) = (runtime.audience(here), runtime.piece(here));
    let audience = match &handler.audience {
        Audience::Sender => {
            let (into_reply, send) = (runtime.into_reply(apart), runtime.reply(here));
            let send = quote_spanned!(here=> #send(session, #name, reply));
            return (quote!(#into_reply::into_reply), send);
        }
        Audience::Everyone(_) => quote_spanned!(here=> #audience::Everyone),
        Audience::Others(_) => quote_spanned!(here=> #audience::Others),
        Audience::Room(pieces) => {
            let pieces = pieces.iter().map(|part| match part {
                Piece::Text(text) => quote_spanned!(here=> #piece::Text(#text)),
                Piece::Variable(name) => quote_spanned!(here=> #piece::Variable(#name)),
            });
            quote_spanned!(here=> #audience::Room(&[#(#pieces),*]))
        }
    };
    let (into_shared, share) = (runtime.into_shared(apart), runtime.share(here));
    let send = quote_spanned!(here=> #share(session, #name, reply, #audience));
    (quote!(#into_shared::into_shared), send)
}
