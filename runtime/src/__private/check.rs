//! Compile-time rules about the parameters of handlers; each panic is an error at the user's own token.

use super::HandshakeParameter;
use crate::endpoint::{Declaration, Takes};
use crate::message::{Form, Forms, MessageKind};
use crate::site::OnDuplicate;

/// The path that stands on the type has the variable that a handler names.
#[track_caller]
pub const fn path_variable(declaration: &Declaration, name: &str) {
    let mut known = Text::new();
    let mut i = 0;
    while i < declaration.variables.len() {
        let variable = declaration.variables[i];
        if same(variable.as_bytes(), name.as_bytes()) {
            return;
        }
        known.push(if i == 0 { ": it has `" } else { "`, `" });
        known.push(variable);
        i += 1;
    }
    // An empty path is the stand-in for one that was refused already.
    if declaration.path.is_empty() {
        return;
    }
    let mut text = Text::new();
    text.push("the path `");
    text.push(declaration.path);
    text.push("` has no variable `");
    text.push(name);
    text.push(if i == 0 {
        "`: it has no variables"
    } else {
        "`"
    });
    text.push(known.as_str());
    text.push(if i == 0 { "" } else { "`" });
    panic!("{}", text.as_str())
}

/// The `on_duplicate` of an endpoint whose path has no key; `#[on_handshake]`, if there is one, may give keys.
#[must_use]
#[track_caller]
pub const fn on_duplicate(policy: OnDuplicate, has_handshake: bool) -> OnDuplicate {
    assert!(
        has_handshake,
        "`on_duplicate` is about sessions with the same key, and sessions of this endpoint have no key: name a variable of \
         the path with `key = \"…\"`, or give keys in `#[on_handshake]` (`Accept::key`), or leave `on_duplicate` out"
    );
    policy
}

/// `max_message_size = …`: a limit of nothing would refuse every message.
#[must_use]
#[track_caller]
pub const fn message_size(bytes: usize) -> usize {
    at_least_one(bytes, "`max_message_size` is a number of bytes, at least 1")
}

/// `messages_per_second = …`.
#[must_use]
#[track_caller]
pub const fn messages_per_second(messages: usize) -> usize {
    at_least_one(messages, "`messages_per_second` is a number, at least 1")
}

/// `bytes_per_second = …`.
#[must_use]
#[track_caller]
pub const fn bytes_per_second(bytes: usize) -> usize {
    at_least_one(bytes, "`bytes_per_second` is a number of bytes, at least 1")
}

#[track_caller]
const fn at_least_one(number: usize, otherwise: &str) -> usize {
    assert!(number > 0, "{}", otherwise);
    number
}

/// The limit of an `#[on_message]` handler with these parameters.
#[must_use]
#[track_caller]
pub const fn handler_message_size(takes: &[Takes], bytes: usize) -> usize {
    let mut i = 0;
    while i < takes.len() {
        match takes[i] {
            Takes::Message(MessageKind::Pong, _) => panic!(
                "`max_message_size` is for text and binary messages: a pong never has more than 125 bytes, so leave it out"
            ),
            Takes::Message(_, Form::Parts | Form::Stream) => panic!(
                "`max_message_size` is for whole messages, and this handler takes them in parts: leave it out, and count what comes"
            ),
            _ => {}
        }
        i += 1;
    }
    message_size(bytes)
}

