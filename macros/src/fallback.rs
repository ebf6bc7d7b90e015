//! What is emitted when validation failed: the user's item, the errors, a stand-in that keeps the compiler
//! from adding errors of its own, and the checks of those handlers that are understood.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::expand::checks;
use crate::model::{HandlerKind, Target};
use crate::paths::generated_at;
use crate::strip;
use crate::validate::Mistakes;

/// For an item that is not an endpoint, or that cannot be read.
pub(crate) fn item(item: TokenStream, error: &syn::Error) -> TokenStream {
    let item = strip::tokens(item);
    let error = error.to_compile_error();
    quote!(#item #error)
}

/// Beside an impl block.
pub(crate) fn endpoint(mistakes: &Mistakes) -> TokenStream {
    let errors = &mistakes.errors;
    let stand_in = mistakes.target.as_ref().map(|target| {
        let Target {
            runtime, ty, cfgs, ..
        } = target;
        let handlers = &mistakes.handlers;
        let variables = mistakes
            .path_on_type
            .then(|| checks::path_variables(target, handlers));
        let checks = checks::params(target, handlers);
        let here = generated_at(Span::call_site());
        let endpoint = runtime.endpoint(here);
        quote_spanned! {here=>
            #cfgs
            const _: () = {
                #variables
                #checks
                impl #endpoint for #ty {}
            };
        }
    });
    quote!(#errors #stand_in)
}

/// Beside a struct or an enum. The empty path says that there is nothing to check handlers against.
pub(crate) fn declared(mistakes: &Mistakes) -> TokenStream {
    let errors = &mistakes.errors;
    let stand_in = mistakes.target.as_ref().map(|Target { runtime, ty, cfgs, .. }| {
        let here = generated_at(Span::call_site());
        let (declared, declaration) = (runtime.declared(here), runtime.declaration(here));
        quote_spanned! {here=>
            #cfgs
            const _: () = {
                impl #declared for #ty {
                    const DECLARATION: #declaration = <#declaration>::new("", "", &[], ("", 0, 0));
                }
            };
        }
    });
    quote!(#errors #stand_in)
}

/// For a handler attribute that no endpoint attribute took off its method.
pub(crate) fn misplaced(kind: HandlerKind, item: TokenStream) -> TokenStream {
    let name = kind.name();
    let text = format!(
        "`#[{name}]` belongs on a method of an `impl` block that is marked `#[server_endpoint(\"/path\")]` or \
         `#[client_endpoint]`, written without a prefix or as `#[wspring::{name}]`"
    );
    self::item(item, &syn::Error::new(Span::call_site(), text))
}
