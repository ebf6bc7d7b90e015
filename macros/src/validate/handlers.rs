//! The rules of handlers and their parameters.

use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericParam, Ident, ImplItem, ImplItemFn, ItemImpl, LitStr, Pat, PatType,
    Receiver, ReceiverKind, ReturnType, Safety, Type,
};

use super::{arguments, audience, variable};
use crate::attr::{HandlerArguments, Helper, ValueKind};
use crate::diag::Errors;
use crate::model::{Audience, Cfgs, Declaration, Handler, HandlerKind, Param, Source};
use crate::paths::Runtime;
use crate::strip::{self, Stripped};
use crate::types;

/// Which variables handlers may name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Variables<'d> {
    /// Those of the path.
    Of(&'d Declaration),
    /// Those of a path that is not known here.
    Elsewhere,
    /// A client's endpoint has no path.
    None,
}

/// The handlers of an impl block whose attributes and parameters are understood. The helper attributes are
/// taken off all of them.
pub(super) fn read(
    block: &mut ItemImpl,
    runtime: &Runtime,
    variables: Variables<'_>,
    errors: &mut Errors,
) -> Vec<Handler> {
    let endpoint = types::ungrouped(&block.self_ty).clone();
    let mut handlers: Vec<(Handler, bool)> = Vec::new();
    for item in &mut block.items {
        let method = match item {
            ImplItem::Fn(method) => method,
            // A method without a body, for instance; the compiler says so.
            ImplItem::Verbatim(unknown) => {
                *unknown = strip::tokens(std::mem::take(unknown));
                continue;
            }
            _ => continue,
        };
        let stripped = strip::method(method, runtime);
        let known = errors.len();
        let Some(handler) = handler(method, &stripped, &endpoint, errors) else {
            continue;
        };
        let is_understood = errors.len() == known;
        receiver(method, &handler, errors);
        makes_endpoint(method, &handler, errors);
        match variables {
            Variables::Of(declaration) => has_variables(declaration, &handler, errors),
            Variables::Elsewhere => {}
            Variables::None => {
                has_no_variables(&handler, errors);
                has_no_broadcast(&handler, errors);
            }
        }
        is_only_one(
            &handler,
            handlers.iter().map(|(earlier, _)| earlier),
            errors,
        );
        handlers.push((handler, is_understood));
    }
    if handlers.is_empty() {
        refuse_foreign(block, errors);
    }
    let understood = handlers
        .into_iter()
        .filter(|(_, is_understood)| *is_understood);
    understood.map(|(handler, _)| handler).collect()
}

/// No handler was found, and the reason may be that they have the attributes of another crate.
fn refuse_foreign(block: &mut ItemImpl, errors: &mut Errors) {
    for item in &mut block.items {
        let ImplItem::Fn(method) = item else { continue };
        method.attrs.retain(|attribute| {
            let Some(helper) = Helper::resembled(attribute.path()) else { return true };
            let name = helper.name();
            let text = format!(
                "this endpoint has no handler, for this is not the attribute of `wspring`: write `#[{name}]`"
            );
            errors.at(attribute.path(), text);
            false
        });
    }
}

fn handler(
    method: &ImplItemFn,
    stripped: &Stripped,
    endpoint: &Type,
    errors: &mut Errors,
) -> Option<Handler> {
    let sig = &method.sig;
    let (kind, arguments) = kind(&sig.ident, stripped, errors)?;
    signature(method, errors);
    Some(Handler {
        kind,
        cfgs: Cfgs::of(&method.attrs),
        ident: sig.ident.clone(),
        asyncness: sig.asyncness.map(|token| token.span),
        has_receiver: sig.receiver().is_some(),
        params: params(method, stripped, endpoint, errors),
        audience: audience::read(&sig.ident, &sig.output, &arguments, errors),
        max_message_size: arguments.max_message_size,
        output: match &sig.output {
            ReturnType::Default => sig.ident.span(),
            ReturnType::Type(_, ty) => ty.span(),
        },
    })
}

/// What the attributes of a method say, or none if it is no handler.
fn kind(
    method: &Ident,
    stripped: &Stripped,
    errors: &mut Errors,
) -> Option<(HandlerKind, HandlerArguments)> {
    for (helper, attribute) in &stripped.misplaced {
        let (right, wrong) = match helper {
            Helper::Handler(_) => ("method", "parameter"),
            Helper::Value(_) => ("parameter", "method"),
        };
        let name = helper.name();
        errors.at(
            attribute,
            format!("`#[{name}]` belongs on a {right}, not on a {wrong}"),
        );
    }
    let Some(((kind, attribute), more)) = stripped.handlers.split_first() else {
        for (value, attribute) in stripped.params.iter().flatten() {
            let text = format!(
                "`#[{}]` belongs on a parameter of a handler, and `{method}` is not one: write \
                 `#[on_message]` or another handler attribute on it",
                value.name()
            );
            errors.at(attribute, text);
        }
        return None;
    };
    let name = kind.name();
    let own = HandlerArguments::parse(*kind, attribute, errors);
    if let Some(size) = &own.max_message_size {
        arguments::message_size(size, errors);
    }
    for (other, attribute) in more {
        let other = other.name();
        let text = format!(
            "`{method}` is marked `#[{name}]` already: write another method for `#[{other}]`"
        );
        errors.at(attribute, text);
    }
    Some((*kind, own))
}

