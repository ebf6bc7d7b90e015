//! One endpoint: the decisions become a type and its handlers.

use std::collections::BTreeSet;

use super::method;
use super::todo::Comments;
use crate::decide::{HandlerKind, Plan, Role, Side, Ty, Verdict};
use crate::model::{Class, Expr, Literal};
use crate::report::Difference;

/// How often the methods may be translated until nothing changes any more.
const MAX_ROUNDS: usize = 40;

/// The properties of a method that depend on the methods that it calls.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Traits {
    pub(super) is_async: bool,
    pub(super) is_fallible: bool,
    pub(super) writes_self: bool,
    /// `#[on_open]` calls it, directly or not.
    pub(super) is_opening: bool,
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
    /// The statements of the class, and those that are left as TODOs.
    pub(super) statements: usize,
    pub(super) lost: usize,
}

/// The code of a class, with markers for comments.
pub(super) struct Written {
    pub(super) code: String,
    pub(super) comments: Comments,
    pub(super) differences: BTreeSet<Difference>,
    pub(super) uses_json: bool,
    pub(super) statements: usize,
    pub(super) lost: usize,
}

/// Translates a class.
pub(super) fn write(class: &Class, plan: &Plan) -> Written {
    let mut writer = Writer {
        class,
        plan,
        traits: vec![Traits::default(); class.methods.len()],
        lost_fields: BTreeSet::new(),
        keeps_session: false,
        has_changed: false,
        comments: Comments::default(),
        differences: BTreeSet::new(),
        uses_json: false,
        statements: 0,
        lost: 0,
    };
    let mut methods = Vec::new();
    for _ in 0..MAX_ROUNDS {
        writer.begin_round();
        methods = method::all(&mut writer);
        if !writer.has_changed {
            break;
        }
    }
    let code = writer.assemble(&methods);
    Written {
        code,
        comments: writer.comments,
        differences: writer.differences,
        uses_json: writer.uses_json,
        statements: writer.statements,
        lost: writer.lost,
    }
}

impl Writer<'_> {
    fn begin_round(&mut self) {
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

    fn assemble(&mut self, methods: &[String]) -> String {
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
        let attribute = match &self.plan.side {
            Side::Server(path) => {
                let key = self
                    .plan
                    .key
                    .as_ref()
                    .map(|key| format!(", key = {key:?}"))
                    .unwrap_or_default();
                format!("#[server_endpoint({path:?}{key})]")
            }
            Side::Client => "#[client_endpoint]".to_owned(),
        };
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
        imports.push_str("use wspring::prelude::*;\n");
        if self.uses_json {
            imports.push_str("use super::json;\n");
        }
        imports
    }

    /// Writes constants and counters, and a TODO for each field that has no place.
    fn shared(&mut self, code: &mut String) {
        for field in &self.plan.fields {
            let name = &field.rust;
            match &field.role {
                Role::Constant(ty) => {
                    let Some(value) = self.constant(&field.java, ty) else {
                        continue;
                    };
                    let ty = if *ty == Ty::String {
                        "&str".to_owned()
                    } else {
                        ty.rust()
                    };
                    code.push_str(&format!("const {name}: {ty} = {value};\n"));
                }
                Role::Counter(ty) => {
                    let atomic = if *ty == Ty::I32 {
                        "AtomicI32"
                    } else {
                        "AtomicI64"
                    };
                    let start = self
                        .class
                        .field(&field.java)
                        .and_then(|field| start(field.value.as_ref()));
                    let start = start.unwrap_or(0);
                    code.push_str(&format!(
                        "static {name}: {atomic} = {atomic}::new({start});\n"
                    ));
                }
                Role::Unknown(reason) => {
                    let reason = format!("`{}`: {reason}", field.java);
                    code.push_str(&self.comments.todo(field.line, reason, &field.text));
                    code.push('\n');
                }
                Role::Service(ty) => {
                    let reason = format!(
                        "the service `{ty}`: write it in Rust, give it with `Server::builder().state(…)`, and take it as `State<{ty}>`"
                    );
                    code.push_str(&self.comments.todo(field.line, reason, &field.text));
                    code.push('\n');
                }
                Role::Collection => {
                    let Some(registry) = self.plan.registry(&field.java) else {
                        continue;
                    };
                    if let Verdict::Unclear(reason) = &registry.verdict {
                        code.push_str(&self.comments.todo(field.line, reason.clone(), &field.text));
                        code.push('\n');
                    }
                }
                _ => {}
            }
        }
    }

    fn constant(&self, name: &str, ty: &Ty) -> Option<String> {
        let value = self.class.field(name)?.value.as_ref()?;
        let negative = |value: &Expr| match value {
            Expr::Unary(op, inner) if op == "-" => start(Some(inner)).map(|number| -number),
            _ => start(Some(value)),
        };
        match (value, ty) {
            (_, Ty::String) => {
                let text =
                    crate::decide::constant_text(value, self.class, &self.plan.constants, 20)?;
                Some(format!("{text:?}"))
            }
            (_, Ty::I32 | Ty::I64) => negative(value).map(|number| number.to_string()),
            (Expr::Literal(Literal::Bool(value)), Ty::Bool) => Some(value.to_string()),
            (Expr::Literal(Literal::Double(text)), Ty::F64) => Some(text.clone()),
            (Expr::Literal(Literal::Int(number)), Ty::F64) => Some(format!("{number}.0")),
            (Expr::Literal(Literal::Char(char)), Ty::Char) => Some(format!("{char:?}")),
            _ => None,
        }
    }
}

/// Returns the value of `0`, `0L` or `new AtomicInteger(0)`.
fn start(value: Option<&Expr>) -> Option<i64> {
    match value? {
        Expr::Literal(Literal::Int(number) | Literal::Long(number)) => Some(*number),
        Expr::New { args, .. } => args.first().map_or(Some(0), |arg| start(Some(arg))),
        _ => None,
    }
}
