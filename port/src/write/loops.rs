//! Loops over registries, and the broadcasts that they are.

use super::attempt::is_log;
use super::body::Body;
use super::value::{Form, Val, Why};
use crate::decide::{HandlerKind, Key, Registry, Role, Ty, variable};
use crate::model::{Expr, Stmt, StmtKind};
use crate::report::Difference;

impl Body<'_, '_> {
    /// A loop over a collection of sessions, or none if it is over something else.
    pub(super) fn registry_loop(
        &mut self,
        name: &str,
        values: &Expr,
        body: &[Stmt],
    ) -> Result<Option<Vec<String>>, Why> {
        let (field, view) = match values {
            Expr::Call {
                on: Some(on),
                name: view,
                args,
            } if args.is_empty() => {
                if view == "getOpenSessions" {
                    self.settled_expr(on)?;
                    return self.sessions_loop(name, body, true).map(Some);
                }
                match self.static_field(on) {
                    Some(field) => (field, view.as_str()),
                    None => return Ok(None),
                }
            }
            _ => match self.static_field(values) {
                Some(field) => (field, ""),
                None => return Ok(None),
            },
        };
        if self
            .w
            .plan
            .field(&field)
            .is_none_or(|field| field.role != Role::Collection)
        {
            return Ok(None);
        }
        let registry = self.registry(&field)?;
        if !registry.is_map {
            return self.sessions_loop(name, body, false).map(Some);
        }
        self.map_loop(name, &registry, view, body).map(Some)
    }

    /// `map.forEach((key, value) -> …)`
    pub(super) fn entry_loop(
        &mut self,
        key: &str,
        value: &str,
        values: &Expr,
        body: &[Stmt],
    ) -> Result<Vec<String>, Why> {
        let field = self
            .static_field(values)
            .ok_or("`forEach` over something that the porter does not know")?;
        let registry = self.registry(&field)?;
        if self.runs_while_opening() || !matches!(registry.key, Key::Variable(_)) {
            return Err("`forEach` over keys and values while a session opens".to_owned());
        }
        self.string_keys(&field)?;
        let rust = variable(key);
        self.push_scope();
        self.declare(
            value,
            super::body::Local {
                code: format!("&{rust}"),
                ty: Ty::Keyed,
                form: Form::Owned,
                is_lost: false,
            },
        );
        self.enter_loop();
        let lines = self.loop_body(key, Ty::String, Form::Place, body);
        self.leave_loop();
        self.pop_scope();
        Ok(vec![format!(
            "for {rust} in Self::keys() {{\n{}\n}}",
            lines.join("\n")
        )])
    }

    pub(super) fn map_loop(
        &mut self,
        name: &str,
        registry: &Registry,
        view: &str,
        body: &[Stmt],
    ) -> Result<Vec<String>, Why> {
        let is_by_key = matches!(registry.key, Key::Variable(_));
        match view {
            "keySet" if is_by_key && !self.runs_while_opening() => {
                self.string_keys(&registry.field)?;
                self.enter_loop();
                let lines = self.loop_body(name, Ty::String, Form::Place, body);
                self.leave_loop();
                Ok(vec![format!(
                    "for {} in Self::keys() {{\n{}\n}}",
                    variable(name),
                    lines.join("\n")
                )])
            }
            "values" | "entrySet" if is_by_key && !self.runs_while_opening() => {
                if view == "entrySet" {
                    self.string_keys(&registry.field)?;
                }
                let key = format!("{}_key", variable(name));
                self.push_scope();
                self.declare(
                    name,
                    super::body::Local {
                        code: format!("&{key}"),
                        ty: Ty::Keyed,
                        form: Form::Owned,
                        is_lost: false,
                    },
                );
                self.enter_loop();
                let lines = self.block(body);
                self.leave_loop();
                self.pop_scope();
                Ok(vec![format!(
                    "for {key} in Self::keys() {{\n{}\n}}",
                    lines.join("\n")
                )])
            }
            "values" => {
                if is_by_key {
                    self.w.differs(Difference::OlderToo);
                }
                self.sessions_loop(name, body, false)
            }
            _ => Err(format!(
                "a loop over the {view} of `{}` while a session opens",
                registry.field
            )),
        }
    }

    /// The keys of wspring are texts.
    pub(super) fn string_keys(&self, field: &str) -> Result<(), Why> {
        let key = self
            .w
            .class
            .field(field)
            .and_then(|field| field.ty.args.first());
        if key.is_some_and(|key| key.is("String")) {
            return Ok(());
        }
        Err(format!(
            "the keys of `{field}` are not texts, and `keys()` has texts"
        ))
    }

