//! Statements, one after the other; those that cannot be translated become TODOs.

use super::body::{Body, Local};
use super::todo;
use super::value::{Form, Val, Why};
use crate::decide::{HandlerKind, Ty, variable};
use crate::model::{Expr, Literal, Stmt, StmtKind};

/// Translates the body of a method.
pub(super) fn function(body: &mut Body<'_, '_>) -> Vec<String> {
    let method = body.method;
    let makes_self = body.opening.is_some();
    let mut lines: Vec<String> = Vec::new();
    for stmt in method.body.as_deref().unwrap_or_default() {
        let known = body.opening.clone();
        body.uses_self = body.uses_self && known.is_none();
        // A TODO directly before takes what follows, if that is one too.
        let mut more: Vec<String> = lines
            .pop_if(|line| todo::is_marker(line))
            .into_iter()
            .collect();
        body.statement(stmt, &mut more, true);
        if known.is_some() && body.uses_self {
            // The statement needs the value, which is made before it.
            body.opening = known;
            let made = body.made();
            body.opening = None;
            let mutable = if body.w.traits(body.index).writes_self {
                "mut "
            } else {
                ""
            };
            lines.push(format!("let {mutable}this = {made};"));
        }
        lines.extend(more);
    }
    end(body, makes_self, &mut lines);
    lines
}

/// Writes the result at the end.
fn end(body: &mut Body<'_, '_>, makes_self: bool, lines: &mut Vec<String>) {
    let is_fallible = body.is_fallible();
    if makes_self {
        while lines.last().is_some_and(|line| line.starts_with("return ")) {
            lines.pop();
        }
        let made = body.this();
        lines.push(if is_fallible {
            format!("Ok({made})")
        } else {
            made
        });
        return;
    }
    if let Some(last) = lines.last_mut()
        && let Some(value) = last
            .strip_prefix("return")
            .and_then(|rest| rest.strip_suffix(';'))
        && !value.contains('\n')
    {
        *last = value.trim().to_owned();
        if last.is_empty() {
            lines.pop();
        }
        if body.result != Ty::Unit || is_fallible {
            return;
        }
    }
    if body.cut.is_some() && body.result != Ty::Unit {
        lines.push("todo!(\"the rest of this method is not translated\")".to_owned());
    } else if body.result != Ty::Unit {
        lines.push("unreachable!(\"every path returns before\")".to_owned());
    } else if is_fallible {
        lines.push("Ok(())".to_owned());
    }
}

/// What is restored when a statement turns out not to be translatable.
struct Mark {
    scopes: usize,
    attempts: usize,
    statements: usize,
    lost: usize,
}

impl Body<'_, '_> {
    /// Translates statements in a scope of their own.
    pub(super) fn block(&mut self, stmts: &[Stmt]) -> Vec<String> {
        self.push_scope();
        let mut lines = Vec::new();
        for stmt in stmts {
            self.statement(stmt, &mut lines, false);
        }
        self.pop_scope();
        lines
    }

    /// Translates one statement, or leaves it as a TODO.
    fn statement(&mut self, stmt: &Stmt, lines: &mut Vec<String>, is_top: bool) {
        let mark = Mark {
            scopes: self.scope_count(),
            attempts: self.attempt_count(),
            statements: self.statements,
            lost: self.lost,
        };
        let was_cut = self.cut.is_some();
        let translated = match self.cut.clone() {
            Some(reason) => Err(reason),
            None => self.visit().and_then(|()| self.translated(stmt, is_top)),
        };
        let translated = translated.and_then(|lines| {
            let is_loop = matches!(
                stmt.kind,
                StmtKind::While { .. } | StmtKind::For { .. } | StmtKind::ForEach { .. }
            );
            match self.cut.clone() {
                // What leaves a loop decides how often all of it runs.
                Some(reason) if is_loop && !was_cut => {
                    self.cut = None;
                    Err(reason)
                }
                _ => checked(lines),
            }
        });
        match translated {
            Ok(more) => {
                self.statements += 1;
                lines.extend(more);
            }
            Err(reason) => {
                self.reset(mark.scopes, mark.attempts);
                let mut count = 0;
                stmt.each_stmt(&mut |_| count += 1);
                self.statements = mark.statements + count;
                self.lost = mark.lost + count;
                self.todo(stmt, reason, lines);
            }
        }
    }

