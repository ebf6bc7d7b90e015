//! Handlers: their parameters, and the value that `#[on_open]` makes.

use super::body::Body;
use super::payload::{is_first_of_its_kind, is_payload, params};
use super::signature;
use super::value::Val;
use super::writer::Writer;
use crate::decide::{HandlerKind, Ty, snake};
use crate::model::Method;
use crate::report::Difference;
use std::collections::HashMap;

use super::stmt;

/// Translates a handler.
pub(super) fn write<'a>(
    w: &mut Writer<'a>,
    index: usize,
    method: &'a Method,
    kind: HandlerKind,
) -> String {
    let result = match Ty::of(&method.result) {
        Some(ty @ (Ty::String | Ty::Bool | Ty::I32 | Ty::I64 | Ty::F64 | Ty::Char))
            if kind == HandlerKind::Message =>
        {
            if signature::returns_null(method) {
                Ty::Option(Box::new(ty))
            } else {
                ty
            }
        }
        Some(Ty::Unit) => Ty::Unit,
        _ if kind == HandlerKind::Message => {
            let count = signature::count(method);
            w.statements += count;
            w.lost += count;
            w.lose_all(method);
            let reason = format!(
                "`{}` answers with a `{}`: give it `IntoMessage`, or answer with `Json`",
                method.name, method.result.name
            );
            return w.comments.todo(method.line, reason, &method.text);
        }
        _ => Ty::Unit,
    };
    let is_second = kind == HandlerKind::Message && !is_first_of_its_kind(w, index, method);
    let makes_self = kind == HandlerKind::Open && w.has_fields();
    let mut body = Body::new(w, index, method, result.clone());
    if makes_self {
        body.opening = Some(HashMap::new());
    }
    let params = match params(&mut body, kind) {
        Ok(params) if !is_second => params,
        refused => {
            let reason = refused
                .err()
                .unwrap_or_else(|| "a second handler for messages of one kind".to_owned());
            let count = signature::count(method);
            w.statements += count;
            w.lost += count;
            w.lose_all(method);
            let comment = w.comments.todo(method.line, reason, &method.text);
            return if makes_self {
                format!("{comment}\n{}", bare_open(w))
            } else {
                comment
            };
        }
    };
    let lines = stmt::function(&mut body);
    let (statements, lost) = (body.statements, body.lost);
    let (uses_self, takes_session, session) =
        (body.uses_self, body.takes_session, body.session.clone());
    w.statements += statements;
    w.lost += lost;
    if lines.is_empty() && kind != HandlerKind::Message && !makes_self {
        return String::new();
    }
    let traits = w.traits(index);
    let receiver = match () {
        () if makes_self => None,
        () if traits.writes_self => Some("&mut self".to_owned()),
        () if uses_self || kind == HandlerKind::Open => Some("&self".to_owned()),
        () => None,
    };
    let mut all: Vec<String> = receiver.into_iter().collect();
    let is_declared = params.iter().any(|param| param.ends_with(": &Session"));
    let mentions = |param: &str| {
        let name = param.split(':').next().unwrap_or_default();
        let name = name.rsplit([' ', ']']).next().unwrap_or_default();
        lines.iter().any(|line| line.contains(name))
    };
    let is_payload = |param: &str| {
        kind == HandlerKind::Message && !param.ends_with(": &Session") && !param.starts_with("#[")
    };
    // The parameter that says which kind of message is handled, or which error, stays even if it is not used.
    let kept = params.into_iter().filter(|param| {
        let is_number = param.contains("#[path_param") && !param.ends_with(": &str");
        mentions(param) || is_payload(param) || is_number || param.contains("&Error")
    });
    all.extend(kept.map(|param| {
        if mentions(&param) {
            param
        } else {
            unused(&param)
        }
    }));
    if takes_session && !is_declared {
        all.push(format!("{session}: &Session"));
    }
    for service in w.needs(index) {
        all.push(format!("{}: State<Arc<dyn {service}>>", snake(&service)));
    }
    let name = w.plan.methods.get(index).cloned().unwrap_or_default();
    let attribute = attribute(method, kind);
    let asyncness = if traits.is_async { "async " } else { "" };
    let result = match (makes_self, traits.is_fallible) {
        (true, false) => " -> Self".to_owned(),
        (true, true) => " -> Result<Self, BoxError>".to_owned(),
        (false, is_fallible) => signature::result(&result, is_fallible),
    };
    if kind == HandlerKind::Message && traits.is_fallible {
        w.differs(Difference::ErrorLeavesOpen);
    }
    format!(
        "{attribute}\n{asyncness}fn {name}({}){result} {{\n{}\n}}\n",
        all.join(", "),
        lines.join("\n")
    )
}

