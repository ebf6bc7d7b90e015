//! Calls of Java's library: texts, lists, numbers, counters.

use super::body::Body;
use super::value::{Form, Val, Why};
use crate::decide::Ty;
use crate::model::{Expr, Literal};

impl Body<'_, '_> {
    /// Calls a static method of another class.
    pub(super) fn static_call(
        &mut self,
        class: &str,
        name: &str,
        args: &[Expr],
    ) -> Result<Val, Why> {
        match (class, name, args) {
            ("String", "format", _) => self.string_format(args),
            ("String", "valueOf", [value]) | ("Integer" | "Long", "toString", [value]) => {
                let val = self.settled_expr(value)?;
                let text = self.format(&[val])?;
                Ok(Val::owned(text.owned(), Ty::String))
            }
            (
                "Integer" | "Long" | "Double" | "Boolean",
                "parseInt" | "parseLong" | "valueOf" | "parseDouble" | "parseBoolean",
                [value],
            ) => self.parsed(class, value),
            ("Objects", "equals", [one, two])
            | ("StringUtils" | "StrUtil" | "ObjectUtil", "equals" | "equal", [one, two]) => {
                let one = self.settled_expr(one)?;
                let two = self.settled_expr(two)?;
                self.equal(one, two, "==")
            }
            ("Objects", "isNull" | "nonNull", [value]) => {
                let null = Expr::Literal(Literal::Null);
                let op = if name == "isNull" { "==" } else { "!=" };
                self.expr(&Expr::Binary(
                    Box::new(value.clone()),
                    op.to_owned(),
                    Box::new(null),
                ))
            }
            (
                "StringUtils" | "StrUtil" | "StringUtil" | "ObjectUtils" | "CharSequenceUtil",
                _,
                [text],
            ) => self.blank_test(name, text),
            ("Math", "max" | "min", [one, two]) => {
                let one = self.settled_expr(one)?;
                let two = self.settled_expr(two)?;
                if one.ty != two.ty || !matches!(one.ty, Ty::I32 | Ty::I64) {
                    return Err("`Math` of two types".to_owned());
                }
                let ty = one.ty.clone();
                Ok(Val::owned(
                    format!("{}.{name}({})", one.atom(), two.code),
                    ty,
                ))
            }
            ("System", "currentTimeMillis", []) => Ok(Val::owned(
                "std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |time| i64::try_from(time.as_millis()).unwrap_or(i64::MAX))",
                Ty::I64,
            )),
            ("Thread", "sleep", [Expr::Literal(Literal::Int(ms) | Literal::Long(ms))]) => {
                self.waits();
                let ms = u64::try_from(*ms).unwrap_or(0);
                Ok(Val::owned(
                    format!("tokio::time::sleep(std::time::Duration::from_millis({ms})).await"),
                    Ty::Unit,
                ))
            }
            ("JSON" | "JSONObject" | "JSONUtil" | "JsonParser", ..) => self.json_static(name, args),
            _ => Err(format!("`{class}.{name}`")),
        }
    }

    /// `Integer.parseInt(text)`
    fn parsed(&mut self, class: &str, value: &Expr) -> Result<Val, Why> {
        let ty = match class {
            "Integer" => Ty::I32,
            "Long" => Ty::I64,
            "Double" => Ty::F64,
            _ => Ty::Bool,
        };
        let val = self.settled_expr(value)?;
        if val.inner().is_number() {
            return Ok(Val::owned(self.coerce(val, &ty)?, ty));
        }
        let val = self.not_null(val);
        if val.ty != Ty::String {
            return Err(format!("a `{}` is parsed", val.ty.rust()));
        }
        match ty {
            Ty::Bool => Ok(Val::owned(
                format!("{}.eq_ignore_ascii_case(\"true\")", val.atom()),
                Ty::Bool,
            )),
            ty => Ok(Val::new(
                format!("{}.parse::<{}>()", val.atom(), ty.rust()),
                ty,
                Form::Fallible,
            )),
        }
    }

    /// Calls a method of a list.
    pub(super) fn list_call(
        &mut self,
        val: Val,
        item: Ty,
        name: &str,
        args: &[Expr],
    ) -> Result<Val, Why> {
        let val = self.not_null(val);
        let on = val.atom();
        match (name, args) {
            ("size", []) => Ok(Val::owned(format!("{on}.len()"), Ty::Usize)),
            ("isEmpty", []) => Ok(Val::owned(format!("{on}.is_empty()"), Ty::Bool)),
            ("contains", [value]) => {
                let value = self.settled_expr(value)?;
                let value = self.coerce(value, &item)?;
                Ok(Val::owned(format!("{on}.contains(&{value})"), Ty::Bool))
            }
            ("add", [value]) if val.form == Form::Place => {
                let value = self.settled_expr(value)?;
                let value = self.coerce(value, &item)?;
                self.writes_place(&val);
                Ok(Val::owned(format!("{on}.push({value})"), Ty::Unit))
            }
            ("clear", []) if val.form == Form::Place => {
                self.writes_place(&val);
                Ok(Val::owned(format!("{on}.clear()"), Ty::Unit))
            }
            ("get", [index]) => {
                let index = self.settled_expr(index)?;
                if index.form != Form::Literal {
                    return Err("an element at an index that is not a literal".to_owned());
                }
                Ok(Val::new(
                    format!(
                        "{on}.get({}).cloned().ok_or(\"no such element\")",
                        index.code
                    ),
                    item,
                    Form::Fallible,
                ))
            }
            _ => Err(format!("`{name}` of a list")),
        }
    }

    pub(super) fn writes_place(&mut self, val: &Val) {
        if val.code.starts_with("self.") || val.code.starts_with("this.") {
            self.writes();
        }
    }
}
