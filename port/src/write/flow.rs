//! Branches, loops, and `try`.

use super::body::{Body, Local};
use super::value::{Form, Val, Why};
use crate::decide::{Ty, variable};
use crate::model::{Expr, LambdaBody, Literal, Stmt, StmtKind, SwitchCase};

impl Body<'_, '_> {
    pub(super) fn flow(&mut self, stmt: &Stmt) -> Result<Vec<String>, Why> {
        match &stmt.kind {
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => self.branch(condition, then, otherwise.as_deref()),
            StmtKind::While { condition, body } => {
                let condition = self.condition(condition)?;
                let lines = self.block(body).join("\n");
                Ok(vec![match condition.as_str() {
                    "true" => format!("loop {{\n{lines}\n}}"),
                    condition => format!("while {condition} {{\n{lines}\n}}"),
                }])
            }
            StmtKind::For {
                init,
                condition,
                update,
                body,
            } => self.counted(init, condition.as_ref(), update, body),
            StmtKind::ForEach {
                name, values, body, ..
            } => self.each(name, values, body),
            StmtKind::Try {
                body,
                catches,
                finally,
            } => self.guarded(body, catches, finally.as_deref()),
            StmtKind::Switch { value, cases } => self.switch(value, cases),
            _ => Err("a statement that the porter does not know".to_owned()),
        }
    }

    /// Translates an expression of type `boolean`.
    pub(super) fn condition(&mut self, expr: &Expr) -> Result<String, Why> {
        let val = self.expr_as(expr, Some(Ty::Bool))?;
        self.coerce(val, &Ty::Bool)
    }

    fn branch(
        &mut self,
        condition: &Expr,
        then: &[Stmt],
        otherwise: Option<&[Stmt]>,
    ) -> Result<Vec<String>, Why> {
        let condition = self.condition(condition)?;
        match (condition.as_str(), otherwise) {
            ("true", _) => return Ok(self.inlined(then)),
            ("false", Some(otherwise)) => return Ok(self.inlined(otherwise)),
            ("false", None) => return Ok(Vec::new()),
            _ => {}
        }
        let yes = self.block(then);
        let no = self.block(otherwise.unwrap_or_default());
        if yes.is_empty() && no.is_empty() {
            return Ok(Vec::new());
        }
        if yes.is_empty() {
            let negated = Val::owned(condition, Ty::Bool).atom();
            return Ok(vec![format!("if !{negated} {{\n{}\n}}", no.join("\n"))]);
        }
        let mut code = format!("if {condition} {{\n{}\n}}", yes.join("\n"));
        match no.as_slice() {
            [] => {}
            [line]
                if line.starts_with("if ") && otherwise.is_some_and(|stmts| stmts.len() == 1) =>
            {
                code.push_str(&format!(" else {line}"));
            }
            lines => code.push_str(&format!(" else {{\n{}\n}}", lines.join("\n"))),
        }
        Ok(vec![code])
    }

    /// Translates statements that always run.
    fn inlined(&mut self, stmts: &[Stmt]) -> Vec<String> {
        let declares = stmts
            .iter()
            .any(|stmt| matches!(stmt.kind, StmtKind::Local { .. }));
        let lines = self.block(stmts);
        if declares && !lines.is_empty() {
            vec![format!("{{\n{}\n}}", lines.join("\n"))]
        } else {
            lines
        }
    }

    /// `for (int i = a; i < b; i++)`
    fn counted(
        &mut self,
        init: &[Stmt],
        condition: Option<&Expr>,
        update: &[Expr],
        body: &[Stmt],
    ) -> Result<Vec<String>, Why> {
        let other = || "a `for` loop that does not count up by one".to_owned();
        let [
            Stmt {
                kind:
                    StmtKind::Local {
                        name,
                        value: Some(start),
                        ty,
                    },
                ..
            },
        ] = init
        else {
            return Err(other());
        };
        let Some(Expr::Binary(left, op, end)) = condition else {
            return Err(other());
        };
        let [
            Expr::Update {
                op: step, target, ..
            },
        ] = update
        else {
            return Err(other());
        };
        let is_plain =
            left.as_name() == Some(name) && target.as_name() == Some(name) && step == "++";
        let mut changes = false;
        for stmt in body {
            stmt.each_expr(&mut |expr| {
                changes |= matches!(expr, Expr::Assign { target, .. } | Expr::Update { target, .. } if target.as_name() == Some(name));
            });
        }
        let ty = Ty::of(ty).filter(Ty::is_number).ok_or_else(other)?;
        let dots = match op.as_str() {
            "<" => "..",
            "<=" => "..=",
            _ => return Err(other()),
        };
        if !is_plain || changes {
            return Err(other());
        }
        let start = self.settled_expr(start)?;
        let start = self.coerce(start, &ty)?;
        let end = self.settled_expr(end)?;
        let end = self.coerce(end, &ty)?;
        self.push_scope();
        let rust = variable(name);
        self.declare(
            name,
            Local {
                code: rust.clone(),
                ty,
                form: Form::Owned,
                is_lost: false,
            },
        );
        let lines = self.block(body);
        self.pop_scope();
        let uses = lines.iter().any(|line| line.contains(&rust));
        let rust = if uses { rust } else { format!("_{rust}") };
        Ok(vec![format!(
            "for {rust} in {start}{dots}{end} {{\n{}\n}}",
            lines.join("\n")
        )])
    }

