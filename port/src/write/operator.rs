//! Operators and comparisons.

use super::body::Body;
use super::value::{Form, Val, Why};
use crate::decide::Ty;
use crate::model::Expr;

impl Body<'_, '_> {
    pub(super) fn unary(&mut self, op: &str, inner: &Expr) -> Result<Val, Why> {
        let val = self.expr_as(inner, (op == "!").then_some(Ty::Bool))?;
        let val = self.not_null(val);
        match (op, &val.ty) {
            ("!", Ty::Bool) => Ok(Val::owned(
                match val.code.as_str() {
                    "true" => "false".to_owned(),
                    "false" => "true".to_owned(),
                    _ => format!("!{}", val.atom()),
                },
                Ty::Bool,
            )),
            ("-", Ty::I32 | Ty::I64 | Ty::F64) => Ok(Val::new(
                format!("-{}", val.atom()),
                val.ty.clone(),
                val.form,
            )),
            _ => Err(format!("`{op}` on a `{}`", val.ty.rust())),
        }
    }

    pub(super) fn binary(
        &mut self,
        whole: &Expr,
        left: &Expr,
        op: &str,
        right: &Expr,
    ) -> Result<Val, Why> {
        match op {
            "==" | "!=" => return self.equality(left, op, right),
            "&&" | "||" => {
                let left = self.condition(left)?;
                let right = self.condition(right)?;
                return Ok(Val::owned(joined(&left, op, &right), Ty::Bool));
            }
            "+" if self.is_text(whole)? => {
                let mut parts = Vec::new();
                self.parts(whole, &mut parts)?;
                let text = self.format(&parts)?;
                return Ok(Val::owned(text.owned(), Ty::String));
            }
            _ => {}
        }
        let (left, right, ty) = self.numbers(left, right)?;
        match op {
            "<" | "<=" | ">" | ">=" => Ok(Val::owned(format!("{left} {op} {right}"), Ty::Bool)),
            "+" | "-" | "*" if ty != Ty::F64 && ty != Ty::Usize => {
                let name = match op {
                    "+" => "wrapping_add",
                    "-" => "wrapping_sub",
                    _ => "wrapping_mul",
                };
                // Numbers wrap in Java.
                if left.chars().all(|char| char.is_ascii_digit()) {
                    return Ok(Val::owned(
                        format!("{left}_{}.{name}({right})", ty.rust()),
                        ty,
                    ));
                }
                Ok(Val::owned(format!("{left}.{name}({right})"), ty))
            }
            "+" | "*" => Ok(Val::owned(format!("{left} {op} {right}"), ty)),
            "-" | "/" if ty == Ty::F64 => Ok(Val::owned(format!("{left} {op} {right}"), ty)),
            "-" if ty == Ty::Usize => Ok(Val::owned(format!("{left}.saturating_sub({right})"), ty)),
            _ => Err(format!("the operator `{op}`")),
        }
    }

    /// Translates two operands to one type of number.
    pub(super) fn numbers(
        &mut self,
        left: &Expr,
        right: &Expr,
    ) -> Result<(String, String, Ty), Why> {
        let left = self.settled_expr(left)?;
        let left = self.not_null(left);
        let right = self.settled_expr(right)?;
        let right = self.not_null(right);
        if !left.ty.is_number() || !right.ty.is_number() {
            return Err(format!(
                "a calculation with a `{}` and a `{}`",
                left.ty.rust(),
                right.ty.rust()
            ));
        }
        let ty = match () {
            () if left.form == Form::Literal => right.ty.clone(),
            () if right.form == Form::Literal => left.ty.clone(),
            () if left.ty == right.ty => left.ty.clone(),
            () if left.ty == Ty::F64 || right.ty == Ty::F64 => Ty::F64,
            () => Ty::I64,
        };
        let is_double = |val: &Val| val.ty == Ty::F64;
        let ty = if is_double(&left) || is_double(&right) {
            Ty::F64
        } else {
            ty
        };
        let left = Val::owned(self.coerce(left, &ty)?, ty.clone()).atom();
        let right = Val::owned(self.coerce(right, &ty)?, ty.clone()).atom();
        Ok((left, right, ty))
    }

