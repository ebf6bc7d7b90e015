//! Which static collections are registries of the open sessions, decided from all their uses.

use super::key::{is_self, key_of};
use super::plan::{Element, HandlerKind, Key, Plan, Registry, Verdict};
use super::uses::{self, Op, Use};
use crate::model::{Class, Expr, Field, Method, StmtKind};

const COLLECTIONS: &[&str] = &[
    "Map",
    "HashMap",
    "ConcurrentHashMap",
    "ConcurrentMap",
    "Hashtable",
    "LinkedHashMap",
    "Set",
    "HashSet",
    "CopyOnWriteArraySet",
    "LinkedHashSet",
    "List",
    "ArrayList",
    "LinkedList",
    "CopyOnWriteArrayList",
    "Vector",
    "Queue",
    "ConcurrentLinkedQueue",
    "Collection",
    "Deque",
];

/// Returns whether the field is a static collection.
pub(super) fn is_collection(field: &Field) -> bool {
    field.is_static && COLLECTIONS.contains(&field.ty.name.as_str())
}

pub(super) fn decide(class: &Class, plan: &Plan) -> Vec<Registry> {
    let fields = class.fields.iter().filter(|field| is_collection(field));
    fields.map(|field| registry(class, field, plan)).collect()
}

fn registry(class: &Class, field: &Field, plan: &Plan) -> Registry {
    let is_map =
        field.ty.args.len() == 2 || field.ty.name.contains("Map") || field.ty.name == "Hashtable";
    let uses = uses::of(class, &field.name);
    let element = match field.ty.args.last().map(|ty| ty.name.as_str()) {
        Some("Session") => Element::Session,
        Some(name) if name == class.name => Element::Endpoint,
        _ => Element::Other,
    };
    let mut registry = Registry {
        field: field.name.clone(),
        is_map,
        element,
        key: Key::None,
        verdict: Verdict::Registry,
        evidence: uses.iter().map(|it| evidence(class, it)).collect(),
    };
    if let Err(reason) = judge(class, plan, &uses, &mut registry) {
        registry.verdict = Verdict::Unclear(reason);
    }
    registry
}

fn evidence(class: &Class, it: &Use<'_>) -> String {
    let method = class
        .methods
        .get(it.method)
        .map_or("", |method| &method.name);
    let what = match it.op {
        Op::Call(name, _) => name,
        Op::Step(_) | Op::Set => "assigned",
        Op::Loop => "iterated",
        Op::Value => "used as a value",
    };
    let guard = if it.guards.is_empty() {
        ""
    } else {
        ", inside a condition"
    };
    format!("line {}: {what} in {method}{guard}", it.line)
}

