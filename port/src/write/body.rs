//! The translation of one method: its variables, and what its code needs.

use std::collections::{BTreeSet, HashMap};

use super::value::{Form, Val, Why};
use super::writer::Writer;
use crate::decide::{HandlerKind, Role, Ty, variable};
use crate::model::{Expr, Method, Stmt, StmtKind};

/// A variable.
#[derive(Clone, Debug)]
pub(super) struct Local {
    /// Its Rust name, or for [`Ty::Keyed`] the code of the key.
    pub(super) code: String,
    pub(super) ty: Ty,
    pub(super) form: Form,
    /// It is set by code that was not translated.
    pub(super) is_lost: bool,
}

/// The method that is being translated.
pub(super) struct Body<'w, 'a> {
    pub(super) w: &'w mut Writer<'a>,
    pub(super) index: usize,
    pub(super) method: &'a Method,
    pub(super) handler: Option<HandlerKind>,
    pub(super) result: Ty,
    scopes: Vec<HashMap<String, Local>>,
    /// The names that are assigned or changed after their declaration.
    changed: BTreeSet<String>,
    /// The labels of the `try` statements around, and whether each is used.
    attempts: Vec<(String, bool)>,
    /// The session of the handler.
    pub(super) session: String,
    pub(super) takes_session: bool,
    pub(super) uses_self: bool,
    /// The rest of the method is not translated, because of this.
    pub(super) cut: Option<Why>,
    /// In `onOpen`, the fields as far as they are known; none once the value has been made.
    pub(super) opening: Option<HashMap<String, Val>>,
    /// In `onOpen`, whether the connection was put into a collection by what came before.
    pub(super) is_registered: bool,
    pub(super) statements: usize,
    pub(super) lost: usize,
    /// Fields may be read although code that sets them is missing: in logs.
    pub(super) is_log: bool,
    /// How many more expressions and statements may be visited.
    fuel: usize,
    /// In loops over connections, how many `try` statements are around each.
    loops: Vec<usize>,
    /// The type that is wanted of the next call.
    pub(super) expected: Option<Ty>,
}

/// The bound on visits: code that is translated twice, and nested, must not take for ever.
const MAX_VISITS: usize = 50_000;

impl<'w, 'a> Body<'w, 'a> {
    pub(super) fn new(w: &'w mut Writer<'a>, index: usize, method: &'a Method, result: Ty) -> Self {
        let handler = w.plan.handler(index);
        let mut changed = BTreeSet::new();
        let mut has_session_local = false;
        for stmt in method.body.as_deref().unwrap_or_default() {
            stmt.each_expr(&mut |expr| collect_changed(expr, &mut changed));
            stmt.each_stmt(&mut |stmt| {
                if let StmtKind::Local { name, .. } | StmtKind::ForEach { name, .. } = &stmt.kind {
                    has_session_local |= name == "session";
                }
            });
        }
        let own = method.params.iter().find(|param| param.ty.is("Session"));
        let session = match own {
            Some(param) => variable(&param.name),
            None if has_session_local
                || method.params.iter().any(|param| param.name == "session") =>
            {
                "own_session".to_owned()
            }
            None => "session".to_owned(),
        };
        Self {
            w,
            index,
            method,
            handler,
            result,
            scopes: vec![HashMap::new()],
            changed,
            attempts: Vec::new(),
            session,
            takes_session: false,
            uses_self: false,
            cut: None,
            opening: None,
            is_registered: false,
            statements: 0,
            lost: 0,
            is_log: false,
            fuel: MAX_VISITS,
            loops: Vec::new(),
            expected: None,
        }
    }

    /// Counts a visit.
    pub(super) fn visit(&mut self) -> Result<(), Why> {
        let rest = self.fuel.checked_sub(1);
        self.fuel = rest.ok_or("the method is too large for the porter")?;
        Ok(())
    }

    /// Returns whether the variable is changed after its declaration.
    pub(super) fn is_changed(&self, name: &str) -> bool {
        self.changed.contains(name)
    }

