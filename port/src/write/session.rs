//! Calls on sessions: on the own one, and on others.

use super::body::Body;
use super::value::{Form, Val, Why};
use crate::decide::{Role, Ty};
use crate::model::{Expr, Literal};
use crate::report::Difference;

impl Body<'_, '_> {
    /// `session.getBasicRemote().sendText(text)`
    pub(super) fn send(
        &mut self,
        on: &Expr,
        is_async: bool,
        name: &str,
        args: &[Expr],
    ) -> Result<Val, Why> {
        let receiver = self.settled_expr(on)?;
        let receiver = self.not_null(receiver);
        if name == "flushBatch" {
            return Ok(Val::owned("", Ty::Unit));
        }
        let [message] = args else {
            return Err(format!("`{name}` with {} arguments", args.len()));
        };
        if !matches!(name, "sendText" | "sendObject" | "sendBinary") {
            return Err(format!("`{name}` of a remote endpoint"));
        }
        let message = self.settled_expr(message)?;
        let message = self.message(message)?;
        self.send_to(receiver, &message, is_async)
    }

    /// Returns the code of something to send.
    fn message(&mut self, val: Val) -> Result<String, Why> {
        let val = self.not_null(val);
        match val.ty {
            Ty::String => Ok(match val.form {
                Form::Owned => val.code,
                _ => val.into_ref(),
            }),
            Ty::Json => Ok(format!("{}.to_string()", val.atom())),
            Ty::Bytes => Ok(match val.form {
                Form::Owned | Form::Ref => val.code,
                _ => val.into_owned(),
            }),
            ty => Err(format!(
                "a `{}` is sent: an encoder decides how it is written",
                ty.rust()
            )),
        }
    }

    /// Sends to a session, or to the sessions with a key.
    fn send_to(&mut self, receiver: Val, message: &str, is_async: bool) -> Result<Val, Why> {
        let code = match receiver.ty {
            Ty::Keyed => {
                self.waits();
                self.w.differs(Difference::Delivered);
                if self.would_end_loop() {
                    let code = format!("Self::send_info({message}, {}).await", receiver.code);
                    return Ok(logged(&code));
                }
                return Ok(Val::new(
                    format!("Self::send_info({message}, {}).await", receiver.code),
                    Ty::Unit,
                    Form::Fallible,
                ));
            }
            Ty::Session if !is_async => {
                self.waits();
                return Ok(Val::new(
                    format!("{}.send({message}).await", receiver.atom()),
                    Ty::Unit,
                    Form::Fallible,
                ));
            }
            Ty::Session | Ty::Peer => format!("{}.try_send({message})", receiver.atom()),
            ty => return Err(format!("a message for a `{}`", ty.rust())),
        };
        // One receiver that is gone must not keep the message from the others.
        if is_async || self.would_end_loop() {
            return Ok(logged(&code));
        }
        Ok(Val::new(code, Ty::Unit, Form::Fallible))
    }

