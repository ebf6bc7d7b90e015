//! Why connections end.

use super::body::Body;
use super::value::{Form, Val, Why};
use crate::decide::Ty;
use crate::model::{Expr, Literal};

impl Body<'_, '_> {
    /// `new CloseReason(CloseCodes.VIOLATED_POLICY, "text")`
    pub(super) fn close_reason(&mut self, reason: &Expr) -> Result<(String, String), Why> {
        let Expr::New { ty, args } = reason else {
            return Err("a close reason that is not made where it is used".to_owned());
        };
        let [code, text] = args.as_slice() else {
            return Err("a close reason".to_owned());
        };
        if !ty.is("CloseReason") {
            return Err("a close reason".to_owned());
        }
        let text = self.settled_expr(text)?;
        let text = if text.code == "None" {
            "\"\"".to_owned()
        } else {
            self.coerce_text(text)
        };
        Ok((close_code(code)?, text))
    }
}

fn close_code(code: &Expr) -> Result<String, Why> {
    let unknown = || "a close code that the porter does not know".to_owned();
    let name = match code {
        Expr::Field(_, name) | Expr::Name(name) => name,
        Expr::Call { name, args, .. } if name == "getCloseCode" => {
            let Some(Expr::Literal(Literal::Int(number))) = args.first() else {
                return Err(unknown());
            };
            return Ok(format!("CloseCode::new({number})"));
        }
        _ => return Err(unknown()),
    };
    let rust = match name.as_str() {
        "NORMAL_CLOSURE" => "NORMAL",
        "GOING_AWAY" => "GOING_AWAY",
        "PROTOCOL_ERROR" => "PROTOCOL",
        "CANNOT_ACCEPT" => "UNSUPPORTED",
        "NOT_CONSISTENT" => "INVALID_PAYLOAD",
        "VIOLATED_POLICY" => "POLICY",
        "TOO_BIG" => "TOO_BIG",
        "NO_EXTENSION" => "MANDATORY_EXTENSION",
        "UNEXPECTED_CONDITION" => "INTERNAL_ERROR",
        "SERVICE_RESTART" => "RESTART",
        "TRY_AGAIN_LATER" => "TRY_AGAIN_LATER",
        _ => return Err(unknown()),
    };
    Ok(format!("CloseCode::{rust}"))
}

pub(super) fn close_call(val: &Val, name: &str) -> Result<Val, Why> {
    match name {
        "getReasonPhrase" => Ok(Val::new(
            format!("{}.reason", val.atom()),
            Ty::String,
            Form::Place,
        )),
        "toString" => Ok(Val::owned(
            format!("{}.to_string()", val.atom()),
            Ty::String,
        )),
        "getCloseCode" => Ok(Val::owned(
            format!("i32::from({}.code.as_u16())", val.atom()),
            Ty::I32,
        )),
        _ => Err(format!("`{name}` of a close reason")),
    }
}