fn unused(param: &str) -> String {
    match param.rsplit_once("] ") {
        Some((attribute, rest)) => {
            let rest = rest.trim_start_matches("mut ");
            let name = rest.split(':').next().unwrap_or_default();
            let attribute = if attribute == "#[path_param" {
                format!("#[path_param({name:?})")
            } else {
                attribute.to_owned()
            };
            format!("{attribute}] _{rest}")
        }
        None => format!("_{}", param.trim_start_matches("mut ")),
    }
}

/// An `#[on_open]` for a type whose own could not be translated.
fn bare_open(w: &Writer<'_>) -> String {
    let mut takes_session = false;
    let fields: Vec<_> = w
        .data()
        .into_iter()
        .map(|(name, ty, java)| {
            format!(
                "{name}: {}",
                initial(w, java, ty, "session", &mut takes_session)
            )
        })
        .collect();
    let session = if takes_session {
        "session: &Session"
    } else {
        ""
    };
    format!(
        "#[on_open]\nfn on_open({session}) -> Self {{ Self {{ {} }} }}\n",
        fields.join(", ")
    )
}

fn attribute(method: &Method, kind: HandlerKind) -> String {
    let size = method.annotation("OnMessage").and_then(|annotation| {
        use crate::model::{Expr, Literal};
        match annotation.argument("maxMessageSize")? {
            Expr::Literal(Literal::Int(size) | Literal::Long(size)) if *size > 0 => Some(*size),
            _ => None,
        }
    });
    // A message in parts has no size that is known before.
    let is_whole = method
        .params
        .iter()
        .filter(|param| is_payload(param))
        .count()
        == 1
        && !method
            .params
            .iter()
            .any(|param| matches!(param.ty.name.as_str(), "InputStream" | "Reader"));
    match (kind, size.filter(|_| is_whole)) {
        (HandlerKind::Open, _) => "#[on_open]".to_owned(),
        (HandlerKind::Message, Some(size)) => format!("#[on_message(max_message_size = {size})]"),
        (HandlerKind::Message, None) => "#[on_message]".to_owned(),
        (HandlerKind::Close, _) => "#[on_close]".to_owned(),
        (HandlerKind::Error, _) => "#[on_error]".to_owned(),
    }
}

/// Returns the code of a field's first value.
fn initial(w: &Writer<'_>, java: &str, ty: &Ty, session: &str, takes_session: &mut bool) -> String {
    use crate::model::{Expr, Literal};
    let value = w.class.field(java).and_then(|field| field.value.as_ref());
    let literal = match (value, ty) {
        (Some(Expr::Literal(Literal::Str(text))), Ty::String) => {
            Some(format!("{text:?}.to_owned()"))
        }
        (Some(Expr::Literal(Literal::Str(text))), Ty::Option(_)) => {
            Some(format!("Some({text:?}.to_owned())"))
        }
        (Some(Expr::Literal(Literal::Int(number) | Literal::Long(number))), Ty::I32 | Ty::I64) => {
            Some(number.to_string())
        }
        (Some(Expr::Literal(Literal::Bool(value))), Ty::Bool) => Some(value.to_string()),
        (Some(Expr::Literal(Literal::Double(text))), Ty::F64) => Some(text.clone()),
        _ => None,
    };
    literal
        .or_else(|| ty.default().map(str::to_owned))
        .unwrap_or_else(|| {
            *takes_session = true;
            format!("{session}.clone()")
        })
}

impl Body<'_, '_> {
    /// Returns `Self { … }` with what is known of the fields.
    pub(super) fn made(&mut self) -> String {
        let known = self.opening.clone().unwrap_or_default();
        let mut takes_session = false;
        let session = self.session.clone();
        let mut fields = Vec::new();
        let data: Vec<_> = self
            .w
            .data()
            .into_iter()
            .map(|(name, ty, java)| (name.to_owned(), ty.clone(), java.to_owned()))
            .collect();
        for (name, ty, java) in data {
            let value: Option<Val> = known.get(&java).cloned();
            let value = value.and_then(|value| self.coerce(value, &ty).ok());
            let value =
                value.unwrap_or_else(|| initial(self.w, &java, &ty, &session, &mut takes_session));
            fields.push(if value == name {
                name
            } else {
                format!("{name}: {value}")
            });
        }
        self.takes_session |= takes_session;
        format!("Self {{ {} }}", fields.join(", "))
    }
}
