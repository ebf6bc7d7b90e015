//! Takes the helper attributes off the user's item: the compiler does not know them.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{Attribute, FnArg, ImplItemFn, Meta, parse_quote};

use crate::attr::{Helper, ValueKind};
use crate::model::HandlerKind;
use crate::paths::Runtime;

/// The helper attributes that stood on one method.
#[derive(Debug, Default)]
pub(crate) struct Stripped {
    pub(crate) handlers: Vec<(HandlerKind, Attribute)>,
    /// For each parameter, `self` included.
    pub(crate) params: Vec<Vec<(ValueKind, Attribute)>>,
    /// Those of a parameter on the method, and those of a method on a parameter.
    pub(crate) misplaced: Vec<(Helper, Attribute)>,
}

/// Takes them off a method and its parameters.
pub(crate) fn method(method: &mut ImplItemFn, runtime: &Runtime) -> Stripped {
    let mut stripped = Stripped::default();
    for (helper, attribute) in take(&mut method.attrs, runtime) {
        match helper {
            Helper::Handler(kind) => stripped.handlers.push((kind, attribute)),
            Helper::Value(_) => stripped.misplaced.push((helper, attribute)),
        }
    }
    for input in &mut method.sig.inputs {
        let attributes = match input {
            FnArg::Receiver(receiver) => &mut receiver.attrs,
            FnArg::Typed(typed) => &mut typed.attrs,
        };
        let mut values = Vec::new();
        for (helper, attribute) in take(attributes, runtime) {
            match helper {
                Helper::Value(kind) => values.push((kind, attribute)),
                Helper::Handler(_) => stripped.misplaced.push((helper, attribute)),
            }
        }
        stripped.params.push(values);
    }
    if !stripped.handlers.is_empty() {
        // How a parameter is taken is ours to say: `State<T>` comes by value and is seldom consumed.
        method
            .attrs
            .push(parse_quote!(#[allow(clippy::needless_pass_by_value)]));
    }
    stripped
}

/// Takes them off an item that could not be parsed.
pub(crate) fn tokens(item: TokenStream) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in item {
        match token {
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Bracket && is_helper(&kept, &group) =>
            {
                kept.pop();
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), tokens(group.stream()));
                inner.set_span(group.span());
                kept.push(inner.into());
            }
            other => kept.push(other),
        }
    }
    kept.into_iter().collect()
}

fn take(attributes: &mut Vec<Attribute>, runtime: &Runtime) -> Vec<(Helper, Attribute)> {
    let mut taken = Vec::new();
    attributes.retain(|attribute| {
        let helper = Helper::named(attribute.path(), runtime);
        taken.extend(helper.map(|helper| (helper, attribute.clone())));
        helper.is_none()
    });
    taken
}

fn is_helper(before: &[TokenTree], group: &Group) -> bool {
    matches!(before.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#')
        && syn::parse2::<Meta>(group.stream())
            .is_ok_and(|meta| Helper::named(meta.path(), &Runtime::default()).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::{ToTokens, quote};

    #[test]
    fn helpers_are_taken_off_a_method_and_the_rest_stays() {
        let mut marked: ImplItemFn = parse_quote! {
            #[doc = "stays"]
            #[on_message]
            #[other::on_close]
            fn say(&self, #[path_param("a")] #[allow(unused)] a: u8, #[on_open] b: u8) {}
        };
        let stripped = method(&mut marked, &Runtime::default());
        let expected: ImplItemFn = parse_quote! {
            #[doc = "stays"]
            #[other::on_close]
            #[allow(clippy::needless_pass_by_value)]
            fn say(&self, #[allow(unused)] a: u8, b: u8) {}
        };
        assert_eq!(marked, expected);
        assert!(matches!(
            stripped.handlers.as_slice(),
            [(HandlerKind::Message, _)]
        ));
        let counts: Vec<_> = stripped.params.iter().map(Vec::len).collect();
        assert_eq!(counts, [0, 1, 0]);
        assert!(matches!(
            stripped.misplaced.as_slice(),
            [(Helper::Handler(HandlerKind::Open), _)]
        ));
    }

    #[test]
    fn helpers_are_taken_off_tokens_that_are_no_item() {
        let item = quote! {
            impl Chat { #[on_message] #[inline] fn say(&self, #[path_param("a")] a: u8) { let = [on_open]; } }
        };
        let expected = quote! {
            impl Chat { #[inline] fn say(&self, a: u8) { let = [on_open]; } }
        };
        assert_eq!(
            tokens(item).to_string(),
            expected.to_token_stream().to_string()
        );
    }
}
