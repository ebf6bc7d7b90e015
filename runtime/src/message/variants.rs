use std::error::Error as StdError;
use std::fmt;

use super::{FromMessage, Message, MessageKind};
use crate::box_error::BoxError;

/// No variant of an enum with [`#[derive(FromMessage)]`](macro@crate::FromMessage) can be made from a message.
///
/// It is the [`source`](StdError::source) of the [`Error`](crate::Error) that `#[on_error]` gets, and says of each variant
/// why not. Java: no decoder of the list `willDecode` the message.
#[derive(Debug)]
pub struct NoVariant {
    name: &'static str,
    refusals: Vec<(&'static str, BoxError)>,
}

impl NoVariant {
    /// The variants in the order in which they were tried, and what each said.
    pub fn refusals(&self) -> impl Iterator<Item = (&'static str, &(dyn StdError + 'static))> {
        let refusals = self.refusals.iter();
        refusals.map(|(variant, error)| (*variant, &**error as &(dyn StdError + 'static)))
    }
}

impl fmt::Display for NoVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it is no variant of `{}`", self.name)?;
        for (at, (variant, error)) in self.refusals().enumerate() {
            let before = if at == 0 { ":" } else { ";" };
            write!(f, "{before} `{variant}`: {error}")?;
        }
        Ok(())
    }
}

impl StdError for NoVariant {}

/// How the content of a variant is made from a message.
///
/// Generated code names a variant's type in this one way, so that a type which cannot be a payload gives one error.
#[derive(Debug)]
pub struct Variant<T> {
    kind: MessageKind,
    decode: fn(&mut Message) -> Result<T, BoxError>,
}

/// The variant with a content of type `T`.
#[must_use]
pub const fn variant<T: for<'m> FromMessage<'m>>() -> Variant<T> {
    Variant {
        kind: T::KIND,
        decode: |message| T::from_message(message),
    }
}

impl<T> Variant<T> {
    /// The kind of message that it is made from.
    #[must_use]
    pub const fn kind(&self) -> MessageKind {
        self.kind
    }
}

/// Tries one variant after the other.
#[derive(Debug)]
pub struct Variants {
    left: usize,
    tried: NoVariant,
}

impl Variants {
    /// Those of the enum `name`, each with the kind of message that it is made from.
    #[must_use]
    pub fn new(name: &'static str, variants: &[(&'static str, MessageKind)]) -> Self {
        Self {
            left: variants.len(),
            tried: NoVariant {
                name,
                refusals: Vec::new(),
            },
        }
    }

    /// What the variant `name` holds, if it can be made from the message. All but the last one get a copy, because
    /// a type may take the content before it finds out that it is not for it.
    pub fn decode<T>(
        &mut self,
        name: &'static str,
        variant: &Variant<T>,
        message: &mut Message,
    ) -> Option<T> {
        self.left = self.left.saturating_sub(1);
        let decoded = if self.left > 0 {
            (variant.decode)(&mut message.clone())
        } else {
            (variant.decode)(message)
        };
        decoded
            .map_err(|error| self.tried.refusals.push((name, error)))
            .ok()
    }

    /// None of them could be made.
    #[must_use]
    pub fn none(self) -> BoxError {
        self.tried.into()
    }
}
