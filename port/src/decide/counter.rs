//! Static counters: those that count the open sessions, and others.

use super::plan::{HandlerKind, Plan};
use super::registry::is_duplicate_guard;
use super::uses::{self, Op, Use};
use crate::model::{Class, Expr, Stmt, StmtKind};

/// Returns whether the counter goes up with each session that opens, down with each that ends, and is else only read.
pub(super) fn counts_sessions(class: &Class, plan: &Plan, field: &str) -> bool {
    let (mut ups, mut downs) = (0, 0);
    for it in uses::of(class, field) {
        let Some(is_up) = step(&it.op) else {
            if matches!(it.op, Op::Set) || is_write(&it.op) {
                return false;
            }
            continue;
        };
        let expected = if is_up {
            HandlerKind::Open
        } else {
            HandlerKind::Close
        };
        let is_right = match plan.handler(it.method) {
            Some(handler) => handler == expected && is_plain(&it, class, plan),
            None => {
                is_step_helper(class, it.method) && called_right(class, plan, it.method, expected)
            }
        };
        if !is_right {
            return false;
        }
        *(if is_up { &mut ups } else { &mut downs }) += 1;
    }
    ups == 1 && downs == 1
}

/// Returns whether the operation adds one (true) or takes one away.
fn step(op: &Op<'_>) -> Option<bool> {
    match op {
        Op::Step(is_up) => Some(*is_up),
        Op::Call("incrementAndGet" | "getAndIncrement" | "increment", _) => Some(true),
        Op::Call("decrementAndGet" | "getAndDecrement" | "decrement", _) => Some(false),
        _ => None,
    }
}

fn is_write(op: &Op<'_>) -> bool {
    matches!(op, Op::Call(name, _) if !matches!(*name, "get" | "intValue" | "longValue" | "sum" | "toString"))
}

fn is_plain(it: &Use<'_>, class: &Class, plan: &Plan) -> bool {
    let is_guarded = it
        .guards
        .iter()
        .any(|guard| !is_duplicate_guard(guard, class, plan));
    !is_guarded && !it.is_repeated && !it.follows_return
}

/// Returns whether the method does nothing but count.
pub(crate) fn is_step_helper(class: &Class, method: usize) -> bool {
    let body = class
        .methods
        .get(method)
        .and_then(|method| method.body.as_deref());
    let Some([stmt]) = body else { return false };
    match &stmt.kind {
        StmtKind::Synchronized { body, .. } => matches!(body.as_slice(), [stmt] if is_effect(stmt)),
        _ => is_effect(stmt),
    }
}

fn is_effect(stmt: &Stmt) -> bool {
    matches!(
        &stmt.kind,
        StmtKind::Expr(Expr::Update { .. } | Expr::Assign { .. } | Expr::Call { .. })
    )
}

/// Returns whether the helper is called once, unconditionally, from the handler and from nowhere else.
fn called_right(class: &Class, plan: &Plan, helper: usize, expected: HandlerKind) -> bool {
    let Some(name) = class.methods.get(helper).map(|method| method.name.as_str()) else {
        return false;
    };
    let mut calls = 0;
    for (index, method) in class.methods.iter().enumerate() {
        let body = method.body.as_deref().unwrap_or_default();
        let inside = count(body, name, class, plan, true);
        let anywhere = count_anywhere(body, name);
        if anywhere > 0 && (plan.handler(index) != Some(expected) || inside != anywhere) {
            return false;
        }
        calls += anywhere;
    }
    calls == 1
}

/// Counts the calls that run whenever the handler does.
fn count(body: &[Stmt], name: &str, class: &Class, plan: &Plan, is_top: bool) -> usize {
    let mut calls = 0;
    for stmt in body {
        match &stmt.kind {
            StmtKind::Expr(Expr::Call { name: called, .. }) if called == name => calls += 1,
            StmtKind::If { condition, .. }
                if is_duplicate_guard(condition, class, plan) && is_top =>
            {
                for child in stmt.children() {
                    calls += count(std::slice::from_ref(child), name, class, plan, true);
                }
            }
            StmtKind::Try { body, .. }
            | StmtKind::Block(body)
            | StmtKind::Synchronized { body, .. } => {
                calls += count(body, name, class, plan, is_top);
            }
            _ => {}
        }
    }
    calls
}

fn count_anywhere(body: &[Stmt], name: &str) -> usize {
    let mut calls = 0;
    for stmt in body {
        stmt.each_expr(&mut |expr| {
            calls += usize::from(matches!(expr, Expr::Call { name: called, .. } if called == name));
        });
    }
    calls
}
