//! Arguments of the form `name = value`, whichever attribute has them.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Ident, Token};

use crate::diag::Errors;

/// The named arguments that an attribute has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    /// The attribute's name.
    pub(super) attribute: &'static str,
    /// Each argument, and how it is written.
    pub(super) known: &'static [(&'static str, &'static str)],
}

/// A named argument whose value comes next.
#[derive(Debug)]
pub(super) struct Argument {
    pub(super) name: Ident,
    pub(super) example: &'static str,
}

impl Named {
    /// Calls `read` for each argument, whatever it makes of the ones before, and tells of what is wrong.
    pub(super) fn read_all(
        tokens: TokenStream,
        errors: &mut Errors,
        mut read: impl FnMut(ParseStream<'_>) -> syn::Result<()>,
    ) {
        let read_all = |input: ParseStream<'_>| {
            while !input.is_empty() {
                if let Err(error) = read(input) {
                    errors.add(error);
                    skip_argument(input)?;
                }
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        };
        if let Err(error) = read_all.parse2(tokens) {
            errors.add(error);
        }
    }

    /// Reads `name =`, and keeps the name in `names`; `others` is what the attribute has beside named arguments.
    pub(super) fn begin(
        self,
        input: ParseStream<'_>,
        names: &mut Vec<Ident>,
        others: &str,
    ) -> syn::Result<Argument> {
        let name = input.call(Ident::parse_any)?;
        let text = name.to_string();
        let known = self.known.iter().find(|(known, _)| *known == text);
        let Some(&(_, example)) = known else {
            let known: Vec<_> = self
                .known
                .iter()
                .map(|(known, _)| format!("`{known}`"))
                .collect();
            let (attribute, known) = (self.attribute, known.join(", "));
            let text = format!("`#[{attribute}]` has no argument `{text}`: it has {others}{known}");
            return Err(syn::Error::new(name.span(), text));
        };
        names.push(name.clone());
        if !input.peek(Token![=]) {
            let text = format!("`{text}` needs a value: write `{example}`");
            return Err(syn::Error::new(name.span(), text));
        }
        input.parse::<Token![=]>()?;
        Ok(Argument { name, example })
    }
}

impl Argument {
    /// The value, of whatever the argument takes.
    pub(super) fn value<T: Parse>(&self, input: ParseStream<'_>) -> syn::Result<T> {
        self.value_by(input, T::parse)
    }

    /// The value, as `parse` reads it.
    pub(super) fn value_by<T>(
        &self,
        input: ParseStream<'_>,
        parse: fn(ParseStream<'_>) -> syn::Result<T>,
    ) -> syn::Result<T> {
        parse(input).map_err(|error| {
            let Self { name, example } = self;
            let text = format!("not a value of `{name}`: write `{example}`");
            syn::Error::new(error.span(), text)
        })
    }

    /// Refuses the argument if `names`, in which it is the last one, has it twice.
    pub(super) fn is_first(&self, names: &[Ident]) -> syn::Result<()> {
        let name = &self.name;
        if names.iter().filter(|other| *other == name).count() < 2 {
            return Ok(());
        }
        let text = format!("`{name}` stands here twice: leave one out");
        Err(syn::Error::new(name.span(), text))
    }
}

/// Goes to the next comma, so that what follows it is read too.
fn skip_argument(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}
