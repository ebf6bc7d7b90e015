//! `#[derive(FromMessage)]` and `#[derive(IntoMessage)]`: enums whose variants are payloads.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Generics, Ident, Member, Path, Type};

use crate::diag::Errors;
use crate::model::Cfgs;
use crate::paths::{Runtime, call_over, generated_at};

/// An enum without mistakes.
struct Payload {
    runtime: Runtime,
    ident: Ident,
    generics: Generics,
    variants: Vec<Variant>,
}

/// A variant with its only field.
struct Variant {
    cfgs: Cfgs,
    ident: Ident,
    field: Member,
    ty: Type,
}

/// What is derived.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Derive {
    From,
    Into,
}

/// The code for `item`, or what is wrong with it.
pub(crate) fn derive(derive: Derive, item: TokenStream) -> TokenStream {
    let payload = match syn::parse2(item) {
        Ok(item) => Payload::read(derive, item),
        Err(error) => return error.to_compile_error(),
    };
    match (derive, payload) {
        (Derive::From, Ok(payload)) => payload.implement_from(),
        (Derive::Into, Ok(payload)) => payload.implement_into(),
        (_, Err(errors)) => quote::quote!(#errors),
    }
}

impl Derive {
    fn name(self) -> &'static str {
        match self {
            Self::From => "FromMessage",
            Self::Into => "IntoMessage",
        }
    }
}

impl Payload {
    fn read(derive: Derive, item: DeriveInput) -> Result<Self, Errors> {
        let mut errors = Errors::default();
        let name = derive.name();
        let runtime = runtime(&item.attrs, &mut errors);
        if derive == Derive::From && !item.generics.params.is_empty() {
            let text = "a variant is tried after another one, so it cannot borrow the message, and each type is concrete: \
                write the enum without parameters";
            errors.at(&item.generics.params, text);
        }
        let mut variants = Vec::new();
        match item.data {
            Data::Enum(data) if data.variants.is_empty() => {
                errors.at(
                    &item.ident,
                    "this enum has no variants, so it can never be a message",
                );
            }
            Data::Enum(data) => variants.extend(
                data.variants
                    .into_iter()
                    .filter_map(|variant| self::variant(variant, &mut errors)),
            ),
            Data::Struct(_) | Data::Union(_) => {
                let text = format!(
                    "`#[derive({name})]` stands on an `enum`, each variant of which holds a payload: write \
                     `impl {name} for {}` instead",
                    item.ident
                );
                errors.at(&item.ident, text);
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            runtime,
            ident: item.ident,
            generics: item.generics,
            variants,
        })
    }

