//! The endpoint as a whole: its side and path, which method is which handler, and the names of all.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::fields::{self, FieldPlan, Role};
use super::registry::{Registry, Verdict};
use super::{names, null, registry, ty::Ty};
use crate::model::{Annotation, Class, Expr, Literal, Method};

/// The decisions about one endpoint.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// The Java class.
    pub class: String,
    /// The Rust type.
    pub name: String,
    /// The module, which is also the name of the file.
    pub module: String,
    /// Server or client.
    pub side: Side,
    /// The subprotocols.
    pub subprotocols: Vec<String>,
    /// The arguments of the annotation that are left to do: `configurator`, `encoders`, `decoders`.
    pub left: Vec<String>,
    /// The variables of the path.
    pub variables: Vec<String>,
    /// The variable that is the key, if it has to be named.
    pub key: Option<String>,
    /// The handlers.
    pub handlers: Vec<Handler>,
    /// The Rust names of the methods, by index.
    pub methods: Vec<String>,
    /// The fields.
    pub fields: Vec<FieldPlan>,
    /// The static collections, each with its verdict.
    pub registries: Vec<Registry>,
    /// Parameters that may be `null`: the method's index and the name.
    #[serde(skip)]
    pub(crate) nullable: BTreeSet<(usize, String)>,
    /// Static strings and numbers, by name.
    #[serde(skip)]
    pub(crate) constants: BTreeMap<String, Expr>,
}

/// Which side of a connection the endpoint is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Side {
    /// `@ServerEndpoint`, with its path.
    Server(String),
    /// `@ClientEndpoint`
    Client,
}

/// A method that is a handler.
#[derive(Clone, Debug, Serialize)]
pub struct Handler {
    /// Its index among the methods.
    pub method: usize,
    /// The event that it handles.
    pub kind: HandlerKind,
}

/// The events that have handlers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum HandlerKind {
    /// `@OnOpen`
    Open,
    /// `@OnMessage`
    Message,
    /// `@OnClose`
    Close,
    /// `@OnError`
    Error,
}

impl Plan {
    /// Makes the decisions, or returns none if the class is no endpoint.
    #[must_use]
    pub fn of(class: &Class, constants: &BTreeMap<String, Expr>) -> Option<Self> {
        let server = class.annotation("ServerEndpoint");
        let side = match server {
            Some(annotation) => Side::Server(path(annotation, class, constants)),
            None => {
                class.annotation("ClientEndpoint")?;
                Side::Client
            }
        };
        let annotation = server.or_else(|| class.annotation("ClientEndpoint"))?;
        let (subprotocols, left) = arguments(annotation, class, constants);
        let variables = match &side {
            Side::Server(path) => variables(path),
            Side::Client => Vec::new(),
        };
        let mut plan = Self {
            class: class.name.clone(),
            name: names::type_name(&class.name),
            module: names::snake(&class.name),
            side,
            subprotocols,
            left,
            variables,
            key: None,
            handlers: handlers(class),
            methods: method_names(class),
            fields: Vec::new(),
            registries: Vec::new(),
            nullable: null::params(class),
            constants: constants.clone(),
        };
        if plan.module == "main" || plan.module == "json" {
            plan.module.push_str("_endpoint");
        }
        plan.registries = registry::decide(class, &plan);
        plan.fields = fields::decide(class, &plan);
        plan.key = plan.registries.iter().find_map(|registry| {
            let (registry::Key::Variable(name), Verdict::Registry) =
                (&registry.key, &registry.verdict)
            else {
                return None;
            };
            (plan.variables.len() > 1).then(|| name.clone())
        });
        Some(plan)
    }

    /// Returns the event that the method handles.
    #[must_use]
    pub fn handler(&self, method: usize) -> Option<HandlerKind> {
        let mut handlers = self.handlers.iter();
        let found = handlers.find(|handler| handler.method == method)?;
        Some(found.kind)
    }

