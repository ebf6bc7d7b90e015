use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{LitStr, Token, bracketed, token};

/// `["v2.chat", "v1.chat"]`.
#[derive(Debug)]
pub(crate) struct TextList(pub(crate) Vec<LitStr>);

/// `"same"`, or a list.
#[derive(Debug)]
pub(crate) enum WordOrList {
    Word(LitStr),
    List(TextList),
}

impl Parse for TextList {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let content;
        bracketed!(content in input);
        // Taken out first: what is left in brackets when an argument fails would be an error of its own.
        let content: TokenStream = content.parse()?;
        let texts = Punctuated::<LitStr, Token![,]>::parse_terminated.parse2(content)?;
        Ok(Self(texts.into_iter().collect()))
    }
}

impl Parse for WordOrList {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(token::Bracket) {
            return input.parse().map(Self::List);
        }
        input.parse().map(Self::Word)
    }
}
