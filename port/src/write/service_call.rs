//! Calls of services.

use super::body::Body;
use super::value::{Val, Why};
use crate::decide::{Ty, service_name, snake};
use crate::model::Expr;

impl Body<'_, '_> {
    /// Translates an expression of which the type is known from what is around it.
    pub(super) fn expr_as(&mut self, expr: &Expr, ty: Option<Ty>) -> Result<Val, Why> {
        self.expected = ty;
        let val = self.settled_expr(expr);
        self.expected = None;
        val
    }

    /// Calls a method of a service.
    pub(super) fn service_call(
        &mut self,
        ty: &str,
        name: &str,
        args: &[Expr],
        expected: Option<Ty>,
    ) -> Result<Val, Why> {
        let service = service_name(ty);
        let variable = snake(&service);
        let result =
            expected.ok_or_else(|| format!("`{ty}.{name}`, whose result has no type here"))?;
        if !is_plain(&result) {
            return Err(format!("`{}.{name}` returns a `{}`", ty, result.rust()));
        }
        if self.has_variable(&variable) {
            return Err(format!("`{ty}`, beside a variable of that name"));
        }
        let (mut params, mut code) = (Vec::new(), Vec::new());
        for arg in args {
            let val = self.settled_expr(arg)?;
            let ty = match &val.ty {
                Ty::Usize => Ty::I32,
                ty if is_plain(ty) && *ty != Ty::Unit => ty.clone(),
                ty => return Err(format!("a `{}` for `{name}` of a service", ty.rust())),
            };
            code.push(self.coerce(val, &ty)?);
            params.push(ty);
        }
        self.w.need(self.index, &service);
        self.w.differs(crate::report::Difference::Blocking);
        let method = self.w.services.method(&service, name, &params, &result);
        Ok(Val::owned(
            format!("{variable}.{method}({})", code.join(", ")),
            result,
        ))
    }
}

/// Returns whether a value of the type can be given to a service, or taken from it.
fn is_plain(ty: &Ty) -> bool {
    match ty {
        Ty::Unit
        | Ty::Bool
        | Ty::I32
        | Ty::I64
        | Ty::F64
        | Ty::Char
        | Ty::Bytes
        | Ty::String
        | Ty::Json => true,
        Ty::List(inner) | Ty::Option(inner) => is_plain(inner),
        _ => false,
    }
}