    /// Declares a variable in the innermost scope.
    pub(super) fn declare(&mut self, name: &str, local: Local) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.to_owned(), local);
        }
    }

    /// Returns whether a variable has this Rust name.
    pub(super) fn has_variable(&self, name: &str) -> bool {
        let mut locals = self.scopes.iter().flat_map(HashMap::values);
        locals.any(|local| local.code == name)
    }

    pub(super) fn push_scope(&mut self) {
        self.scopes.push(HashMap::new());
    }

    pub(super) fn pop_scope(&mut self) {
        self.scopes.pop();
    }

    pub(super) fn local(&self, name: &str) -> Option<&Local> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    pub(super) fn local_mut(&mut self, name: &str) -> Option<&mut Local> {
        let mut scopes = self.scopes.iter_mut().rev();
        scopes.find_map(|scope| scope.get_mut(name))
    }

    pub(super) fn scope_count(&self) -> usize {
        self.scopes.len()
    }

    pub(super) fn attempt_count(&self) -> usize {
        self.attempts.len()
    }

    /// Leaves the scopes and `try` statements that were entered since.
    pub(super) fn reset(&mut self, scopes: usize, attempts: usize) {
        self.loops.retain(|around| *around <= attempts);
        self.scopes.truncate(scopes);
        self.attempts.truncate(attempts);
    }

    /// Marks what a statement sets that was not translated.
    pub(super) fn lose(&mut self, stmt: &Stmt) {
        let mut names = BTreeSet::new();
        stmt.each_expr(&mut |expr| {
            if let Expr::Assign { target, .. } | Expr::Update { target, .. } = expr {
                names.extend(match &**target {
                    Expr::Name(name) => Some((name.clone(), false)),
                    Expr::Field(on, name) if **on == Expr::This => Some((name.clone(), true)),
                    _ => None,
                });
            }
            // A value that can change may be changed by whatever it is given to.
            if let Expr::Name(name) = expr
                && self
                    .local(name)
                    .is_some_and(|local| matches!(local.ty, Ty::Json | Ty::List(_)))
            {
                names.insert((name.clone(), false));
            }
        });
        for (name, is_field) in names {
            let mut scopes = self.scopes.iter_mut().rev();
            let local = scopes
                .find_map(|scope| scope.get_mut(&name))
                .filter(|_| !is_field);
            match local {
                Some(local) if matches!(local.ty, Ty::Session | Ty::Peer | Ty::Error) => {}
                Some(local) => local.is_lost = true,
                None => self.w.lose_field(&name),
            }
        }
    }

    /// Enters a `try` and returns its label.
    pub(super) fn enter_attempt(&mut self) -> String {
        let label = match self.attempts.len() {
            0 => "attempt".to_owned(),
            depth => format!("attempt_{}", depth + 1),
        };
        self.attempts.push((label.clone(), false));
        label
    }

    /// Leaves it and returns whether anything in it fails.
    pub(super) fn leave_attempt(&mut self) -> bool {
        self.attempts.pop().is_some_and(|(_, is_used)| is_used)
    }

    /// Returns the label of the innermost `try`, which is used from now on.
    pub(super) fn attempt(&mut self) -> Option<String> {
        let (label, is_used) = self.attempts.last_mut()?;
        *is_used = true;
        Some(label.clone())
    }

    /// Enters a loop over connections.
    pub(super) fn enter_loop(&mut self) {
        self.loops.push(self.attempts.len());
    }

    pub(super) fn leave_loop(&mut self) {
        self.loops.pop();
    }

    /// Returns whether an error would end a loop over connections, and keep the message from those that come after.
    pub(super) fn would_end_loop(&self) -> bool {
        self.loops
            .last()
            .is_some_and(|attempts| *attempts == self.attempts.len())
    }

    /// The method passes errors on.
    pub(super) fn fails(&mut self) {
        self.w.set(self.index, |traits| &mut traits.is_fallible);
    }

    pub(super) fn is_fallible(&self) -> bool {
        self.w.traits(self.index).is_fallible
    }

    /// The method waits.
    pub(super) fn waits(&mut self) {
        self.w.set(self.index, |traits| &mut traits.is_async);
    }

    /// The method changes its value.
    pub(super) fn writes(&mut self) {
        self.w.set(self.index, |traits| &mut traits.writes_self);
    }

    /// Returns the name of the endpoint's value.
    pub(super) fn me(&mut self) -> Result<&'static str, Why> {
        if self.method.is_static {
            return Err("a static method has no `this`".to_owned());
        }
        self.uses_self = true;
        Ok(
            if self.handler == Some(HandlerKind::Open) && self.w.has_fields() {
                "this"
            } else {
                "self"
            },
        )
    }

    /// Returns the session of the connection itself.
    pub(super) fn own_session(&mut self) -> Result<Val, Why> {
        if self.handler.is_some() {
            self.takes_session = true;
            return Ok(Val::new(self.session.clone(), Ty::Session, Form::Ref));
        }
        let mut fields = self.w.plan.fields.iter();
        let found = fields.find(|field| matches!(field.role, Role::Data(Ty::Session)));
        let name = found.map(|field| field.rust.clone());
        let name = name.ok_or("the class keeps no session of its own")?;
        let me = self.me()?;
        self.w.keep_session();
        Ok(Val::new(format!("{me}.{name}"), Ty::Session, Form::Place))
    }

    /// Returns whether the method may run while its session opens.
    pub(super) fn runs_while_opening(&self) -> bool {
        self.handler == Some(HandlerKind::Open) || self.w.runs_while_opening(self.index)
    }
}

/// Returns whether the parameter is assigned or changed in the method.
pub(super) fn changes(method: &Method, name: &str) -> bool {
    let mut changed = BTreeSet::new();
    for stmt in method.body.as_deref().unwrap_or_default() {
        stmt.each_expr(&mut |expr| collect_changed(expr, &mut changed));
    }
    changed.contains(name)
}

fn collect_changed(expr: &Expr, changed: &mut BTreeSet<String>) {
    let target = match expr {
        Expr::Assign { target, .. } | Expr::Update { target, .. } => target,
        Expr::Call {
            on: Some(on), name, ..
        } if matches!(
            name.as_str(),
            "put" | "add" | "append" | "remove" | "clear" | "addProperty"
        ) =>
        {
            on
        }
        _ => return,
    };
    let mut target = target;
    while let Expr::Call { on: Some(on), .. } = &**target {
        target = on;
    }
    if let Expr::Name(name) = &**target {
        changed.insert(name.clone());
    }
}