/// Says why the collection is not what wspring keeps, or sets its key.
fn judge(
    class: &Class,
    plan: &Plan,
    uses: &[Use<'_>],
    registry: &mut Registry,
) -> Result<(), String> {
    let name = &registry.field;
    if registry.element == Element::Other {
        return Err(format!(
            "`{name}` holds neither sessions nor endpoints: keep it in a `Mutex<HashMap<…>>` given as `State`"
        ));
    }
    let mut has_put = false;
    let mut key = None;
    for it in uses {
        let Some(method) = class.methods.get(it.method) else {
            continue;
        };
        let handler = plan.handler(it.method);
        match &it.op {
            Op::Call("put" | "add" | "putIfAbsent" | "addElement" | "offer", args) => {
                has_put = true;
                put(class, plan, it, method, handler, args, registry)?;
                let found = if registry.is_map {
                    args.first().map_or(Key::None, |arg| key_of(arg, method, 4))
                } else {
                    Key::None
                };
                if key
                    .replace(found.clone())
                    .is_some_and(|other| other != found)
                {
                    return Err(format!(
                        "`{name}` has keys of two kinds: choose one, and give it with `Accept::key` in `#[on_handshake]`"
                    ));
                }
            }
            Op::Call("remove" | "removeElement", args) => {
                removal(it, method, handler, args, registry)?;
            }
            Op::Call(
                "clear" | "removeIf" | "removeAll" | "retainAll" | "computeIfAbsent" | "compute"
                | "merge" | "computeIfPresent" | "putAll" | "addAll" | "replace",
                _,
            ) => {
                return Err(format!(
                    "line {}: `{name}` is changed as a whole: say which sessions that means here (`on_duplicate`, rooms, or `close_key`)",
                    it.line
                ));
            }
            Op::Set => {
                return Err(format!(
                    "line {}: `{name}` is replaced while the server runs",
                    it.line
                ));
            }
            Op::Value if handed_out(it, method) => {
                return Err(format!(
                    "line {}: `{name}` is handed out by `{}`, so that others can change it: decide whether they need `keys()`, `sessions()`, or a map of their own",
                    it.line, method.name
                ));
            }
            _ => {}
        }
    }
    if !has_put {
        return Err(format!(
            "nothing is put into `{name}` in this file: register in `#[on_handshake]` with `Accept::key`, or use `sessions()`"
        ));
    }
    registry.key = key.unwrap_or(Key::None);
    if registry.is_map && registry.key == Key::None {
        return Err(format!(
            "the keys of `{name}` are neither a path variable nor the session's id: make the key in `#[on_handshake]` with `Accept::new().key(…)`"
        ));
    }
    Ok(())
}

fn put(
    class: &Class,
    plan: &Plan,
    it: &Use<'_>,
    method: &Method,
    handler: Option<HandlerKind>,
    args: &[Expr],
    registry: &Registry,
) -> Result<(), String> {
    let (name, line) = (&registry.field, it.line);
    if handler != Some(HandlerKind::Open) {
        return Err(format!(
            "line {line}: `{}` puts into `{name}` after the session has opened: a session joins later with `session.join(room)`, or gets its key in `#[on_handshake]`",
            method.name
        ));
    }
    let is_self = args.last().is_some_and(|arg| is_self(arg, method));
    if !is_self {
        return Err(format!(
            "line {line}: what is put into `{name}` is not the connection that opens"
        ));
    }
    if it.is_repeated
        || it.follows_return
        || !it
            .guards
            .iter()
            .all(|guard| is_duplicate_guard(guard, class, plan))
    {
        return Err(format!(
            "line {line}: Java puts into `{name}` only under a condition, and those that it leaves out stay connected and get nothing: refuse them in `#[on_handshake]` with `Reject`, return `Err` from `#[on_open]`, or let those who may get messages join a room"
        ));
    }
    Ok(())
}

fn removal(
    it: &Use<'_>,
    method: &Method,
    handler: Option<HandlerKind>,
    args: &[Expr],
    registry: &Registry,
) -> Result<(), String> {
    let (name, line) = (&registry.field, it.line);
    let ends = matches!(handler, Some(HandlerKind::Close | HandlerKind::Error));
    // In `onOpen`, the older entry of the same key, before the new one replaces it.
    let replaces = handler == Some(HandlerKind::Open) && registry.is_map && !it.guards.is_empty();
    let own = registry.is_map || args.first().is_some_and(|arg| is_self(arg, method));
    if (ends || replaces) && own && !it.is_repeated {
        return Ok(());
    }
    Err(format!(
        "line {line}: `{}` takes a session out of `{name}` that stays connected: leave a room with `session.leave(room)`, or close it with `close_key`",
        method.name
    ))
}

fn handed_out(it: &Use<'_>, method: &Method) -> bool {
    let mut found = false;
    for stmt in method.body.as_deref().unwrap_or_default() {
        stmt.each_stmt(&mut |stmt| {
            found |= stmt.line == it.line && matches!(stmt.kind, StmtKind::Return(_));
        });
    }
    found
}

/// Returns whether the condition asks nothing but whether the collection already has the key.
pub(crate) fn is_duplicate_guard(expr: &Expr, class: &Class, plan: &Plan) -> bool {
    let is_collection = |on: &Expr| {
        let fields = class.fields.iter().filter(|field| is_collection(field));
        let mut names = fields.map(|field| &field.name);
        names.any(|name| uses::is_static(on, &plan.class, name))
    };
    match expr {
        Expr::Unary(op, inner) => op == "!" && is_duplicate_guard(inner, class, plan),
        Expr::Call {
            on: Some(on), name, ..
        } => matches!(name.as_str(), "containsKey" | "contains") && is_collection(on),
        Expr::Binary(left, op, right) if op == "==" || op == "!=" => {
            right.is_null()
                && matches!(&**left, Expr::Call { on: Some(on), name, .. } if name == "get" && is_collection(on))
        }
        _ => false,
    }
}