/// A parameter of `#[on_handshake]`: its type has said already that it can be one.
pub const fn in_handshake<T>(_: &HandshakeParameter<'_, T>) {}

/// A parameter of `#[on_open]`.
#[track_caller]
pub const fn in_open(takes: Takes) {
    match takes {
        Takes::Session => {}
        Takes::Message(..) => {
            panic!(
                "`#[on_open]` takes no message, for it runs before the first one: a value of the path or \
                 the query needs `#[path_param]` or `#[query_param]`"
            )
        }
        Takes::CloseReason => panic!("`CloseReason` belongs to `#[on_close]`"),
        Takes::Error => panic!("`&Error` belongs to `#[on_error]`"),
    }
}

/// A parameter of `#[on_message]`.
#[track_caller]
pub const fn in_message(takes: Takes) {
    match takes {
        Takes::Session | Takes::Message(..) => {}
        Takes::CloseReason => panic!("`CloseReason` belongs to `#[on_close]`"),
        Takes::Error => panic!("`&Error` belongs to `#[on_error]`"),
    }
}

/// A parameter of `#[on_close]`.
#[track_caller]
pub const fn in_close(takes: Takes) {
    match takes {
        Takes::Session | Takes::CloseReason => {}
        Takes::Message(..) => panic!(
            "`#[on_close]` takes no message: a value of the path or the query needs `#[path_param]` or \
             `#[query_param]`"
        ),
        Takes::Error => panic!("`&Error` belongs to `#[on_error]`"),
    }
}

/// A parameter of `#[on_error]`.
#[track_caller]
pub const fn in_error(takes: Takes) {
    match takes {
        Takes::Session | Takes::Error => {}
        Takes::Message(..) => panic!(
            "`#[on_error]` takes no message: a value of the path or the query needs `#[path_param]` or \
             `#[query_param]`"
        ),
        Takes::CloseReason => panic!("`CloseReason` belongs to `#[on_close]`"),
    }
}

/// The parameters of an `#[on_message]` handler hold one payload, of a kind that no `earlier` handler
/// takes; the result is that kind.
#[must_use]
#[track_caller]
pub const fn payload(takes: &[Takes], earlier: &[&[Takes]]) -> MessageKind {
    let mut found = None;
    let mut i = 0;
    while i < takes.len() {
        if let Takes::Message(kind, _) = takes[i] {
            assert!(
                found.is_none(),
                "`#[on_message]` takes exactly one payload, and this handler has two: other values come \
                 from the path, the query, the session or `State<T>`"
            );
            found = Some(kind);
        }
        i += 1;
    }
    let Some(kind) = found else {
        panic!(
            "`#[on_message]` takes exactly one payload, and this handler has none: add a parameter such \
             as `message: &str`"
        );
    };
    let mut i = 0;
    while i < earlier.len() {
        if holds(earlier[i], kind) {
            match kind {
                MessageKind::Text => {
                    panic!("a second handler for text messages: an endpoint has one for each kind")
                }
                MessageKind::Binary => panic!(
                    "a second handler for binary messages: an endpoint has one for each kind"
                ),
                MessageKind::Pong => {
                    panic!("a second handler for pongs: an endpoint has one for each kind")
                }
            }
        }
        i += 1;
    }
    kind
}

/// A variant of a payload whose first variant is of the kind `first`.
#[track_caller]
pub const fn same_kind(first: MessageKind, own: MessageKind) {
    if first as u8 != own as u8 {
        match first {
            MessageKind::Text => panic!(
                "this variant is not made from text, as the first one is: a handler takes messages of one kind, so write \
                 an enum, and a handler, for each kind"
            ),
            MessageKind::Binary => panic!(
                "this variant is not made from binary messages, as the first one is: a handler takes messages of one \
                 kind, so write an enum, and a handler, for each kind"
            ),
            MessageKind::Pong => panic!(
                "this variant is not made from pongs, as the first one is: a handler takes messages of one kind, so \
                 write an enum, and a handler, for each kind"
            ),
        }
    }
}

/// In which form the `#[on_message]` handlers with these parameters take their messages.
#[must_use]
pub const fn forms(handlers: &[&[Takes]]) -> Forms {
    let mut forms = Forms::WHOLE;
    let mut i = 0;
    while i < handlers.len() {
        let takes = handlers[i];
        let mut j = 0;
        while j < takes.len() {
            match takes[j] {
                Takes::Message(MessageKind::Text, form) => forms.text = form,
                Takes::Message(MessageKind::Binary, form) => forms.binary = form,
                _ => {}
            }
            j += 1;
        }
        i += 1;
    }
    forms
}

/// The parameters of `#[on_error]` hold the error.
#[track_caller]
pub const fn has_error(takes: &[Takes]) {
    let mut count = 0;
    let mut i = 0;
    while i < takes.len() {
        if matches!(takes[i], Takes::Error) {
            count += 1;
        }
        i += 1;
    }
    assert!(
        count == 1,
        "`#[on_error]` takes the error exactly once: let it have one parameter `error: &Error`"
    );
}

/// A sentence that is put together at compile time; what does not fit is cut off.
struct Text {
    bytes: [u8; 512],
    len: usize,
}

impl Text {
    const fn new() -> Self {
        Self {
            bytes: [0; 512],
            len: 0,
        }
    }

    const fn push(&mut self, part: &str) {
        let part = part.as_bytes();
        let mut i = 0;
        while i < part.len() && self.len < self.bytes.len() {
            self.bytes[self.len] = part[i];
            self.len += 1;
            i += 1;
        }
    }

    const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "the path has no variable of this name",
        }
    }
}

const fn holds(takes: &[Takes], wanted: MessageKind) -> bool {
    let mut i = 0;
    while i < takes.len() {
        if let Takes::Message(kind, _) = takes[i]
            && kind as u8 == wanted as u8
        {
            return true;
        }
        i += 1;
    }
    false
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut i = 0;
    while i < one.len() {
        if one[i] != other[i] {
            return false;
        }
        i += 1;
    }
    true
}
