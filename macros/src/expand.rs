//! Tokens out: what an endpoint without mistakes becomes.
//!
//! A path becomes an `impl Declared` and a registration, the arguments of a client's endpoint a constant. An impl block becomes an `impl Endpoint`, whose
//! functions take the parameters out of the call and call the user's handlers. Every token stands at
//! the token of the user that it is about, so that type errors are shown there.
//!
//! It emits an `impl Declared` with the path and the arguments as constants, the registration, and
//! an `impl Endpoint` with one function for each kind of handler. Whether a parameter is a payload,
//! something of the session, the reason or the error is decided by traits and not by how its type
//! is spelled (`Param`); so an alias works, and "two handlers for text" is a constant that does not
//! compile. All paths are absolute (`paths.rs`), all of it is in a `const _`, and the user's item
//! comes first, also when there are errors, so that editors keep working.

pub(crate) mod checks;
mod handler;
mod reply;
mod values;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Ident, LitStr};

use crate::model::{
    ClientDeclaration, Declaration, Declared, Endpoint, FastProducer, HandlerKind, OnDuplicate,
    Side, Target, TimeLimit, Unhandled,
};
use crate::paths::{Runtime, call_over, generated_at};

/// The code for an impl block; the path stands on it, or on the struct.
pub(crate) fn endpoint(endpoint: &Endpoint) -> TokenStream {
    let Endpoint {
        target,
        side,
        handlers,
    } = endpoint;
    let Target {
        runtime, ty, cfgs, ..
    } = target;
    let here = generated_at(ty.span());
    let of = |kind| handlers.iter().filter(move |handler| handler.kind == kind);
    let messages: Vec<_> = of(HandlerKind::Message).collect();
    let opens: Vec<_> = of(HandlerKind::Open).collect();

    let (declared, client) = match side {
        Side::Server(declaration) => (Some(implement_declared(target, declaration)), None),
        Side::Declared => (Some(checks::path_variables(target, handlers)), None),
        Side::Client(declaration) => (None, Some(client_declaration(target, declaration))),
    };
    let checks = checks::params(target, handlers);
    let handshakes: Vec<_> = of(HandlerKind::Handshake).collect();
    let handshake = handshakes
        .iter()
        .map(|handler| handler::handshake(target, handler));
    let no_handshake = handler::no_handshake(target, &handshakes);
    let open = opens.iter().map(|handler| handler::open(target, handler));
    let open_default = handler::open_default(target, &opens);
    let message = handler::messages(target, &messages);
    let close = of(HandlerKind::Close).map(|handler| handler::close(target, handler));
    let error = of(HandlerKind::Error).map(|handler| handler::error(target, handler));
    let requirements = values::requirements(target, handlers);
    let max_message_size = values::max_message_size(target, &messages);
    let check = values::check(target, handlers);
    let canonical = values::canonical(target, handlers);
    let endpoint = runtime.endpoint(here);
    quote_spanned! {here=>
        #cfgs
        const _: () = {
            #declared
            #checks
            #[automatically_derived]
            impl #endpoint for #ty {
                #client
                #(#handshake)*
                #no_handshake
                #(#open)*
                #open_default
                #message
                #(#close)*
                #(#error)*
                #requirements
                #max_message_size
                #check
                #canonical
            }
        };
    }
}

/// The code for a struct or an enum that the path stands on.
pub(crate) fn declared(declared: &Declared) -> TokenStream {
    let Declared {
        target,
        declaration,
    } = declared;
    let cfgs = &target.cfgs;
    let here = generated_at(target.ty.span());
    let declared = implement_declared(target, declaration);
    quote_spanned! {here=>
        #cfgs
        const _: () = {
            #declared
        };
    }
}

