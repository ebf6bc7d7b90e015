//! The registration of endpoint types, by which a server finds all of the program.
//!
//! `#[server_endpoint("/path")]` emits an `inventory::submit!` with a `Registration`: constants and
//! function pointers only. `inventory` runs a small function for each before `main`, which puts it
//! into a list; so a type in any crate that is linked in is served, and nobody keeps a list by
//! hand. The order of that list means nothing: the server sorts it by path. `server/endpoints.rs`
//! puts all of them into the router when the server starts, and reports everything that cannot be
//! served in one text.
//!
//! Each becomes a `Served`: a `Site` with its code. Endpoints that are given by hand become the
//! same. The router is replaced as a whole when one is added or removed while the server runs, so
//! handshakes take no lock for it.
//!
//! `Code::live` is the life of a connection for this type. `connection` passes it in, which is why
//! this folder need not know `connection`.

use std::pin::Pin;

use tokio_util::task::TaskTracker;

use crate::error::Error;
use crate::handshake::{Accept, Accepted, Reject};
use crate::message::MessageKind;
use crate::request::Handshake;

use super::{Declaration, Declared, Endpoint};
use crate::site::{EndpointId, Requirements};

/// Starts the task of one connection, from `#[on_open]` to after `#[on_close]`.
pub(crate) type Live = fn(&TaskTracker, Accepted);

/// What `#[on_handshake]` will have said.
pub(crate) type Asked<'h> = Pin<Box<dyn Future<Output = Result<Accept, Reject>> + Send + 'h>>;

/// The code of an endpoint type, as function pointers.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    pub(crate) id: fn() -> EndpointId,
    pub(crate) requirements: fn(&mut Requirements),
    pub(crate) max_message_size: fn(MessageKind) -> Option<usize>,
    pub(crate) check: fn(&Handshake) -> Result<(), Error>,
    /// None where there is nothing to ask.
    pub(crate) ask: Option<for<'h> fn(&'h Handshake) -> Asked<'h>>,
    pub(crate) canonical: fn(&str, &str) -> Option<String>,
    pub(crate) live: Live,
}

/// One endpoint of the program: constants and function pointers, so that `inventory` can hold it.
#[derive(Debug)]
pub struct Registration {
    pub(crate) declaration: &'static Declaration,
    pub(crate) code: Code,
}

inventory::collect!(Registration);

impl Code {
    /// The code of `E`, whose connections live by `live`.
    pub(crate) const fn of<E: Endpoint>(live: Live) -> Self {
        Self {
            id: EndpointId::of::<E>,
            requirements: E::requirements,
            max_message_size: E::max_message_size,
            check: E::check,
            ask: if E::HAS_HANDSHAKE {
                Some(ask::<E>)
            } else {
                None
            },
            canonical: E::canonical,
            live,
        }
    }
}

impl Registration {
    /// The registration of `E` at its path.
    pub(crate) const fn new<E: Endpoint + Declared>(code: Code) -> Self {
        Self {
            declaration: &E::DECLARATION,
            code,
        }
    }
}

fn ask<E: Endpoint>(handshake: &Handshake) -> Asked<'_> {
    Box::pin(E::on_handshake(handshake))
}

/// Every endpoint of the program, in the order of their paths: that of the linker means nothing.
pub(crate) fn registrations() -> Vec<&'static Registration> {
    let mut all: Vec<_> = inventory::iter::<Registration>.into_iter().collect();
    all.sort_by_key(|registration| (registration.declaration.path, registration.declaration.name));
    all
}
