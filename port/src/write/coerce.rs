//! Values that become those of another type.

use super::body::Body;
use super::value::{Form, Val, Why};
use crate::decide::Ty;

impl Body<'_, '_> {
    /// Returns the code of `val` as an owned value of type `ty`.
    pub(super) fn coerce(&mut self, val: Val, ty: &Ty) -> Result<String, Why> {
        let val = self.settled(val);
        if val.ty == *ty {
            return Ok(val.into_owned());
        }
        if val.code == "None" && matches!(ty, Ty::Option(_)) {
            return Ok(val.code);
        }
        match (&val.ty, ty) {
            (Ty::Option(from), Ty::Option(to)) if from == to => Ok(val.into_owned()),
            (Ty::Option(from), _) if **from == *ty || from.is_number() && ty.is_number() => {
                let plain = self.not_null(val);
                self.coerce(plain, ty)
            }
            (_, Ty::Option(to)) => {
                let inner = self.coerce(val, to)?;
                Ok(format!("Some({inner})"))
            }
            (from, to) if from.is_number() && to.is_number() => number(val, to),
            (Ty::Peer, Ty::Session) => Ok(val.into_owned()),
            _ => Err(format!(
                "a `{}` where a `{}` is needed",
                val.ty.rust(),
                ty.rust()
            )),
        }
    }

    /// Returns a value that is not `Option`: an error stands for the `NullPointerException`.
    pub(super) fn not_null(&mut self, val: Val) -> Val {
        let val = self.settled(val);
        let Ty::Option(inner) = val.ty.clone() else {
            return val;
        };
        let form = match (&*inner, val.form) {
            (Ty::String, Form::Place | Form::Ref) => Form::Ref,
            _ => Form::Owned,
        };
        let code = match form {
            Form::Ref => val.into_option(),
            _ => val.into_owned(),
        };
        let atom = Val::owned(code, Ty::Unit).atom();
        let result = Val::new(
            format!("{atom}.ok_or(\"null\")"),
            *inner.clone(),
            Form::Fallible,
        );
        Val::new(self.settled(result).code, *inner, form)
    }

    /// Handles the error of a fallible value: passes it on, or leaves the `try`.
    pub(super) fn settled(&mut self, val: Val) -> Val {
        if val.form != Form::Fallible {
            return val;
        }
        let code = match self.attempt() {
            Some(label) => format!(
                "(match {} {{ Ok(value) => value, Err(error) => break '{label} Some(error.into()) }})",
                val.code
            ),
            None => {
                self.fails();
                format!("{}?", val.atom())
            }
        };
        Val::owned(code, val.ty)
    }
}

fn number(val: Val, to: &Ty) -> Result<String, Why> {
    if val.form == Form::Literal {
        return Ok(match to {
            Ty::F64 if !val.code.contains('.') => format!("{}.0", val.code),
            _ => val.code,
        });
    }
    Ok(match (&val.ty, to) {
        (Ty::I32, Ty::I64) => format!("i64::from({})", val.code),
        (Ty::I32, Ty::F64) => format!("f64::from({})", val.code),
        (Ty::Usize, Ty::I32) => format!("i32::try_from({}).unwrap_or(i32::MAX)", val.code),
        (Ty::Usize, Ty::I64) => format!("i64::try_from({}).unwrap_or(i64::MAX)", val.code),
        (from, to) => {
            return Err(format!(
                "a `{}` where a `{}` is needed",
                from.rust(),
                to.rust()
            ));
        }
    })
}
