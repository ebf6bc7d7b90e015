//! Methods: signatures, and the handlers' attributes.

use super::body::{Body, Local};
use super::class::Writer;
use super::value::Form;
use crate::decide::{Ty, snake, variable};
use crate::model::{Method, Param};
use crate::report::Difference;

/// The parameters and result of a method that other methods can call.
#[derive(Clone, Debug)]
pub(super) struct Signature {
    pub(super) params: Vec<Ty>,
    pub(super) result: Ty,
}

/// Translates all methods.
pub(super) fn all(writer: &mut Writer<'_>) -> Vec<String> {
    let class = writer.class;
    let methods = class.methods.iter().enumerate();
    methods
        .filter_map(|(index, method)| one(writer, index, method))
        .collect()
}

fn one<'a>(w: &mut Writer<'a>, index: usize, method: &'a Method) -> Option<String> {
    if method.is_constructor && method.body.as_ref().is_none_or(Vec::is_empty) {
        return None;
    }
    if is_session_step(w, index) || is_accessor(method) {
        return None;
    }
    let handler = w.plan.handler(index);
    if handler.is_none() && !w.traits(index).is_called && is_for_others(w, index, method) {
        return None;
    }
    let refused = match handler {
        Some(_) => handler_refusal(method),
        None if method.is_constructor => {
            Some("a constructor: set the fields in `#[on_open]`".to_owned())
        }
        None => signature(w, index).err(),
    };
    if let Some(reason) = refused {
        let count = count(method);
        w.statements += count;
        w.lost += count;
        w.lose_all(method);
        return Some(w.comments.todo(method.line, reason, &method.text));
    }
    Some(match handler {
        Some(kind) => super::handler::write(w, index, method, kind),
        None => helper(w, index, method),
    })
}

/// Returns whether the method only counts the sessions, which wspring does.
pub(super) fn is_session_step(w: &Writer<'_>, index: usize) -> bool {
    use crate::decide::Role;
    crate::decide::is_step_helper(w.class, index)
        && w.plan.fields.iter().any(|field| {
            field.role == Role::SessionCounter
                && w.class
                    .methods
                    .get(index)
                    .is_some_and(|method| method.text.contains(&field.java))
        })
}

/// Returns whether the method is a setter or getter of a static service, for `@Autowired`.
fn is_accessor(method: &Method) -> bool {
    method
        .annotations
        .iter()
        .any(|it| matches!(it.name.as_str(), "Autowired" | "Resource" | "Inject"))
}

/// Returns whether the method only serves those that find the endpoint in a collection: it sends to its session, or returns a field.
fn is_for_others<'a>(w: &mut Writer<'a>, index: usize, method: &'a Method) -> bool {
    use crate::model::{Expr, StmtKind};
    if method.is_static {
        return false;
    }
    if let Some([stmt]) = method.body.as_deref()
        && let StmtKind::Return(Some(Expr::Name(_) | Expr::Field(..)))
        | StmtKind::Expr(Expr::Assign { .. }) = &stmt.kind
    {
        return method.name.starts_with("get") || method.name.starts_with("set");
    }
    let body = Body::new(w, index, method, Ty::Unit);
    body.sender(&method.name, method.params.len()).is_some()
}

/// Returns what makes a handler impossible to declare.
fn handler_refusal(method: &Method) -> Option<String> {
    method
        .body
        .is_none()
        .then(|| "a handler without a body".to_owned())
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

fn helper<'a>(w: &mut Writer<'a>, index: usize, method: &'a Method) -> String {
    let Ok(signature) = signature(w, index) else {
        return String::new();
    };
    let mut body = Body::new(w, index, method, signature.result.clone());
    let mut params = Vec::new();
    for (param, ty) in method.params.iter().zip(&signature.params) {
        params.push(declare(&mut body, param, ty));
    }
    let lines = super::stmt::function(&mut body);
    let (statements, lost) = (body.statements, body.lost);
    w.statements += statements;
    w.lost += lost;
    let traits = w.traits(index);
    let receiver = match (method.is_static, traits.writes_self) {
        (true, _) => None,
        (false, true) => Some("&mut self".to_owned()),
        (false, false) => Some("&self".to_owned()),
    };
    let services = w.needs(index).into_iter();
    let services = services.map(|service| format!("{}: &Arc<dyn {service}>", snake(&service)));
    let params: Vec<_> = receiver.into_iter().chain(params).chain(services).collect();
    let name = w.plan.methods.get(index).map_or("method", String::as_str);
    let asyncness = if traits.is_async { "async " } else { "" };
    let result = result(&signature.result, traits.is_fallible);
    format!(
        "pub {asyncness}fn {name}({}){result} {{\n{}\n}}\n",
        params.join(", "),
        lines.join("\n")
    )
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

impl<'a> Writer<'a> {
    /// Marks every field that the method sets.
    pub(super) fn lose_all(&mut self, method: &'a Method) {
        let mut body = Body::new(self, usize::MAX, method, Ty::Unit);
        for stmt in method.body.as_deref().unwrap_or_default() {
            body.lose(stmt);
        }
    }

    pub(super) fn differs(&mut self, difference: Difference) {
        self.differences.insert(difference);
    }
}
