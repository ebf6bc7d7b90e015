//! The state of one class while it is translated, and the Rust type that it becomes.

use std::collections::BTreeSet;

use super::Services;
use super::todo::Comments;
use crate::decide::{HandlerKind, Plan, Side, Ty};
use crate::model::{Class, Expr};
use crate::report::Difference;

/// The properties of a method that depend on the methods that it calls.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Traits {
    pub(super) is_async: bool,
    pub(super) is_fallible: bool,
    pub(super) writes_self: bool,
    /// `#[on_open]` calls it, directly or not.
    pub(super) is_opening: bool,
    /// It sends by key, or asks who is online, directly or not.
    pub(super) uses_keys: bool,
    /// A method that is translated calls it.
    pub(super) is_called: bool,
}

/// The translation of one class.
pub(super) struct Writer<'a> {
    pub(super) class: &'a Class,
    pub(super) plan: &'a Plan,
    traits: Vec<Traits>,
    lost_fields: BTreeSet<String>,
    keeps_session: bool,
    has_changed: bool,
    pub(super) comments: Comments,
    pub(super) differences: BTreeSet<Difference>,
    pub(super) uses_json: bool,
    pub(super) services: &'a mut Services,
    /// The services that each method needs.
    needs: Vec<BTreeSet<String>>,
    /// The statements of the class, and those that are left as TODOs.
    pub(super) statements: usize,
    pub(super) lost: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(class: &'a Class, plan: &'a Plan, services: &'a mut Services) -> Self {
        Self {
            class,
            plan,
            traits: vec![Traits::default(); class.methods.len()],
            lost_fields: BTreeSet::new(),
            keeps_session: false,
            has_changed: false,
            comments: Comments::default(),
            differences: BTreeSet::new(),
            uses_json: false,
            services,
            needs: vec![BTreeSet::new(); class.methods.len()],
            statements: 0,
            lost: 0,
        }
    }
}

