use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, Ident, Lit, LitBool, LitStr, Path};

use super::list::TextList;
use super::named::Named;
use crate::diag::Errors;
use crate::paths::Runtime;

/// The arguments of `#[client_endpoint(…)]`.
#[derive(Debug, Default)]
pub(crate) struct ClientArguments {
    pub(crate) subprotocols: Vec<LitStr>,
    pub(crate) max_message_size: Option<Expr>,
    pub(crate) compression: Option<LitBool>,
    pub(crate) unhandled: Option<LitStr>,
    pub(crate) idle_timeout: Option<LitStr>,
    pub(crate) runtime: Option<Runtime>,
    names: Vec<Ident>,
}

const NAMED: Named = Named {
    attribute: "client_endpoint",
    known: &[
        ("subprotocols", "subprotocols = [\"chat.v2\", \"chat.v1\"]"),
        ("max_message_size", "max_message_size = 65536"),
        ("compression", "compression = true"),
        ("unhandled", "unhandled = \"ignore\""),
        ("idle_timeout", "idle_timeout = \"5m\""),
        ("crate", "crate = path::to::wspring"),
    ],
};

impl ClientArguments {
    /// Reads what can be read, and tells of the rest.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut arguments = Self::default();
        Named::read_all(tokens, errors, |input| arguments.read(input));
        arguments
    }

    fn read(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        if input.peek(Lit) {
            let text = "a client's endpoint has no path: give the URL when you connect, as in \
                `wspring::connect::<Chat>(\"ws://127.0.0.1:8080/chat\")`";
            return Err(input.error(text));
        }
        if !input.peek(Ident::peek_any) {
            let text = "expected a named argument, such as `max_message_size = 65536`";
            return Err(input.error(text));
        }
        let argument = NAMED.begin(input, &mut self.names, "")?;
        match argument.name.to_string().as_str() {
            "subprotocols" => self.subprotocols = argument.value::<TextList>(input)?.0,
            "max_message_size" => self.max_message_size = Some(argument.value(input)?),
            "compression" => self.compression = Some(argument.value(input)?),
            "unhandled" => self.unhandled = Some(argument.value(input)?),
            "idle_timeout" => self.idle_timeout = Some(argument.value(input)?),
            _ => {
                let path = argument.value_by(input, Path::parse_mod_style)?;
                self.runtime = Some(Runtime::new(path));
            }
        }
        argument.is_first(&self.names)
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::parse_quote;

    use super::*;

    fn parse(tokens: TokenStream) -> (ClientArguments, Vec<String>) {
        let mut errors = Errors::default();
        let arguments = ClientArguments::parse(tokens, &mut errors);
        (arguments, errors.messages())
    }

    #[test]
    fn a7_every_argument_is_read() {
        let (arguments, errors) = parse(quote! {
            subprotocols = ["a", "b",], max_message_size = 4 * KIB, compression = false, unhandled = "ignore",
            idle_timeout = "5m", crate = web::sockets,
        });
        assert_eq!(errors, Vec::<String>::new());
        let names: Vec<_> = arguments.subprotocols.iter().map(LitStr::value).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(arguments.max_message_size, Some(parse_quote!(4 * KIB)));
        assert_eq!(arguments.compression, Some(parse_quote!(false)));
        assert_eq!(arguments.unhandled, Some(parse_quote!("ignore")));
        assert_eq!(arguments.idle_timeout, Some(parse_quote!("5m")));
        let path = arguments.runtime.as_ref().map(Runtime::path);
        assert_eq!(path, Some(&parse_quote!(web::sockets)));
    }

    #[test]
    fn a7_each_mistake_is_told_and_what_follows_it_is_read() {
        let (arguments, errors) = parse(quote! {
            "/chat", key = "id", subprotocols = "a", compression = true, compression = false
        });
        assert_eq!(arguments.compression, Some(parse_quote!(false)));
        assert_eq!(errors.len(), 4, "{errors:?}");
        assert!(errors[0].contains("no path"), "{errors:?}");
        assert!(errors[1].contains("no argument `key`"), "{errors:?}");
        assert!(
            errors[2].contains("[\"chat.v2\", \"chat.v1\"]"),
            "{errors:?}"
        );
        assert!(errors[3].contains("twice"), "{errors:?}");
    }
}
