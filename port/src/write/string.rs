//! Texts of Java's library.

use super::body::Body;
use super::value::{Form, Val, Why};
use crate::decide::Ty;
use crate::model::{Expr, Literal};

impl Body<'_, '_> {
    /// `StringUtils.isBlank(text)`
    pub(super) fn blank_test(&mut self, name: &str, text: &Expr) -> Result<Val, Why> {
        let (is_negated, trims) = match name {
            "isEmpty" => (false, false),
            "isBlank" => (false, true),
            "isNotEmpty" | "hasLength" => (true, false),
            "isNotBlank" | "hasText" => (true, true),
            _ => return Err(format!("`{name}` of a text")),
        };
        let val = self.settled_expr(text)?;
        if *val.inner() != Ty::String {
            return Err(format!("`{name}` of a `{}`", val.ty.rust()));
        }
        let trim = if trims { ".trim()" } else { "" };
        let code = if val.is_option() {
            let option = Val::owned(val.into_option(), Ty::Unit).atom();
            let not = if is_negated {
                "is_some_and"
            } else {
                "is_none_or"
            };
            let bang = if is_negated { "!" } else { "" };
            format!("{option}.{not}(|text| {bang}text{trim}.is_empty())")
        } else {
            let bang = if is_negated { "!" } else { "" };
            format!("{bang}{}{trim}.is_empty()", val.atom())
        };
        Ok(Val::owned(code, Ty::Bool))
    }

    /// Calls a method of a text.
    pub(super) fn string_call(&mut self, val: Val, name: &str, args: &[Expr]) -> Result<Val, Why> {
        if name == "equalsIgnoreCase" {
            let [other] = args else {
                return Err("`equalsIgnoreCase`".to_owned());
            };
            let val = self.not_null(val);
            let other = self.settled_expr(other)?;
            if *other.inner() != Ty::String {
                return Err("a text compared with something else".to_owned());
            }
            let on = val.atom();
            if other.is_option() {
                let option = Val::owned(other.into_option(), Ty::Unit).atom();
                let one = if val.form == Form::Literal || val.form == Form::Ref {
                    on
                } else {
                    format!("&{on}")
                };
                return Ok(Val::owned(
                    format!("{option}.is_some_and(|given| given.eq_ignore_ascii_case({one}))"),
                    Ty::Bool,
                ));
            }
            return Ok(Val::owned(
                format!("{on}.eq_ignore_ascii_case({})", other.into_ref()),
                Ty::Bool,
            ));
        }
        let val = self.not_null(val);
        let on = val.atom();
        let owned = |code: String| Ok(Val::owned(code, Ty::String));
        match (name, args) {
            ("isEmpty", []) => Ok(Val::owned(format!("{on}.is_empty()"), Ty::Bool)),
            ("isBlank", []) => Ok(Val::owned(format!("{on}.trim().is_empty()"), Ty::Bool)),
            ("length", []) => Ok(Val::owned(
                format!("{on}.encode_utf16().count()"),
                Ty::Usize,
            )),
            ("trim" | "strip", []) => owned(format!("{on}.trim().to_owned()")),
            ("toString" | "intern", []) => Ok(val),
            ("toUpperCase", []) => owned(format!("{on}.to_uppercase()")),
            ("toLowerCase", []) => owned(format!("{on}.to_lowercase()")),
            ("startsWith" | "endsWith" | "contains", [other]) => {
                let other = self.settled_expr(other)?;
                if *other.inner() != Ty::String {
                    return Err(format!("`{name}` of something else than a text"));
                }
                let other = self.coerce_pattern(other);
                let method = match name {
                    "startsWith" => "starts_with",
                    "endsWith" => "ends_with",
                    _ => "contains",
                };
                Ok(Val::owned(format!("{on}.{method}({other})"), Ty::Bool))
            }
            ("replace", [from, to]) => {
                let from = self.settled_expr(from)?;
                let to = self.settled_expr(to)?;
                if from.ty != Ty::String || to.ty != Ty::String {
                    return Err("`replace` of something else than texts".to_owned());
                }
                let (from, to) = (self.coerce_pattern(from), self.coerce_text(to));
                owned(format!("{on}.replace({from}, {to})"))
            }
            ("concat", [other]) => {
                let other = self.settled_expr(other)?;
                let text = self.format(&[val, other])?;
                owned(text.owned())
            }
            ("split", [Expr::Literal(Literal::Str(separator))]) => {
                // A regular expression in Java: only what means itself is taken.
                let plain = match separator.strip_prefix('\\') {
                    Some(rest)
                        if rest.chars().count() == 1
                            && !rest.starts_with(char::is_alphanumeric) =>
                    {
                        rest
                    }
                    _ => separator,
                };
                let special =
                    separator == plain && plain.contains(|char| "\\^$.|?*+()[]{}".contains(char));
                if special || plain.is_empty() {
                    return Err("`split` by a regular expression".to_owned());
                }
                let list = Ty::List(Box::new(Ty::String));
                // Java leaves out what is empty at the end.
                Ok(Val::owned(
                    format!(
                        "{on}.trim_end_matches({plain:?}).split({plain:?}).map(str::to_owned).collect::<Vec<String>>()"
                    ),
                    list,
                ))
            }
            _ => Err(format!("`{name}` of a text")),
        }
    }

    /// Returns a text as a pattern: `&str`.
    pub(super) fn coerce_pattern(&mut self, val: Val) -> String {
        let val = self.not_null(val);
        match val.form {
            Form::Owned => format!("{}.as_str()", val.atom()),
            _ => val.into_ref(),
        }
    }
}
