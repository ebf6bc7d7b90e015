//! The endpoint as a whole: its side and path, which method is which handler, and the names of all.

use std::collections::{BTreeMap, BTreeSet};

use super::constant::constant_text;
use super::plan::{FieldPlan, Handler, HandlerKind, Key, Plan, Registry, Role, Side, Verdict};
use super::{fields, names, null, registry, ty::Ty};
use crate::model::{Annotation, Class, Expr, Method};

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
            let (Key::Variable(name), Verdict::Registry) = (&registry.key, &registry.verdict)
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
