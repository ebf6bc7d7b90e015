//! Expressions: names, fields, operators, comparisons.

use super::body::Body;
use super::value::{Form, Val, Why};
use crate::decide::{Role, Ty};
use crate::model::{Expr, Literal};

impl Body<'_, '_> {
    /// Translates an expression whose error, if it has one, is handled here.
    pub(super) fn settled_expr(&mut self, expr: &Expr) -> Result<Val, Why> {
        let val = self.expr(expr)?;
        if val.ty == Ty::Unit && val.form != Form::Literal {
            return Err("the result of something that has none".to_owned());
        }
        Ok(self.settled(val))
    }

    /// Translates an expression.
    pub(super) fn expr(&mut self, expr: &Expr) -> Result<Val, Why> {
        self.visit()?;
        if !matches!(expr, Expr::Call { .. }) {
            self.expected = None;
        }
        match expr {
            Expr::Literal(literal) => Ok(literal_value(literal)),
            Expr::Name(name) => self.name(name),
            Expr::Field(on, name) if **on == Expr::This => self.field(name),
            Expr::Field(on, name) => self.field_of(on, name),
            Expr::Call { on, name, args } => self.call(on.as_deref(), name, args),
            Expr::Unary(op, inner) => self.unary(op, inner),
            Expr::Binary(left, op, right) => self.binary(expr, left, op, right),
            Expr::Ternary(condition, then, otherwise) => self.ternary(condition, then, otherwise),
            Expr::Cast(ty, inner) => {
                let val = self.settled_expr(inner)?;
                let same = Ty::of(ty).is_some_and(|ty| ty == *val.inner());
                if same {
                    Ok(val)
                } else {
                    Err(format!("a cast to `{}`", ty.name))
                }
            }
            Expr::Index(list, index) => self.index(list, index),
            Expr::New { ty, args } => self.new_value(ty, args),
            Expr::This => Err("`this` as a value".to_owned()),
            Expr::Update { .. } | Expr::Assign { .. } => self.counter_value(expr),
            Expr::Lambda(..) => Err("a lambda".to_owned()),
            Expr::Class(_) | Expr::Array(_) => Err("a class or an array as a value".to_owned()),
            Expr::Other(text) => {
                let text: String = text.chars().take(40).collect();
                Err(format!("`{}`", text.lines().next().unwrap_or_default()))
            }
        }
    }

    fn name(&mut self, name: &str) -> Result<Val, Why> {
        let Some(local) = self.local(name).cloned() else {
            if self.method.params.iter().any(|param| param.name == name) {
                return Err(format!("`{name}`, a parameter that has no counterpart"));
            }
            return self.field(name);
        };
        if local.is_lost && !self.is_log {
            return Err(format!("`{name}` is set by code that is not translated"));
        }
        if local.is_lost && local.ty == Ty::Unit {
            return Err(format!(
                "`{name}` is declared by code that is not translated"
            ));
        }
        if local.ty == Ty::Session {
            self.takes_session |= self.handler.is_some() && local.code == self.session;
        }
        Ok(Val::new(local.code, local.ty, local.form))
    }

    /// Translates `this.name`, or the name of a field.
    fn field(&mut self, name: &str) -> Result<Val, Why> {
        let field = self
            .w
            .plan
            .field(name)
            .cloned()
            .ok_or_else(|| format!("`{name}` is not known"))?;
        match field.role {
            Role::Data(Ty::Session) => self.own_session(),
            Role::Data(ty) => {
                if self.w.is_lost_field(name) && !self.is_log {
                    return Err(format!("`{name}` is set by code that is not translated"));
                }
                if let Some(opening) = &self.opening
                    && let Some(known) = opening.get(name)
                    && is_name(&known.code)
                {
                    return Ok(known.clone());
                }
                let me = self.me()?;
                Ok(Val::new(format!("{me}.{}", field.rust), ty, Form::Place))
            }
            Role::Constant(Ty::String) => Ok(Val::new(field.rust, Ty::String, Form::Ref)),
            Role::Constant(ty) => Ok(Val::owned(field.rust, ty)),
            Role::SessionCounter => Ok(Val::owned("Self::sessions().len()", Ty::Usize)),
            Role::Counter(ty) => Ok(Val::owned(
                format!("{}.load(Ordering::Relaxed)", field.rust),
                ty,
            )),
            Role::Service(ty) => Err(format!("`{name}`, a service of type `{ty}`")),
            Role::Unknown(reason) => Err(format!("`{name}`: {reason}")),
            Role::Collection | Role::Logger | Role::Mapper | Role::Lock => {
                Err(format!("`{name}` as a value"))
            }
        }
    }

    /// Translates `on.name`.
    fn field_of(&mut self, on: &Expr, name: &str) -> Result<Val, Why> {
        if on.as_name() == Some(self.w.plan.class.as_str()) {
            return self.field(name);
        }
        if on.as_name() == Some("CloseCodes")
            || matches!(on, Expr::Field(_, inner) if inner == "CloseCodes")
        {
            return Err("a close code as a value".to_owned());
        }
        let val = self.settled_expr(on)?;
        let val = if *val.inner() == Ty::Peer {
            self.not_null(val)
        } else {
            val
        };
        match (&val.ty, name) {
            (Ty::Peer | Ty::Keyed, _) => self.of_other(val, name),
            _ => Err(format!("the field `{name}` of a `{}`", val.ty.rust())),
        }
    }

    fn index(&mut self, list: &Expr, index: &Expr) -> Result<Val, Why> {
        let list = self.settled_expr(list)?;
        let list = self.not_null(list);
        let Ty::List(item) = list.ty.clone() else {
            return Err("an element of something that is not a list".to_owned());
        };
        let index = self.settled_expr(index)?;
        if index.form != Form::Literal {
            return Err("an element at an index that is not a literal".to_owned());
        }
        let get = format!(
            "{}.get({}).cloned().ok_or(\"no such element\")",
            list.atom(),
            index.code
        );
        let result = Val::new(get, *item, Form::Fallible);
        Ok(self.settled(result))
    }
}

fn is_name(code: &str) -> bool {
    code.chars()
        .all(|char| char.is_alphanumeric() || char == '_')
}

fn literal_value(literal: &Literal) -> Val {
    match literal {
        Literal::Null => Val::new("None", Ty::Unit, Form::Literal),
        Literal::Bool(value) => Val::owned(value.to_string(), Ty::Bool),
        Literal::Int(number) => Val::new(number.to_string(), Ty::I32, Form::Literal),
        Literal::Long(number) => Val::new(number.to_string(), Ty::I64, Form::Literal),
        Literal::Double(text) => Val::new(text.clone(), Ty::F64, Form::Literal),
        Literal::Str(text) => Val::new(format!("{text:?}"), Ty::String, Form::Literal),
        Literal::Char(char) => Val::owned(format!("{char:?}"), Ty::Char),
    }
}
