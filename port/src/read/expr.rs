//! Expressions.

use super::Node;
use super::depth::Depth;
use super::ty::{param_name, ty};
use crate::model::{Expr, LambdaBody, Literal};

pub(super) fn expr(node: Node<'_>, depth: Depth) -> Expr {
    let other = || Expr::Other(node.text().to_owned());
    let Some(depth) = depth.deeper() else {
        return other();
    };
    known(node, depth).unwrap_or_else(other)
}

fn known(node: Node<'_>, depth: Depth) -> Option<Expr> {
    let boxed = |name: &str| Some(Box::new(expr(node.field(name)?, depth)));
    let text = |name: &str| Some(node.field(name)?.text().to_owned());
    Some(match node.kind() {
        "identifier" => Expr::Name(node.text().to_owned()),
        "this" => Expr::This,
        "parenthesized_expression" | "condition" => expr(node.children().first().copied()?, depth),
        "field_access" => Expr::Field(boxed("object")?, text("field")?),
        "scoped_identifier" => Expr::Field(boxed("scope")?, text("name")?),
        "method_invocation" => Expr::Call {
            on: node
                .field("object")
                .map(|object| Box::new(expr(object, depth))),
            name: text("name")?,
            args: arguments(node, depth),
        },
        "object_creation_expression" if node.child("class_body").is_none() => Expr::New {
            ty: ty(node.field("type")?),
            args: arguments(node, depth),
        },
        "assignment_expression" => Expr::Assign {
            target: boxed("left")?,
            op: text("operator")?,
            value: boxed("right")?,
        },
        "unary_expression" => Expr::Unary(text("operator")?, boxed("operand")?),
        "update_expression" => update(node, depth)?,
        "binary_expression" => Expr::Binary(boxed("left")?, text("operator")?, boxed("right")?),
        "ternary_expression" => Expr::Ternary(
            boxed("condition")?,
            boxed("consequence")?,
            boxed("alternative")?,
        ),
        "cast_expression" => Expr::Cast(ty(node.field("type")?), boxed("value")?),
        "lambda_expression" => lambda(node, depth)?,
        "class_literal" => Expr::Class(ty(node.children().first().copied()?)),
        "array_access" => Expr::Index(boxed("array")?, boxed("index")?),
        "array_initializer" | "element_value_array_initializer" => {
            let values = node.children().into_iter();
            Expr::Array(values.map(|value| expr(value, depth)).collect())
        }
        _ => Expr::Literal(literal(node)?),
    })
}

fn arguments(node: Node<'_>, depth: Depth) -> Vec<Expr> {
    let list = node.field("arguments").into_iter().flat_map(Node::children);
    list.map(|node| expr(node, depth)).collect()
}

fn update(node: Node<'_>, depth: Depth) -> Option<Expr> {
    let tokens = node.tokens();
    let (first, second) = (tokens.first()?, tokens.get(1)?);
    let is_prefix = matches!(first.kind(), "++" | "--");
    let (op, target) = if is_prefix {
        (first, second)
    } else {
        (second, first)
    };
    Some(Expr::Update {
        op: op.kind().to_owned(),
        target: Box::new(expr(*target, depth)),
        is_prefix,
    })
}

fn lambda(node: Node<'_>, depth: Depth) -> Option<Expr> {
    let parameters = node.field("parameters")?;
    let names = match parameters.kind() {
        "identifier" => vec![parameters.text().to_owned()],
        "formal_parameters" => parameters
            .children()
            .into_iter()
            .filter_map(|node| Some(param_name(node)?.to_owned()))
            .collect(),
        _ => parameters
            .children()
            .into_iter()
            .map(|node| node.text().to_owned())
            .collect(),
    };
    let body = node.field("body")?;
    let body = if body.kind() == "block" {
        LambdaBody::Block(depth.block(body))
    } else {
        LambdaBody::Expr(Box::new(expr(body, depth)))
    };
    Some(Expr::Lambda(names, body))
}

fn literal(node: Node<'_>) -> Option<Literal> {
    let text = node.text();
    Some(match node.kind() {
        "null_literal" => Literal::Null,
        "true" => Literal::Bool(true),
        "false" => Literal::Bool(false),
        "string_literal" if !text.starts_with("\"\"\"") => {
            Literal::Str(unescape(text.strip_prefix('"')?.strip_suffix('"')?)?)
        }
        "character_literal" => {
            let text = unescape(text.strip_prefix('\'')?.strip_suffix('\'')?)?;
            Literal::Char(text.chars().next()?)
        }
        "decimal_integer_literal" => {
            let digits = text.replace('_', "");
            match digits.strip_suffix(['l', 'L']) {
                Some(digits) => Literal::Long(digits.parse().ok()?),
                None => Literal::Int(i64::from(digits.parse::<i32>().ok()?)),
            }
        }
        "decimal_floating_point_literal" => {
            let digits = text.trim_end_matches(['d', 'D']);
            let number: f64 = digits.parse().ok()?;
            Literal::Double(format!("{number:?}"))
        }
        _ => return None,
    })
}

/// Returns the text that a literal means, or none for an escape that is not Java.
fn unescape(literal: &str) -> Option<String> {
    let mut text = String::new();
    let mut chars = literal.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            text.push(char);
            continue;
        }
        text.push(match chars.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            's' => ' ',
            '0' => '\0',
            'u' => {
                let rest = chars.as_str().trim_start_matches('u');
                let code = u32::from_str_radix(rest.get(..4)?, 16).ok()?;
                chars = rest.get(4..)?.chars();
                char::from_u32(code)?
            }
            plain @ ('"' | '\'' | '\\') => plain,
            _ => return None,
        });
    }
    Some(text)
}
