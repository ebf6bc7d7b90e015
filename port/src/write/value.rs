//! The value of an expression: its Rust code, its type, and how it may be used.

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
