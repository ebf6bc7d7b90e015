//! Visits every expression below a statement or an expression.

use super::{Expr, LambdaBody, Stmt, StmtKind};

impl Stmt {
    /// Calls `visit` with each expression of the statement, outer ones first.
    pub(crate) fn each_expr<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        for expr in self.own_exprs() {
            expr.each(visit);
        }
        for stmt in self.children() {
            stmt.each_expr(visit);
        }
    }

    /// Calls `visit` with the statement and each one inside it, also in lambdas.
    pub(crate) fn each_stmt<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        for stmt in self.children() {
            stmt.each_stmt(visit);
        }
        for expr in self.own_exprs() {
            expr.each(&mut |expr| {
                if let Expr::Lambda(_, LambdaBody::Block(body)) = expr {
                    body.iter().for_each(&mut *visit);
                }
            });
        }
    }

    /// Returns the expressions that belong to the statement itself.
    pub(crate) fn own_exprs(&self) -> Vec<&Expr> {
        match &self.kind {
            StmtKind::Local { value, .. } | StmtKind::Return(value) => value.iter().collect(),
            StmtKind::Expr(expr) | StmtKind::Throw(expr) => vec![expr],
            StmtKind::If { condition, .. } | StmtKind::While { condition, .. } => vec![condition],
            StmtKind::For {
                condition, update, ..
            } => condition.iter().chain(update).collect(),
            StmtKind::ForEach { values, .. } => vec![values],
            StmtKind::Switch { value, .. } => vec![value],
            StmtKind::Synchronized { on, .. } => vec![on],
            StmtKind::Try { .. }
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Block(_)
            | StmtKind::Other => Vec::new(),
        }
    }

    /// Returns the statements directly inside.
    pub(crate) fn children(&self) -> Vec<&Self> {
        match &self.kind {
            StmtKind::If {
                then, otherwise, ..
            } => then.iter().chain(otherwise.iter().flatten()).collect(),
            StmtKind::While { body, .. }
            | StmtKind::ForEach { body, .. }
            | StmtKind::Synchronized { body, .. }
            | StmtKind::Block(body) => body.iter().collect(),
            StmtKind::For { init, body, .. } => init.iter().chain(body).collect(),
            StmtKind::Try {
                body,
                catches,
                finally,
            } => {
                let caught = catches.iter().flat_map(|catch| &catch.body);
                let last = finally.iter().flatten();
                body.iter().chain(caught).chain(last).collect()
            }
            StmtKind::Switch { cases, .. } => cases.iter().flat_map(|case| &case.body).collect(),
            _ => Vec::new(),
        }
    }
}

impl Expr {
    /// Calls `visit` with the expression and each one inside it, outer ones first.
    pub(crate) fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        for child in self.children() {
            child.each(visit);
        }
        if let Self::Lambda(_, LambdaBody::Block(body)) = self {
            body.iter().for_each(|stmt| stmt.each_expr(visit));
        }
    }

    /// Returns the expressions directly inside, without the statements of a lambda.
    pub(crate) fn children(&self) -> Vec<&Self> {
        match self {
            Self::Field(on, _) | Self::Unary(_, on) | Self::Cast(_, on) => vec![on],
            Self::Update { target, .. } => vec![target],
            Self::Call { on, args, .. } => on.iter().map(|on| &**on).chain(args).collect(),
            Self::New { args, .. } | Self::Array(args) => args.iter().collect(),
            Self::Assign { target, value, .. } => vec![target, value],
            Self::Binary(one, _, two) | Self::Index(one, two) => vec![one, two],
            Self::Ternary(one, two, three) => vec![one, two, three],
            Self::Lambda(_, LambdaBody::Expr(body)) => vec![body],
            Self::Lambda(..)
            | Self::Literal(_)
            | Self::Name(_)
            | Self::This
            | Self::Class(_)
            | Self::Other(_) => Vec::new(),
        }
    }
}
