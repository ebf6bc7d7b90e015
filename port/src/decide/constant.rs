use std::collections::BTreeMap;

use crate::model::{Class, Expr, Literal};

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
