//! Decisions about an endpoint, each with its evidence, made before any Rust is written.

mod counter;
mod endpoint;
mod fields;
mod key;
mod names;
mod null;
mod registry;
mod ty;
mod uses;

pub(crate) use counter::is_step_helper;
pub(crate) use endpoint::constant_text;
pub use endpoint::{Handler, HandlerKind, Plan, Side};
pub use fields::{FieldPlan, Role};
pub(crate) use names::{service_name, snake, variable};
pub use registry::{Element, Key, Registry, Verdict};
pub use ty::Ty;
