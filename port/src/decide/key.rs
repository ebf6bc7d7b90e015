//! The keys of maps.

use super::plan::Key;
use crate::model::{Expr, Method, Stmt, StmtKind};

/// Returns the kind of key that an expression in `onOpen` is.
pub(super) fn key_of(expr: &Expr, method: &Method, depth: usize) -> Key {
    let Some(depth) = depth.checked_sub(1) else {
        return Key::None;
    };
    let body = method.body.as_deref().unwrap_or_default();
    match expr {
        Expr::Name(name) => {
            if let Some(param) = method.params.iter().find(|param| param.name == *name) {
                return param.path_param().map_or(Key::None, Key::Variable);
            }
            match assigned(body, name) {
                Some(value) => key_of(value, method, depth),
                None => Key::None,
            }
        }
        Expr::Field(on, name) if **on == Expr::This => match assigned(body, name) {
            Some(value) => key_of(value, method, depth),
            None => Key::None,
        },
        Expr::Call {
            on: Some(on),
            name,
            args,
        } => match name.as_str() {
            "getId" if is_self(on, method) => Key::SessionId,
            "toString" if args.is_empty() => key_of(on, method, depth),
            "valueOf" => args
                .first()
                .map_or(Key::None, |arg| key_of(arg, method, depth)),
            _ => Key::None,
        },
        _ => Key::None,
    }
}

/// Returns the value that a variable or field gets, if it gets one once.
fn assigned<'a>(body: &'a [Stmt], name: &str) -> Option<&'a Expr> {
    let mut values = Vec::new();
    for stmt in body {
        stmt.each_stmt(&mut |stmt| match &stmt.kind {
            StmtKind::Local {
                name: local,
                value: Some(value),
                ..
            } if local == name => values.push(value),
            StmtKind::Expr(Expr::Assign { target, value, .. })
                if super::null::is_variable(target, name, true) =>
            {
                values.push(value);
            }
            _ => {}
        });
    }
    match values.as_slice() {
        [value] if value.as_name() != Some(name) || is_field_of_same_name(body, name) => {
            Some(value)
        }
        _ => None,
    }
}

/// `this.uid = uid`
fn is_field_of_same_name(body: &[Stmt], name: &str) -> bool {
    super::null::any(
        body,
        |expr| matches!(expr, Expr::Assign { target, .. } if matches!(&**target, Expr::Field(on, field) if **on == Expr::This && field == name)),
    )
}

/// Returns whether the expression is the endpoint or its session.
pub(super) fn is_self(expr: &Expr, method: &Method) -> bool {
    match expr {
        Expr::This => true,
        Expr::Field(on, name) => **on == Expr::This && name == "session",
        Expr::Name(name) => {
            name == "session"
                || method
                    .params
                    .iter()
                    .any(|param| param.name == *name && param.ty.is("Session"))
        }
        _ => false,
    }
}
