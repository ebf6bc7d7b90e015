//! Calls: of own methods, and of everything else by what it is called on.

use super::body::{Body, changes};
use super::close::close_call;
use super::method;
use super::signature::{self, Signature};
use super::value::{Form, Val, Why};
use crate::decide::{HandlerKind, Role, Ty, snake};
use crate::model::Expr;
use crate::report::Difference;

impl Body<'_, '_> {
    pub(super) fn call(
        &mut self,
        on: Option<&Expr>,
        name: &str,
        args: &[Expr],
    ) -> Result<Val, Why> {
        let expected = self.expected.take();
        let Some(on) = on else {
            return self.own_call(name, args);
        };
        if let Expr::Call {
            name: getter,
            args: classes,
            ..
        } = on
            && getter == "getBean"
            && let [Expr::Class(ty)] = classes.as_slice()
        {
            return self.service_call(&ty.name, name, args, expected);
        }
        let is_class = on.as_name() == Some(self.w.plan.class.as_str())
            && self.local(&self.w.plan.class).is_none();
        if *on == Expr::This || is_class {
            return self.own_call(name, args);
        }
        if self.is_logger(on) {
            return self.log(name, args);
        }
        if let Some(val) = self.console(on, name, args)? {
            return Ok(val);
        }
        if let Some(field) = self.static_field(on) {
            return match self.w.plan.field(&field).map(|field| field.role.clone()) {
                Some(Role::Collection) => self.registry_call(&field, name, args),
                Some(Role::Counter(_) | Role::SessionCounter) => {
                    self.counter_call(&field, name, args)
                }
                Some(Role::Mapper) => self.json_static(name, args),
                Some(Role::Service(ty)) => self.service_call(&ty, name, args, expected),
                _ => Err(format!("`{field}.{name}`")),
            };
        }
        if let Expr::Call {
            on: Some(session),
            name: remote,
            ..
        } = on
            && (remote == "getBasicRemote" || remote == "getAsyncRemote")
        {
            return self.send(session, remote == "getAsyncRemote", name, args);
        }
        if let Expr::Call {
            on: Some(session),
            name: inner,
            ..
        } = on
            && inner == "getPathParameters"
            && name == "get"
        {
            let session = self.settled_expr(session)?;
            let [variable] = args else {
                return Err("`get` without a name".to_owned());
            };
            let variable = self.settled_expr(variable)?;
            let text = self.coerce_text(variable);
            let ty = Ty::Option(Box::new(Ty::String));
            return Ok(Val::new(
                format!("{}.path_param({text})", session.atom()),
                ty,
                Form::Ref,
            ));
        }
        if let Some(class) = on
            .as_name()
            .filter(|name| self.local(name).is_none() && self.w.plan.field(name).is_none())
        {
            return self.static_call(class, name, args);
        }
        let val = self.settled_expr(on)?;
        self.method_of(val, name, args)
    }

    /// Calls a method of a value.
    fn method_of(&mut self, val: Val, name: &str, args: &[Expr]) -> Result<Val, Why> {
        if name == "equals" {
            let [other] = args else {
                return Err("`equals`".to_owned());
            };
            if matches!(val.ty, Ty::Session | Ty::Peer | Ty::Keyed) || *other == Expr::This {
                return self.same_as(&val, other, true);
            }
            let other = self.settled_expr(other)?;
            return self.equal(val, other, "==");
        }
        match val.inner().clone() {
            Ty::Session | Ty::Peer => {
                let val = self.not_null(val);
                self.session_call(val, name, args)
            }
            Ty::Keyed => self.keyed_call(val, name, args),
            Ty::String => self.string_call(val, name, args),
            Ty::Json => self.json_call(val, name, args),
            Ty::List(item) => self.list_call(val, *item, name, args),
            Ty::Error => error_call(&val, name),
            Ty::CloseReason => close_call(&val, name),
            Ty::I32 | Ty::I64 | Ty::Usize => match name {
                "toString" => {
                    let val = self.not_null(val);
                    Ok(Val::owned(
                        format!("{}.to_string()", val.atom()),
                        Ty::String,
                    ))
                }
                "intValue" | "longValue" => {
                    let val = self.not_null(val);
                    let ty = if name == "intValue" { Ty::I32 } else { Ty::I64 };
                    Ok(Val::owned(self.coerce(val, &ty)?, ty))
                }
                _ => Err(format!("`{name}` of a number")),
            },
            ty => Err(format!("`{name}` of a `{}`", ty.rust())),
        }
    }

    fn is_logger(&self, on: &Expr) -> bool {
        let (Expr::Name(name) | Expr::Field(_, name)) = on else {
            return false;
        };
        let lombok = [
            "Slf4j",
            "Log4j2",
            "Log4j",
            "Log",
            "CommonsLog",
            "XSlf4j",
            "JBossLog",
        ];
        match self.w.plan.field(name) {
            Some(field) => field.role == Role::Logger,
            None => {
                name == "log"
                    && lombok
                        .iter()
                        .any(|annotation| self.w.class.annotation(annotation).is_some())
            }
        }
    }

