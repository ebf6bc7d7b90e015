//! The arguments of each attribute, as they were written.

mod client;
mod handler;
mod list;
mod named;

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Expr, Ident, Lit, LitBool, LitStr, Meta, Path};

use crate::diag::Errors;
use crate::model::HandlerKind;
use crate::paths::Runtime;

pub(crate) use self::client::ClientArguments;
pub(crate) use self::handler::{Broadcast, HandlerArguments};
pub(crate) use self::list::{TextList, WordOrList};
use self::named::Named;

/// The arguments of `#[server_endpoint(…)]`.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    pub(crate) path: Option<LitStr>,
    pub(crate) key: Option<LitStr>,
    pub(crate) on_duplicate: Option<LitStr>,
    pub(crate) heartbeat: Option<LitStr>,
    pub(crate) max_message_size: Option<Expr>,
    pub(crate) compression: Option<LitBool>,
    pub(crate) unhandled: Option<LitStr>,
    pub(crate) idle_timeout: Option<LitStr>,
    pub(crate) max_age: Option<LitStr>,
    pub(crate) messages_per_second: Option<Expr>,
    pub(crate) bytes_per_second: Option<Expr>,
    pub(crate) fast_producer: Option<LitStr>,
    pub(crate) origins: Option<WordOrList>,
    pub(crate) subprotocols: Option<TextList>,
    pub(crate) runtime: Option<Runtime>,
    /// The names that were written, in their order.
    pub(crate) names: Vec<Ident>,
}

/// A helper attribute: one that only means something inside a `#[server_endpoint]` or a `#[client_endpoint]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Helper {
    /// On a method.
    Handler(HandlerKind),
    /// On a parameter.
    Value(ValueKind),
}

/// Where the value of an annotated parameter comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Path,
    Query,
}

const NAMED: Named = Named {
    attribute: "server_endpoint",
    known: &[
        ("key", "key = \"uId\""),
        ("on_duplicate", "on_duplicate = \"newest\""),
        ("heartbeat", "heartbeat = \"ping\""),
        ("max_message_size", "max_message_size = 65536"),
        ("compression", "compression = true"),
        ("unhandled", "unhandled = \"ignore\""),
        ("idle_timeout", "idle_timeout = \"5m\""),
        ("max_age", "max_age = \"12h\""),
        ("messages_per_second", "messages_per_second = 50"),
        ("bytes_per_second", "bytes_per_second = 65536"),
        ("fast_producer", "fast_producer = \"wait\""),
        ("origins", "origins = [\"https://app.example.com\"]"),
        ("subprotocols", "subprotocols = [\"v2.chat\", \"v1.chat\"]"),
        ("crate", "crate = path::to::wspring"),
    ],
};

impl Arguments {
    /// Reads what can be read, and tells of the rest.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut arguments = Self::default();
        Named::read_all(tokens, errors, |input| arguments.read(input));
        arguments
    }

    fn read(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        if input.peek(Lit) {
            return self.read_path(input.parse()?);
        }
        if !input.peek(Ident::peek_any) {
            let text = "expected the path as a string, such as `\"/webSocket/<uId>\"`, or a named argument";
            return Err(input.error(text));
        }
        refuse_named_path(input)?;
        let argument = NAMED.begin(input, &mut self.names, "the path, ")?;
        match argument.name.to_string().as_str() {
            "key" => self.key = Some(argument.value(input)?),
            "on_duplicate" => self.on_duplicate = Some(argument.value(input)?),
            "heartbeat" => self.heartbeat = Some(argument.value(input)?),
            "max_message_size" => self.max_message_size = Some(argument.value(input)?),
            "compression" => self.compression = Some(argument.value(input)?),
            "unhandled" => self.unhandled = Some(argument.value(input)?),
            "idle_timeout" => self.idle_timeout = Some(argument.value(input)?),
            "max_age" => self.max_age = Some(argument.value(input)?),
            "messages_per_second" => self.messages_per_second = Some(argument.value(input)?),
            "bytes_per_second" => self.bytes_per_second = Some(argument.value(input)?),
            "fast_producer" => self.fast_producer = Some(argument.value(input)?),
            "origins" => self.origins = Some(argument.value(input)?),
            "subprotocols" => self.subprotocols = Some(argument.value(input)?),
            _ => {
                let path = argument.value_by(input, Path::parse_mod_style)?;
                self.runtime = Some(Runtime::new(path));
            }
        }
        argument.is_first(&self.names)
    }

    fn read_path(&mut self, literal: Lit) -> syn::Result<()> {
        let Lit::Str(path) = literal else {
            let text = "the path is a string, such as `\"/webSocket/<uId>\"`";
            return Err(syn::Error::new(literal.span(), text));
        };
        if self.path.is_some() {
            return Err(syn::Error::new(
                path.span(),
                "a second path: an endpoint has one",
            ));
        }
        let late = !self.names.is_empty();
        let error = syn::Error::new(
            path.span(),
            "the path comes first, before the named arguments",
        );
        self.path = Some(path);
        if late { Err(error) } else { Ok(()) }
    }
}

