//! The signatures of methods: parameters and results.

use super::body::{Body, Local};
use super::value::Form;
use super::writer::Writer;
use crate::decide::{Ty, variable};
use crate::model::{Method, Param};

/// The parameters and result of a method that other methods can call.
#[derive(Clone, Debug)]
pub(super) struct Signature {
    pub(super) params: Vec<Ty>,
    pub(super) result: Ty,
}

/// Counts the statements of a method.
pub(super) fn count(method: &Method) -> usize {
    let mut count = 0;
    for stmt in method.body.as_deref().unwrap_or_default() {
        stmt.each_stmt(&mut |_| count += 1);
    }
    count
}

/// Returns the signature of an own method, or why it has none.
pub(super) fn signature(w: &Writer<'_>, index: usize) -> Result<Signature, String> {
    let method = w.class.methods.get(index).ok_or("no such method")?;
    if method.body.is_none() {
        return Err("an abstract method".to_owned());
    }
    let mut params = Vec::new();
    for param in &method.params {
        params.push(param_type(w, index, param)?);
    }
    let result = Ty::of(&method.result).ok_or_else(|| {
        format!(
            "`{}` returns a `{}`, for which the porter has no type",
            method.name, method.result.name
        )
    })?;
    let result = if returns_null(method) && result != Ty::Unit {
        Ty::Option(Box::new(result))
    } else {
        result
    };
    Ok(Signature { params, result })
}

fn param_type(w: &Writer<'_>, index: usize, param: &Param) -> Result<Ty, String> {
    let ty = Ty::of(&param.ty).or_else(|| {
        matches!(
            param.ty.name.as_str(),
            "Throwable" | "Exception" | "IOException"
        )
        .then_some(Ty::Error)
    });
    let ty = ty.ok_or_else(|| {
        format!(
            "a parameter of type `{}`, for which the porter has no type",
            param.ty.name
        )
    })?;
    let is_nullable = w.plan.nullable.contains(&(index, param.name.clone()));
    Ok(match ty {
        Ty::Error | Ty::CloseReason => {
            return Err(format!(
                "a parameter of type `{}` outside a handler",
                param.ty.name
            ));
        }
        Ty::Session if is_nullable => return Err("a session that may be `null`".to_owned()),
        ty if is_nullable && Ty::is_reference(&param.ty) => Ty::Option(Box::new(ty)),
        ty => ty,
    })
}

pub(super) fn returns_null(method: &Method) -> bool {
    use crate::model::StmtKind;
    let mut found = false;
    for stmt in method.body.as_deref().unwrap_or_default() {
        stmt.each_stmt(&mut |stmt| {
            found |= matches!(&stmt.kind, StmtKind::Return(Some(value)) if value.is_null());
        });
    }
    found
}

/// Declares a parameter and returns it as Rust writes it.
pub(super) fn declare(body: &mut Body<'_, '_>, param: &Param, ty: &Ty) -> String {
    let name = variable(&param.name);
    let is_changed = body.is_changed(&param.name);
    let (written, form) = match ty {
        Ty::Session => ("&Session".to_owned(), Form::Ref),
        _ if is_changed => (ty.rust(), Form::Place),
        Ty::String => ("&str".to_owned(), Form::Ref),
        Ty::Bytes => ("&[u8]".to_owned(), Form::Ref),
        Ty::Option(inner) if **inner == Ty::String => ("Option<&str>".to_owned(), Form::Ref),
        Ty::Json => ("&serde_json::Value".to_owned(), Form::Ref),
        ty => (ty.rust(), Form::Place),
    };
    let local = Local {
        code: name.clone(),
        ty: ty.clone(),
        form,
        is_lost: false,
    };
    body.declare(&param.name, local);
    let mutable = if is_changed && form == Form::Place {
        "mut "
    } else {
        ""
    };
    format!("{mutable}{name}: {written}")
}

/// Returns ` -> T`.
pub(super) fn result(ty: &Ty, is_fallible: bool) -> String {
    match (ty, is_fallible) {
        (Ty::Unit, false) => String::new(),
        (ty, false) => format!(" -> {}", ty.rust()),
        (ty, true) => format!(" -> Result<{}, BoxError>", ty.rust()),
    }
}
