//! Declarations, assignments, and what ends a method.

use super::body::{Body, Local};
use super::value::{Form, Val, Why};
use crate::decide::{HandlerKind, Role, Ty, variable};
use crate::model::{Expr, Type};

impl Body<'_, '_> {
    pub(super) fn variable(
        &mut self,
        ty: &Type,
        name: &str,
        value: Option<&Expr>,
    ) -> Result<Vec<String>, Why> {
        let rust = variable(name);
        let declared = Ty::of(ty);
        let is_changed = self.is_changed(name);
        let mutable = if is_changed { "mut " } else { "" };
        let value = match value {
            Some(value) => {
                let wanted = declared.clone().map(|ty| match ty {
                    ty if !ty.is_copy() && self.is_compared_with_null(name) => {
                        Ty::Option(Box::new(ty))
                    }
                    ty => ty,
                });
                self.expr_as(value, wanted)?
            }
            None => {
                let ty = declared.ok_or_else(|| unknown_type(ty))?;
                let default = ty.default().ok_or("a variable without a value")?;
                self.declare(
                    name,
                    Local {
                        code: rust.clone(),
                        ty: ty.clone(),
                        form: Form::Place,
                        is_lost: false,
                    },
                );
                return Ok(vec![format!("let mut {rust}: {} = {default};", ty.rust())]);
            }
        };
        if value.ty == Ty::Keyed {
            if is_changed {
                return Err("a variable for sessions of several keys".to_owned());
            }
            self.declare(
                name,
                Local {
                    code: value.code,
                    ty: Ty::Keyed,
                    form: Form::Owned,
                    is_lost: false,
                },
            );
            return Ok(Vec::new());
        }
        let ty = match declared {
            _ if matches!(value.ty, Ty::Peer | Ty::Usize) && !is_changed => value.ty.clone(),
            Some(Ty::Session) if *value.inner() == Ty::Peer => value.ty.clone(),
            Some(ty) if value.is_option() || self.may_be_null(name) => match ty {
                ty if ty.is_copy() && !value.is_option() => ty,
                ty => Ty::Option(Box::new(ty)),
            },
            Some(ty) => ty,
            None if ty.is("var") || ty.is(&self.w.plan.class) || ty.is("Object") => {
                value.ty.clone()
            }
            None => return Err(unknown_type(ty)),
        };
        if ty == Ty::Unit {
            return Err("a variable without a type".to_owned());
        }
        let needs_type = value.form == Form::Literal && ty.is_number() || value.code == "None";
        let annotation = if needs_type {
            format!(": {}", ty.rust())
        } else {
            String::new()
        };
        let code = self.coerce(value, &ty)?;
        self.declare(
            name,
            Local {
                code: rust.clone(),
                ty,
                form: Form::Place,
                is_lost: false,
            },
        );
        Ok(vec![format!("let {mutable}{rust}{annotation} = {code};")])
    }

    /// Returns whether the variable is compared with `null`.
    fn is_compared_with_null(&self, name: &str) -> bool {
        let mut found = false;
        for stmt in self.method.body.as_deref().unwrap_or_default() {
            stmt.each_expr(&mut |expr| {
                found |= matches!(expr, Expr::Binary(left, _, right)
                    if (left.as_name() == Some(name) && right.is_null()) || (right.as_name() == Some(name) && left.is_null()));
            });
        }
        found
    }

    /// Returns whether the variable is set to `null`.
    pub(super) fn may_be_null(&self, name: &str) -> bool {
        let mut found = false;
        for stmt in self.method.body.as_deref().unwrap_or_default() {
            stmt.each_expr(&mut |expr| {
                found |= match expr {
                    Expr::Assign { target, value, .. } => {
                        target.as_name() == Some(name) && value.is_null()
                    }
                    _ => false,
                };
            });
        }
        found
    }

