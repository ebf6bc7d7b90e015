//! JSON without a class: fastjson, jackson, gson and hutool.

use super::body::Body;
use super::value::{Form, Val, Why};
use crate::decide::Ty;
use crate::model::Expr;

/// The module that generated crates have if a class uses JSON.
pub(super) const MODULE: &str = include_str!("json_module.rs");

impl Body<'_, '_> {
    /// `JSON.parseObject(text)`, `mapper.writeValueAsString(value)`
    pub(super) fn json_static(&mut self, name: &str, args: &[Expr]) -> Result<Val, Why> {
        let [value] = args else {
            return Err(format!(
                "`{name}` with a class: derive `Deserialize` for it, and use `serde_json::from_str`"
            ));
        };
        let val = self.settled_expr(value)?;
        let val = self.not_null(val);
        match name {
            "parseObject" | "parseObj" | "parse" | "readTree" | "parseString" | "JSONObject" => {
                if val.ty != Ty::String {
                    return Err("JSON that is not parsed from a text".to_owned());
                }
                self.w.uses_json = true;
                let function = if name == "parseObject" || name == "parseObj" {
                    "object"
                } else {
                    "parse"
                };
                Ok(Val::new(
                    format!("json::{function}({})", val.into_ref()),
                    Ty::Json,
                    Form::Fallible,
                ))
            }
            "toJSONString" | "toJsonStr" | "toJson" | "writeValueAsString" | "toJsonString" => {
                match val.ty {
                    Ty::Json => Ok(Val::owned(
                        format!("{}.to_string()", val.atom()),
                        Ty::String,
                    )),
                    Ty::String | Ty::I32 | Ty::I64 | Ty::Bool | Ty::List(_) => {
                        let code = val.into_ref();
                        Ok(Val::owned(
                            format!("serde_json::json!({code}).to_string()"),
                            Ty::String,
                        ))
                    }
                    ty => Err(format!(
                        "a `{}` as JSON: derive `Serialize` for it",
                        ty.rust()
                    )),
                }
            }
            _ => Err(format!("`{name}` of JSON")),
        }
    }

    /// Calls a method of a JSON value.
    pub(super) fn json_call(&mut self, val: Val, name: &str, args: &[Expr]) -> Result<Val, Why> {
        let val = self.not_null(val);
        if matches!(name, "put" | "set" | "fluentPut" | "addProperty") {
            return self.json_put(&val, name, args);
        }
        let on = val.clone().into_ref();
        let option = |ty: Ty| Ty::Option(Box::new(ty));
        match (name, args) {
            ("toString" | "toJSONString" | "toStringPretty", []) => {
                return Ok(Val::owned(
                    format!("{}.to_string()", val.atom()),
                    Ty::String,
                ));
            }
            ("asText" | "getAsString" | "textValue", []) => {
                self.w.uses_json = true;
                return Ok(Val::owned(
                    format!("json::as_text({on})"),
                    option(Ty::String),
                ));
            }
            ("asInt" | "getAsInt" | "intValue", []) => {
                self.w.uses_json = true;
                return Ok(Val::owned(
                    format!("json::as_integer({on}).unwrap_or_default()"),
                    Ty::I64,
                ));
            }
            ("clear" | "remove", _) => return Err(format!("`{name}` of JSON")),
            _ => {}
        }
        let [key] = args else {
            return Err(format!("`{name}` of JSON"));
        };
        let key = self.settled_expr(key)?;
        if *key.inner() != Ty::String {
            return Err("a member of JSON that is not found by a text".to_owned());
        }
        let key = self.coerce_text(key);
        self.w.uses_json = true;
        let found = format!("json::member({on}, {key})");
        Ok(match name {
            "getString" | "getStr" => {
                Val::owned(format!("json::text({on}, {key})"), option(Ty::String))
            }
            "getLong" | "getInteger" | "getInt" => {
                let ty = if name == "getLong" { Ty::I64 } else { Ty::I32 };
                Val::owned(format!("json::integer({on}, {key})"), option(ty))
            }
            "getIntValue" => Val::owned(
                format!("json::integer::<i32>({on}, {key}).unwrap_or_default()"),
                Ty::I32,
            ),
            "getLongValue" => Val::owned(
                format!("json::integer::<i64>({on}, {key}).unwrap_or_default()"),
                Ty::I64,
            ),
            "getBoolean" | "getBool" => {
                Val::owned(format!("json::boolean({on}, {key})"), option(Ty::Bool))
            }
            "getBooleanValue" => Val::owned(
                format!("json::boolean({on}, {key}).unwrap_or_default()"),
                Ty::Bool,
            ),
            "getJSONObject" | "get" | "path" | "getAsJsonObject" => {
                Val::owned(found, option(Ty::Json))
            }
            "containsKey" | "has" => Val::owned(format!("{found}.is_some()"), Ty::Bool),
            _ => return Err(format!("`{name}` of JSON")),
        })
    }

    fn json_put(&mut self, val: &Val, name: &str, args: &[Expr]) -> Result<Val, Why> {
        let [key, value] = args else {
            return Err(format!("`{name}` of JSON"));
        };
        if val.form != Form::Place {
            return Err("JSON that is changed where it is made".to_owned());
        }
        let key = self.settled_expr(key)?;
        if *key.inner() != Ty::String {
            return Err("a member of JSON that is not named by a text".to_owned());
        }
        let key = self.coerce_text(key);
        let value = self.settled_expr(value)?;
        let code = match value.inner() {
            _ if value.code == "None" => "serde_json::Value::Null".to_owned(),
            Ty::String | Ty::Bool | Ty::I32 | Ty::I64 | Ty::F64 | Ty::Json | Ty::List(_) => {
                value.into_owned()
            }
            Ty::Usize => value.code,
            ty => {
                return Err(format!(
                    "a `{}` in JSON: derive `Serialize` for it",
                    ty.rust()
                ));
            }
        };
        self.w.uses_json = true;
        self.writes_place(val);
        Ok(Val::owned(
            format!("json::put(&mut {}, {key}, {code})", val.atom()),
            Ty::Unit,
        ))
    }
}
