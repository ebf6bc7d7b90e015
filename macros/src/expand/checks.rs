//! Rules that need types: constants that do not compile when a handler breaks them.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Type};

use crate::model::{Handler, HandlerKind, Source, Target};
use crate::paths::{call_over, generated_at};

/// The parameters of `handlers` are some that each may have, alone and beside the others.
pub(crate) fn params(target: &Target, handlers: &[Handler]) -> TokenStream {
    let here = generated_at(target.ty.span());
    let of_each = handlers.iter().map(|handler| of_one(target, handler));
    let kinds = message_kinds(target, handlers);
    quote_spanned!(here=> #(#of_each)* #kinds)
}

/// The path that stands on the struct has the variables that the handlers name.
pub(crate) fn path_variables(target: &Target, handlers: &[Handler]) -> TokenStream {
    let Target { runtime, ty, .. } = target;
    let here = generated_at(ty.span());
    let (declared, declaration) = (runtime.declared(here), runtime.declaration(here));
    let variables = handlers.iter().flat_map(|handler| {
        handler.variables().map(|name| {
            let arguments = quote_spanned!(here=> __DECLARATION, #name);
            let check = call_over(name, |at| runtime.check_path_variable(at), arguments);
            let cfgs = &handler.cfgs;
            quote_spanned!(here=> #cfgs const _: () = #check;)
        })
    });
    quote_spanned! {here=>
        const __DECLARATION: &#declaration = &<#ty as #declared>::DECLARATION;
        #(#variables)*
    }
}

/// The way in which generated code names a parameter, always the same, so that the compiler reports one
/// error for a type that cannot be one.
pub(super) fn parameter(target: &Target, ty: &Type) -> TokenStream {
    let here = generated_at(ty.span());
    let parameter = target.runtime.parameter(here);
    quote_spanned!(here=> #parameter::<#ty, _>())
}

/// The same, for a parameter of this handler.
pub(super) fn parameter_of(target: &Target, handler: &Handler, ty: &Type) -> TokenStream {
    if handler.kind != HandlerKind::Handshake {
        return parameter(target, ty);
    }
    let here = generated_at(ty.span());
    let parameter = target.runtime.handshake_parameter(here);
    quote_spanned!(here=> #parameter::<#ty>())
}

/// The constant that holds the kind of message that the `index`-th `#[on_message]` handler takes.
pub(super) fn kind_name(index: usize, span: Span) -> Ident {
    format_ident!("__MESSAGE_{index}", span = span)
}

/// The constant that holds the limit of the `index`-th `#[on_message]` handler, if it has one.
pub(super) fn size_name(index: usize, span: Span) -> Ident {
    format_ident!("__MAX_SIZE_{index}", span = span)
}

/// `Endpoint::FORMS`: the forms in which the `#[on_message]` handlers take their messages.
pub(super) fn forms(target: &Target, handlers: &[&Handler]) -> TokenStream {
    let Target { runtime, ty, .. } = target;
    let here = generated_at(ty.span());
    let (forms, of_handlers) = (runtime.forms(here), runtime.check_forms(here));
    let handlers = handlers.iter().map(|handler| {
        let (cfgs, takes) = (&handler.cfgs, takes(target, handler));
        quote_spanned!(here=> #cfgs #takes)
    });
    quote_spanned!(here=> const FORMS: #forms = #of_handlers(&[#(#handlers),*]);)
}

/// The types of the parameters that are made from the call.
pub(super) fn called(handler: &Handler) -> impl Iterator<Item = &Type> {
    handler
        .params
        .iter()
        .filter_map(|param| match param.source {
            Source::Call => Some(&param.ty),
            Source::Path(_) | Source::Query(_) => None,
        })
}

/// The parameters of a handler are some that its kind has.
fn of_one(target: &Target, handler: &Handler) -> TokenStream {
    let Target { runtime, .. } = target;
    let cfgs = &handler.cfgs;
    let here = generated_at(handler.ident.span());
    let allowed = called(handler).map(|ty| {
        let parameter = parameter_of(target, handler, ty);
        let call = |at| match handler.kind {
            HandlerKind::Handshake => runtime.check_in_handshake(at),
            HandlerKind::Open => runtime.check_in_open(at),
            HandlerKind::Message => runtime.check_in_message(at),
            HandlerKind::Close => runtime.check_in_close(at),
            HandlerKind::Error => runtime.check_in_error(at),
        };
        let arguments = match handler.kind {
            HandlerKind::Handshake => quote_spanned!(here=> &#parameter),
            _ => quote_spanned!(here=> #parameter.takes()),
        };
        let check = call_over(ty, call, arguments);
        quote_spanned!(here=> #cfgs const _: () = #check;)
    });
    let has_error = (handler.kind == HandlerKind::Error).then(|| {
        let takes = takes(target, handler);
        let check = call_over(&handler.ident, |at| runtime.check_has_error(at), takes);
        quote_spanned!(here=> #cfgs const _: () = #check;)
    });
    quote_spanned!(here=> #(#allowed)* #has_error)
}

/// Each `#[on_message]` handler takes one payload, and none of a kind that an earlier one takes.
fn message_kinds(target: &Target, handlers: &[Handler]) -> TokenStream {
    let Target { runtime, .. } = target;
    let messages = handlers
        .iter()
        .filter(|handler| handler.kind == HandlerKind::Message);
    let kinds = messages.clone().enumerate().map(|(index, handler)| {
        let Handler { cfgs, ident, .. } = handler;
        let here = generated_at(ident.span());
        let (name, kind) = (kind_name(index, here), runtime.message_kind(here));
        let own = takes(target, handler);
        let earlier = messages.clone().take(index).map(|earlier| {
            let (cfgs, takes) = (&earlier.cfgs, takes(target, earlier));
            quote_spanned!(here=> #cfgs #takes)
        });
        let arguments = quote_spanned!(here=> #own, &[#(#earlier),*]);
        let payload = call_over(ident, |at| runtime.check_payload(at), arguments);
        let size = handler.max_message_size.iter().map(|size| {
            let check = |at| runtime.check_handler_message_size(at);
            let checked = call_over(size, check, quote_spanned!(here=> #own, #size));
            let size_name = size_name(index, here);
            quote_spanned!(here=> #cfgs const #size_name: ::core::primitive::usize = #checked;)
        });
        quote_spanned!(here=> #cfgs const #name: #kind = #payload; #(#size)*)
    });
    kinds.collect()
}

fn takes(target: &Target, handler: &Handler) -> TokenStream {
    let here = generated_at(handler.ident.span());
    let parameters = called(handler).map(|ty| parameter(target, ty));
    quote_spanned!(here=> &[#(#parameters.takes()),*])
}
