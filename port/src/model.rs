//! The model of Java source: classes, their members, and the bodies of their methods, as plain data.
//!
//! It keeps what the porter decides on and nothing else. Everything that the reader does not know stays as its text
//! ([`Expr::Other`], [`StmtKind::Other`]), so that it can be shown beside a TODO.

mod class;
mod code;
mod walk;

pub use class::{Annotation, Class, ClassKind, Field, File, Method, Param};
pub use code::{Catch, Expr, LambdaBody, Literal, Stmt, StmtKind, SwitchCase, Type};
