//! Every use of a static field, with the conditions that guard it.

use crate::model::{Class, Expr, LambdaBody, Stmt, StmtKind};

/// One use of a field.
pub(super) struct Use<'a> {
    /// The index of the method that it stands in.
    pub(super) method: usize,
    pub(super) line: usize,
    pub(super) op: Op<'a>,
    /// The conditions around it.
    pub(super) guards: Vec<&'a Expr>,
    /// Whether it may run many times, or later: it is in a loop or in a lambda.
    pub(super) is_repeated: bool,
    /// Whether the method may have returned before, with its session left open.
    pub(super) follows_return: bool,
}

/// The kinds of use.
pub(super) enum Op<'a> {
    /// A method of the field's value is called.
    Call(&'a str, &'a [Expr]),
    /// `x++`, `x += 1` (true), or `x--`, `x -= 1`.
    Step(bool),
    /// It is set to another value.
    Set,
    /// `for (… : field)`
    Loop,
    /// Its value is taken: read, returned, or passed on.
    Value,
}

/// Returns the uses of the static field `field` in the class.
pub(super) fn of<'a>(class: &'a Class, field: &'a str) -> Vec<Use<'a>> {
    let mut found = Vec::new();
    for (method, declared) in class.methods.iter().enumerate() {
        let mut finder = Finder {
            class: &class.name,
            field,
            method,
            line: declared.line,
            guards: Vec::new(),
            repeats: 0,
            follows_return: false,
            found: &mut found,
        };
        finder.stmts(declared.body.as_deref().unwrap_or_default());
    }
    found
}

/// Returns whether the expression is the static field.
pub(super) fn is_static(expr: &Expr, class: &str, field: &str) -> bool {
    match expr {
        Expr::Name(name) => name == field,
        Expr::Field(on, name) => {
            name == field && (**on == Expr::This || on.as_name() == Some(class))
        }
        _ => false,
    }
}

struct Finder<'a, 'f> {
    class: &'a str,
    field: &'a str,
    method: usize,
    line: usize,
    guards: Vec<&'a Expr>,
    repeats: usize,
    follows_return: bool,
    found: &'f mut Vec<Use<'a>>,
}

impl<'a> Finder<'a, '_> {
    fn stmts(&mut self, stmts: &'a [Stmt]) {
        for stmt in stmts {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        self.line = stmt.line;
        match &stmt.kind {
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.expr(condition);
                self.guards.push(condition);
                self.stmts(then);
                self.stmts(otherwise.as_deref().unwrap_or_default());
                self.guards.pop();
                for branch in [Some(then), otherwise.as_ref()].into_iter().flatten() {
                    self.follows_return |= leaves(branch) && !closes(branch);
                }
            }
            StmtKind::ForEach { values, body, .. } => {
                if self.is_field(values) {
                    self.record(Op::Loop);
                } else {
                    self.expr(values);
                }
                self.repeats += 1;
                self.stmts(body);
                self.repeats -= 1;
            }
            StmtKind::While { body, .. } | StmtKind::For { body, .. } => {
                stmt.own_exprs()
                    .into_iter()
                    .for_each(|expr| self.expr(expr));
                self.repeats += 1;
                self.stmts(body);
                self.repeats -= 1;
            }
            StmtKind::Switch { value, cases } => {
                self.expr(value);
                self.guards.push(value);
                cases.iter().for_each(|case| self.stmts(&case.body));
                self.guards.pop();
            }
            StmtKind::Try {
                body,
                catches,
                finally,
            } => {
                self.stmts(body);
                self.repeats += 1;
                catches.iter().for_each(|catch| self.stmts(&catch.body));
                self.repeats -= 1;
                self.stmts(finally.as_deref().unwrap_or_default());
            }
            StmtKind::Synchronized { body, .. } | StmtKind::Block(body) => self.stmts(body),
            StmtKind::Other => {
                if stmt.text.contains(self.field) {
                    self.record(Op::Value);
                }
            }
            _ => stmt
                .own_exprs()
                .into_iter()
                .for_each(|expr| self.expr(expr)),
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match expr {
            _ if self.is_field(expr) => self.record(Op::Value),
            Expr::Call {
                on: Some(on),
                name,
                args,
            } if self.is_field(on) => {
                self.record(Op::Call(name, args));
                args.iter().for_each(|arg| self.expr(arg));
            }
            Expr::Update { op, target, .. } if self.is_field(target) => {
                self.record(Op::Step(op == "++"));
            }
            Expr::Assign { target, op, value } if self.is_field(target) => {
                let is_one = matches!(**value, Expr::Literal(crate::model::Literal::Int(1)));
                self.record(match op.as_str() {
                    "+=" if is_one => Op::Step(true),
                    "-=" if is_one => Op::Step(false),
                    _ => Op::Set,
                });
                self.expr(value);
            }
            Expr::Lambda(_, LambdaBody::Block(body)) => {
                self.repeats += 1;
                self.stmts(body);
                self.repeats -= 1;
            }
            Expr::Lambda(_, LambdaBody::Expr(body)) => {
                self.repeats += 1;
                self.expr(body);
                self.repeats -= 1;
            }
            Expr::Other(text) => {
                if text.contains(self.field) {
                    self.record(Op::Value);
                }
            }
            _ => expr.children().into_iter().for_each(|expr| self.expr(expr)),
        }
    }

    fn is_field(&self, expr: &Expr) -> bool {
        is_static(expr, self.class, self.field)
    }

    fn record(&mut self, op: Op<'a>) {
        self.found.push(Use {
            method: self.method,
            line: self.line,
            op,
            guards: self.guards.clone(),
            is_repeated: self.repeats > 0,
            follows_return: self.follows_return,
        });
    }
}

/// Returns whether the statements may return or throw.
fn leaves(stmts: &[Stmt]) -> bool {
    let mut found = false;
    for stmt in stmts {
        stmt.each_stmt(&mut |stmt| {
            found |= matches!(
                stmt.kind,
                StmtKind::Return(_) | StmtKind::Throw(_) | StmtKind::Other
            );
        });
    }
    found
}

/// Returns whether the statements close a session, directly.
fn closes(stmts: &[Stmt]) -> bool {
    super::null::any(
        stmts,
        |expr| matches!(expr, Expr::Call { on: Some(_), name, .. } if name == "close"),
    )
}
