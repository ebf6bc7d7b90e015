//! The field that each Java field becomes, if any.

use super::constant::constant_text;
use super::key::key_of;
use super::plan::{FieldPlan, HandlerKind, Key, Plan, Role};
use super::{Ty, counter, names, null, registry};
use crate::model::{Class, Expr, Field, Literal, StmtKind};

pub(super) fn decide(class: &Class, plan: &Plan) -> Vec<FieldPlan> {
    class
        .fields
        .iter()
        .map(|field| one(class, field, plan))
        .collect()
}

fn one(class: &Class, field: &Field, plan: &Plan) -> FieldPlan {
    let role = if field.is_static {
        of_class(class, field, plan)
    } else {
        of_value(class, field, plan)
    };
    let is_shared = matches!(role, Role::Constant(_) | Role::Counter(_));
    let rust = match &role {
        _ if is_shared && names::is_constant(&field.name) => field.name.clone(),
        _ if is_shared => names::snake(&field.name)
            .trim_end_matches('_')
            .to_uppercase(),
        _ => names::variable(&field.name),
    };
    FieldPlan {
        java: field.name.clone(),
        rust,
        role,
        variable: variable_of(class, &field.name, plan),
        line: field.line,
        text: field.text.clone(),
    }
}

fn shared(field: &Field) -> Option<Role> {
    let injected = ["Autowired", "Resource", "Inject", "EJB", "Reference"];
    Some(match field.ty.name.as_str() {
        "Logger" | "Log" => Role::Logger,
        "ObjectMapper" | "Gson" => Role::Mapper,
        name if injected
            .iter()
            .any(|annotation| field.annotation(annotation).is_some()) =>
        {
            Role::Service(name.to_owned())
        }
        name if ["Service", "Mapper", "Dao", "Repository", "ServiceImpl"]
            .iter()
            .any(|end| name.ends_with(end)) =>
        {
            Role::Service(name.to_owned())
        }
        _ => return None,
    })
}

fn of_class(class: &Class, field: &Field, plan: &Plan) -> Role {
    if let Some(role) = shared(field) {
        return role;
    }
    if registry::is_collection(field) {
        return Role::Collection;
    }
    let counter = match field.ty.name.as_str() {
        "int" | "Integer" | "AtomicInteger" => Some(Ty::I32),
        "long" | "Long" | "AtomicLong" | "LongAdder" => Some(Ty::I64),
        _ => None,
    };
    if let (Some(ty), false) = (
        counter,
        field.is_final && !field.ty.name.starts_with("Atomic") && field.ty.name != "LongAdder",
    ) {
        return if counter::counts_sessions(class, plan, &field.name) {
            Role::SessionCounter
        } else {
            Role::Counter(ty)
        };
    }
    if field.ty.is("Object") {
        return Role::Lock;
    }
    let is_literal = field.value.as_ref().is_some_and(|value| {
        matches!(value, Expr::Literal(literal) if *literal != Literal::Null)
            || constant_text(value, class, &plan.constants, 20).is_some()
    });
    match Ty::of(&field.ty) {
        Some(ty) if field.is_final && is_literal && (ty.is_copy() || ty == Ty::String) => {
            Role::Constant(ty)
        }
        _ => Role::Unknown(
            "a static value that all connections share: give it as `State<T>`".to_owned(),
        ),
    }
}

fn of_value(class: &Class, field: &Field, plan: &Plan) -> Role {
    if let Some(role) = shared(field) {
        return role;
    }
    if field.ty.is("Object") {
        return Role::Lock;
    }
    let Some(ty) = Ty::of(&field.ty) else {
        return Role::Unknown(format!(
            "the porter has no Rust type for `{}`",
            field.ty.name
        ));
    };
    if ty == Ty::Json || ty == Ty::CloseReason || ty == Ty::Bytes {
        return Role::Unknown(format!("a field of type `{}`", field.ty.name));
    }
    let is_list = matches!(ty, Ty::List(_));
    if is_list || !Ty::is_reference(&field.ty) {
        return Role::Data(ty);
    }
    let is_set = has_value(field) || set_on_open(class, &field.name, plan);
    if is_set && !null::field(class, &field.name) {
        Role::Data(ty)
    } else {
        Role::Data(Ty::Option(Box::new(ty)))
    }
}

fn has_value(field: &Field) -> bool {
    field
        .value
        .as_ref()
        .is_some_and(|value| matches!(value, Expr::Literal(literal) if *literal != Literal::Null))
}

/// Returns whether each `onOpen` sets the field before anything can end it, and to something that is not `null`.
fn set_on_open(class: &Class, name: &str, plan: &Plan) -> bool {
    let opens = plan
        .handlers
        .iter()
        .filter(|handler| handler.kind == HandlerKind::Open);
    let body = opens
        .filter_map(|handler| class.methods.get(handler.method)?.body.as_deref())
        .next();
    for stmt in body.unwrap_or_default() {
        match &stmt.kind {
            StmtKind::Expr(Expr::Assign { target, op, value }) if op == "=" => {
                if !matches!(**value, Expr::Name(_)) {
                    if null::is_variable(target, name, true) {
                        return false;
                    }
                    continue;
                }
                if null::is_variable(target, name, true) {
                    return true;
                }
            }
            StmtKind::Local { .. } | StmtKind::Expr(_) => {}
            _ => return false,
        }
    }
    false
}

/// Returns the path variable whose value `onOpen` puts into the field, if nothing else sets it.
fn variable_of(class: &Class, name: &str, plan: &Plan) -> Option<String> {
    let writes = class.methods.iter().filter(|method| {
        null::any(method.body.as_deref().unwrap_or_default(), |expr| {
            matches!(expr, Expr::Assign { target, .. } if null::is_variable(target, name, true))
        })
    });
    if writes.count() != 1 {
        return None;
    }
    let open = plan
        .handlers
        .iter()
        .find(|handler| handler.kind == HandlerKind::Open)?;
    let method = class.methods.get(open.method)?;
    let field = Expr::Field(Box::new(Expr::This), name.to_owned());
    match key_of(&field, method, 4) {
        Key::Variable(variable) => Some(variable),
        _ => None,
    }
}