impl Helper {
    const ALL: [Self; 7] = [
        Self::Handler(HandlerKind::Handshake),
        Self::Handler(HandlerKind::Open),
        Self::Handler(HandlerKind::Message),
        Self::Handler(HandlerKind::Close),
        Self::Handler(HandlerKind::Error),
        Self::Value(ValueKind::Path),
        Self::Value(ValueKind::Query),
    ];

    /// The helper that an attribute's path names: alone, or as an item of the crate `wspring`.
    pub(crate) fn named(path: &Path, runtime: &Runtime) -> Option<Self> {
        let idents = |path: &Path| -> Vec<Ident> {
            path.segments
                .iter()
                .map(|segment| segment.ident.clone())
                .collect()
        };
        let mut prefix = idents(path);
        prefix.pop();
        let ours = prefix.is_empty() || prefix == ["wspring"] || prefix == idents(runtime.path());
        Self::resembled(path).filter(|_| ours)
    }

    /// The helper that an attribute's path ends with, whatever crate it is of.
    pub(crate) fn resembled(path: &Path) -> Option<Self> {
        let last = path.segments.last()?;
        Self::ALL
            .into_iter()
            .find(|helper| last.ident == helper.name())
    }

    /// The attribute's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Handler(kind) => kind.name(),
            Self::Value(kind) => kind.name(),
        }
    }
}

impl ValueKind {
    /// The attribute's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Path => "path_param",
            Self::Query => "query_param",
        }
    }

    /// The name in `#[path_param("name")]`, or none in `#[path_param]`.
    pub(crate) fn argument(self, attribute: &Attribute) -> syn::Result<Option<LitStr>> {
        let name = self.name();
        let wrong = || {
            let text = format!(
                "write `#[{name}(\"name\")]`, or `#[{name}]` to take the name of the parameter"
            );
            syn::Error::new_spanned(&attribute.meta, text)
        };
        match &attribute.meta {
            Meta::Path(_) => Ok(None),
            Meta::List(list) => match syn::parse2::<LitStr>(list.tokens.clone()) {
                Ok(literal) if !literal.value().is_empty() => Ok(Some(literal)),
                _ => Err(wrong()),
            },
            Meta::NameValue(_) => Err(wrong()),
        }
    }
}