    /// A loop over all sessions: a broadcast if it does nothing but send.
    pub(super) fn sessions_loop(
        &mut self,
        name: &str,
        body: &[Stmt],
        is_open_sessions: bool,
    ) -> Result<Vec<String>, Why> {
        let is_early =
            self.handler == Some(HandlerKind::Open) && !self.is_registered && !is_open_sessions;
        if !is_early && let Some(lines) = self.broadcast(name, body)? {
            return Ok(lines);
        }
        let rust = variable(name);
        self.enter_loop();
        let mut lines = self.loop_body(name, Ty::Peer, Form::Place, body);
        self.leave_loop();
        if is_early {
            let own = self.own_session()?;
            lines.insert(
                0,
                format!("if {rust}.id() == {}.id() {{ continue; }}", own.atom()),
            );
        }
        Ok(vec![format!(
            "for {rust} in Self::sessions() {{\n{}\n}}",
            lines.join("\n")
        )])
    }

    /// Returns a broadcast, if the body only sends one message to the element.
    pub(super) fn broadcast(
        &mut self,
        name: &str,
        body: &[Stmt],
    ) -> Result<Option<Vec<String>>, Why> {
        let Some((stmt, is_caught, except)) = self.only_send(name, body) else {
            return Ok(None);
        };
        let StmtKind::Expr(Expr::Call {
            on: Some(on),
            name: method,
            args,
        }) = &stmt.kind
        else {
            return Ok(None);
        };
        let [message] = args.as_slice() else {
            return Ok(None);
        };
        let mut mentions = false;
        message.each(&mut |expr| mentions |= expr.as_name() == Some(name));
        let is_remote = matches!(&**on, Expr::Call { name: remote, .. } if remote == "getBasicRemote" || remote == "getAsyncRemote");
        let swallows = match (is_remote, on.as_name() == Some(name)) {
            (true, _) if method == "sendText" => {
                matches!(&**on, Expr::Call { name: remote, .. } if remote == "getAsyncRemote")
            }
            (false, true) => match self.sender(method, 1) {
                Some(swallows) => swallows,
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let message = self.settled_expr(message)?;
        let message = self.not_null(message);
        if mentions || message.ty != Ty::String {
            return Ok(None);
        }
        let message = if message.form == Form::Owned {
            message.code
        } else {
            message.into_ref()
        };
        let except = if except {
            format!(".except({})", self.own_session()?.into_ref())
        } else {
            String::new()
        };
        self.waits();
        let code = format!("Self::broadcast({message}){except}.await");
        if is_caught || swallows {
            return Ok(Some(vec![format!(
                "if let Err(error) = {code} {{ tracing::warn!(\"not sent: {{error}}\"); }}"
            )]));
        }
        self.effect_of(&Val::new(code, Ty::Unit, Form::Fallible))
            .map(Some)
    }

    /// Returns the send that is all that the body does, whether its error is only logged, and whether the own session is left out.
    pub(super) fn only_send<'s>(
        &self,
        name: &str,
        body: &'s [Stmt],
    ) -> Option<(&'s Stmt, bool, bool)> {
        let [stmt] = body else { return None };
        match &stmt.kind {
            StmtKind::Expr(_) => Some((stmt, false, false)),
            StmtKind::Block(body) | StmtKind::Synchronized { body, .. } => {
                self.only_send(name, body)
            }
            StmtKind::Try {
                body,
                catches,
                finally: None,
            } if catches.iter().all(|catch| catch.body.iter().all(is_log)) => {
                let (stmt, _, except) = self.only_send(name, body)?;
                Some((stmt, true, except))
            }
            StmtKind::If {
                condition,
                then,
                otherwise: None,
            } => {
                let (stmt, is_caught, except) = self.only_send(name, then)?;
                if is_open_test(condition, name) {
                    return Some((stmt, is_caught, except));
                }
                self.is_other_test(condition, name)
                    .then_some((stmt, is_caught, true))
            }
            _ => None,
        }
    }

    /// `!item.equals(this)`, `item != this`
    pub(super) fn is_other_test(&self, condition: &Expr, name: &str) -> bool {
        let is_element = |expr: &Expr| match expr {
            Expr::Name(found) => found == name,
            Expr::Field(on, field) => on.as_name() == Some(name) && field == "session",
            _ => false,
        };
        match condition {
            Expr::Unary(op, inner) if op == "!" => {
                matches!(&**inner, Expr::Call { on: Some(on), name: method, args }
                    if method == "equals" && ((is_element(on) && args.iter().all(|arg| self.is_own_session(arg)))
                        || (self.is_own_session(on) && args.iter().all(is_element))))
            }
            Expr::Binary(left, op, right) if op == "!=" => {
                (is_element(left) && self.is_own_session(right))
                    || (is_element(right) && self.is_own_session(left))
            }
            _ => false,
        }
    }
}

/// `item.isOpen()`, `item.session.isOpen()`
fn is_open_test(condition: &Expr, name: &str) -> bool {
    let Expr::Call {
        on: Some(on),
        name: method,
        ..
    } = condition
    else {
        return false;
    };
    let is_element = match &**on {
        Expr::Name(found) => found == name,
        Expr::Field(on, field) => on.as_name() == Some(name) && field == "session",
        _ => false,
    };
    method == "isOpen" && is_element
}
