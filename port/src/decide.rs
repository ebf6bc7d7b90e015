//! Decisions about an endpoint, each with its evidence, made before any Rust is written.

mod constant;
mod counter;
mod endpoint;
mod fields;
mod key;
mod names;
mod null;
mod plan;
mod registry;
mod ty;
mod uses;

pub(crate) use constant::constant_text;
pub(crate) use counter::is_step_helper;
pub(crate) use names::{service_name, snake, variable};
pub use plan::{
    Element, FieldPlan, Handler, HandlerKind, Key, Plan, Registry, Role, Side, Verdict,
};
pub use ty::Ty;
