//! Every rule: the user's item in, the model out, and an error at each token that breaks a rule.

mod arguments;
mod audience;
mod client;
mod handlers;
mod list;

use proc_macro2::{Span, TokenStream};
use syn::{
    Attribute, GenericArgument, Generics, Ident, ItemImpl, LitStr, PathArguments, Type, parse_quote,
};
use wspring_path::Template;

use self::handlers::Variables;
use crate::attr::{Arguments, TextList};
use crate::diag::{Errors, inside};
use crate::model::{Cfgs, Declaration, Declared, Endpoint, Handler, Side, Target};
use crate::paths::Runtime;
use crate::types;

pub(crate) use self::client::client;

/// What is wrong with an item, and what it was going to be, as far as that is known.
#[derive(Debug)]
pub(crate) struct Mistakes {
    pub(crate) target: Option<Target>,
    /// Whether the path stands on the type, and not on the impl block.
    pub(crate) path_on_type: bool,
    /// Those whose attributes and parameters are understood.
    pub(crate) handlers: Vec<Handler>,
    pub(crate) errors: Errors,
}

/// Reads an impl block, and takes the helper attributes off it.
pub(crate) fn endpoint(
    tokens: TokenStream,
    block: &mut ItemImpl,
) -> Result<Endpoint, Box<Mistakes>> {
    let mut errors = Errors::default();
    let arguments = Arguments::parse(tokens, &mut errors);
    let runtime = arguments.runtime.clone().unwrap_or_default();
    if arguments.path.is_none() {
        without_path(&arguments, &mut errors);
    }
    // A wrong argument may have been meant for the path.
    let path_on_type = arguments.path.is_none() && errors.is_empty();
    let target = implementation(false, &runtime, block, &mut errors);
    let name = types::shown(types::ungrouped(&block.self_ty));
    let declaration = declaration(arguments, name, &mut errors);
    let variables = match &declaration {
        Some(declaration) => Variables::Of(declaration),
        None => Variables::Elsewhere,
    };
    let handlers = handlers::read(block, &runtime, variables, &mut errors);
    match target {
        Some(target) if errors.is_empty() => Ok(Endpoint {
            target,
            side: declaration.map_or(Side::Declared, |declaration| {
                Side::Server(Box::new(declaration))
            }),
            handlers,
        }),
        target => Err(Box::new(Mistakes {
            target,
            path_on_type,
            handlers,
            errors,
        })),
    }
}

/// Reads the head of a struct or an enum.
pub(crate) fn declared(
    tokens: TokenStream,
    attributes: &[Attribute],
    ident: &Ident,
    generics: &Generics,
) -> Result<Declared, Box<Mistakes>> {
    let mut errors = Errors::default();
    let arguments = Arguments::parse(tokens, &mut errors);
    let runtime = arguments.runtime.clone().unwrap_or_default();
    let target = definition(&runtime, attributes, ident, generics, &mut errors);
    if arguments.path.is_none() && errors.is_empty() {
        let text = "the path is missing: write `#[server_endpoint(\"/path\")]` on the type, and \
            `#[server_endpoint]` on the impl block that holds its handlers";
        errors.at_span(Span::call_site(), text);
    }
    let declaration = declaration(arguments, ident.to_string(), &mut errors);
    match (target, declaration) {
        (Some(target), Some(declaration)) if errors.is_empty() => Ok(Declared {
            target,
            declaration,
        }),
        (target, _) => Err(Box::new(Mistakes {
            target,
            path_on_type: true,
            handlers: Vec::new(),
            errors,
        })),
    }
}

const GENERIC: &str = "an endpoint is one concrete type, so it cannot be generic: give what varies to the \
    server as `State<T>`, or write one type for each case, such as `struct Orders(Feed<Order>);`";

fn implementation(
    is_client: bool,
    runtime: &Runtime,
    block: &ItemImpl,
    errors: &mut Errors,
) -> Option<Target> {
    if let Some((path, _)) = &block.trait_ {
        let attribute = if is_client {
            "client_endpoint"
        } else {
            "server_endpoint"
        };
        let text = format!(
            "`#[{attribute}]` stands on an impl block without a trait: handlers are methods of the type itself"
        );
        errors.at(path, text);
        return None;
    }
    let ty = types::ungrouped(&block.self_ty);
    let Type::Path(path) = ty else {
        errors.at(ty, "an endpoint is a `struct` or an `enum` of yours");
        return None;
    };
    let borrows = path.path.segments.iter().any(|segment| {
        match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().any(|argument| {
            matches!(argument, GenericArgument::Lifetime(lifetime) if lifetime.ident != "static")
        }),
        PathArguments::None | PathArguments::Parenthesized(_) => false,
    }
    });
    if borrows || !block.generics.params.is_empty() {
        errors.at(ty, GENERIC);
        return None;
    }
    Some(Target {
        runtime: runtime.clone(),
        ty: ty.clone(),
        is_client,
        cfgs: Cfgs::of(&block.attrs),
    })
}

