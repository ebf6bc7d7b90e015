//! Who gets the reply of an `#[on_message]`: `broadcast`, `broadcast = "others"`, `room = "…"`.

use std::ops::Range;

use syn::{Ident, LitStr, ReturnType};

use crate::attr::{Broadcast, HandlerArguments};
use crate::diag::{Errors, inside};
use crate::model::{Audience, Piece};

/// The name of a room has at most so many bytes.
const LONGEST_NAME: usize = 256;

/// What the arguments of a method say. It is the sender where they are wrong.
pub(super) fn read(
    method: &Ident,
    output: &ReturnType,
    arguments: &HandlerArguments,
    errors: &mut Errors,
) -> Audience {
    let HandlerArguments {
        broadcast, room, ..
    } = arguments;
    let (name, audience) = match (broadcast, room) {
        (None, None) => return Audience::Sender,
        (Some(Broadcast { name, .. }), Some((room, _))) => {
            let text = "a reply goes to the room or to all sessions of the endpoint: leave `broadcast` or `room` out";
            errors.at(name, text);
            (room, Audience::Sender)
        }
        (Some(Broadcast { name, value }), None) => {
            (name, broadcast_to(name, value.as_ref(), errors))
        }
        (None, Some((name, template))) => (name, Audience::Room(pieces(template, errors))),
    };
    if matches!(output, ReturnType::Default) {
        let text = format!(
            "`{method}` returns nothing that could be sent: let it return a message, or leave `{name}` out"
        );
        errors.at(name, text);
    }
    audience
}

fn broadcast_to(name: &Ident, value: Option<&LitStr>, errors: &mut Errors) -> Audience {
    let Some(value) = value else {
        return Audience::Everyone(name.span());
    };
    if value.value() == "others" {
        return Audience::Others(name.span());
    }
    let text = "the reply goes to all sessions of the endpoint: write `broadcast` alone, or `broadcast = \"others\"` to \
        leave the sender out";
    errors.at(value, text);
    Audience::Sender
}

/// The text of a room's name, and the variables of the path in it.
fn pieces(template: &LitStr, errors: &mut Errors) -> Vec<Piece> {
    let text = template.value();
    if text.is_empty() {
        let text =
            "the name of a room is empty: give it at least one character, as in `room = \"lobby\"`";
        errors.at(template, text);
    }
    let mut pieces = Vec::new();
    let mut length = 0;
    for part in split(&text) {
        match part {
            Part::Text(at) => {
                length += at.len();
                pieces.push(Piece::Text(text[at].to_owned()));
            }
            Part::Variable(at) => {
                let name = LitStr::new(&text[at.clone()], inside(template, at));
                pieces.push(Piece::Variable(name));
            }
            Part::Stray(at) => {
                let text = "a bracket that stands alone: a variable of the path is written `<name>` or `{name}`, and a name \
                    with other brackets is given to `room(…).send(…)`";
                errors.at_span(inside(template, at), text);
            }
        }
    }
    if length > LONGEST_NAME {
        let text = format!(
            "the name of a room has at most {LONGEST_NAME} bytes, and this one has {length}: take a shorter one"
        );
        errors.at(template, text);
    }
    pieces
}

/// Where in a room's name something stands.
enum Part {
    Text(Range<usize>),
    /// The name between the brackets.
    Variable(Range<usize>),
    /// A bracket that stands alone.
    Stray(Range<usize>),
}

fn split(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = 0;
    while let Some(open) = text[rest..].find(['<', '{', '>', '}']).map(|at| rest + at) {
        if rest < open {
            parts.push(Part::Text(rest..open));
        }
        let closing = match &text[open..=open] {
            "<" => '>',
            "{" => '}',
            _ => {
                parts.push(Part::Stray(open..open + 1));
                rest = open + 1;
                continue;
            }
        };
        let name = open + 1;
        let end = text[name..].find(['<', '{', '>', '}']).map(|at| name + at);
        match end {
            Some(end) if text[end..].starts_with(closing) => {
                parts.push(Part::Variable(name..end));
                rest = end + 1;
            }
            _ => {
                parts.push(Part::Stray(open..name));
                rest = name;
            }
        }
    }
    if rest < text.len() {
        parts.push(Part::Text(rest..text.len()));
    }
    parts
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    fn shown(template: &str) -> (Vec<String>, Vec<String>) {
        let mut errors = Errors::default();
        let template = LitStr::new(template, Span::call_site());
        let pieces = pieces(&template, &mut errors);
        let shown = pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Variable(name) => format!("<{}>", name.value()),
        });
        (shown.collect(), errors.messages())
    }

    #[test]
    fn a_name_is_text_with_variables_of_either_form() {
        for (template, pieces) in [
            ("lobby", &["lobby"][..]),
            ("<id>", &["<id>"]),
            ("room-<id>", &["room-", "<id>"]),
            ("{a}/<b> \u{1f600}*.", &["<a>", "/", "<b>", " \u{1f600}*."]),
            ("a<b>{c}d", &["a", "<b>", "<c>", "d"]),
        ] {
            let pieces: Vec<_> = pieces.iter().map(|&piece| piece.to_owned()).collect();
            assert_eq!(shown(template), (pieces, Vec::new()), "{template}");
        }
    }

    #[test]
    fn a_bracket_that_stands_alone_is_told() {
        for template in ["a<b", "a>b", "a}", "{a>", "<a<b>", "<"] {
            let (_, errors) = shown(template);
            assert!(!errors.is_empty(), "{template}");
            assert!(
                errors.iter().all(|error| error.contains("stands alone")),
                "{errors:?}"
            );
        }
    }

    #[test]
    fn a_name_has_from_1_to_256_bytes() {
        assert!(shown("").1[0].contains("empty"));
        assert!(shown(&"x".repeat(256)).1.is_empty());
        assert!(shown(&"\u{e9}".repeat(129)).1[0].contains("has 258"));
    }
}
