//! `try`, `catch`, `finally`.

use super::body::{Body, Local};
use super::value::{Form, Val, Why};
use crate::decide::{Ty, variable};
use crate::model::{Catch, Expr, Stmt, StmtKind};

impl Body<'_, '_> {
    pub(super) fn guarded(
        &mut self,
        body: &[Stmt],
        catches: &[Catch],
        finally: Option<&[Stmt]>,
    ) -> Result<Vec<String>, Why> {
        if finally.is_some_and(|finally| !finally.is_empty()) {
            // What the body throws is caught; all else that leaves would pass by `finally`.
            let throws = catches.is_empty();
            let caught = catches.iter().flat_map(|catch| &catch.body);
            if body.iter().any(|stmt| leaves_try(stmt, throws))
                || caught.into_iter().any(|stmt| leaves_try(stmt, true))
            {
                return Err("`finally` after something that leaves".to_owned());
            }
        }
        let label = self.enter_attempt();
        let lost = self.lost;
        let single = self.single(body);
        let lines = match &single {
            Some(_) => Vec::new(),
            None => self.block(body),
        };
        let fails = self.leave_attempt();
        let last = self.block(finally.unwrap_or_default());
        let mut code = Vec::new();
        if let Some(val) = single {
            let (name, caught) = self.caught(catches)?;
            self.statements += 1;
            code.push(format!(
                "if let Err({name}) = {} {{\n{}\n}}",
                val.code,
                caught.join("\n")
            ));
        } else if fails {
            let (name, caught) = self.caught(catches)?;
            let test = if name == "_" {
                "failed.is_some()".to_owned()
            } else {
                format!("let Some({name}) = failed")
            };
            code.push(format!(
                "let failed: Option<BoxError> = '{label}: {{\n{}\nNone\n}};\nif {test} {{\n{}\n}}",
                lines.join("\n"),
                caught.join("\n")
            ));
        } else {
            let declares = body
                .iter()
                .any(|stmt| matches!(stmt.kind, StmtKind::Local { .. }));
            if declares && !lines.is_empty() {
                code.push(format!("{{\n{}\n}}", lines.join("\n")));
            } else {
                code.extend(lines);
            }
            // Something that is left to do may fail, and Java has an answer to that.
            let answers = catches.iter().any(|catch| !catch.body.iter().all(is_log));
            if self.lost > lost && answers {
                return Err(
                    "what may fail here is not translated, and Java handles its error".to_owned(),
                );
            }
        }
        code.extend(last);
        Ok(code)
    }

    /// Translates a `try` with one statement that may fail.
    pub(super) fn single(&mut self, body: &[Stmt]) -> Option<Val> {
        let [
            Stmt {
                kind: StmtKind::Expr(expr @ Expr::Call { .. }),
                ..
            },
        ] = body
        else {
            return None;
        };
        self.expected = Some(Ty::Unit);
        let val = self.expr(expr);
        self.expected = None;
        let val = val.ok()?;
        (val.form == Form::Fallible && !val.code.contains("break '")).then_some(val)
    }

    /// Translates the catch clauses, which all have to do the same.
    pub(super) fn caught(&mut self, catches: &[Catch]) -> Result<(String, Vec<String>), Why> {
        let Some(catch) = catches.first() else {
            self.fails();
            let rethrown = match self.attempt() {
                Some(label) => format!("break '{label} Some(error.into());"),
                None => "return Err(error.into());".to_owned(),
            };
            return Ok(("error".to_owned(), vec![rethrown]));
        };
        let same = catches.iter().all(|catch| catch.body.iter().all(is_log));
        if catches.len() > 1 && !same {
            return Err("several `catch` clauses that do different things".to_owned());
        }
        self.push_scope();
        // Java lets no other variable around have this name.
        let error = variable(&catch.name);
        let local = Local {
            code: error.clone(),
            ty: Ty::Error,
            form: Form::Owned,
            is_lost: false,
        };
        self.declare(&catch.name, local);
        let lines = self.block(&catch.body);
        self.pop_scope();
        let ends = [
            format!("{error}}}"),
            format!("{error}."),
            format!("({error}"),
        ];
        let uses = lines
            .iter()
            .any(|line| ends.iter().any(|end| line.contains(end)));
        let name = if uses { error.as_str() } else { "_" };
        Ok((name.to_owned(), lines))
    }
}

fn leaves_try(stmt: &Stmt, throws: bool) -> bool {
    let mut found = false;
    stmt.each_stmt(&mut |stmt| {
        found |= match stmt.kind {
            StmtKind::Return(_) | StmtKind::Break | StmtKind::Continue => true,
            StmtKind::Throw(_) => throws,
            _ => false,
        };
    });
    found
}

/// Returns whether the statement only writes to a log, or does nothing.
pub(super) fn is_log(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Expr(Expr::Call {
            on: Some(on), name, ..
        }) => {
            let receiver = match &**on {
                Expr::Name(name) | Expr::Field(_, name) => name.to_lowercase(),
                _ => String::new(),
            };
            name == "printStackTrace"
                || receiver.contains("log")
                || receiver == "out"
                || receiver == "err"
        }
        StmtKind::Continue => true,
        StmtKind::Block(body) => body.iter().all(is_log),
        _ => false,
    }
}
