use std::time::Duration;

use crate::site::{DeclaredAt, FastProducer, OnDuplicate, Unhandled};

/// What stands in `#[server_endpoint(…)]`, as data.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) variables: &'static [&'static str],
    pub(crate) declared_at: DeclaredAt,
    pub(crate) key: Option<&'static str>,
    pub(crate) on_duplicate: OnDuplicate,
    pub(crate) heartbeat: Option<&'static str>,
    pub(crate) max_message_size: Option<usize>,
    pub(crate) compression: Option<bool>,
    pub(crate) unhandled: Option<Unhandled>,
    /// The inner `None` is a session that may be idle for ever.
    pub(crate) idle_timeout: Option<Option<Duration>>,
    /// The inner `None` is a session that may live for ever.
    pub(crate) max_age: Option<Option<Duration>>,
    pub(crate) messages_per_second: Option<usize>,
    pub(crate) bytes_per_second: Option<usize>,
    pub(crate) fast_producer: Option<FastProducer>,
    pub(crate) origins: Option<&'static [&'static str]>,
    pub(crate) subprotocols: &'static [&'static str],
}

/// What stands in `#[client_endpoint(…)]`, as data.
#[derive(Clone, Copy, Debug)]
pub struct ClientDeclaration {
    pub(crate) subprotocols: &'static [&'static str],
    pub(crate) max_message_size: Option<usize>,
    pub(crate) compression: Option<bool>,
    pub(crate) unhandled: Option<Unhandled>,
    /// The inner `None` is a session that may be idle for ever.
    pub(crate) idle_timeout: Option<Option<Duration>>,
}

/// A type that a `#[server_endpoint("/path")]` stands on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no path",
    label = "an endpoint without a path",
    note = "write `#[server_endpoint(\"/path\")]` on this `impl` block, or on the `struct` and then `#[server_endpoint]` here"
)]
pub trait Declared {
    /// What was declared.
    const DECLARATION: Declaration;
}

impl Declaration {
    /// A declaration with every argument at its default.
    #[must_use]
    pub const fn new(
        name: &'static str,
        path: &'static str,
        variables: &'static [&'static str],
        (file, line, column): (&'static str, u32, u32),
    ) -> Self {
        Self {
            name,
            path,
            variables,
            declared_at: DeclaredAt { file, line, column },
            key: None,
            on_duplicate: OnDuplicate::Newest,
            heartbeat: None,
            max_message_size: None,
            compression: None,
            unhandled: None,
            idle_timeout: None,
            max_age: None,
            messages_per_second: None,
            bytes_per_second: None,
            fast_producer: None,
            origins: None,
            subprotocols: &[],
        }
    }

    /// `key = "…"`.
    #[must_use]
    pub const fn key(mut self, variable: &'static str) -> Self {
        self.key = Some(variable);
        self
    }

    /// `on_duplicate = "…"`.
    #[must_use]
    pub const fn on_duplicate(mut self, policy: OnDuplicate) -> Self {
        self.on_duplicate = policy;
        self
    }

    /// `heartbeat = "…"`.
    #[must_use]
    pub const fn heartbeat(mut self, text: &'static str) -> Self {
        self.heartbeat = Some(text);
        self
    }

    /// `max_message_size = …`, in bytes.
    #[must_use]
    pub const fn max_message_size(mut self, bytes: usize) -> Self {
        self.max_message_size = Some(bytes);
        self
    }

    /// `compression = …`.
    #[must_use]
    pub const fn compression(mut self, is_on: bool) -> Self {
        self.compression = Some(is_on);
        self
    }

    /// `unhandled = "…"`.
    #[must_use]
    pub const fn unhandled(mut self, policy: Unhandled) -> Self {
        self.unhandled = Some(policy);
        self
    }

    /// `idle_timeout = "…"`; `None` is `"off"`.
    #[must_use]
    pub const fn idle_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.idle_timeout = Some(timeout);
        self
    }

    /// `max_age = "…"`; `None` is `"off"`.
    #[must_use]
    pub const fn max_age(mut self, age: Option<Duration>) -> Self {
        self.max_age = Some(age);
        self
    }

    /// `messages_per_second = …`.
    #[must_use]
    pub const fn messages_per_second(mut self, messages: usize) -> Self {
        self.messages_per_second = Some(messages);
        self
    }

    /// `bytes_per_second = …`.
    #[must_use]
    pub const fn bytes_per_second(mut self, bytes: usize) -> Self {
        self.bytes_per_second = Some(bytes);
        self
    }

    /// `fast_producer = "…"`.
    #[must_use]
    pub const fn fast_producer(mut self, policy: FastProducer) -> Self {
        self.fast_producer = Some(policy);
        self
    }

    /// `origins = …`: one of the two words, or the list.
    #[must_use]
    pub const fn origins(mut self, origins: &'static [&'static str]) -> Self {
        self.origins = Some(origins);
        self
    }

    /// `subprotocols = […]`.
    #[must_use]
    pub const fn subprotocols(mut self, names: &'static [&'static str]) -> Self {
        self.subprotocols = names;
        self
    }
}

impl ClientDeclaration {
    /// A declaration with every argument at its default.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "only generated code makes it")]
    pub const fn new() -> Self {
        Self {
            subprotocols: &[],
            max_message_size: None,
            compression: None,
            unhandled: None,
            idle_timeout: None,
        }
    }

    /// `subprotocols = […]`.
    #[must_use]
    pub const fn subprotocols(mut self, names: &'static [&'static str]) -> Self {
        self.subprotocols = names;
        self
    }

    /// `max_message_size = …`, in bytes.
    #[must_use]
    pub const fn max_message_size(mut self, bytes: usize) -> Self {
        self.max_message_size = Some(bytes);
        self
    }

    /// `compression = …`.
    #[must_use]
    pub const fn compression(mut self, is_on: bool) -> Self {
        self.compression = Some(is_on);
        self
    }

    /// `unhandled = "…"`.
    #[must_use]
    pub const fn unhandled(mut self, policy: Unhandled) -> Self {
        self.unhandled = Some(policy);
        self
    }

    /// `idle_timeout = "…"`; `None` is `"off"`.
    #[must_use]
    pub const fn idle_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.idle_timeout = Some(timeout);
        self
    }
}
