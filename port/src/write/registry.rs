//! Static collections that are registries: what replaces their operations.

use super::attempt::is_log;
use super::body::Body;
use super::value::{Val, Why};
use crate::decide::{HandlerKind, Key, Registry, Role, Ty, Verdict};
use crate::model::{Expr, StmtKind};
use crate::report::Difference;

impl Body<'_, '_> {
    pub(super) fn registry(&self, field: &str) -> Result<Registry, Why> {
        let registry = self
            .w
            .plan
            .registry(field)
            .ok_or_else(|| format!("`{field}` is not known"))?;
        match &registry.verdict {
            Verdict::Registry => Ok(registry.clone()),
            Verdict::Unclear(_) => Err(format!(
                "`{field}` is not replaced: the TODO at its declaration says why"
            )),
        }
    }

    /// Calls a method of a collection.
    pub(super) fn registry_call(
        &mut self,
        field: &str,
        name: &str,
        args: &[Expr],
    ) -> Result<Val, Why> {
        let registry = self.registry(field)?;
        if registry.is_map && matches!(registry.key, Key::Variable(_)) {
            self.w.differs(Difference::OlderConnection);
        }
        match (name, args) {
            ("put" | "add" | "putIfAbsent" | "addElement" | "offer", _) => {
                self.is_registered = true;
                Ok(Val::owned("", Ty::Unit))
            }
            ("remove" | "removeElement", _) => Ok(Val::owned("", Ty::Unit)),
            ("size", []) => {
                if self.handler.is_some() {
                    self.w.differs(Difference::Counts);
                }
                Ok(Val::owned("Self::sessions().len()", Ty::Usize))
            }
            ("isEmpty", []) => Ok(Val::owned("Self::sessions().is_empty()", Ty::Bool)),
            ("containsKey", [key]) => {
                if self.is_own_key(&registry, key) {
                    match self.handler {
                        // The one that ends has its key still, and the one that opens has it once it is put there.
                        Some(HandlerKind::Close) => return Ok(Val::owned("true", Ty::Bool)),
                        Some(HandlerKind::Open) if self.is_registered => {
                            return Ok(Val::owned("true", Ty::Bool));
                        }
                        _ => {}
                    }
                }
                let found = self.found(&registry, key)?;
                if found.ty == Ty::Keyed {
                    return Ok(Val::owned(
                        format!("Self::is_online({})", found.code),
                        Ty::Bool,
                    ));
                }
                Ok(Val::owned(format!("{}.is_some()", found.atom()), Ty::Bool))
            }
            ("get", [key]) => self.found(&registry, key),
            ("forEach", [lambda]) => {
                let on = Expr::Name(field.to_owned());
                let lines = self.for_each(&on, lambda)?;
                Ok(Val::owned(lines.join("\n"), Ty::Unit))
            }
            _ => Err(format!("`{field}.{name}`")),
        }
    }

    /// `map.get(key)`
    fn found(&mut self, registry: &Registry, key: &Expr) -> Result<Val, Why> {
        let own = self.is_own_key(registry, key);
        if own && self.handler == Some(HandlerKind::Open) && self.is_registered {
            return self.own_session();
        }
        let is_older = own && self.handler == Some(HandlerKind::Open);
        let val = self.settled_expr(key)?;
        let val = self.not_null(val);
        let code = match &val.ty {
            Ty::String => val.into_ref(),
            Ty::I32 | Ty::I64 => val.code,
            ty => return Err(format!("a key of type `{}`", ty.rust())),
        };
        match registry.key {
            Key::Variable(_) if is_older => {
                // The key is its own already, but not in Java's map.
                let session = self.own_session()?.atom();
                let find = format!(
                    "Self::sessions_of({code}).into_iter().rev().find(|given| given.id() != {session}.id())"
                );
                Ok(Val::owned(find, Ty::Option(Box::new(Ty::Peer))))
            }
            Key::Variable(_) => {
                self.w.set(self.index, |traits| &mut traits.uses_keys);
                Ok(Val::owned(code, Ty::Keyed))
            }
            _ => {
                let find = format!(
                    "Self::sessions().into_iter().find(|given| given.id().to_string() == {code})"
                );
                Ok(Val::owned(find, Ty::Option(Box::new(Ty::Session))))
            }
        }
    }

    /// Returns whether the expression is the key of the connection itself.
    fn is_own_key(&self, registry: &Registry, key: &Expr) -> bool {
        match (&registry.key, key) {
            (Key::Variable(variable), Expr::Name(name)) if self.local(name).is_some() => {
                let mut params = self.method.params.iter();
                params.any(|param| {
                    param.name == *name && param.path_param().as_ref() == Some(variable)
                })
            }
            (Key::Variable(variable), Expr::Name(name) | Expr::Field(_, name)) => self
                .w
                .plan
                .field(name)
                .is_some_and(|field| field.variable.as_ref() == Some(variable)),
            (
                Key::SessionId,
                Expr::Call {
                    on: Some(on), name, ..
                },
            ) => name == "getId" && self.is_own_session(on),
            _ => false,
        }
    }

    /// Returns whether an own method only sends its parameter to its own session, and if so whether it keeps errors to itself.
    pub(super) fn sender(&self, name: &str, args: usize) -> Option<bool> {
        let mut methods = self.w.class.methods.iter();
        let method = methods.find(|method| {
            method.name == name && method.params.len() == args && !method.is_static
        })?;
        let [param] = method.params.as_slice() else {
            return None;
        };
        let mut stmts = method.body.as_deref()?;
        let mut swallows = false;
        loop {
            let [stmt] = stmts else { return None };
            match &stmt.kind {
                StmtKind::Try {
                    body,
                    catches,
                    finally: None,
                } if catches.iter().all(|catch| catch.body.iter().all(is_log)) => {
                    swallows = true;
                    stmts = body;
                }
                StmtKind::Synchronized { body, .. } | StmtKind::Block(body) => stmts = body,
                StmtKind::If {
                    condition,
                    then,
                    otherwise: None,
                } if is_session_open_test(condition) => stmts = then,
                StmtKind::Expr(Expr::Call {
                    on: Some(on),
                    name,
                    args,
                }) => {
                    let Expr::Call {
                        on: Some(session),
                        name: remote,
                        ..
                    } = &**on
                    else {
                        return None;
                    };
                    let is_own = match &**session {
                        Expr::Name(field) => self.is_session_name(field),
                        Expr::Field(on, field) => **on == Expr::This && self.is_session_name(field),
                        _ => false,
                    };
                    let is_text = name == "sendText"
                        && matches!(args.as_slice(), [arg] if arg.as_name() == Some(&param.name));
                    swallows |= remote == "getAsyncRemote";
                    let is_remote = remote == "getBasicRemote" || remote == "getAsyncRemote";
                    return (is_own && is_text && is_remote).then_some(swallows);
                }
                _ => return None,
            }
        }
    }

    fn is_session_name(&self, name: &str) -> bool {
        self.w
            .plan
            .field(name)
            .is_some_and(|field| match &field.role {
                Role::Data(Ty::Session) => true,
                Role::Data(Ty::Option(inner)) => **inner == Ty::Session,
                _ => false,
            })
    }
}

fn is_session_open_test(condition: &Expr) -> bool {
    matches!(condition, Expr::Call { on: Some(on), name, .. }
        if name == "isOpen" && matches!(&**on, Expr::Name(field) | Expr::Field(_, field) if field == "session"))
}
