//! Arguments of own methods, and new values.

use super::body::Body;
use super::value::{Val, Why};
use crate::decide::Ty;
use crate::model::{Expr, Type};

impl Body<'_, '_> {
    /// Passes an argument to an own method.
    pub(super) fn argument(
        &mut self,
        val: Val,
        ty: &Ty,
        is_owned: bool,
        writes_self: bool,
    ) -> Result<String, Why> {
        let code = match ty {
            Ty::Session => {
                let val = self.not_null(val);
                if !matches!(val.ty, Ty::Session | Ty::Peer) {
                    return Err(
                        "something else than a session for a parameter that is one".to_owned()
                    );
                }
                val.into_ref()
            }
            _ if is_owned => return self.coerce(val, ty),
            Ty::String if *val.inner() == Ty::String => self.coerce_text(val),
            Ty::Option(inner) if **inner == Ty::String && *val.inner() == Ty::String => {
                val.into_option()
            }
            Ty::Bytes | Ty::Json if val.ty == *ty => val.into_ref(),
            _ => return self.coerce(val, ty),
        };
        // A method that changes the value cannot borrow from it.
        if writes_self && (code.contains("self.") || code.contains("this.")) {
            return Ok(match code.strip_suffix(".as_deref()") {
                Some(place) => format!("{place}.clone().as_deref()"),
                None if code.starts_with('&') => format!("{code}.clone()"),
                None => return Err("an argument that the method itself may change".to_owned()),
            });
        }
        Ok(code)
    }

    pub(super) fn new_value(&mut self, ty: &Type, args: &[Expr]) -> Result<Val, Why> {
        match (ty.name.as_str(), args) {
            (
                "JSONObject" | "JsonObject" | "HashMap" | "LinkedHashMap",
                [] | [Expr::Literal(_)],
            ) => Ok(Val::owned("serde_json::json!({})", Ty::Json)),
            ("JSONObject", [_]) => self.json_static("parseObject", args),
            ("ArrayList" | "LinkedList", []) => match Ty::of(ty) {
                Some(ty) => Ok(Val::owned("Vec::new()", ty)),
                None => Err("a list whose elements have no type here".to_owned()),
            },
            ("String", [text]) => self.settled_expr(text),
            ("Integer" | "Long", [_]) => self.static_call(&ty.name, "valueOf", args),
            _ => Err(format!("`new {}`", ty.name)),
        }
    }
}