    fn implement_from(&self) -> TokenStream {
        let Self {
            runtime,
            ident,
            variants,
            ..
        } = self;
        let here = generated_at(ident.span());
        let kinds = variants.iter().map(|variant| {
            let Variant { cfgs, ty, .. } = variant;
            let (name, variant) = (variant.ident.to_string(), named(runtime, ty));
            quote_spanned!(here=> #cfgs (#name, #variant.kind()))
        });
        let checks = variants.iter().map(|Variant { cfgs, ty, .. }| {
            let variant = named(runtime, ty);
            let arguments = quote_spanned!(here=> __VARIANTS[0].1, #variant.kind());
            let check = call_over(ty, |at| runtime.check_same_kind(at), arguments);
            quote_spanned!(here=> #cfgs const _: () = #check;)
        });
        let attempts = variants.iter().map(|variant| {
            let Variant {
                cfgs,
                ident,
                field,
                ty,
            } = variant;
            let (name, variant) = (ident.to_string(), named(runtime, ty));
            quote_spanned! {here=>
                #cfgs
                if let ::core::option::Option::Some(value) =
                    variants.decode(#name, &#variant, message)
                {
                    return ::core::result::Result::Ok(Self::#ident { #field: value });
                }
            }
        });
        let name = ident.to_string();
        let [from_message, of_variants] = [runtime.from_message(here), runtime.variants(here)];
        let [message, kind] = [runtime.message(here), runtime.message_kind(here)];
        let error = runtime.box_error(here);
        quote_spanned! {here=>
            const _: () = {
                const __VARIANTS: &[(&::core::primitive::str, #kind)] = &[#(#kinds),*];
                #(#checks)*
                #[automatically_derived]
                impl<'m> #from_message<'m> for #ident {
                    const KIND: #kind = __VARIANTS[0].1;

                    fn from_message(message: &'m mut #message) -> ::core::result::Result<Self, #error> {
                        let mut variants = #of_variants::new(#name, __VARIANTS);
                        #(#attempts)*
                        ::core::result::Result::Err(variants.none())
                    }
                }
            };
        }
    }

    fn implement_into(&self) -> TokenStream {
        let Self {
            runtime,
            ident,
            generics,
            variants,
        } = self;
        let here = generated_at(ident.span());
        let arms = variants.iter().map(|variant| {
            let Variant {
                cfgs,
                ident,
                field,
                ty,
            } = variant;
            let at = generated_at(ty.span());
            let into_message = runtime.into_message(at);
            let value = quote_spanned!(at=> <#ty as #into_message>::into_message(value));
            quote_spanned!(here=> #cfgs Self::#ident { #field: value } => #value,)
        });
        let (into_message, message) = (runtime.into_message(here), runtime.message(here));
        let error = runtime.box_error(here);
        let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
        quote_spanned! {here=>
            #[automatically_derived]
            impl #impl_generics #into_message for #ident #ty_generics #where_clause {
                fn into_message(self) -> ::core::result::Result<#message, #error> {
                    match self { #(#arms)* }
                }
            }
        }
    }
}

/// The way in which generated code names the type of a variant, always the same, so that the compiler reports one error
/// for a type that is no payload.
fn named(runtime: &Runtime, ty: &Type) -> TokenStream {
    let at = generated_at(ty.span());
    let variant = runtime.variant(at);
    quote_spanned!(at=> #variant::<#ty>())
}

/// The variant with its field, or what is wrong with it.
fn variant(variant: syn::Variant, errors: &mut Errors) -> Option<Variant> {
    let ident = variant.ident;
    let count = variant.fields.len();
    let mut fields = variant.fields.into_iter();
    match (fields.next(), count) {
        (Some(field), 1) => Some(Variant {
            cfgs: Cfgs::of(&variant.attrs),
            ident,
            field: field.ident.map_or_else(|| Member::from(0), Member::Named),
            ty: field.ty,
        }),
        (None, _) => {
            let text =
                format!("a variant holds one payload: write its type, as in `{ident}(String)`");
            errors.at(&ident, text);
            None
        }
        (Some(_), _) => {
            let text = format!(
                "a variant holds one payload, and `{ident}` holds {count}: make one type of them that is a payload, such as \
                 `{ident}(Json<…>)`"
            );
            errors.at(&ident, text);
            None
        }
    }
}

/// The path in `#[wspring(crate = path)]`.
fn runtime(attributes: &[Attribute], errors: &mut Errors) -> Runtime {
    let mut runtime = Runtime::default();
    for attribute in attributes {
        if !attribute.path().is_ident("wspring") {
            continue;
        }
        let read = attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("crate") {
                return Err(meta.error("the only argument is `crate = path::to::wspring`"));
            }
            runtime = Runtime::new(meta.value()?.call(Path::parse_mod_style)?);
            Ok(())
        });
        if let Err(error) = read {
            errors.add(error);
        }
    }
    runtime
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEMS: [&str; 12] = [
        "enum A {}",
        "enum A { B(C), D { e: F } }",
        "enum A { B, C(D, E), F { g: H, i: J } }",
        "enum A<'a, T: B = C, const N: usize> where T: D { E(&'a [T; N]) }",
        "enum A { #[cfg(b)] C(D) = 1 }",
        "struct A;",
        "struct A(B);",
        "union A { b: C }",
        "#[wspring(crate = b::c)] enum A { B(C) }",
        "#[wspring] #[wspring(a)] #[wspring = 1] #[wspring(crate)] enum A { B(C) }",
        "fn a() {}",
        "",
    ];

    /// Code or errors, but never a panic.
    #[test]
    fn every_item_gives_something() {
        for item in ITEMS {
            for derived in [Derive::From, Derive::Into] {
                let tokens: TokenStream = item.parse().expect("tokens");
                let output = derive(derived, tokens).to_string();
                let is_good =
                    item.contains("B(C)") && !item.contains("wspring]") && !item.contains("struct")
                        || item.contains("cfg")
                        || item.contains("'a") && derived == Derive::Into;
                assert_eq!(
                    output.contains("compile_error"),
                    !is_good,
                    "{item}\n{output}"
                );
                assert_eq!(
                    output.contains("automatically_derived"),
                    is_good,
                    "{item}\n{output}"
                );
            }
        }
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let item = "#[wspring(b)] enum A<T> { B, C(D, T) }"
            .parse()
            .expect("tokens");
        let output = derive(Derive::From, item).to_string();
        assert_eq!(output.matches("compile_error").count(), 4, "{output}");
    }
}