    /// Returns the decision about a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&FieldPlan> {
        self.fields.iter().find(|field| field.java == name)
    }

    /// Returns the verdict about a static collection.
    #[must_use]
    pub fn registry(&self, name: &str) -> Option<&Registry> {
        self.registries
            .iter()
            .find(|registry| registry.field == name)
    }

    /// Returns the fields that become fields.
    pub(crate) fn data(&self) -> impl Iterator<Item = (&FieldPlan, &Ty)> {
        self.fields.iter().filter_map(|field| match &field.role {
            Role::Data(ty) => Some((field, ty)),
            _ => None,
        })
    }
}

/// Returns the text of a constant expression: literals, constants and `+`.
pub(crate) fn constant_text(
    expr: &Expr,
    class: &Class,
    constants: &BTreeMap<String, Expr>,
    depth: usize,
) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    match expr {
        Expr::Literal(Literal::Str(text)) => Some(text.clone()),
        Expr::Literal(Literal::Int(number) | Literal::Long(number)) => Some(number.to_string()),
        Expr::Binary(left, op, right) if op == "+" => {
            let left = constant_text(left, class, constants, depth)?;
            Some(left + &constant_text(right, class, constants, depth)?)
        }
        Expr::Name(name) => {
            let own = class.field(name).and_then(|field| field.value.as_ref());
            let value = own.or_else(|| constants.get(&format!("{}.{name}", class.name)))?;
            constant_text(value, class, constants, depth)
        }
        Expr::Field(on, name) => {
            let value = constants.get(&format!("{}.{name}", on.as_name()?))?;
            constant_text(value, class, constants, depth)
        }
        _ => None,
    }
}

fn path(annotation: &Annotation, class: &Class, constants: &BTreeMap<String, Expr>) -> String {
    let value = annotation.argument("value");
    let text = value.and_then(|value| constant_text(value, class, constants, 20));
    let mut text = text.unwrap_or_default();
    if !text.starts_with('/') {
        text.insert(0, '/');
    }
    text
}

/// Returns the subprotocols, and the names of the arguments that have no counterpart.
fn arguments(
    annotation: &Annotation,
    class: &Class,
    constants: &BTreeMap<String, Expr>,
) -> (Vec<String>, Vec<String>) {
    let (mut subprotocols, mut left) = (Vec::new(), Vec::new());
    for (name, value) in &annotation.arguments {
        match name.as_str() {
            "value" => {}
            "subprotocols" => {
                let values = match value {
                    Expr::Array(values) => values.as_slice(),
                    single => std::slice::from_ref(single),
                };
                for value in values {
                    match constant_text(value, class, constants, 20) {
                        Some(text) => subprotocols.push(text),
                        None => left.push(name.clone()),
                    }
                }
            }
            _ => left.push(name.clone()),
        }
    }
    (subprotocols, left)
}

fn variables(path: &str) -> Vec<String> {
    let segments = path.split('/');
    segments
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(str::to_owned)
        .collect()
}

fn handlers(class: &Class) -> Vec<Handler> {
    let mut found: Vec<Handler> = Vec::new();
    for (index, method) in class.methods.iter().enumerate() {
        let kind = [
            ("OnOpen", HandlerKind::Open),
            ("OnMessage", HandlerKind::Message),
            ("OnClose", HandlerKind::Close),
            ("OnError", HandlerKind::Error),
        ]
        .into_iter()
        .find(|(name, _)| method.annotation(name).is_some());
        let Some((_, kind)) = kind else { continue };
        let is_second = found.iter().any(|other| other.kind == kind);
        if !is_second || kind == HandlerKind::Message {
            found.push(Handler {
                method: index,
                kind,
            });
        }
    }
    found
}

fn method_names(class: &Class) -> Vec<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let name_of = |method: &Method| match () {
        () if method.is_constructor => "new".to_owned(),
        () => names::method(&method.name),
    };
    class
        .methods
        .iter()
        .map(|method| {
            let base = name_of(method);
            let mut name = base.clone();
            let mut number = 2;
            while !taken.insert(name.clone()) {
                name = format!("{base}_{number}");
                number += 1;
            }
            name
        })
        .collect()
}