/// The path is the one argument without a name.
fn refuse_named_path(input: ParseStream<'_>) -> syn::Result<()> {
    let name = input.fork().call(Ident::parse_any)?;
    if name != "path" && name != "value" {
        return Ok(());
    }
    let text =
        "the path needs no name: write it first, as in `#[server_endpoint(\"/webSocket/<uId>\")]`";
    input.call(Ident::parse_any)?;
    Err(syn::Error::new(name.span(), text))
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::parse_quote;

    use super::*;

    fn parse(tokens: TokenStream) -> (Arguments, Vec<String>) {
        let mut errors = Errors::default();
        let arguments = Arguments::parse(tokens, &mut errors);
        (arguments, errors.messages())
    }

    #[test]
    fn every_argument_is_read() {
        let (arguments, errors) = parse(quote! {
            "/<a>/<b>", key = "a", on_duplicate = "all", heartbeat = "ping",
            max_message_size = 4 * KIB, compression = false, unhandled = "close", idle_timeout = "off",
            crate = web::sockets,
            origins = ["https://a.example"], subprotocols = ["b", "c",],
        });
        assert_eq!(errors, Vec::<String>::new());
        assert_eq!(
            arguments.path.map(|path| path.value()).as_deref(),
            Some("/<a>/<b>")
        );
        assert_eq!(arguments.key.map(|key| key.value()).as_deref(), Some("a"));
        assert_eq!(
            arguments
                .on_duplicate
                .map(|policy| policy.value())
                .as_deref(),
            Some("all")
        );
        assert_eq!(
            arguments.heartbeat.map(|text| text.value()).as_deref(),
            Some("ping")
        );
        assert_eq!(arguments.max_message_size, Some(parse_quote!(4 * KIB)));
        assert_eq!(arguments.compression, Some(parse_quote!(false)));
        let texts = [arguments.unhandled, arguments.idle_timeout];
        let texts = texts.map(|text| text.map(|text| text.value()));
        assert_eq!(texts, [Some("close".to_owned()), Some("off".to_owned())]);
        assert!(
            matches!(arguments.origins, Some(WordOrList::List(TextList(list))) if list.len() == 1)
        );
        let subprotocols = arguments.subprotocols.map(|TextList(list)| list.len());
        assert_eq!(subprotocols, Some(2));
        let path = arguments.runtime.as_ref().map(Runtime::path);
        assert_eq!(path, Some(&parse_quote!(web::sockets)));
    }

    #[test]
    fn nothing_is_fine_too() {
        let (arguments, errors) = parse(TokenStream::new());
        assert!(arguments.path.is_none() && arguments.names.is_empty() && errors.is_empty());
    }

    #[test]
    fn what_follows_a_mistake_is_read() {
        let (arguments, errors) = parse(quote!("/a", kye = [1, 2], heartbeat = 5, key = "k"));
        assert_eq!(arguments.key.map(|key| key.value()).as_deref(), Some("k"));
        assert_eq!(errors.len(), 2, "{errors:?}");
        assert!(errors[0].contains("no argument `kye`"), "{errors:?}");
        assert!(errors[1].contains("heartbeat = \"ping\""), "{errors:?}");
    }

    #[test]
    fn a_missing_comma_is_told() {
        let (arguments, errors) = parse(quote!("/a" key = "k"));
        assert!(arguments.path.is_some());
        assert_eq!(errors, ["expected `,`"]);
    }

    #[test]
    fn a_helper_has_no_prefix_or_ours() {
        let open = Some(Helper::Handler(HandlerKind::Open));
        let renamed = Runtime::new(parse_quote!(web::sockets));
        let named = |path: Path| Helper::named(&path, &renamed);
        assert_eq!(named(parse_quote!(on_open)), open);
        assert_eq!(named(parse_quote!(wspring::on_open)), open);
        assert_eq!(named(parse_quote!(::wspring::on_open)), open);
        assert_eq!(named(parse_quote!(web::sockets::on_open)), open);
        assert_eq!(
            named(parse_quote!(query_param)),
            Some(Helper::Value(ValueKind::Query))
        );
        assert_eq!(named(parse_quote!(ws::on_open)), None);
        assert_eq!(named(parse_quote!(on_opened)), None);
        assert_eq!(Helper::resembled(&parse_quote!(ws::on_open)), open);
    }

    #[test]
    fn a_value_is_named_or_takes_the_name_of_its_parameter() {
        let argument = |attribute: Attribute| ValueKind::Path.argument(&attribute);
        assert!(matches!(argument(parse_quote!(#[path_param])), Ok(None)));
        let named = argument(parse_quote!(#[path_param("uId")]));
        assert!(matches!(named, Ok(Some(name)) if name.value() == "uId"));
        for wrong in [
            parse_quote!(#[path_param()]),
            parse_quote!(#[path_param("")]),
            parse_quote!(#[path_param(uId)]),
            parse_quote!(#[path_param("a", "b")]),
            parse_quote!(#[path_param = "uId"]),
        ] {
            let error = argument(wrong).map_err(|error| error.to_string());
            assert!(matches!(error, Err(text) if text.contains("#[path_param(\"name\")]")));
        }
    }
}
