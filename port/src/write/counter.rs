//! Static counters.

use super::body::Body;
use super::value::{Val, Why};
use crate::decide::{Role, Ty};
use crate::model::Expr;

impl Body<'_, '_> {
    /// `COUNTER.incrementAndGet()`
    pub(super) fn counter_call(
        &mut self,
        field: &str,
        name: &str,
        args: &[Expr],
    ) -> Result<Val, Why> {
        let plan = self
            .w
            .plan
            .field(field)
            .cloned()
            .ok_or("a counter that is not known")?;
        let ty = match plan.role {
            Role::SessionCounter => {
                return match name {
                    "get" | "intValue" | "longValue" | "sum" | "incrementAndGet"
                    | "decrementAndGet" => Ok(Val::owned("Self::sessions().len()", Ty::Usize)),
                    "getAndIncrement" | "getAndDecrement" | "increment" | "decrement" => {
                        Ok(Val::owned("", Ty::Unit))
                    }
                    _ => Err(format!("`{name}` of a counter")),
                };
            }
            Role::Counter(ty) => ty,
            _ => return Err(format!("`{field}.{name}`")),
        };
        let counter = &plan.rust;
        let code = match (name, args) {
            ("get" | "intValue" | "longValue" | "sum", []) => {
                format!("{counter}.load(Ordering::Relaxed)")
            }
            ("incrementAndGet" | "increment", []) => {
                format!("{counter}.fetch_add(1, Ordering::Relaxed).wrapping_add(1)")
            }
            ("decrementAndGet" | "decrement", []) => {
                format!("{counter}.fetch_sub(1, Ordering::Relaxed).wrapping_sub(1)")
            }
            ("getAndIncrement", []) => format!("{counter}.fetch_add(1, Ordering::Relaxed)"),
            ("getAndDecrement", []) => format!("{counter}.fetch_sub(1, Ordering::Relaxed)"),
            ("set", [value]) => {
                let value = self.settled_expr(value)?;
                let value = self.coerce(value, &ty)?;
                return Ok(Val::owned(
                    format!("{counter}.store({value}, Ordering::Relaxed)"),
                    Ty::Unit,
                ));
            }
            _ => return Err(format!("`{name}` of a counter")),
        };
        Ok(Val::owned(code, ty))
    }

    /// `count++` and `count += 1` as statements, or none if it is no counter.
    pub(super) fn counter_step(
        &mut self,
        target: &Expr,
        op: &str,
        value: &Expr,
    ) -> Result<Option<Vec<String>>, Why> {
        let Some(field) = self.static_field(target) else {
            return Ok(None);
        };
        let plan = self
            .w
            .plan
            .field(&field)
            .cloned()
            .ok_or("a counter that is not known")?;
        match plan.role {
            Role::SessionCounter => Ok(Some(Vec::new())),
            Role::Counter(ty) => {
                let value = self.settled_expr(value)?;
                let value = self.coerce(value, &ty)?;
                let method = match op {
                    "+=" => "fetch_add",
                    "-=" => "fetch_sub",
                    "=" => "store",
                    _ => return Err(format!("`{op}` on a counter")),
                };
                Ok(Some(vec![format!(
                    "{}.{method}({value}, Ordering::Relaxed);",
                    plan.rust
                )]))
            }
            _ => Err(format!("`{field}`, which all connections share, is set")),
        }
    }

    /// `count++` as a value.
    pub(super) fn counter_value(&mut self, expr: &Expr) -> Result<Val, Why> {
        let Expr::Update {
            op,
            target,
            is_prefix,
        } = expr
        else {
            return Err("an assignment as a value".to_owned());
        };
        let field = self.static_field(target).ok_or("`++` as a value")?;
        let name = match (op.as_str(), is_prefix) {
            ("++", true) => "incrementAndGet",
            ("++", false) => "getAndIncrement",
            (_, true) => "decrementAndGet",
            (_, false) => "getAndDecrement",
        };
        self.counter_call(&field, name, &[])
    }
}