    pub(super) fn ternary(
        &mut self,
        condition: &Expr,
        then: &Expr,
        otherwise: &Expr,
    ) -> Result<Val, Why> {
        let condition = self.condition(condition)?;
        let then = self.settled_expr(then)?;
        let otherwise = self.settled_expr(otherwise)?;
        let ty = match (&then.ty, &otherwise.ty) {
            (one, two) if one == two => one.clone(),
            (Ty::Unit, other) | (other, Ty::Unit) => match other {
                Ty::Option(_) => other.clone(),
                other => Ty::Option(Box::new(other.clone())),
            },
            (Ty::Option(one), two) | (two, Ty::Option(one)) if **one == *two => {
                Ty::Option(one.clone())
            }
            _ => return Err("a `?:` with two types".to_owned()),
        };
        let then = self.coerce(then, &ty)?;
        let otherwise = self.coerce(otherwise, &ty)?;
        match condition.as_str() {
            "true" => Ok(Val::owned(then, ty)),
            "false" => Ok(Val::owned(otherwise, ty)),
            _ => Ok(Val::owned(
                format!("if {condition} {{ {then} }} else {{ {otherwise} }}"),
                ty,
            )),
        }
    }

    pub(super) fn equality(&mut self, left: &Expr, op: &str, right: &Expr) -> Result<Val, Why> {
        let (left, right) = if left.is_null() {
            (right, left)
        } else {
            (left, right)
        };
        if right.is_null() {
            return self.null_test(left, op == "==");
        }
        if let Some(val) = self.same_session(left, right, op == "==")? {
            return Ok(val);
        }
        let one = self.settled_expr(left)?;
        let two = self.settled_expr(right)?;
        if *one.inner() == Ty::String && *two.inner() == Ty::String {
            return Err("texts compared with `==`, which compares references in Java".to_owned());
        }
        self.equal(one, two, op)
    }

    pub(super) fn null_test(&mut self, expr: &Expr, is_null: bool) -> Result<Val, Why> {
        let val = self.settled_expr(expr)?;
        let code = match &val.ty {
            Ty::Option(_) => format!(
                "{}.{}()",
                val.atom(),
                if is_null { "is_none" } else { "is_some" }
            ),
            Ty::Keyed => {
                let not = if is_null { "!" } else { "" };
                format!("{not}Self::is_online({})", val.code)
            }
            // What is never null here: parameters of handlers, and elements of a registry.
            _ if is_null => "false".to_owned(),
            _ => "true".to_owned(),
        };
        Ok(Val::owned(code, Ty::Bool))
    }

    /// Compares two values of one type, with `equals` or `==`.
    pub(super) fn equal(&mut self, one: Val, two: Val, op: &str) -> Result<Val, Why> {
        let (a, b) = (one.inner().clone(), two.inner().clone());
        let comparable = a == b && (a.is_copy() || a == Ty::String || a == Ty::Json);
        if !(comparable || a.is_number() && b.is_number()) {
            return Err(format!(
                "a comparison of a `{}` with a `{}`",
                one.ty.rust(),
                two.ty.rust()
            ));
        }
        let code = if one.is_option() || two.is_option() {
            if a != b && one.form != Form::Literal && two.form != Form::Literal {
                return Err("a comparison of numbers of two types".to_owned());
            }
            format!("{} {op} {}", one.into_option(), two.into_option())
        } else if a != b {
            let ty = if one.form == Form::Literal {
                b
            } else if two.form == Form::Literal {
                a
            } else {
                Ty::I64
            };
            let left = self.coerce(one, &ty)?;
            let right = self.coerce(two, &ty)?;
            format!("{left} {op} {right}")
        } else {
            format!("{} {op} {}", one.atom(), two.atom())
        };
        Ok(Val::owned(code, Ty::Bool))
    }
}

/// Returns `left op right`, without a side that is known.
fn joined(left: &str, op: &str, right: &str) -> String {
    let (neutral, decided) = if op == "&&" {
        ("true", "false")
    } else {
        ("false", "true")
    };
    if left == neutral {
        return right.to_owned();
    }
    if right == neutral || left == decided {
        return left.to_owned();
    }
    let side = |code: &str| {
        let is_other = if op == "&&" {
            code.contains(" || ")
        } else {
            code.contains(" && ")
        };
        if is_other || code.starts_with("if ") {
            format!("({code})")
        } else {
            code.to_owned()
        }
    };
    format!("{} {op} {}", side(left), side(right))
}
