//! The functions of `impl Endpoint`: each takes a handler's parameters out of the call and calls it.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use super::checks::{self, kind_name, parameter_of};
use super::reply;
use crate::model::{Handler, HandlerKind, Source, Target};
use crate::paths::generated_at;
use crate::types;

/// `Endpoint::on_handshake`.
pub(super) fn handshake(target: &Target, handler: &Handler) -> TokenStream {
    let Target { runtime, .. } = target;
    let here = generated_at(handler.ident.span());
    let Handler { cfgs, .. } = handler;
    let handshake = runtime.handshake(here);
    let (accept, reject) = (runtime.accept(here), runtime.reject(here));
    let take = take(target, handler, &TokenStream::new());
    let call = call(target, handler, TokenStream::new());
    let into_accept = runtime.into_accept(generated_at(Span::call_site()));
    let output = generated_at(handler.output);
    let returned = quote_spanned!(output=> returned);
    quote_spanned! {here=>
        #cfgs
        async fn on_handshake(handshake: &#handshake)
            -> ::core::result::Result<#accept, #reject>
        {
            #take
            let #returned = #call;
            #into_accept::into_accept(#returned)
        }
    }
}

/// Says that there is no handshake to decide about, when none of `handlers` is there.
pub(super) fn no_handshake(target: &Target, handlers: &[&Handler]) -> Option<TokenStream> {
    let guard = none_of(handlers)?;
    let here = generated_at(target.ty.span());
    Some(quote_spanned! {here=>
        #guard
        const HAS_HANDSHAKE: ::core::primitive::bool = false;
    })
}

/// `Endpoint::on_open` for a handler, or `Endpoint::create` if it makes the endpoint.
pub(super) fn open(target: &Target, handler: &Handler) -> TokenStream {
    let Target { runtime, ty, .. } = target;
    let here = generated_at(handler.ident.span());
    let Handler { cfgs, .. } = handler;
    let (session, error) = (runtime.session(here), runtime.error(here));
    let take = take(target, handler, &quote_spanned!(here=> open(session)));
    if handler.has_receiver {
        let create = create_default(target, cfgs);
        let call = call(target, handler, quote_spanned!(here=> self));
        let done = into_unit(target, handler, &call);
        return quote_spanned! {here=>
            #create
            #cfgs
            async fn on_open(&mut self, session: &#session)
                -> ::core::result::Result<(), #error>
            {
                #take
                #done
            }
        };
    }
    let call = call(target, handler, TokenStream::new());
    let into_opened = runtime.into_opened(generated_at(Span::call_site()));
    let into_opened = quote!(#into_opened::<#ty>::into_opened);
    let body = converted(target, handler, &call, &into_opened);
    quote_spanned! {here=>
        #cfgs
        const MAKES_ITSELF: ::core::primitive::bool = true;
        #cfgs
        async fn create(session: &#session) -> ::core::result::Result<Self, #error> {
            #take
            #body
        }
    }
}

/// `Endpoint::create` when none of `handlers` is there.
pub(super) fn open_default(target: &Target, handlers: &[&Handler]) -> Option<TokenStream> {
    Some(create_default(target, none_of(handlers)?))
}

/// The condition under which none of `handlers` is there; none if one always is.
fn none_of(handlers: &[&Handler]) -> Option<TokenStream> {
    if handlers.iter().any(|handler| handler.cfgs.is_empty()) {
        return None;
    }
    if handlers.is_empty() {
        return Some(TokenStream::new());
    }
    let conditions = handlers.iter().map(|handler| {
        let predicates = handler.cfgs.predicates();
        quote!(all(#(#predicates),*))
    });
    Some(quote!(#[cfg(not(any(#(#conditions),*)))]))
}

/// `Endpoint::create` by `Default`; a client's endpoint may do without, for it can be given to each connection.
fn create_default(target: &Target, guard: impl ToTokens) -> TokenStream {
    let Target {
        runtime,
        ty,
        is_client,
        ..
    } = target;
    let here = generated_at(ty.span());
    let (session, error) = (runtime.session(here), runtime.error(here));
    if !*is_client {
        let default_endpoint = runtime.default_endpoint(here);
        return quote_spanned! {here=>
            #guard
            async fn create(_: &#session) -> ::core::result::Result<Self, #error> {
                ::core::result::Result::Ok(#default_endpoint::<#ty>())
            }
        };
    }
    let maker = runtime.maker(here);
    let (by_default, by_factory) = (runtime.by_default(here), runtime.by_factory(here));
    let with_both = quote_spanned! {here=>
        use #by_default as _;
        use #by_factory as _;
    };
    quote_spanned! {here=>
        #guard
        fn is_made() -> ::core::primitive::bool {
            #with_both
            (&#maker::<#ty>::new()).is_there()
        }
        #guard
        async fn create(_: &#session) -> ::core::result::Result<Self, #error> {
            #with_both
            (&#maker::<#ty>::new()).make()
        }
    }
}

/// `Endpoint::deliver`, which chooses a handler by the kind of the message.
pub(super) fn messages(target: &Target, handlers: &[&Handler]) -> Option<TokenStream> {
    let first = handlers.first()?;
    let Target { runtime, .. } = target;
    let choices = handlers.iter().enumerate().map(|(index, handler)| {
        let here = generated_at(handler.ident.span());
        let Handler { cfgs, .. } = handler;
        let kind = kind_name(index, here);
        let take = take(
            target,
            handler,
            &quote_spanned!(here=> message(session, delivery)),
        );
        let call = call(target, handler, quote_spanned!(here=> self));
        let name = shown_name(target, handler);
        let (convert, send) = reply::sending(target, handler, &name);
        let reply = converted(target, handler, &call, &convert);
        quote_spanned! {here=>
            #cfgs
            if delivery.kind() == #kind {
                // The block ends what need not be kept while the reply waits.
                let waiting = {
                    #take
                    let reply = #reply?;
                    #send?
                };
                return match waiting {
                    ::core::option::Option::None => ::core::result::Result::Ok(()),
                    ::core::option::Option::Some(waiting) => waiting.await,
                };
            }
        }
    });
    let here = generated_at(first.ident.span());
    let (session, error) = (runtime.session(here), runtime.error(here));
    let (delivery, unhandled) = (runtime.delivery(here), runtime.unhandled(here));
    let forms = checks::forms(target, handlers);
    Some(quote_spanned! {here=>
        #forms
        async fn deliver(&mut self, session: &#session, delivery: &mut #delivery)
            -> ::core::result::Result<(), #error>
        {
            #(#choices)*
            #unhandled(session, delivery.message());
            ::core::result::Result::Ok(())
        }
    })
}

/// `Endpoint::on_close`.
pub(super) fn close(target: &Target, handler: &Handler) -> TokenStream {
    let Target { runtime, .. } = target;
    let here = generated_at(handler.ident.span());
    let Handler { cfgs, .. } = handler;
    let (session, error) = (runtime.session(here), runtime.error(here));
    let close_reason = runtime.close_reason(here);
    let take = take(
        target,
        handler,
        &quote_spanned!(here=> close(session, reason)),
    );
    let call = call(target, handler, quote_spanned!(here=> self));
    let done = into_unit(target, handler, &call);
    quote_spanned! {here=>
        #cfgs
        async fn on_close(&mut self, session: &#session, reason: &#close_reason)
            -> ::core::result::Result<(), #error>
        {
            #take
            #done
        }
    }
}

/// `Endpoint::on_error`. What goes wrong in it, or when there is no endpoint to call it on, is logged.
pub(super) fn error(target: &Target, handler: &Handler) -> TokenStream {
    let Target { runtime, ty, .. } = target;
    let here = generated_at(handler.ident.span());
    let Handler { cfgs, .. } = handler;
    let (session, error) = (runtime.session(here), runtime.error(here));
    let log_error = runtime.log_error(here);
    let log_failed_on_error = runtime.log_failed_on_error(here);
    let take = take(
        target,
        handler,
        &quote_spanned!(here=> error(session, error)),
    );
    let opened = handler.has_receiver.then(|| {
        quote_spanned! {here=>
            let ::core::option::Option::Some(endpoint) = endpoint else {
                #log_error(session, error);
                return ::core::result::Result::Ok(());
            };
        }
    });
    let call = call(target, handler, quote_spanned!(here=> endpoint));
    let done = into_unit(target, handler, &call);
    quote_spanned! {here=>
        #cfgs
        async fn on_error(
            endpoint: ::core::option::Option<&mut Self>,
            session: &#session,
            error: &#error,
        ) {
            async fn handle(
                endpoint: ::core::option::Option<&mut #ty>,
                session: &#session,
                error: &#error,
            ) -> ::core::result::Result<(), #error> {
                #opened
                #take
                #done
            }
            if let ::core::result::Result::Err(failure) = handle(endpoint, session, error).await {
                #log_failed_on_error(session, &failure, error);
            }
        }
    }
}

/// Binds each parameter; `call` makes the `Call` that they are taken from.
fn take(target: &Target, handler: &Handler, call: &TokenStream) -> TokenStream {
    let Target { runtime, .. } = target;
    let here = generated_at(handler.ident.span());
    let is_handshake = handler.kind == HandlerKind::Handshake;
    let takes_from_call = !is_handshake
        && handler
            .params
            .iter()
            .any(|param| matches!(param.source, Source::Call));
    let call = takes_from_call.then(|| {
        let of = runtime.call(here);
        quote_spanned!(here=> let mut call = #of::#call;)
    });
    let bindings = handler.params.iter().enumerate().map(|(index, param)| {
        let ty = &param.ty;
        let at = generated_at(ty.span());
        let name = param_name(index, at);
        let (from, request, map_err) = if is_handshake {
            let bad_request = runtime.bad_request(at);
            (
                quote_spanned!(at=> handshake),
                quote_spanned!(at=> handshake),
                quote_spanned!(at=> .map_err(#bad_request)),
            )
        } else {
            (
                quote_spanned!(at=> &mut call),
                quote_spanned!(at=> session.handshake()),
                TokenStream::new(),
            )
        };
        let value = match &param.source {
            Source::Call => {
                let parameter = parameter_of(target, handler, ty);
                quote_spanned!(at=> #parameter.take(#from))
            }
            Source::Path(variable) => {
                let path_param = runtime.path_param(at);
                quote_spanned!(at=> #path_param::<#ty, _>(#request, #variable) #map_err)
            }
            Source::Query(parameter) => {
                let query_param = runtime.query_param(at);
                quote_spanned!(at=> #query_param::<#ty, _>(#request, #parameter) #map_err)
            }
        };
        quote_spanned!(at=> let #name = #value?;)
    });
    quote_spanned!(here=> #call #(#bindings)*)
}

/// Calls the handler with the bound parameters, and waits for it if it is `async`.
fn call(target: &Target, handler: &Handler, receiver: TokenStream) -> TokenStream {
    let Target { ty, .. } = target;
    let Handler { ident, .. } = handler;
    let here = generated_at(ident.span());
    let receiver = handler.has_receiver.then_some(receiver).into_iter();
    let params = handler.params.iter().enumerate();
    let arguments = receiver.chain(params.map(|(index, param)| {
        let name = param_name(index, generated_at(param.ty.span()));
        quote!(#name)
    }));
    let wait = handler.asyncness.map(|span| {
        let span = generated_at(span);
        quote_spanned!(span=> .await)
    });
    quote_spanned!(here=> <#ty>::#ident(#(#arguments),*) #wait)
}

/// Turns what the handler returned into the `Result` of the function.
fn into_unit(target: &Target, handler: &Handler, call: &TokenStream) -> TokenStream {
    let into_unit = target.runtime.into_unit(generated_at(Span::call_site()));
    converted(target, handler, call, &quote!(#into_unit::into_unit))
}

/// Gives what the handler returned to `convert`. An error about its type is shown at the return type, and
/// what asks for another one is the attribute.
fn converted(
    target: &Target,
    handler: &Handler,
    call: &TokenStream,
    convert: &TokenStream,
) -> TokenStream {
    let here = generated_at(handler.ident.span());
    let output = generated_at(handler.output);
    let returned = quote_spanned!(output=> returned);
    let name = shown_name(target, handler);
    quote_spanned! {here=>
        {
            let #returned = #call;
            #convert(#returned, #name)
        }
    }
}

fn param_name(index: usize, span: Span) -> Ident {
    format_ident!("param_{index}", span = span)
}

fn shown_name(target: &Target, handler: &Handler) -> String {
    format!("{}::{}", types::shown(&target.ty), handler.ident)
}