fn definition(
    runtime: &Runtime,
    attributes: &[Attribute],
    ident: &Ident,
    generics: &Generics,
    errors: &mut Errors,
) -> Option<Target> {
    if !generics.params.is_empty() {
        errors.at(generics, GENERIC);
        return None;
    }
    Some(Target {
        runtime: runtime.clone(),
        ty: parse_quote!(#ident),
        is_client: false,
        cfgs: Cfgs::of(attributes),
    })
}

fn without_path(arguments: &Arguments, errors: &mut Errors) {
    for name in arguments.names.iter().filter(|name| *name != "crate") {
        let text = format!(
            "`{name}` stands beside the path: write `#[server_endpoint(\"/path\", {name} = …)]` here, or \
             move `{name}` to the `#[server_endpoint(\"/path\")]` of the type"
        );
        errors.at(name, text);
    }
}

fn declaration(arguments: Arguments, name: String, errors: &mut Errors) -> Option<Declaration> {
    let on_duplicate = arguments
        .on_duplicate
        .and_then(|value| Some((arguments::on_duplicate(&value, errors)?, value)));
    let unhandled = arguments.unhandled.as_ref();
    let unhandled = unhandled.and_then(|value| arguments::unhandled(value, errors));
    let idle_timeout = arguments.idle_timeout.as_ref();
    let idle_timeout = idle_timeout.and_then(|value| arguments::idle_timeout(value, errors));
    let max_age = arguments.max_age.as_ref();
    let max_age = max_age.and_then(|value| arguments::max_age(value, errors));
    let fast_producer = arguments.fast_producer.as_ref();
    let fast_producer = fast_producer.and_then(|value| arguments::fast_producer(value, errors));
    if let Some(rate) = &arguments.messages_per_second {
        arguments::messages_per_second(rate, errors);
    }
    if let Some(rate) = &arguments.bytes_per_second {
        arguments::bytes_per_second(rate, errors);
    }
    if let Some(text) = &arguments.heartbeat {
        arguments::heartbeat(text, errors);
    }
    if let Some(size) = &arguments.max_message_size {
        arguments::message_size(size, errors);
    }
    let origins = arguments.origins.map(|value| list::origins(value, errors));
    let subprotocols = arguments.subprotocols.map(|TextList(names)| {
        list::subprotocols(&names, errors);
        names
    });
    let path = arguments.path?;
    let template = match Template::parse(&path.value()) {
        Ok(template) => template,
        Err(error) => {
            errors.at_span(inside(&path, error.at()), error);
            return None;
        }
    };
    let declaration = Declaration {
        name,
        variables: template.variables().map(str::to_owned).collect(),
        path,
        key: arguments.key,
        on_duplicate,
        heartbeat: arguments.heartbeat,
        max_message_size: arguments.max_message_size,
        compression: arguments.compression,
        unhandled,
        idle_timeout,
        max_age,
        messages_per_second: arguments.messages_per_second,
        bytes_per_second: arguments.bytes_per_second,
        fast_producer,
        origins,
        subprotocols,
    };
    if let Some(key) = &declaration.key {
        variable(&declaration, key, errors);
    }
    Some(declaration)
}

/// The path has a variable of this name.
fn variable(declaration: &Declaration, name: &LitStr, errors: &mut Errors) {
    let variables = &declaration.variables;
    let (path, value) = (declaration.path.value(), name.value());
    if variables.contains(&value) {
        return;
    }
    let known: Vec<_> = variables
        .iter()
        .map(|variable| format!("`{variable}`"))
        .collect();
    let has = match known.as_slice() {
        [] => "no variables".to_owned(),
        known => known.join(", "),
    };
    errors.at(
        name,
        format!("the path `{path}` has no variable `{value}`: it has {has}"),
    );
}
