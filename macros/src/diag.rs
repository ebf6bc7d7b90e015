//! Collecting errors, so that one run of the compiler shows all of them.

use std::fmt::Display;
use std::ops::Range;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::LitStr;

/// The errors of one endpoint, each at the user's own token.
#[derive(Debug, Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    /// Adds an error that underlines `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.add(syn::Error::new_spanned(tokens, message));
    }

    /// Adds an error that underlines `span`.
    pub(crate) fn at_span(&mut self, span: Span, message: impl Display) {
        self.add(syn::Error::new(span, message));
    }

    /// Adds an error of syn.
    pub(crate) fn add(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            none => *none = Some(error),
        }
    }

    /// How many were added.
    pub(crate) fn len(&self) -> usize {
        self.0.iter().flatten().count()
    }

    /// Whether none was added.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl ToTokens for Errors {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.as_ref().map(syn::Error::to_compile_error));
    }
}

/// The place of a part of a literal's value, or the whole literal where the compiler or an escape in
/// the literal hides it.
pub(crate) fn inside(literal: &LitStr, part: Range<usize>) -> Span {
    let token = literal.token();
    let plain = token.to_string() == format!("\"{}\"", literal.value());
    let shifted = part.start + 1..part.end + 1;
    plain
        .then(|| token.subspan(shifted))
        .flatten()
        .unwrap_or_else(|| literal.span())
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Errors {
        /// The texts of what was added.
        pub(crate) fn messages(&self) -> Vec<String> {
            let errors = self.0.iter().flat_map(syn::Error::clone);
            errors.map(|error| error.to_string()).collect()
        }
    }

    #[test]
    fn every_error_is_kept_in_order() {
        let mut errors = Errors::default();
        assert!(errors.is_empty());
        errors.at_span(Span::call_site(), "first");
        errors.at(quote::quote!(some tokens), "second");
        assert!(!errors.is_empty());
        assert_eq!(errors.len(), 2);
        assert_eq!(errors.messages(), ["first", "second"]);
        let code = errors.to_token_stream().to_string();
        assert_eq!(code.matches("compile_error").count(), 2);
    }
}