    fn todo(&mut self, stmt: &Stmt, reason: Why, lines: &mut Vec<String>) {
        self.lose(stmt);
        if let StmtKind::Local { name, .. } = &stmt.kind {
            let local = Local {
                code: variable(name),
                ty: Ty::Unit,
                form: Form::Owned,
                is_lost: true,
            };
            self.declare(name, local);
        }
        if self.cut.is_none() && leaves(stmt) {
            let opens = self.handler == Some(HandlerKind::Open);
            let consequence = if opens {
                "; until this is written, every connection stays open and gets messages"
            } else {
                ""
            };
            self.cut = Some(format!("{reason}, and it may end the method{consequence}"));
        }
        let reason = self.cut.clone().unwrap_or(reason);
        let marker = lines.last().filter(|line| todo::is_marker(line)).cloned();
        if !self.w.comments.extend(marker.as_ref(), &reason, &stmt.text) {
            lines.push(self.w.comments.todo(stmt.line, reason, &stmt.text));
        }
    }

    fn translated(&mut self, stmt: &Stmt, is_top: bool) -> Result<Vec<String>, Why> {
        match &stmt.kind {
            StmtKind::Local { ty, name, value } => self.variable(ty, name, value.as_ref()),
            StmtKind::Expr(expr) => self.effect(expr, is_top),
            StmtKind::Block(body) => {
                let lines = self.block(body);
                Ok(vec![format!("{{\n{}\n}}", lines.join("\n"))])
            }
            StmtKind::Synchronized { body, .. } => {
                let lines = self.block(body);
                let declares = body
                    .iter()
                    .any(|stmt| matches!(stmt.kind, StmtKind::Local { .. }));
                Ok(if declares {
                    vec![format!("{{\n{}\n}}", lines.join("\n"))]
                } else {
                    lines
                })
            }
            StmtKind::Return(value) => self.returned(value.as_ref()),
            StmtKind::Throw(value) => self.thrown(value),
            StmtKind::Break => Ok(vec!["break;".to_owned()]),
            StmtKind::Continue => Ok(vec!["continue;".to_owned()]),
            StmtKind::Other => Err("a statement that the porter does not know".to_owned()),
            _ => self.flow(stmt),
        }
    }

    /// Translates an expression for its effect.
    pub(super) fn effect(&mut self, expr: &Expr, is_top: bool) -> Result<Vec<String>, Why> {
        match expr {
            Expr::Assign { target, op, value } => self.assignment(target, op, value, is_top),
            Expr::Update { op, target, .. } => {
                let one = Expr::Literal(Literal::Int(1));
                self.assignment(
                    target,
                    &format!("{}=", op.get(..1).unwrap_or("+")),
                    &one,
                    false,
                )
            }
            Expr::Call { .. } | Expr::New { .. } => {
                self.expected = Some(Ty::Unit);
                let val = self.expr(expr);
                self.expected = None;
                self.effect_of(&val?)
            }
            _ => Err("an expression that does nothing the porter knows".to_owned()),
        }
    }

    /// Writes a value as a statement.
    pub(super) fn effect_of(&mut self, val: &Val) -> Result<Vec<String>, Why> {
        if val.code.is_empty() {
            return Ok(Vec::new());
        }
        if val.form != Form::Fallible {
            let end = if val.code.ends_with('}') { "" } else { ";" };
            return Ok(vec![format!("{}{end}", val.code)]);
        }
        Ok(match self.attempt() {
            Some(label) => vec![format!(
                "if let Err(error) = {} {{ break '{label} Some(error.into()); }}",
                val.code
            )],
            None => {
                self.fails();
                vec![format!("{}?;", val.code)]
            }
        })
    }

    /// Returns the endpoint's value in `onOpen`.
    pub(super) fn this(&mut self) -> String {
        if self.opening.is_some() {
            self.made()
        } else {
            "this".to_owned()
        }
    }
}

/// Returns whether the statement may leave what is around it.
fn leaves(stmt: &Stmt) -> bool {
    let mut found = false;
    let is_loop = matches!(
        stmt.kind,
        StmtKind::While { .. } | StmtKind::For { .. } | StmtKind::ForEach { .. }
    );
    stmt.each_stmt(&mut |stmt| {
        found |= matches!(stmt.kind, StmtKind::Return(_) | StmtKind::Throw(_));
        found |= !is_loop && matches!(stmt.kind, StmtKind::Break | StmtKind::Continue);
        if matches!(stmt.kind, StmtKind::Other) {
            let words = ["return", "throw", "break", "continue", "yield"];
            found |= words.iter().any(|word| stmt.text.contains(word));
        }
    });
    found
}

/// Returns the lines, if they are Rust.
fn checked(lines: Vec<String>) -> Result<Vec<String>, Why> {
    let text = format!("{{\n{}\n}}", lines.join("\n"));
    match syn::parse_str::<syn::Block>(&text) {
        Ok(_) => Ok(lines),
        Err(error) => Err(format!("the porter's own Rust for it is wrong ({error})")),
    }
}
