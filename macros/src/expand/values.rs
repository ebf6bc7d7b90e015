//! The functions of `impl Endpoint` that say what the handlers ask for.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{LitStr, Type};

use super::checks::{called, kind_name, parameter_of, size_name};
use crate::model::{Cfgs, Handler, Source, Target};
use crate::paths::generated_at;

/// `Endpoint::requirements`: the state that the parameters need.
pub(super) fn requirements(target: &Target, handlers: &[Handler]) -> Option<TokenStream> {
    let here = generated_at(target.ty.span());
    let statements = handlers.iter().flat_map(|handler| {
        let cfgs = &handler.cfgs;
        called(handler).map(move |ty| {
            let parameter = parameter_of(target, handler, ty);
            quote_spanned!(here=> #cfgs #parameter.requirements(requirements);)
        })
    });
    let statements = each_once(statements)?;
    let requirements = target.runtime.requirements(here);
    Some(quote_spanned! {here=>
        fn requirements(requirements: &mut #requirements) {
            #statements
        }
    })
}

/// `Endpoint::max_message_size`: the limits that the `#[on_message]` handlers have.
pub(super) fn max_message_size(target: &Target, messages: &[&Handler]) -> Option<TokenStream> {
    let Target { runtime, ty, .. } = target;
    let limited = messages.iter().enumerate().filter_map(|(index, handler)| {
        let size = handler.max_message_size.as_ref()?;
        let here = generated_at(size.span());
        let (cfgs, kind, size) = (
            &handler.cfgs,
            kind_name(index, here),
            size_name(index, here),
        );
        Some(quote_spanned! {here=>
            #cfgs
            if kind == #kind {
                return ::core::option::Option::Some(#size);
            }
        })
    });
    let statements: TokenStream = limited.collect();
    if statements.is_empty() {
        return None;
    }
    let here = generated_at(ty.span());
    let kind = runtime.message_kind(here);
    Some(quote_spanned! {here=>
        fn max_message_size(kind: #kind) -> ::core::option::Option<::core::primitive::usize> {
            #statements
            ::core::option::Option::None
        }
    })
}

/// `Endpoint::check`: every value from the path and the query is one of its type.
pub(super) fn check(target: &Target, handlers: &[Handler]) -> Option<TokenStream> {
    let Target { runtime, ty, .. } = target;
    let statements = handlers.iter().flat_map(|handler| {
        let cfgs = &handler.cfgs;
        handler.params.iter().filter_map(move |param| {
            let ty = &param.ty;
            let here = generated_at(ty.span());
            let (from, name) = match &param.source {
                Source::Call => return None,
                Source::Path(name) => (runtime.path_param(here), name),
                Source::Query(name) => (runtime.query_param(here), name),
            };
            let take = quote_spanned!(here=> #from::<#ty, _>(handshake, #name));
            Some(quote_spanned!(here=> #cfgs #take.map(::core::mem::drop)?;))
        })
    });
    let statements = each_once(statements)?;
    let here = generated_at(ty.span());
    let (handshake, error) = (runtime.handshake(here), runtime.error(here));
    Some(quote_spanned! {here=>
        fn check(handshake: &#handshake) -> ::core::result::Result<(), #error> {
            #statements
            ::core::result::Result::Ok(())
        }
    })
}

/// `Endpoint::canonical`: a variable's value as the first type prints it that a handler gives the
/// variable.
pub(super) fn canonical(target: &Target, handlers: &[Handler]) -> Option<TokenStream> {
    let Target { runtime, ty, .. } = target;
    let here = generated_at(ty.span());
    let statements: TokenStream = typed_variables(handlers)
        .into_iter()
        .map(|(cfgs, name, ty)| {
            let here = generated_at(ty.span());
            let canonical = runtime.canonical(here);
            quote_spanned! {here=>
                #cfgs
                if variable == #name {
                    return (&#canonical::<#ty>::new()).canonical(value);
                }
            }
        })
        .collect();
    if statements.is_empty() {
        return None;
    }
    let (as_is, printed) = (runtime.as_is(here), runtime.printed(here));
    Some(quote_spanned! {here=>
        fn canonical(
            variable: &::core::primitive::str,
            value: &::core::primitive::str,
        ) -> ::core::option::Option<::std::string::String> {
            use #as_is as _;
            use #printed as _;
            #statements
            ::core::option::Option::None
        }
    })
}

/// Each variable with its first type; where that depends on a `#[cfg]`, with the ones that follow too.
fn typed_variables(handlers: &[Handler]) -> Vec<(&Cfgs, &LitStr, &Type)> {
    let mut variables: Vec<(&Cfgs, &LitStr, &Type)> = Vec::new();
    for handler in handlers {
        for param in &handler.params {
            let Source::Path(name) = &param.source else {
                continue;
            };
            let is_known = |(cfgs, known, _): &(&Cfgs, &LitStr, &Type)| {
                cfgs.is_empty() && known.value() == name.value()
            };
            if !variables.iter().any(is_known) {
                variables.push((&handler.cfgs, name, &param.ty));
            }
        }
    }
    variables
}

fn each_once(statements: impl Iterator<Item = TokenStream>) -> Option<TokenStream> {
    let mut seen = HashSet::new();
    let once: TokenStream = statements
        .filter(|statement| seen.insert(statement.to_string()))
        .collect();
    (!once.is_empty()).then_some(once)
}
