//! A parameter's type as generated code can name it.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{ExprPath, Ident, Lifetime, Path, QSelf, Token, Type, TypeImplTrait, TypePath};

use crate::diag::Errors;

/// The type of a parameter, with the handler's own `lifetimes` left to inference and `Self` spelled
/// out, because generated code also names it outside the impl block.
pub(crate) fn nameable(
    ty: &Type,
    endpoint: &Type,
    lifetimes: &[Ident],
    errors: &mut Errors,
) -> Type {
    let mut ty = ty.clone();
    Nameable {
        endpoint,
        lifetimes,
        errors,
    }
    .visit_type_mut(&mut ty);
    ty
}

/// The type without the invisible groups of a `macro_rules!` and without parentheses.
pub(crate) fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        Type::Paren(paren) => ungrouped(&paren.elem),
        other => other,
    }
}

/// The type as it is shown to people, for instance `chat::Room<i64>`.
pub(crate) fn shown(ty: &Type) -> String {
    let mut text = String::new();
    show(ty.to_token_stream(), &mut text);
    text
}

struct Nameable<'a> {
    endpoint: &'a Type,
    lifetimes: &'a [Ident],
    errors: &'a mut Errors,
}

impl VisitMut for Nameable<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        visit_mut::visit_type_mut(self, ty);
        if matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident("Self")) {
            *ty = moved_to(ty.span(), self.endpoint);
        }
    }

    fn visit_type_path_mut(&mut self, path: &mut TypePath) {
        visit_mut::visit_type_path_mut(self, path);
        self.spell_out(&mut path.qself, &mut path.path);
    }

    fn visit_expr_path_mut(&mut self, path: &mut ExprPath) {
        visit_mut::visit_expr_path_mut(self, path);
        self.spell_out(&mut path.qself, &mut path.path);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if self.lifetimes.contains(&lifetime.ident) {
            lifetime.ident = Ident::new("_", lifetime.ident.span());
        }
    }

    fn visit_type_impl_trait_mut(&mut self, ty: &mut TypeImplTrait) {
        let text = "a handler's parameter has one concrete type: write it instead of `impl …`";
        self.errors.at(ty, text);
    }
}

impl Nameable<'_> {
    /// Turns `Self::Item` into `<Endpoint>::Item`.
    fn spell_out(&self, qself: &mut Option<QSelf>, path: &mut Path) {
        let Some(first) = path.segments.first() else {
            return;
        };
        if qself.is_some() || first.ident != "Self" || path.segments.len() == 1 {
            return;
        }
        let endpoint = moved_to(first.span(), self.endpoint);
        *qself = Some(QSelf {
            lt_token: Token![<](first.span()),
            ty: Box::new(endpoint),
            position: 0,
            as_token: None,
            gt_token: Token![>](first.span()),
        });
        path.leading_colon = Some(Token![::](first.span()));
        path.segments = path.segments.iter().skip(1).cloned().collect();
    }
}

/// The type with all its tokens at `place`, where the user wrote `Self`.
fn moved_to(place: Span, ty: &Type) -> Type {
    let moved = ty.to_token_stream().into_iter().map(|mut token| {
        token.set_span(token.span().located_at(place));
        token
    });
    Type::Verbatim(moved.collect::<TokenStream>())
}

fn show(tokens: TokenStream, text: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                show(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ';') => {
                text.push(punct.as_char());
                text.push(' ');
            }
            token => {
                let token = token.to_string();
                let is_word = |c: char| c.is_alphanumeric() || c == '_';
                if text.ends_with(is_word) && token.starts_with(is_word) {
                    text.push(' ');
                }
                text.push_str(&token);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn named(ty: &Type) -> (String, Vec<String>) {
        let mut errors = Errors::default();
        let lifetimes = [parse_quote!(m)];
        let ty = nameable(ty, &parse_quote!(chat::Room), &lifetimes, &mut errors);
        (shown(&ty), errors.messages())
    }

    #[test]
    fn own_lifetimes_are_inferred_and_others_stay() {
        assert_eq!(named(&parse_quote!(&'m str)).0, "&'_ str");
        assert_eq!(
            named(&parse_quote!(Cow<'m, &'static str>)).0,
            "Cow<'_, &'static str>"
        );
        assert_eq!(
            named(&parse_quote!(for<'a> fn(&'a u8))).0,
            "for<'a>fn(&'a u8)"
        );
    }

    #[test]
    fn self_is_the_endpoint() {
        assert_eq!(named(&parse_quote!(Self)).0, "chat::Room");
        assert_eq!(
            named(&parse_quote!(State<Vec<Self>>)).0,
            "State<Vec<chat::Room>>"
        );
        assert_eq!(
            named(&parse_quote!(<Self as Kind>::Of)).0,
            "<chat::Room as Kind>::Of"
        );
        assert_eq!(named(&parse_quote!(Self::Of)).0, "<chat::Room>::Of");
        assert_eq!(
            named(&parse_quote!([u8; Self::SIZE])).0,
            "[u8; <chat::Room>::SIZE]"
        );
    }

    #[test]
    fn types_are_shown_as_they_are_written() {
        for text in [
            "Room",
            "chat::Room<i64, [u8; 4]>",
            "Feed<&'static str>",
            "Pair<(u8, u8)>",
        ] {
            let ty: Type = syn::parse_str(text).expect("a type");
            assert_eq!(shown(&ty), text);
        }
    }

    #[test]
    fn abstract_types_are_refused_wherever_they_stand() {
        let (_, errors) = named(&parse_quote!(Vec<(u8, impl Copy, Box<impl Clone>)>));
        assert_eq!(errors.len(), 2, "{errors:?}");
        let (_, errors) = named(&parse_quote!(Box<dyn Fn(u8) + Send>));
        assert_eq!(errors.len(), 0, "{errors:?}");
    }
}