fn params(
    method: &ImplItemFn,
    stripped: &Stripped,
    endpoint: &Type,
    errors: &mut Errors,
) -> Vec<Param> {
    let lifetimes = method.sig.generics.lifetimes();
    let lifetimes: Vec<_> = lifetimes
        .map(|param| param.lifetime.ident.clone())
        .collect();
    let mut params = Vec::new();
    for (input, values) in method.sig.inputs.iter().zip(&stripped.params) {
        let (FnArg::Receiver(Receiver { attrs, .. }) | FnArg::Typed(PatType { attrs, .. })) = input;
        for cfg in attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg"))
        {
            let text =
                "a handler has the same parameters always: write two handlers under `#[cfg(…)]`";
            errors.at(cfg, text);
        }
        match input {
            FnArg::Typed(typed) => params.push(Param {
                source: source(typed, values, errors),
                ty: types::nameable(&typed.ty, endpoint, &lifetimes, errors),
            }),
            FnArg::Receiver(_) => {
                for (value, attribute) in values {
                    let name = value.name();
                    let text = format!("`#[{name}]` belongs on a parameter other than `self`");
                    errors.at(attribute, text);
                }
            }
        }
    }
    params
}

fn signature(method: &ImplItemFn, errors: &mut Errors) {
    let sig = &method.sig;
    for param in &sig.generics.params {
        if !matches!(param, GenericParam::Lifetime(_)) {
            errors.at(param, "a handler is called by the runtime, so its types are concrete: it cannot be generic");
        }
    }
    if let Safety::Unsafe(token) = &sig.safety {
        errors.at(
            token,
            "a handler is called by the runtime, so it cannot be `unsafe`",
        );
    }
    if let Some(abi) = &sig.abi {
        errors.at(abi, "a handler is called from Rust: leave `extern` out");
    }
    if let Some(variadic) = &sig.variadic {
        errors.at(
            variadic,
            "a handler has a fixed number of parameters: leave `...` out",
        );
    }
}

fn source(param: &PatType, values: &[(ValueKind, Attribute)], errors: &mut Errors) -> Source {
    let Some(((kind, attribute), more)) = values.split_first() else {
        return Source::Call;
    };
    for (_, attribute) in more {
        let text = "a parameter comes from one place: leave one of `#[path_param]` and `#[query_param]` out";
        errors.at(attribute, text);
    }
    let name = match kind.argument(attribute) {
        Ok(Some(name)) => name,
        Ok(None) => match &*param.pat {
            Pat::Ident(pat) => LitStr::new(&pat.ident.unraw().to_string(), pat.ident.span()),
            pat => {
                let name = kind.name();
                let text = format!(
                    "a pattern has no name that could be looked up: write it, as in `#[{name}(\"name\")]`"
                );
                errors.at(pat, text);
                return Source::Call;
            }
        },
        Err(error) => {
            errors.add(error);
            return Source::Call;
        }
    };
    match kind {
        ValueKind::Query => Source::Query(name),
        ValueKind::Path => Source::Path(name),
    }
}

/// `self` is a reference, where there may be one.
fn receiver(method: &ImplItemFn, handler: &Handler, errors: &mut Errors) {
    let Some(receiver) = method.sig.receiver() else {
        return;
    };
    if handler.kind == HandlerKind::Handshake {
        let text = "`#[on_handshake]` runs before there is a connection, and so before its endpoint is made: leave \
            `self` out, and take what connections share as `State<T>`";
        errors.at(receiver, text);
        return;
    }
    let by_reference = match &receiver.kind {
        ReceiverKind::Reference(..) => true,
        ReceiverKind::Typed(_, ty) => matches!(types::ungrouped(ty), Type::Reference(_)),
        _ => false,
    };
    if !by_reference {
        let text = "the endpoint lives as long as its connection, so a handler borrows it: write `&self` \
            or `&mut self`";
        errors.at(receiver, text);
    }
}

/// `#[on_open]` returns the endpoint, or gets it.
fn makes_endpoint(method: &ImplItemFn, handler: &Handler, errors: &mut Errors) {
    let returns_nothing = matches!(method.sig.output, ReturnType::Default);
    if handler.kind == HandlerKind::Open && !handler.has_receiver && returns_nothing {
        let text = "`#[on_open]` makes the endpoint: let it return `Self` or `Result<Self, E>`, or take \
            `&mut self` if the type implements `Default`";
        errors.at(&handler.ident, text);
    }
}

/// The path has the variables that the handler names.
fn has_variables(declaration: &Declaration, handler: &Handler, errors: &mut Errors) {
    for name in handler.variables() {
        variable(declaration, name, errors);
    }
}

/// The handler names no variable of a path.
fn has_no_variables(handler: &Handler, errors: &mut Errors) {
    for name in handler.variables() {
        let text = "a client's endpoint has no path of its own: keep the value in the endpoint, or give it as `State<T>`";
        errors.at(name, text);
    }
}

/// The sessions that a program opens are in no registry, so that a broadcast would find none.
fn has_no_broadcast(handler: &Handler, errors: &mut Errors) {
    if let Audience::Everyone(span) | Audience::Others(span) = handler.audience {
        let text = "a broadcast reaches the sessions of a server, and this endpoint is a client's: name a room, as in \
            `room = \"lobby\"`, or call the `broadcast` of another endpoint";
        errors.at_span(span, text);
    }
}

/// No `earlier` handler handles the same; of messages the kind counts, which only its type tells.
fn is_only_one<'h>(
    handler: &Handler,
    mut earlier: impl Iterator<Item = &'h Handler>,
    errors: &mut Errors,
) {
    let first = earlier.find(|first| {
        // Of handlers under `#[cfg]` one may be there at a time; the compiler sees if it is not so.
        first.kind == handler.kind && first.cfgs.is_empty() && handler.cfgs.is_empty()
    });
    if let Some(first) = first
        && handler.kind != HandlerKind::Message
    {
        let name = handler.kind.name();
        let text = format!(
            "a second `#[{name}]`: `{}` is one already, and an endpoint has at most one",
            first.ident
        );
        errors.at(&handler.ident, text);
    }
}
