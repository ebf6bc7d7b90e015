//! Texts: `+`, `String.format`, and logs.

use super::body::Body;
use super::value::{Form, Val, Why};
use crate::decide::Ty;
use crate::model::Expr;

/// A format string with its arguments.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    /// As `format!` takes it, escaped as a literal is.
    template: String,
    args: Vec<String>,
}

impl Text {
    fn push_str(&mut self, text: &str) {
        self.template
            .push_str(&text.replace('{', "{{").replace('}', "}}"));
    }

    fn push_arg(&mut self, code: String, is_double: bool) {
        let is_name = code
            .chars()
            .all(|char| char.is_alphanumeric() || char == '_')
            && !code.starts_with(|char: char| char.is_numeric() || char.is_uppercase());
        let debug = if is_double { ":?" } else { "" };
        if is_name {
            self.template.push_str(&format!("{{{code}{debug}}}"));
        } else {
            self.template.push_str(&format!("{{{debug}}}"));
            self.args.push(code);
        }
    }

    /// Returns what stands between the parentheses of `format!`.
    pub(super) fn arguments(&self) -> String {
        let mut code = format!("{:?}", self.template);
        for arg in &self.args {
            code.push_str(", ");
            code.push_str(arg);
        }
        code
    }

    /// Returns code of type `String`.
    pub(super) fn owned(&self) -> String {
        format!("format!({})", self.arguments())
    }
}

impl Body<'_, '_> {
    /// Returns whether a `+` joins texts.
    pub(super) fn is_text(&mut self, expr: &Expr) -> Result<bool, Why> {
        match expr {
            Expr::Binary(left, op, right) if op == "+" => {
                Ok(self.is_text(left)? || self.is_text(right)?)
            }
            _ => Ok(*self.expr(expr)?.inner() == Ty::String),
        }
    }

    /// Collects the parts of a `+` that joins texts.
    pub(super) fn parts(&mut self, expr: &Expr, parts: &mut Vec<Val>) -> Result<(), Why> {
        match expr {
            Expr::Binary(left, op, right) if op == "+" && self.is_text(left)? => {
                self.parts(left, parts)?;
                parts.push(self.settled_expr(right)?);
            }
            Expr::Binary(left, op, right) if op == "+" && self.is_text(right)? => {
                parts.push(self.settled_expr(left)?);
                self.parts(right, parts)?;
            }
            _ => parts.push(self.settled_expr(expr)?),
        }
        Ok(())
    }

    /// Joins values to one text.
    pub(super) fn format(&mut self, parts: &[Val]) -> Result<Text, Why> {
        let mut text = Text::default();
        for part in parts {
            self.push(&mut text, part.clone())?;
        }
        Ok(text)
    }

    fn push(&mut self, text: &mut Text, val: Val) -> Result<(), Why> {
        if val.form == Form::Literal && val.ty == Ty::String {
            let literal: syn::LitStr =
                syn::parse_str(&val.code).map_err(|error| error.to_string())?;
            text.push_str(&literal.value());
            return Ok(());
        }
        if val.code == "None" {
            text.push_str("null");
            return Ok(());
        }
        let is_double = val.ty == Ty::F64;
        text.push_arg(self.shown(val)?, is_double);
        Ok(())
    }

    /// Returns code that can be formatted as Java would.
    pub(super) fn shown(&mut self, val: Val) -> Result<String, Why> {
        let val = self.settled(val);
        Ok(match (val.ty.clone(), val.form) {
            (Ty::Option(inner), _) if *inner == Ty::String => format!(
                "{}.unwrap_or(\"null\")",
                Val::owned(val.into_option(), Ty::Unit).atom()
            ),
            (Ty::Option(inner), _) if inner.is_copy() => {
                format!(
                    "{}.map_or_else(|| \"null\".to_owned(), |value| value.to_string())",
                    val.atom()
                )
            }
            (Ty::String, Form::Owned) if val.code.ends_with(".to_string()") => {
                val.code.trim_end_matches(".to_string()").to_owned()
            }
            (Ty::Session | Ty::Peer, _) => format!("{}.id()", val.atom()),
            (Ty::Keyed | Ty::Bytes | Ty::List(_) | Ty::Option(_) | Ty::Unit, _) => {
                return Err(format!("a `{}` in a text", val.ty.rust()));
            }
            _ => val.code,
        })
    }

    /// Returns code of type `String` or `&str`, for a text that is not null.
    pub(super) fn coerce_text(&mut self, val: Val) -> String {
        let val = self.not_null(val);
        val.into_ref()
    }

    /// `log.info("… {} …", value)`
    pub(super) fn log(&mut self, level: &str, args: &[Expr]) -> Result<Val, Why> {
        let level = match level {
            "fatal" | "severe" => "error",
            "warning" => "warn",
            "info" | "warn" | "error" | "debug" | "trace" => level,
            "fine" | "finer" | "finest" => "debug",
            _ => return Err(format!("`{level}` of a logger")),
        };
        self.is_log = true;
        let text = self.log_text(args);
        self.is_log = false;
        let text = text?;
        Ok(Val::owned(
            format!("tracing::{level}!({})", text.arguments()),
            Ty::Unit,
        ))
    }

    fn log_text(&mut self, args: &[Expr]) -> Result<Text, Why> {
        let mut args = args.iter();
        let Some(first) = args.next() else {
            return Ok(Text::default());
        };
        let mut parts = Vec::new();
        if self.is_text(first)? {
            self.parts(first, &mut parts)?;
        } else {
            parts.push(self.settled_expr(first)?);
        }
        let mut text = Text::default();
        for part in parts {
            if part.form != Form::Literal || part.ty != Ty::String {
                self.push(&mut text, part)?;
                continue;
            }
            let literal: syn::LitStr =
                syn::parse_str(&part.code).map_err(|error| error.to_string())?;
            let literal = literal.value();
            let mut rest = literal.as_str();
            while let Some((before, after)) = rest.split_once("{}") {
                text.push_str(before);
                match args.next() {
                    Some(arg) => {
                        let val = self.settled_expr(arg)?;
                        self.push(&mut text, val)?;
                    }
                    None => text.push_str("{}"),
                }
                rest = after;
            }
            text.push_str(rest);
        }
        for arg in args {
            // A `Throwable` at the end, or an argument without a place.
            let val = self.settled_expr(arg)?;
            if val.ty == Ty::Error {
                text.push_str(": ");
                self.push(&mut text, val)?;
            }
        }
        Ok(text)
    }

    /// `String.format("%s is %d", a, b)`
    pub(super) fn string_format(&mut self, args: &[Expr]) -> Result<Val, Why> {
        let Some((Expr::Literal(crate::model::Literal::Str(template)), args)) = args.split_first()
        else {
            return Err("`String.format` with a format that is not a literal".to_owned());
        };
        let mut args = args.iter();
        let mut text = Text::default();
        let mut rest = template.as_str();
        while let Some((before, after)) = rest.split_once('%') {
            text.push_str(before);
            let mut chars = after.chars();
            match chars.next() {
                Some('s' | 'd') => {
                    let arg = args
                        .next()
                        .ok_or("`String.format` with too few arguments")?;
                    let val = self.settled_expr(arg)?;
                    self.push(&mut text, val)?;
                }
                Some('n') => text.push_str("\n"),
                Some('%') => text.push_str("%"),
                _ => return Err("`String.format` with more than %s and %d".to_owned()),
            }
            rest = chars.as_str();
        }
        text.push_str(rest);
        Ok(Val::owned(text.owned(), Ty::String))
    }
}
