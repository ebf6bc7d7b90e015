//! The parameters of handlers.

use super::body::{Body, Local};
use super::signature::declare;
use super::value::Form;
use super::writer::Writer;
use crate::decide::{HandlerKind, Ty, variable};
use crate::model::{Method, Param};
use crate::report::Difference;

/// Declares the parameters, or says why a handler with them is impossible.
pub(super) fn params(body: &mut Body<'_, '_>, kind: HandlerKind) -> Result<Vec<String>, String> {
    let mut written = Vec::new();
    let method = body.method;
    let is_partial = method
        .params
        .iter()
        .filter(|param| is_payload(param))
        .count()
        == 2
        && method.params.iter().any(|param| param.ty.is("boolean"));
    for param in &method.params {
        let name = variable(&param.name);
        if let Some(variable) = param.path_param() {
            written.extend(path_param(body, param, &variable)?);
            continue;
        }
        let (ty, rust, form) = match (param.ty.name.as_str(), kind) {
            ("Session", _) => (Ty::Session, "&Session", Form::Ref),
            ("EndpointConfig", _) => continue,
            ("CloseReason", HandlerKind::Close) => (Ty::CloseReason, "&CloseReason", Form::Ref),
            ("Throwable" | "Exception", HandlerKind::Error) => (Ty::Error, "&Error", Form::Ref),
            (_, HandlerKind::Message) if is_partial => {
                written.extend(partial(body, param)?);
                continue;
            }
            ("String", HandlerKind::Message) if !body.is_changed(&param.name) => {
                (Ty::String, "&str", Form::Ref)
            }
            ("ByteBuffer", HandlerKind::Message) => (Ty::Bytes, "&[u8]", Form::Ref),
            ("byte", HandlerKind::Message) if param.ty.dimensions == 1 => {
                (Ty::Bytes, "&[u8]", Form::Ref)
            }
            ("InputStream", HandlerKind::Message) => {
                body.waits();
                written.push(format!("{name}: MessageReader<Binary>"));
                continue;
            }
            ("Reader", HandlerKind::Message) => {
                body.waits();
                written.push(format!("{name}: MessageReader<Text>"));
                continue;
            }
            ("PongMessage", HandlerKind::Message) => {
                written.push(format!("{name}: Pong"));
                continue;
            }
            (_, HandlerKind::Message) => match Ty::of(&param.ty) {
                Some(ty @ (Ty::String | Ty::Bool | Ty::I32 | Ty::I64 | Ty::F64 | Ty::Char)) => {
                    written.push(declare_owned(body, param, &ty));
                    continue;
                }
                _ => {
                    return Err(format!(
                        "the payload is a `{}`, which a decoder makes: derive `Deserialize` for it and take `Json<{}>`, or give it `FromMessage`",
                        param.ty.name, param.ty.name
                    ));
                }
            },
            // Java refuses any other parameter when it deploys the class.
            _ => return Err(format!("a parameter of type `{}`", param.ty.name)),
        };
        let local = Local {
            code: name.clone(),
            ty,
            form,
            is_lost: false,
        };
        body.declare(&param.name, local);
        written.push(format!("{name}: {rust}"));
    }
    if kind == HandlerKind::Message && !method.params.iter().any(is_payload) {
        return Err("a handler of messages that takes none".to_owned());
    }
    if kind == HandlerKind::Error && !written.iter().any(|param| param.ends_with(": &Error")) {
        written.push("_error: &Error".to_owned());
    }
    Ok(written)
}

fn declare_owned(body: &mut Body<'_, '_>, param: &Param, ty: &Ty) -> String {
    let name = variable(&param.name);
    let mutable = if body.is_changed(&param.name) {
        "mut "
    } else {
        ""
    };
    let local = Local {
        code: name.clone(),
        ty: ty.clone(),
        form: Form::Place,
        is_lost: false,
    };
    body.declare(&param.name, local);
    format!("{mutable}{name}: {}", ty.rust())
}

/// `String` and `boolean` become one `Partial`.
fn partial(body: &mut Body<'_, '_>, param: &Param) -> Result<Option<String>, String> {
    let (code, ty, rust) = match (param.ty.name.as_str(), param.ty.dimensions) {
        ("boolean", 0) => ("part.is_last", Ty::Bool, None),
        ("String", 0) => ("part.data", Ty::String, Some("part: Partial<&str>")),
        ("ByteBuffer", 0) | ("byte", 1) => ("part.data", Ty::Bytes, Some("part: Partial<&[u8]>")),
        _ => return Err(format!("a message in parts as a `{}`", param.ty.name)),
    };
    let local = Local {
        code: code.to_owned(),
        ty,
        form: Form::Ref,
        is_lost: false,
    };
    body.declare(&param.name, local);
    Ok(rust.map(str::to_owned))
}

fn path_param(
    body: &mut Body<'_, '_>,
    param: &Param,
    variable_name: &str,
) -> Result<Option<String>, String> {
    if !body
        .w
        .plan
        .variables
        .iter()
        .any(|known| known == variable_name)
    {
        // Java passes null; what uses it becomes a TODO.
        return Ok(None);
    }
    let ty = Ty::of(&param.ty)
        .filter(|ty| {
            matches!(
                ty,
                Ty::String | Ty::Bool | Ty::I32 | Ty::I64 | Ty::F64 | Ty::Char
            )
        })
        .ok_or_else(|| format!("a path variable of type `{}`", param.ty.name))?;
    if ty != Ty::String {
        body.w.differs(Difference::PathNumber);
    }
    let declared = declare(body, param, &ty);
    let name = variable(&param.name);
    let attribute = if name == variable_name {
        "#[path_param]".to_owned()
    } else {
        format!("#[path_param({variable_name:?})]")
    };
    Ok(Some(format!("{attribute} {declared}")))
}

/// The kinds of payload, by the types of the parameters.
fn payload_kind(method: &Method) -> &'static str {
    let payload = method.params.iter().find(|param| is_payload(param));
    match payload.map(|param| (param.ty.name.as_str(), param.ty.dimensions)) {
        Some(("byte", 1) | ("ByteBuffer" | "InputStream", 0)) => "binary",
        Some(("PongMessage", 0)) => "pong",
        _ => "text",
    }
}

pub(super) fn is_first_of_its_kind(w: &Writer<'_>, index: usize, method: &Method) -> bool {
    let mut handlers = w
        .plan
        .handlers
        .iter()
        .filter(|handler| handler.kind == HandlerKind::Message);
    let first = handlers.find(|handler| {
        w.class
            .methods
            .get(handler.method)
            .is_some_and(|other| payload_kind(other) == payload_kind(method))
    });
    first.is_some_and(|handler| handler.method == index)
}

pub(super) fn is_payload(param: &Param) -> bool {
    param.path_param().is_none() && !matches!(param.ty.name.as_str(), "Session" | "EndpointConfig")
}
