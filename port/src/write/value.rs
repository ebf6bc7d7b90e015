//! The value of an expression: its Rust code, its type, and how it may be used.

use super::body::Body;
use crate::decide::Ty;

/// A reason why something is not translated.
pub(super) type Why = String;

/// Code with its type.
#[derive(Clone, Debug)]
pub(super) struct Val {
    pub(super) code: String,
    pub(super) ty: Ty,
    pub(super) form: Form,
}

/// How a value may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A temporary, which may be moved.
    Owned,
    /// A variable or field, which is cloned when it has to be owned.
    Place,
    /// A reference: `&str`, `&Session`, `Option<&str>`.
    Ref,
    /// A literal, which fits any number, or a `&'static str`.
    Literal,
    /// A `Result` that is not handled yet.
    Fallible,
}

impl Val {
    pub(super) fn new(code: impl Into<String>, ty: Ty, form: Form) -> Self {
        Self {
            code: code.into(),
            ty,
            form,
        }
    }

    pub(super) fn owned(code: impl Into<String>, ty: Ty) -> Self {
        Self::new(code, ty, Form::Owned)
    }

    /// Returns the type under `Option`.
    pub(super) fn inner(&self) -> &Ty {
        match &self.ty {
            Ty::Option(inner) => inner,
            ty => ty,
        }
    }

    pub(super) fn is_option(&self) -> bool {
        matches!(self.ty, Ty::Option(_))
    }

    /// Returns the code as the receiver of a method, or as an operand.
    pub(super) fn atom(&self) -> String {
        if is_atom(&self.code) {
            self.code.clone()
        } else {
            format!("({})", self.code)
        }
    }

    /// Returns code that owns the value.
    pub(super) fn into_owned(self) -> String {
        match self.form {
            _ if self.ty.is_copy() => self.code,
            Form::Ref if self.is_option() && *self.inner() == Ty::String => {
                format!("{}.map(str::to_owned)", self.atom())
            }
            Form::Ref | Form::Literal if self.ty == Ty::String => {
                format!("{}.to_owned()", self.atom())
            }
            Form::Ref if self.ty == Ty::Bytes => format!("{}.to_vec()", self.atom()),
            Form::Ref | Form::Place => format!("{}.clone()", self.atom()),
            _ => self.code,
        }
    }

    /// Returns code for a reference: `&str` for strings.
    pub(super) fn into_ref(self) -> String {
        match self.form {
            Form::Ref | Form::Literal => self.code,
            _ => format!("&{}", self.atom()),
        }
    }

    /// Returns code for an `Option` that borrows a string, or that holds a number.
    pub(super) fn into_option(self) -> String {
        if self.is_option() {
            return match (self.inner(), self.form) {
                (Ty::String, Form::Place | Form::Owned) => format!("{}.as_deref()", self.atom()),
                _ => self.code,
            };
        }
        match self.ty {
            Ty::String => match self.form {
                Form::Ref | Form::Literal => format!("Some({})", self.code),
                _ => format!("Some({}.as_str())", self.atom()),
            },
            _ => format!("Some({})", self.code),
        }
    }
}

/// Returns whether code needs no parentheses as an operand or a receiver.
fn is_atom(code: &str) -> bool {
    let mut depth = 0_usize;
    let mut in_text = false;
    let mut chars = code.chars().peekable();
    if code.starts_with(['-', '!', '&', '*', '|'])
        || code.starts_with("match ")
        || code.starts_with("if ")
    {
        return false;
    }
    while let Some(char) = chars.next() {
        match char {
            '\\' if in_text => {
                chars.next();
            }
            '"' => in_text = !in_text,
            _ if in_text => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ' ' if depth == 0 => return false,
            _ => {}
        }
    }
    true
}

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
