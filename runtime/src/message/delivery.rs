use super::pipe::Pipe;
use super::{Message, MessageKind};

/// What an endpoint gets at once: a whole message, or the next part of one.
#[derive(Debug)]
pub struct Delivery {
    pub(crate) message: Message,
    pub(crate) rest: Rest,
}

/// What follows of the same message.
#[derive(Debug)]
pub(crate) enum Rest {
    /// Nothing: it is whole, or ends.
    Nothing,
    /// Other parts, each delivered like this one.
    Parts,
    /// What is read from here.
    Stream(Pipe),
}

/// In which form a handler takes its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Each at once.
    Whole,
    /// Part by part: [`Partial`](super::Partial).
    Parts,
    /// As a stream: [`MessageReader`](super::MessageReader).
    Stream,
}

/// In which form the handlers of an endpoint take their messages; a pong is always whole.
#[derive(Clone, Copy, Debug)]
pub struct Forms {
    /// Text messages.
    pub text: Form,
    /// Binary messages.
    pub binary: Form,
}

impl Delivery {
    /// A whole message.
    #[inline]
    pub(crate) fn whole(message: Message) -> Self {
        Self {
            message,
            rest: Rest::Nothing,
        }
    }

    /// The message, or the part of it that is here.
    #[must_use]
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// Which kind of message it is, or is a part of.
    #[must_use]
    #[inline]
    pub fn kind(&self) -> MessageKind {
        self.message.kind()
    }
}

impl Forms {
    /// All messages at once.
    pub const WHOLE: Self = Self {
        text: Form::Whole,
        binary: Form::Whole,
    };
}