    /// Calls a method of a session, or of another endpoint that stands for its session.
    pub(super) fn session_call(&mut self, val: Val, name: &str, args: &[Expr]) -> Result<Val, Why> {
        let on = val.atom();
        match (name, args) {
            ("getId", []) => Ok(Val::owned(format!("{on}.id().to_string()"), Ty::String)),
            ("isOpen", []) => Ok(Val::owned(format!("{on}.is_open()"), Ty::Bool)),
            ("isSecure", []) => Ok(Val::owned(format!("{on}.is_secure()"), Ty::Bool)),
            ("close", []) => Ok(Val::owned(format!("{on}.close()"), Ty::Unit)),
            ("close", [reason]) => {
                let (code, text) = self.close_reason(reason)?;
                Ok(Val::new(
                    format!("{on}.close_with({code}, {text})"),
                    Ty::Unit,
                    Form::Fallible,
                ))
            }
            ("getQueryString", []) => Ok(Val::new(
                format!("{on}.query()"),
                Ty::Option(Box::new(Ty::String)),
                Form::Ref,
            )),
            ("setMaxIdleTimeout", [Expr::Literal(Literal::Int(ms) | Literal::Long(ms))]) => {
                let timeout = if *ms <= 0 {
                    "None".to_owned()
                } else {
                    format!("Some(std::time::Duration::from_millis({ms}))")
                };
                Ok(Val::new(
                    format!("{on}.set_idle_timeout({timeout})"),
                    Ty::Unit,
                    Form::Fallible,
                ))
            }
            ("setMaxTextMessageBufferSize", [Expr::Literal(Literal::Int(size))]) if *size > 0 => {
                Ok(Val::new(
                    format!("{on}.set_max_text_size({size})"),
                    Ty::Unit,
                    Form::Fallible,
                ))
            }
            ("setMaxBinaryMessageBufferSize", [Expr::Literal(Literal::Int(size))]) if *size > 0 => {
                Ok(Val::new(
                    format!("{on}.set_max_binary_size({size})"),
                    Ty::Unit,
                    Form::Fallible,
                ))
            }
            _ if val.ty == Ty::Peer => self.of_peer(val, name, args),
            _ => Err(format!("`{name}` of a session: see the table in the guide")),
        }
    }

    /// Calls a method of another connection's endpoint.
    fn of_peer(&mut self, val: Val, name: &str, args: &[Expr]) -> Result<Val, Why> {
        if let Some(field) = self.getter(name).filter(|_| args.is_empty()) {
            return self.of_other(val, &field);
        }
        let swallows = self
            .sender(name, args.len())
            .ok_or_else(|| format!("`{name}` of another connection's endpoint"))?;
        let [message] = args else {
            return Err(format!("`{name}` of another connection's endpoint"));
        };
        let message = self.settled_expr(message)?;
        let message = self.message(message)?;
        self.send_to(val, &message, swallows)
    }

    /// Calls a method of the sessions with a key.
    pub(super) fn keyed_call(&mut self, val: Val, name: &str, args: &[Expr]) -> Result<Val, Why> {
        let key = val.code.clone();
        match (name, args) {
            ("isOpen", []) => Ok(Val::owned(format!("Self::is_online({key})"), Ty::Bool)),
            ("close", _) if self.runs_while_opening() => {
                Err("the older connection of the same key is closed: write `on_duplicate = \"close_older\"` beside the path".to_owned())
            }
            ("close", []) => {
                self.waits();
                self.w.differs(Difference::CloseAll);
                Ok(Val::new(format!("Self::close_key({key}, CloseCode::NORMAL, \"\").await"), Ty::Unit, Form::Fallible))
            }
            ("close", [reason]) => {
                let (code, text) = self.close_reason(reason)?;
                self.waits();
                self.w.differs(Difference::CloseAll);
                Ok(Val::new(format!("Self::close_key({key}, {code}, {text}).await"), Ty::Unit, Form::Fallible))
            }
            ("getKey", []) => Ok(Val::new(key.trim_start_matches('&'), Ty::String, Form::Place)),
            ("getValue", []) => Ok(val),
            _ => {
                if let Some(field) = self.getter(name).filter(|_| args.is_empty()) {
                    return self.of_other(val, &field);
                }
                let swallows = self.sender(name, args.len()).ok_or_else(|| format!("`{name}` of another connection's endpoint"))?;
                let [message] = args else {
                    return Err(format!("`{name}` of another connection's endpoint"));
                };
                let message = self.settled_expr(message)?;
                let message = self.message(message)?;
                let sent = self.send_to(val, &message, false)?;
                Ok(if swallows && sent.form == Form::Fallible { logged(&sent.code) } else { sent })
            }
        }
    }

