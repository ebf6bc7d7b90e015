//! Methods: signatures, and the handlers' attributes.

use super::body::Body;
use super::signature::{count, declare, result, signature};
use super::writer::Writer;
use crate::decide::{Ty, snake};
use crate::model::Method;
use crate::report::Difference;

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
