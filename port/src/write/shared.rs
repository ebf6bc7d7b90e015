//! What all connections share: constants, counters, and TODOs for the rest.

use super::writer::Writer;
use crate::decide::{Role, Ty, Verdict};
use crate::model::{Expr, Literal};

impl Writer<'_> {
    /// Writes constants and counters, and a TODO for each field that has no place.
    pub(super) fn shared(&mut self, code: &mut String) {
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
                        "the service `{ty}`: `services.rs` has a trait with the methods that are used; write a type for it, and give it in `main.rs`"
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

    pub(super) fn constant(&self, name: &str, ty: &Ty) -> Option<String> {
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