    /// `System.out.println`, `e.printStackTrace`
    fn console(&mut self, on: &Expr, name: &str, args: &[Expr]) -> Result<Option<Val>, Why> {
        if let Expr::Field(system, stream) = on
            && system.as_name() == Some("System")
        {
            let level = if stream == "err" { "error" } else { "info" };
            return match name {
                "println" | "print" => self.log(level, args).map(Some),
                "printf" | "format" => {
                    let text = self.string_format(args)?;
                    let code = text
                        .code
                        .replacen("format!", &format!("tracing::{level}!"), 1);
                    Ok(Some(Val::owned(code, Ty::Unit)))
                }
                _ => Err(format!("`System.{stream}.{name}`")),
            };
        }
        if name == "printStackTrace" && args.is_empty() {
            let error = self.expr(on)?;
            if error.ty == Ty::Error {
                let text = self.format(&[error])?;
                return Ok(Some(Val::owned(
                    format!("tracing::error!({})", text.arguments()),
                    Ty::Unit,
                )));
            }
        }
        Ok(None)
    }

    /// Returns the name of the static field that the expression is.
    pub(super) fn static_field(&self, on: &Expr) -> Option<String> {
        let name = match on {
            Expr::Name(name) if self.local(name).is_none() => name,
            Expr::Field(class, name)
                if class.as_name() == Some(self.w.plan.class.as_str()) || **class == Expr::This =>
            {
                name
            }
            _ => return None,
        };
        let field = self.w.plan.field(name)?;
        let is_static = !matches!(field.role, Role::Data(_) | Role::Constant(_) | Role::Logger);
        is_static.then(|| name.clone())
    }

    /// Calls a method of the class itself.
    fn own_call(&mut self, name: &str, args: &[Expr]) -> Result<Val, Why> {
        let methods = self.w.class.methods.iter().enumerate();
        let fitting: Vec<usize> = methods
            .filter(|(_, method)| {
                method.name == name && method.params.len() == args.len() && !method.is_constructor
            })
            .map(|(index, _)| index)
            .collect();
        let mut reason = format!("`{name}` is not a method of this class");
        for index in fitting {
            match self.own_call_of(index, args) {
                Ok(val) => return Ok(val),
                Err(why) => reason = why,
            }
        }
        Err(reason)
    }

    fn own_call_of(&mut self, index: usize, args: &[Expr]) -> Result<Val, Why> {
        let Some(method) = self.w.class.methods.get(index) else {
            return Err("no such method".to_owned());
        };
        if method::is_session_step(self.w, index) {
            return Ok(Val::owned("", Ty::Unit));
        }
        if self.w.plan.handler(index).is_some() {
            return Err(format!("`{}`, a handler, is called", method.name));
        }
        let Signature { params, result } = signature::signature(self.w, index)
            .map_err(|reason| format!("`{}` is not translated: {reason}", method.name))?;
        if self.w.calls(index, self.index) || index == self.index {
            return Err(format!("`{}` calls itself", method.name));
        }
        if self.handler == Some(HandlerKind::Open) {
            let touches = self
                .w
                .plan
                .registries
                .iter()
                .any(|registry| method.text.contains(&registry.field));
            if touches && !self.is_registered {
                return Err(format!(
                    "`{}` is called before the connection is put into the collection, and so leaves it out",
                    method.name
                ));
            }
        }
        self.w.set(index, |traits| &mut traits.is_called);
        if self.w.traits(index).uses_keys {
            if self.handler == Some(HandlerKind::Open) {
                self.w.differs(Difference::OpeningKey);
            }
            self.w.set(self.index, |traits| &mut traits.uses_keys);
        }
        if self.runs_while_opening() {
            self.w.set(index, |traits| &mut traits.is_opening);
        }
        let traits = self.w.traits(index);
        let mut code = Vec::new();
        for ((param, ty), arg) in method.params.iter().zip(&params).zip(args) {
            let val = self.expr_as(arg, Some(ty.clone()))?;
            let is_owned = changes(method, &param.name);
            code.push(self.argument(val, ty, is_owned, traits.writes_self)?);
        }
        for service in self.w.needs(index) {
            let variable = snake(&service);
            if self.has_variable(&variable) {
                return Err(format!("`{service}`, beside a variable of that name"));
            }
            self.w.need(self.index, &service);
            code.push(if self.handler.is_some() {
                format!("&{variable}")
            } else {
                variable
            });
        }
        let name = self.w.plan.methods.get(index).cloned().unwrap_or_default();
        let receiver = if method.is_static {
            "Self::".to_owned()
        } else {
            if traits.writes_self {
                self.writes();
            }
            format!("{}.", self.me()?)
        };
        let mut call = format!("{receiver}{name}({})", code.join(", "));
        if traits.is_async {
            self.waits();
            call.push_str(".await");
        }
        let form = if traits.is_fallible {
            Form::Fallible
        } else {
            Form::Owned
        };
        Ok(Val::new(call, result, form))
    }
}

fn error_call(val: &Val, name: &str) -> Result<Val, Why> {
    match name {
        "getMessage" | "toString" | "getLocalizedMessage" => Ok(Val::owned(
            format!("{}.to_string()", val.atom()),
            Ty::String,
        )),
        _ => Err(format!("`{name}` of an exception")),
    }
}