    /// Returns a field of another connection's endpoint.
    pub(super) fn of_other(&mut self, val: Val, name: &str) -> Result<Val, Why> {
        let field = self
            .w
            .plan
            .field(name)
            .cloned()
            .ok_or_else(|| format!("`{name}` of another connection"))?;
        match (&field.role, &field.variable, &val.ty) {
            (Role::Data(Ty::Session), ..) => Ok(val),
            (Role::Data(Ty::Option(inner)), ..) if **inner == Ty::Session => Ok(val),
            (Role::Data(ty), Some(variable), Ty::Peer) => {
                let ty = match ty {
                    Ty::Option(inner) => inner,
                    ty => ty,
                };
                let code = format!("{}.path_param({variable:?})", val.atom());
                let option = Ty::Option(Box::new(ty.clone()));
                match ty {
                    Ty::String => Ok(Val::new(code, option, Form::Ref)),
                    Ty::I32 | Ty::I64 => Ok(Val::owned(
                        format!("{code}.and_then(|text| text.parse::<{}>().ok())", ty.rust()),
                        option,
                    )),
                    _ => Err(format!("`{name}` of another connection")),
                }
            }
            _ => Err(format!(
                "`{name}` of another connection: keep it in `session.properties()`, and find the session with `sessions_of`"
            )),
        }
    }

    /// Returns the field that a getter returns.
    fn getter(&self, name: &str) -> Option<String> {
        let rest = name.strip_prefix("get")?;
        let mut fields = self.w.plan.fields.iter();
        let field = fields.find(|field| field.java.eq_ignore_ascii_case(rest))?;
        Some(field.java.clone())
    }

    /// Returns whether the session is the connection's own: `session`, `this.session`, `this`.
    pub(super) fn is_own_session(&self, expr: &Expr) -> bool {
        match expr {
            Expr::This => true,
            Expr::Name(name) => match self.local(name) {
                Some(local) => {
                    local.ty == Ty::Session && self.handler.is_some() && local.code == self.session
                }
                None => self.is_session_field(name),
            },
            Expr::Field(on, name) => **on == Expr::This && self.is_session_field(name),
            _ => false,
        }
    }

    fn is_session_field(&self, name: &str) -> bool {
        self.w
            .plan
            .field(name)
            .is_some_and(|field| field.role == Role::Data(Ty::Session))
    }

    /// Compares two sessions, if both are.
    pub(super) fn same_session(
        &mut self,
        left: &Expr,
        right: &Expr,
        is_same: bool,
    ) -> Result<Option<Val>, Why> {
        let (left, right) = if *left == Expr::This {
            (right, left)
        } else {
            (left, right)
        };
        if *left == Expr::This {
            return Ok(None);
        }
        let val = self.settled_expr(left)?;
        if matches!(val.ty, Ty::Session | Ty::Peer | Ty::Keyed) {
            return self.same_as(&val, right, is_same).map(Some);
        }
        Ok(None)
    }

    /// Compares a session with another, or with the own one.
    pub(super) fn same_as(&mut self, val: &Val, other: &Expr, is_same: bool) -> Result<Val, Why> {
        if !matches!(val.ty, Ty::Session | Ty::Peer) {
            return Err("a comparison of connections of which one is found by its key".to_owned());
        }
        let other = if *other == Expr::This {
            self.own_session()?
        } else {
            self.settled_expr(other)?
        };
        if !matches!(other.ty, Ty::Session | Ty::Peer) {
            return Err(format!(
                "a comparison of a session with a `{}`",
                other.ty.rust()
            ));
        }
        let op = if is_same { "==" } else { "!=" };
        Ok(Val::owned(
            format!("{}.id() {op} {}.id()", val.atom(), other.atom()),
            Ty::Bool,
        ))
    }
}

/// Sends, and only writes to the log if that fails.
fn logged(code: &str) -> Val {
    Val::owned(
        format!("if let Err(error) = {code} {{ tracing::warn!(\"not sent: {{error}}\"); }}"),
        Ty::Unit,
    )
}