impl Writer<'_> {
    /// Returns whether another round is necessary.
    pub(super) fn has_changed(&self) -> bool {
        self.has_changed
    }

    pub(super) fn begin_round(&mut self) {
        self.has_changed = false;
        self.comments = Comments::default();
        self.differences.clear();
        self.uses_json = false;
        self.statements = 0;
        self.lost = 0;
    }

    pub(super) fn traits(&self, method: usize) -> Traits {
        self.traits.get(method).copied().unwrap_or_default()
    }

    /// Sets a property, which makes another round necessary if it is new.
    pub(super) fn set(&mut self, method: usize, property: impl Fn(&mut Traits) -> &mut bool) {
        if let Some(traits) = self.traits.get_mut(method) {
            let property = property(traits);
            self.has_changed |= !*property;
            *property = true;
        }
    }

    /// The method calls a service, which makes another round necessary if it is new.
    pub(super) fn need(&mut self, method: usize, service: &str) {
        if let Some(needs) = self.needs.get_mut(method) {
            self.has_changed |= needs.insert(service.to_owned());
        }
    }

    /// Returns the services that the method needs.
    pub(super) fn needs(&self, method: usize) -> Vec<String> {
        self.needs
            .get(method)
            .into_iter()
            .flatten()
            .cloned()
            .collect()
    }

    pub(super) fn lose_field(&mut self, name: &str) {
        if self.class.field(name).is_some() && self.lost_fields.insert(name.to_owned()) {
            self.has_changed = true;
        }
    }

    pub(super) fn is_lost_field(&self, name: &str) -> bool {
        self.lost_fields.contains(name)
    }

    /// The session has to be kept in the endpoint's value.
    pub(super) fn keep_session(&mut self) {
        self.has_changed |= !self.keeps_session;
        self.keeps_session = true;
    }

    /// Returns whether the first method calls the second, directly or not.
    pub(super) fn calls(&self, from: usize, to: usize) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(index) = open.pop() {
            if !seen.insert(index) {
                continue;
            }
            for stmt in self
                .class
                .methods
                .get(index)
                .and_then(|method| method.body.as_deref())
                .unwrap_or_default()
            {
                stmt.each_expr(&mut |expr| {
                    let Expr::Call { name, .. } = expr else {
                        return;
                    };
                    let methods = self.class.methods.iter().enumerate();
                    open.extend(
                        methods
                            .filter(|(_, method)| method.name == *name)
                            .map(|(index, _)| index),
                    );
                });
            }
            if open.contains(&to) {
                return true;
            }
        }
        false
    }

    pub(super) fn runs_while_opening(&self, method: usize) -> bool {
        self.traits(method).is_opening
    }

    /// Returns the Rust names, types and Java names of the fields that are kept.
    pub(super) fn data(&self) -> Vec<(&str, &Ty, &str)> {
        let kept = self.plan.data().filter(|(_, ty)| match ty {
            Ty::Session => self.keeps_session,
            Ty::Option(inner) => **inner != Ty::Session || self.keeps_session,
            _ => true,
        });
        kept.map(|(field, ty)| (field.rust.as_str(), ty, field.java.as_str()))
            .collect()
    }

    pub(super) fn has_fields(&self) -> bool {
        !self.data().is_empty()
    }

    pub(super) fn has_handler(&self, kind: HandlerKind) -> bool {
        self.plan
            .handlers
            .iter()
            .any(|handler| handler.kind == kind)
    }

    pub(super) fn assemble(&mut self, methods: &[String]) -> String {
        let mut code = String::new();
        self.shared(&mut code);
        let name = &self.plan.name;
        let data = self.data();
        if data.is_empty() {
            code.push_str(&format!("#[derive(Default)]\npub struct {name};\n"));
        } else {
            let derive = if self.has_handler(HandlerKind::Open) {
                ""
            } else {
                "#[derive(Default)]\n"
            };
            code.push_str(&format!("{derive}pub struct {name} {{\n"));
            for (field, ty, _) in data {
                code.push_str(&format!("    {field}: {},\n", ty.rust()));
            }
            code.push_str("}\n");
        }
        for argument in &self.plan.left {
            let reason = match argument.as_str() {
                "configurator" => {
                    "the configurator: write `#[on_handshake]`, and `origins` beside the path for `checkOrigin`"
                }
                "encoders" => "the encoders: give what is sent `IntoMessage`, or send `Json`",
                "decoders" => "the decoders: give the payload `FromMessage`, or take `Json`",
                _ => "an argument of the annotation",
            };
            let java = self
                .class
                .text
                .lines()
                .take(6)
                .find(|line| line.contains(argument.as_str()));
            code.push_str(&self.comments.todo(
                self.class.line,
                format!("`{argument}`, {reason}"),
                java.unwrap_or(argument),
            ));
            code.push('\n');
        }
        let mut arguments: Vec<String> = Vec::new();
        if let Side::Server(path) = &self.plan.side {
            arguments.push(format!("{path:?}"));
        }
        arguments.extend(self.plan.key.as_ref().map(|key| format!("key = {key:?}")));
        if !self.plan.subprotocols.is_empty() {
            arguments.push(format!("subprotocols = {:?}", self.plan.subprotocols));
        }
        let side = if self.plan.side == Side::Client {
            "client"
        } else {
            "server"
        };
        let arguments = if arguments.is_empty() {
            String::new()
        } else {
            format!("({})", arguments.join(", "))
        };
        let attribute = format!("#[{side}_endpoint{arguments}]");
        code.push_str(&format!("{attribute}\nimpl {name} {{\n"));
        for method in methods {
            code.push_str(method);
            code.push('\n');
        }
        code.push_str("}\n");
        self.imports(&code) + &code
    }

    /// Imports what the code uses.
    fn imports(&self, code: &str) -> String {
        let mut imports = String::new();
        let atomics = ["AtomicI32", "AtomicI64", "Ordering"];
        let atomics: Vec<_> = atomics
            .into_iter()
            .filter(|name| code.contains(&format!("{name}::")))
            .collect();
        if !atomics.is_empty() {
            imports.push_str(&format!(
                "use std::sync::atomic::{{{}}};\n",
                atomics.join(", ")
            ));
        }
        if code.contains("BoxError>") {
            imports.push_str("use wspring::BoxError;\n");
        }
        let services: BTreeSet<_> = self.needs.iter().flatten().map(String::as_str).collect();
        if !services.is_empty() {
            imports.push_str("use std::sync::Arc;\n");
            let names: Vec<_> = services.into_iter().collect();
            imports.push_str(&format!("use super::services::{{{}}};\n", names.join(", ")));
        }
        imports.push_str("use wspring::prelude::*;\n");
        if self.uses_json {
            imports.push_str("use super::json;\n");
        }
        imports
    }
}