fn implement_declared(target: &Target, declaration: &Declaration) -> TokenStream {
    let Target { runtime, ty, .. } = target;
    let Declaration {
        name,
        path,
        variables,
        ..
    } = declaration;
    let here = generated_at(path.span());
    let [declared, type_of_it] = [runtime.declared(here), runtime.declaration(here)];
    let [registration, submit] = [runtime.registration(here), runtime.submit(here)];
    let place = quote_spanned!(path.span()=> (::core::file!(), ::core::line!(), ::core::column!()));
    let key = declaration.key.iter();
    let heartbeat = declaration.heartbeat.iter();
    let on_duplicate = on_duplicate(target, declaration).into_iter();
    let max_message_size = checked_size(target, declaration.max_message_size.as_ref()).into_iter();
    let compression = declaration.compression.iter();
    let unhandled = unhandled(runtime, declaration.unhandled, here).into_iter();
    let idle_timeout = time_limit(declaration.idle_timeout, here).into_iter();
    let max_age = time_limit(declaration.max_age, here).into_iter();
    let messages = declaration.messages_per_second.iter().map(|rate| {
        let check = |at| runtime.check_messages_per_second(at);
        call_over(rate, check, quote!(#rate))
    });
    let bytes = declaration.bytes_per_second.iter().map(|rate| {
        let check = |at| runtime.check_bytes_per_second(at);
        call_over(rate, check, quote!(#rate))
    });
    let fast_producer = fast_producer(runtime, declaration.fast_producer, here).into_iter();
    let list = |texts: &Vec<LitStr>| quote_spanned!(here=> &[#(#texts),*]);
    let origins = declaration.origins.iter().map(list);
    let subprotocols = declaration.subprotocols.iter().map(list);
    quote_spanned! {here=>
        #[automatically_derived]
        impl #declared for #ty {
            const DECLARATION: #type_of_it =
                <#type_of_it>::new(#name, #path, &[#(#variables),*], #place)
                    #(.key(#key))*
                    #(.on_duplicate(#on_duplicate))*
                    #(.heartbeat(#heartbeat))*
                    #(.max_message_size(#max_message_size))*
                    #(.compression(#compression))*
                    #(.unhandled(#unhandled))*
                    #(.idle_timeout(#idle_timeout))*
                    #(.max_age(#max_age))*
                    #(.messages_per_second(#messages))*
                    #(.bytes_per_second(#bytes))*
                    #(.fast_producer(#fast_producer))*
                    #(.origins(#origins))*
                    #(.subprotocols(#subprotocols))*;
        }
        #submit! { #registration::<#ty>() }
    }
}

/// `Endpoint::CLIENT`.
fn client_declaration(target: &Target, declaration: &ClientDeclaration) -> TokenStream {
    let Target { runtime, ty, .. } = target;
    let ClientDeclaration {
        subprotocols,
        max_message_size,
        compression,
        unhandled: policy,
        idle_timeout: timeout,
    } = declaration;
    let here = generated_at(ty.span());
    let type_of_it = runtime.client_declaration(here);
    let max_message_size = checked_size(target, max_message_size.as_ref()).into_iter();
    let compression = compression.iter();
    let unhandled = unhandled(runtime, *policy, here).into_iter();
    let idle_timeout = time_limit(*timeout, here).into_iter();
    quote_spanned! {here=>
        const CLIENT: #type_of_it = <#type_of_it>::new()
            .subprotocols(&[#(#subprotocols),*])
            #(.max_message_size(#max_message_size))*
            #(.compression(#compression))*
            #(.unhandled(#unhandled))*
            #(.idle_timeout(#idle_timeout))*;
    }
}

/// A value of the runtime's `Unhandled`.
fn unhandled(runtime: &Runtime, policy: Option<Unhandled>, here: Span) -> Option<TokenStream> {
    let name = match policy? {
        Unhandled::Close => format_ident!("Close"),
        Unhandled::Ignore => format_ident!("Ignore"),
    };
    let policies = runtime.unhandled_policy(here);
    Some(quote_spanned!(here=> #policies::#name))
}

/// A value of the runtime's `FastProducer`.
fn fast_producer(
    runtime: &Runtime,
    policy: Option<FastProducer>,
    here: Span,
) -> Option<TokenStream> {
    let name = match policy? {
        FastProducer::Wait => format_ident!("Wait"),
        FastProducer::Drop => format_ident!("Drop"),
        FastProducer::Close => format_ident!("Close"),
    };
    let policies = runtime.fast_producer(here);
    Some(quote_spanned!(here=> #policies::#name))
}

/// An `Option<Duration>`.
fn time_limit(timeout: Option<TimeLimit>, here: Span) -> Option<TokenStream> {
    Some(match timeout? {
        TimeLimit::Off => quote_spanned!(here=> ::core::option::Option::None),
        TimeLimit::Nanoseconds(nanoseconds) => quote_spanned! {here=>
            ::core::option::Option::Some(::core::time::Duration::from_nanos(#nanoseconds))
        },
    })
}

/// A size that does not compile when it is 0.
fn checked_size(target: &Target, size: Option<&Expr>) -> Option<TokenStream> {
    let check = |at| target.runtime.check_message_size(at);
    size.map(|size| call_over(size, check, quote!(#size)))
}

/// What a second connection with the same key means. It does not compile at an endpoint whose sessions have no key.
fn on_duplicate(target: &Target, declaration: &Declaration) -> Option<TokenStream> {
    let Target { runtime, ty, .. } = target;
    let (policy, literal) = declaration.on_duplicate.as_ref()?;
    let here = generated_at(declaration.path.span());
    let (policies, name) = (runtime.on_duplicate(here), variant(*policy));
    let policy = quote_spanned!(here=> #policies::#name);
    if declaration.key.is_some() || declaration.variables.len() == 1 {
        return Some(policy);
    }
    let endpoint = runtime.endpoint(here);
    let arguments = quote_spanned!(here=> #policy, <#ty as #endpoint>::HAS_HANDSHAKE);
    let check = |at| runtime.check_on_duplicate(at);
    Some(call_over(literal, check, arguments))
}

fn variant(policy: OnDuplicate) -> Ident {
    let name = match policy {
        OnDuplicate::Newest => "Newest",
        OnDuplicate::All => "All",
        OnDuplicate::Reject => "Reject",
        OnDuplicate::CloseOlder => "CloseOlder",
    };
    format_ident!("{name}")
}