    fn each(&mut self, name: &str, values: &Expr, body: &[Stmt]) -> Result<Vec<String>, Why> {
        if let Some(lines) = self.registry_loop(name, values, body)? {
            return Ok(lines);
        }
        let values = self.settled_expr(values)?;
        let values = self.not_null(values);
        let Ty::List(item) = values.ty.clone() else {
            return Err("a loop over values that the porter does not know".to_owned());
        };
        let code = values.into_owned();
        let lines = self.loop_body(name, *item, Form::Place, body);
        Ok(vec![format!(
            "for {} in {code} {{\n{}\n}}",
            variable(name),
            lines.join("\n")
        )])
    }

    /// Translates the body of a loop with its variable.
    pub(super) fn loop_body(
        &mut self,
        name: &str,
        ty: Ty,
        form: Form,
        body: &[Stmt],
    ) -> Vec<String> {
        self.push_scope();
        let local = Local {
            code: variable(name),
            ty,
            form,
            is_lost: false,
        };
        self.declare(name, local);
        let lines = self.block(body);
        self.pop_scope();
        lines
    }

    fn switch(&mut self, value: &Expr, cases: &[SwitchCase]) -> Result<Vec<String>, Why> {
        let val = self.settled_expr(value)?;
        let val = self.not_null(val);
        let subject = match val.ty {
            Ty::String if val.form == Form::Ref || val.form == Form::Literal => val.code,
            Ty::String => format!("{}.as_str()", val.atom()),
            Ty::I32 | Ty::I64 | Ty::Char => val.code,
            _ => return Err("a `switch` over something else than a text or a number".to_owned()),
        };
        let mut arms = Vec::new();
        let mut has_default = false;
        for case in cases {
            let mut labels = Vec::new();
            for label in &case.labels {
                labels.push(match label {
                    Expr::Literal(Literal::Str(text)) => format!("{text:?}"),
                    Expr::Literal(Literal::Int(number)) => number.to_string(),
                    Expr::Literal(Literal::Char(char)) => format!("{char:?}"),
                    _ => return Err("a `case` that is not a literal".to_owned()),
                });
            }
            has_default |= labels.is_empty();
            let pattern = if labels.is_empty() {
                "_".to_owned()
            } else {
                labels.join(" | ")
            };
            let lines = self.block(&case.body);
            arms.push(format!("{pattern} => {{\n{}\n}}", lines.join("\n")));
        }
        if !has_default {
            arms.push("_ => {}".to_owned());
        }
        Ok(vec![format!("match {subject} {{\n{}\n}}", arms.join("\n"))])
    }

    /// `values.forEach(item -> …)`
    pub(super) fn for_each(&mut self, values: &Expr, lambda: &Expr) -> Result<Vec<String>, Why> {
        let Expr::Lambda(names, body) = lambda else {
            return Err("`forEach` with a method reference".to_owned());
        };
        let stmts = match body {
            LambdaBody::Block(stmts) => stmts.clone(),
            LambdaBody::Expr(expr) => vec![Stmt {
                kind: StmtKind::Expr((**expr).clone()),
                line: self.method.line,
                text: String::new(),
            }],
        };
        // `return` in a lambda goes on with the next element.
        let mut returns = false;
        for stmt in &stmts {
            stmt.each_stmt(&mut |stmt| returns |= matches!(stmt.kind, StmtKind::Return(_)));
        }
        if returns {
            return Err("`return` in a lambda".to_owned());
        }
        match names.as_slice() {
            [name] => self.each(name, values, &stmts),
            [key, value] => self.entry_loop(key, value, values, &stmts),
            _ => Err("a lambda with other parameters".to_owned()),
        }
    }
}
