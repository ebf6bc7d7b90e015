//! Which variables may be `null`.

use std::collections::BTreeSet;

use crate::model::{Class, Expr, Method, Stmt};

/// Returns the parameters of own methods that may be `null`: they are compared with it, or it is passed.
pub(super) fn params(class: &Class) -> BTreeSet<(usize, String)> {
    let mut found = BTreeSet::new();
    for (index, method) in class.methods.iter().enumerate() {
        let is_handler = ["OnOpen", "OnMessage", "OnClose", "OnError"]
            .iter()
            .any(|name| method.annotation(name).is_some());
        if is_handler {
            continue;
        }
        for (position, param) in method.params.iter().enumerate() {
            let compared = compared(
                method.body.as_deref().unwrap_or_default(),
                &param.name,
                false,
            );
            if compared || passed_null(class, method, position) {
                found.insert((index, param.name.clone()));
            }
        }
    }
    found
}

/// Returns whether the field is compared with `null`, or set to it.
pub(super) fn field(class: &Class, name: &str) -> bool {
    class.methods.iter().any(|method| {
        let body = method.body.as_deref().unwrap_or_default();
        let is_hidden = method.params.iter().any(|param| param.name == name);
        if is_hidden {
            any(body, |expr| own_null(expr, name))
        } else {
            compared(body, name, true) || assigned_null(body, name)
        }
    })
}

/// `this.name == null`, `this.name = null`
fn own_null(expr: &Expr, name: &str) -> bool {
    let is_own =
        |expr: &Expr| matches!(expr, Expr::Field(on, field) if **on == Expr::This && field == name);
    match expr {
        Expr::Binary(left, _, right) => is_own(left) && right.is_null(),
        Expr::Assign { target, value, .. } => is_own(target) && value.is_null(),
        _ => false,
    }
}

/// Returns whether `name == null` or `name != null` stands in `body`.
fn compared(body: &[Stmt], name: &str, is_field: bool) -> bool {
    any(body, |expr| match expr {
        Expr::Binary(left, op, right) if op == "==" || op == "!=" => {
            let matches = |expr: &Expr| is_variable(expr, name, is_field);
            (matches(left) && right.is_null()) || (matches(right) && left.is_null())
        }
        _ => false,
    })
}

fn assigned_null(body: &[Stmt], name: &str) -> bool {
    any(body, |expr| match expr {
        Expr::Assign { target, value, .. } => is_variable(target, name, true) && value.is_null(),
        _ => false,
    })
}

fn passed_null(class: &Class, method: &Method, position: usize) -> bool {
    let bodies = class
        .methods
        .iter()
        .filter_map(|method| method.body.as_deref());
    bodies.into_iter().any(|body| {
        any(body, |expr| match expr {
            Expr::Call { name, args, .. } => {
                *name == method.name
                    && args.len() == method.params.len()
                    && args.get(position).is_some_and(Expr::is_null)
            }
            _ => false,
        })
    })
}

pub(super) fn is_variable(expr: &Expr, name: &str, is_field: bool) -> bool {
    match expr {
        Expr::Name(found) => found == name,
        Expr::Field(on, found) => is_field && **on == Expr::This && found == name,
        _ => false,
    }
}

/// Returns whether `test` holds for any expression in `body`.
pub(super) fn any(body: &[Stmt], mut test: impl FnMut(&Expr) -> bool) -> bool {
    let mut found = false;
    for stmt in body {
        stmt.each_expr(&mut |expr| found |= test(expr));
    }
    found
}
