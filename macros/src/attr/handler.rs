//! The arguments of `#[on_message(…)]`; the other handler attributes have none.

use syn::ext::IdentExt;
use syn::{Attribute, Expr, Ident, Meta};

use super::named::Named;
use crate::diag::Errors;
use crate::model::HandlerKind;

/// The arguments of a handler's attribute.
#[derive(Debug, Default)]
pub(crate) struct HandlerArguments {
    pub(crate) max_message_size: Option<Expr>,
}

const NAMED: Named = Named {
    attribute: "on_message",
    known: &[("max_message_size", "max_message_size = 65536")],
};

impl HandlerArguments {
    /// Reads what can be read, and tells of the rest.
    pub(crate) fn parse(kind: HandlerKind, attribute: &Attribute, errors: &mut Errors) -> Self {
        let mut arguments = Self::default();
        match (kind, &attribute.meta) {
            (_, Meta::Path(_)) => {}
            (HandlerKind::Message, Meta::List(list)) => {
                let mut names: Vec<Ident> = Vec::new();
                Named::read_all(list.tokens.clone(), errors, |input| {
                    if !input.peek(Ident::peek_any) {
                        let text = "expected a named argument, such as `max_message_size = 65536`";
                        return Err(input.error(text));
                    }
                    let argument = NAMED.begin(input, &mut names, "")?;
                    arguments.max_message_size = Some(argument.value(input)?);
                    argument.is_first(&names)
                });
            }
            (HandlerKind::Message, Meta::NameValue(_)) => {
                let text =
                    "arguments stand in parentheses: write `on_message(max_message_size = 65536)`";
                errors.at(&attribute.meta, text);
            }
            (kind, _) => {
                let text = format!("`#[{}]` takes no arguments", kind.name());
                errors.at(&attribute.meta, text);
            }
        }
        arguments
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::parse_quote;

    use super::*;

    fn parse(attribute: &Attribute) -> (Option<String>, Vec<String>) {
        let mut errors = Errors::default();
        let arguments = HandlerArguments::parse(HandlerKind::Message, attribute, &mut errors);
        let size = arguments.max_message_size;
        let size = size.map(|size| size.to_token_stream().to_string());
        (size, errors.messages())
    }

    #[test]
    fn a_handler_of_messages_may_have_a_limit() {
        for (attribute, size) in [
            (parse_quote!(#[on_message]), None),
            (parse_quote!(#[on_message()]), None),
            (
                parse_quote!(#[on_message(max_message_size = 4 * KIB)]),
                Some("4 * KIB"),
            ),
            (
                parse_quote!(#[on_message(max_message_size = 1,)]),
                Some("1"),
            ),
        ] {
            let size = size.map(str::to_owned);
            assert_eq!(parse(&attribute), (size, Vec::new()));
        }
    }

    #[test]
    fn what_is_wrong_is_told_and_the_rest_is_read() {
        let attribute =
            parse_quote!(#[on_message(size = 5, max_message_size = 7, max_message_size =)]);
        let (size, errors) = parse(&attribute);
        assert_eq!(size.as_deref(), Some("7"));
        assert_eq!(
            errors,
            [
                "`#[on_message]` has no argument `size`: it has `max_message_size`",
                "not a value of `max_message_size`: write `max_message_size = 65536`",
            ]
        );
        let (_, errors) = parse(&parse_quote!(#[on_message = 5]));
        assert!(errors[0].contains("`on_message(max_message_size = 65536)`"));
    }
}