    pub(super) fn assignment(
        &mut self,
        target: &Expr,
        op: &str,
        value: &Expr,
        is_top: bool,
    ) -> Result<Vec<String>, Why> {
        if let Some(lines) = self.counter_step(target, op, value)? {
            return Ok(lines);
        }
        if let Expr::Name(name) = target
            && let Some(local) = self.local(name).cloned()
        {
            if local.form != Form::Place {
                return Err(format!(
                    "`{name}` is a parameter that is set to another value"
                ));
            }
            let line = self.set_place(&local.code, &local.ty, op, value)?;
            if let Some(scope_local) = self.local_mut(name) {
                // A value that is known again.
                scope_local.is_lost &= op != "=" || !is_top;
            }
            return Ok(vec![line]);
        }
        let name = match target {
            Expr::Name(name) => name,
            Expr::Field(on, name) if **on == Expr::This => name,
            _ => return Err("something is set that the porter cannot set".to_owned()),
        };
        let field = self
            .w
            .plan
            .field(name)
            .cloned()
            .ok_or_else(|| format!("`{name}` is not known"))?;
        let Role::Data(ty) = &field.role else {
            return Err(format!("`{name}` is not a field of the connection"));
        };
        if !self.w.data().iter().any(|(_, _, java)| java == name) {
            // The session, which every handler takes as a parameter.
            return if *value == Expr::Name("session".to_owned()) || self.is_own_session(value) {
                Ok(Vec::new())
            } else {
                Err("another session is kept in the field of the own one".to_owned())
            };
        }
        if self.opening.is_some() && is_top && op == "=" {
            let val = self.expr_as(value, Some(ty.clone()))?;
            if !self.uses_self {
                // It is checked here, and used when the value is made.
                self.coerce(val.clone(), ty)?;
                if let Some(opening) = &mut self.opening {
                    opening.insert(name.clone(), val);
                }
                return Ok(Vec::new());
            }
        }
        let me = self.me()?;
        self.writes();
        Ok(vec![self.set_place(
            &format!("{me}.{}", field.rust),
            ty,
            op,
            value,
        )?])
    }

    pub(super) fn set_place(
        &mut self,
        place: &str,
        ty: &Ty,
        op: &str,
        value: &Expr,
    ) -> Result<String, Why> {
        let val = self.expr_as(value, Some(ty.clone()))?;
        match op {
            "=" => Ok(format!("{place} = {};", self.coerce(val, ty)?)),
            "+=" if *ty == Ty::String => {
                let text = self.format(&[val])?;
                Ok(format!("{place}.push_str(&{});", text.owned()))
            }
            "+=" | "-=" | "*=" if ty.is_number() => {
                Ok(format!("{place} {op} {};", self.coerce(val, ty)?))
            }
            _ => Err(format!("`{op}` on a `{}`", ty.rust())),
        }
    }

    pub(super) fn returned(&mut self, value: Option<&Expr>) -> Result<Vec<String>, Why> {
        if self.handler == Some(HandlerKind::Open) && self.w.has_fields() {
            let made = self.this();
            return Ok(vec![if self.is_fallible() {
                format!("return Ok({made});")
            } else {
                format!("return {made};")
            }]);
        }
        let result = self.result.clone();
        let code = match value {
            Some(value) => {
                let val = self.expr_as(value, Some(result.clone()))?;
                Some(self.coerce(val, &result)?)
            }
            None => None,
        };
        Ok(vec![match (code, self.is_fallible()) {
            (Some(code), true) => format!("return Ok({code});"),
            (Some(code), false) => format!("return {code};"),
            (None, true) => "return Ok(());".to_owned(),
            (None, false) => "return;".to_owned(),
        }])
    }

    pub(super) fn thrown(&mut self, value: &Expr) -> Result<Vec<String>, Why> {
        let error = match value {
            Expr::New { args, .. } => match args.as_slice() {
                [] => "\"failed\".into()".to_owned(),
                [text, ..] => {
                    let val = self.settled_expr(text)?;
                    if *val.inner() != Ty::String {
                        return Err("an exception without a text".to_owned());
                    }
                    {
                        let val = self.not_null(val);
                        let code = match val.form {
                            Form::Place => val.into_owned(),
                            _ => val.code,
                        };
                        format!("{}.into()", Val::owned(code, Ty::String).atom())
                    }
                }
            },
            _ => {
                let val = self.expr(value)?;
                if val.ty != Ty::Error || val.form == Form::Ref {
                    return Err("an exception that the porter does not know is thrown".to_owned());
                }
                format!("{}.into()", val.code)
            }
        };
        Ok(vec![match self.attempt() {
            Some(label) => format!("break '{label} Some({error});"),
            None => {
                self.fails();
                format!("return Err({error});")
            }
        }])
    }
}

fn unknown_type(ty: &Type) -> String {
    format!("the porter has no type for `{}`", ty.name)
}
