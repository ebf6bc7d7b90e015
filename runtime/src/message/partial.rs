use bytes::Bytes;

/// A part of a message, as the payload of an `#[on_message]` handler that takes messages part by part, as they come.
/// Java: the parameters `(String, boolean)`, `(byte[], boolean)` and `(ByteBuffer, boolean)` of `@OnMessage`,
/// `MessageHandler.Partial`.
///
/// `Partial<&str>` and `Partial<String>` are parts of text messages, each of whole characters; `Partial<&[u8]>`,
/// [`Partial<Bytes>`](Bytes) and `Partial<Vec<u8>>` are parts of binary ones. Decoded objects and pongs have no
/// parts.
///
/// ```
/// use wspring::prelude::*;
///
/// /// Answers each upload with its size.
/// #[derive(Default)]
/// struct Upload {
///     bytes: usize,
/// }
///
/// #[server_endpoint("/upload")]
/// impl Upload {
///     #[on_message]
///     fn part(&mut self, part: Partial<&[u8]>) -> Option<String> {
///         self.bytes += part.data.len();
///         part.is_last.then(|| format!("{} bytes", std::mem::take(&mut self.bytes)))
///     }
/// }
/// ```
///
/// The parts of a message come in order, and no other message comes between them, but for pongs. Where they are cut
/// means nothing: a part may hold less or more than a fragment. It is as much as was received at once, up to about
/// 68 KiB. Only the last part can be empty.
///
/// The message is not assembled, so `max_message_size` does not apply: a message may have any size. What a
/// peer can make the server hold is bounded as for whole messages, because nothing is read while parts wait for the
/// handler. `message_timeout` is the time from one part to the next, and `max_fragments` is how many
/// fragments there may be from one to the next: empty ones are no parts.
///
/// When the connection ends in the middle of a message, no last part comes; `#[on_close]` says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Partial<T> {
    /// The content.
    pub data: T,
    /// Whether the message ends with this part.
    pub is_last: bool,
}

/// What the content of a [`Partial`] can be: the runtime has to know where it may cut.
pub trait Part {}

macro_rules! parts {
    ($($content:ty)*) => {$(
        impl Part for $content {}
    )*};
}

parts!(&str String &[u8] Bytes Vec<u8>);
