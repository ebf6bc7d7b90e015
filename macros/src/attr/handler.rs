//! The arguments of `#[on_message(…)]`; the other handler attributes have none.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Expr, Ident, LitStr, Meta, Token};

use super::named::{Argument, Named};
use crate::diag::Errors;
use crate::model::HandlerKind;

/// The arguments of a handler's attribute.
#[derive(Debug, Default)]
pub(crate) struct HandlerArguments {
    pub(crate) max_message_size: Option<Expr>,
    pub(crate) broadcast: Option<Broadcast>,
    /// With the argument's name.
    pub(crate) room: Option<(Ident, LitStr)>,
}

/// `broadcast`, or `broadcast = "…"`.
#[derive(Debug)]
pub(crate) struct Broadcast {
    pub(crate) name: Ident,
    pub(crate) value: Option<LitStr>,
}

const NAMED: Named = Named {
    attribute: "on_message",
    known: &[
        ("max_message_size", "max_message_size = 65536"),
        ("broadcast", "broadcast = \"others\""),
        ("room", "room = \"lobby\""),
    ],
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
                    arguments.read(input, &mut names)
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

    fn read(&mut self, input: ParseStream<'_>, names: &mut Vec<Ident>) -> syn::Result<()> {
        if !input.peek(Ident::peek_any) {
            let text = "expected a named argument, such as `max_message_size = 65536`";
            return Err(input.error(text));
        }
        if let Some(name) = lone_broadcast(input)? {
            names.push(name.clone());
            self.broadcast = Some(Broadcast {
                name: name.clone(),
                value: None,
            });
            return Argument { name, example: "" }.is_first(names);
        }
        let argument = NAMED.begin(input, names, "")?;
        let name = argument.name.clone();
        match name.to_string().as_str() {
            "broadcast" => {
                let value = Some(argument.value(input)?);
                self.broadcast = Some(Broadcast { name, value });
            }
            "room" => self.room = Some((name, argument.value(input)?)),
            _ => self.max_message_size = Some(argument.value(input)?),
        }
        argument.is_first(names)
    }
}

/// `broadcast` may stand without a value.
fn lone_broadcast(input: ParseStream<'_>) -> syn::Result<Option<Ident>> {
    let ahead = input.fork();
    let name = ahead.call(Ident::parse_any)?;
    if name != "broadcast" || ahead.peek(Token![=]) {
        return Ok(None);
    }
    input.call(Ident::parse_any).map(Some)
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
                "`#[on_message]` has no argument `size`: it has `max_message_size`, `broadcast`, `room`",
                "not a value of `max_message_size`: write `max_message_size = 65536`",
            ]
        );
        let (_, errors) = parse(&parse_quote!(#[on_message = 5]));
        assert!(errors[0].contains("`on_message(max_message_size = 65536)`"));
    }
    #[test]
    fn a_reply_may_go_to_more_than_the_sender() {
        let read = |attribute: &Attribute| {
            let mut errors = Errors::default();
            let arguments = HandlerArguments::parse(HandlerKind::Message, attribute, &mut errors);
            let broadcast = arguments.broadcast;
            let broadcast = broadcast.map(|it| it.value.map(|value| value.value()));
            let room = arguments.room.map(|(_, room)| room.value());
            (broadcast, room, errors.messages())
        };
        let none = Vec::new;
        let others = Some(Some("others".to_owned()));
        let lobby = Some("lobby".to_owned());
        assert_eq!(
            read(&parse_quote!(#[on_message(broadcast)])),
            (Some(None), None, none())
        );
        let attribute = parse_quote!(#[on_message(broadcast = "others", max_message_size = 5)]);
        assert_eq!(read(&attribute), (others, None, none()));
        let attribute = parse_quote!(#[on_message(broadcast, room = "lobby",)]);
        assert_eq!(read(&attribute), (Some(None), lobby, none()));
        for (attribute, wrong) in [
            (parse_quote!(#[on_message(room)]), "`room = \"lobby\"`"),
            (
                parse_quote!(#[on_message(broadcast = others)]),
                "`broadcast = \"others\"`",
            ),
            (
                parse_quote!(#[on_message(broadcast, broadcast = "others")]),
                "twice",
            ),
            (
                parse_quote!(#[on_message(broadcast = "others", broadcast)]),
                "twice",
            ),
        ] {
            let (_, _, errors) = read(&attribute);
            assert!(errors.len() == 1 && errors[0].contains(wrong), "{errors:?}");
        }
    }
}
