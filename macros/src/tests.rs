//! Whatever stands in the attribute and under it.

use super::*;

type Expand = fn(TokenStream2, TokenStream2) -> TokenStream2;

/// Each attribute, and the constant that it makes.
const ATTRIBUTES: [(Expand, &str); 2] = [
    (expand_server_endpoint, "DECLARATION"),
    (expand_client_endpoint, "CLIENT"),
];

const ARGUMENTS: [&str; 16] = [
    "",
    "\"/a/<b>\"",
    "\"/a/<b>\", key = \"b\", crate = web",
    "\"//\"",
    "\"/a\\u{2f}/\u{e9}<\"",
    "key",
    "= = =",
    ", , ,",
    "\"/a\", crate = ",
    "b\"/a\", 'c', 1.5",
    "max_message_size = 99999999999999999999999999",
    "((([[[{{{}}}]]])))",
    "subprotocols = [\"a\", \"b\"], compression = true",
    "subprotocols = [\"\", \"b\", \"b\", 1]",
    "\"/a\", origins = \"none\", subprotocols = []",
    "\"/a\", origins = [\"*\", b\"\", 1], subprotocols = [\"a b\", \"c\", \"c\"]",
];

const ITEMS: [&str; 18] = [
    "",
    "impl A {}",
    "impl A { #[on_open] fn a() -> Self { A } #[on_message] async fn b<'m>(&mut self, m: &'m str) {} }",
    "impl A { #[on_open] fn a(self) {} #[on_error] fn b(self: Pin<&mut Self>, ...) {} }",
    "impl A { #[on_handshake] fn a(&self, b: &Session) -> C {} #[on_handshake] #[on_handshake(1)] async fn d() {} }",
    "impl A { #[on_message] fn a(#[path_param] (a, b): C, #[query_param = 1] &self) {} }",
    "impl A { #[on_close] #[on_close] #[on_close(1)] fn a(); }",
    "impl A { #[on_message] fn a(m: &str) { this is not an expression } }",
    "impl A { #[on_message(= 5, max_message_size = , a)] fn a(m: &str) {} #[on_message = 1] fn b(m: B) {} }",
    "impl<T> A<T> where T: B {}",
    "impl A<'_> { type B = C; const D: u8 = 1; e!(); }",
    "impl B for A { #[on_message] fn a(&self) {} }",
    "impl dyn A {}",
    "struct A;",
    "pub(crate) struct A<'a, T: B = C, const N: usize> where T: D { #[e] f: T }",
    "enum A { B, C(u8) }",
    "union A { b: u8 }",
    "fn a(#[path_param] b: u8) -> impl C { #[on_open] struct D; }",
];

/// The user's item without the helper attributes, and errors beside it or code, but never a panic.
#[test]
fn every_input_gives_the_item_and_more() {
    for (expand, constant) in ATTRIBUTES {
        for arguments in ARGUMENTS {
            for item in ITEMS {
                gives_the_item_and_more(expand, constant, arguments, item);
            }
        }
    }
}

fn gives_the_item_and_more(expand: Expand, constant: &str, arguments: &str, item: &str) {
    let arguments: TokenStream2 = arguments.parse().expect("tokens");
    let tokens: TokenStream2 = item.parse().expect("tokens");
    let kept = unspaced(&strip::tokens(tokens.clone()));
    let output = unspaced(&expand(arguments, tokens));
    let unchanged = output.replace("#[allow(clippy::needless_pass_by_value)]", "");
    assert!(unchanged.starts_with(&kept), "{item}\n{output}");
    let has_error = output.contains("compile_error");
    assert!(has_error || output.contains(constant), "{item}\n{output}");
    // Texts name attributes too, in quotes.
    let code = output.replace("`#[", "");
    for helper in [
        "on_handshake",
        "on_open",
        "on_message",
        "on_close",
        "on_error",
        "path_param",
    ] {
        assert!(!code.contains(&format!("#[{helper}")), "{output}");
    }
}

#[test]
fn a_misplaced_handler_keeps_its_method() {
    let output = fallback::misplaced(
        HandlerKind::Close,
        quote!(
            fn a(&self) {}
        ),
    );
    let output = unspaced(&output);
    assert!(output.starts_with("fna(&self){}"), "{output}");
    assert!(output.contains("`#[on_close]`belongsonamethod"), "{output}");
}

fn unspaced(tokens: &TokenStream2) -> String {
    tokens.to_string().split_whitespace().collect()
}
