//! Types, and the names of parameters.

use super::Node;
use crate::model::Type;

/// How deep types may be nested; deeper ones are their text.
const MAX_DEPTH: usize = 120;

/// Returns the name of a parameter of a method or a lambda.
pub(super) fn param_name<'t>(node: Node<'t>) -> Option<&'t str> {
    let declarator = node.child("variable_declarator");
    let name = node.field("name").or_else(|| declarator?.field("name"))?;
    Some(name.text())
}

pub(super) fn dimensions(node: Node<'_>) -> usize {
    node.field("dimensions")
        .map_or(0, |node| node.text().matches('[').count())
}

pub(super) fn ty(node: Node<'_>) -> Type {
    nested_type(node, 0)
}

fn nested_type(node: Node<'_>, depth: usize) -> Type {
    let plain = || Type {
        name: simple(node.text()).to_owned(),
        ..Type::default()
    };
    if depth == MAX_DEPTH {
        return plain();
    }
    let depth = depth + 1;
    match node.kind() {
        "array_type" => {
            let element = node.field("element");
            let mut ty = element.map_or_else(plain, |element| nested_type(element, depth));
            ty.dimensions += dimensions(node);
            ty
        }
        "generic_type" => {
            let children = node.children();
            let name = children.first().map_or("", |node| node.text());
            let args = node.child("type_arguments");
            Type {
                name: simple(name).to_owned(),
                args: args
                    .into_iter()
                    .flat_map(Node::children)
                    .map(|arg| nested_type(arg, depth))
                    .collect(),
                dimensions: 0,
            }
        }
        _ => plain(),
    }
}

pub(super) fn simple(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name).trim()
}
