//! Declarations.

use super::Node;
use super::depth::Depth;
use super::ty::{dimensions, param_name, simple, ty};
use super::{expr, stmt};
use crate::model::{
    Annotation, Class, ClassKind, Expr, Field, File, Literal, Method, Param, Stmt, StmtKind, Type,
};

pub(super) fn file(path: &str, root: Node<'_>) -> File {
    let mut file = File {
        path: path.to_owned(),
        imports: Vec::new(),
        classes: Vec::new(),
        syntax_error: root.first_error(),
    };
    classes(root, Depth::new(stmt::block), &mut file.classes);
    for node in root.children() {
        if node.kind() == "import_declaration" {
            let name = node.text().trim_start_matches("import").trim();
            let name = name.trim_start_matches("static ").trim_end_matches(';');
            file.imports.push(name.trim().to_owned());
        }
    }
    file
}

/// Collects the classes directly below, and those that stand behind an error.
fn classes(node: Node<'_>, depth: Depth, found: &mut Vec<Class>) {
    let Some(depth) = depth.deeper() else {
        return;
    };
    for child in node.children() {
        if let Some(class) = class(child, depth) {
            found.push(class);
        } else if child.kind() == "ERROR" {
            classes(child, depth, found);
        }
    }
}

fn class(node: Node<'_>, depth: Depth) -> Option<Class> {
    let kind = match node.kind() {
        "class_declaration" => ClassKind::Class,
        "interface_declaration" => ClassKind::Interface,
        "enum_declaration" => ClassKind::Enum,
        "record_declaration" => ClassKind::Record,
        _ => return None,
    };
    let depth = depth.deeper()?;
    let mut class = Class {
        name: node.field("name")?.text().to_owned(),
        kind,
        line: node.line(),
        annotations: annotations(node, depth),
        superclass: node
            .field("superclass")
            .and_then(|node| node.children().first().copied())
            .map(ty),
        interfaces: node
            .field("interfaces")
            .and_then(|node| node.child("type_list"))
            .map(|list| list.children().into_iter().map(ty).collect())
            .unwrap_or_default(),
        fields: Vec::new(),
        methods: Vec::new(),
        nested: Vec::new(),
        text: node.outdented(),
    };
    if kind == ClassKind::Record {
        let components = node.field("parameters").map(|node| params(node, depth));
        class.fields = components
            .into_iter()
            .flatten()
            .map(|param| Field {
                name: param.name,
                ty: param.ty,
                is_static: false,
                is_final: true,
                annotations: param.annotations,
                value: None,
                line: node.line(),
                text: String::new(),
            })
            .collect();
    }
    members(node.field("body")?, depth, &mut class);
    Some(class)
}

fn members(body: Node<'_>, depth: Depth, class: &mut Class) {
    let Some(depth) = depth.deeper() else {
        return;
    };
    for node in body.children() {
        match node.kind() {
            "field_declaration" | "constant_declaration" => fields(node, depth, &mut class.fields),
            "method_declaration" | "constructor_declaration" => {
                class.methods.extend(method(node, depth));
            }
            "ERROR" | "enum_body_declarations" => members(node, depth, class),
            "enum_constant" => class.fields.extend(constant(node, &class.name)),
            _ => class.nested.extend(self::class(node, depth)),
        }
    }
}

fn constant(node: Node<'_>, class: &str) -> Option<Field> {
    Some(Field {
        name: node.field("name")?.text().to_owned(),
        ty: Type {
            name: class.to_owned(),
            ..Type::default()
        },
        is_static: true,
        is_final: true,
        annotations: Vec::new(),
        value: None,
        line: node.line(),
        text: node.outdented(),
    })
}

fn fields(node: Node<'_>, depth: Depth, found: &mut Vec<Field>) {
    let Some(declared) = node.field("type").map(ty) else {
        return;
    };
    for declarator in node.children() {
        if declarator.kind() != "variable_declarator" {
            continue;
        }
        let Some(name) = declarator.field("name") else {
            continue;
        };
        let mut ty = declared.clone();
        ty.dimensions += dimensions(declarator);
        found.push(Field {
            name: name.text().to_owned(),
            ty,
            is_static: has_modifier(node, "static"),
            is_final: has_modifier(node, "final"),
            annotations: annotations(node, depth),
            value: declarator
                .field("value")
                .map(|value| expr::expr(value, depth)),
            line: declarator.line(),
            text: node.outdented(),
        });
    }
}

fn method(node: Node<'_>, depth: Depth) -> Option<Method> {
    let is_constructor = node.kind() == "constructor_declaration";
    let mut result = node.field("type").map(ty).unwrap_or_default();
    if is_constructor {
        "void".clone_into(&mut result.name);
    }
    Some(Method {
        name: node.field("name")?.text().to_owned(),
        result,
        params: node
            .field("parameters")
            .map(|node| params(node, depth))
            .unwrap_or_default(),
        is_static: has_modifier(node, "static"),
        is_constructor,
        annotations: annotations(node, depth),
        throws: node.child("throws").is_some(),
        body: node.field("body").map(|body| {
            if body.has_error() {
                vec![broken(body)]
            } else {
                stmt::block(body, depth)
            }
        }),
        line: node.line(),
        text: node.outdented(),
    })
}

/// A body with a syntax error is kept as its text.
fn broken(body: Node<'_>) -> Stmt {
    Stmt {
        kind: StmtKind::Other,
        line: body.line(),
        text: body.outdented(),
    }
}

fn params(node: Node<'_>, depth: Depth) -> Vec<Param> {
    node.children()
        .into_iter()
        .filter_map(|node| {
            let name = param_name(node)?;
            let written = node.field("type").or_else(|| {
                let mut types = node.children().into_iter();
                types.find(|child| child.kind() != "modifiers")
            })?;
            let mut ty = ty(written);
            ty.dimensions += dimensions(node) + usize::from(node.kind() == "spread_parameter");
            Some(Param {
                name: name.to_owned(),
                ty,
                annotations: annotations(node, depth),
            })
        })
        .collect()
}

fn has_modifier(node: Node<'_>, word: &str) -> bool {
    node.child("modifiers")
        .is_some_and(|node| node.tokens().iter().any(|token| token.kind() == word))
}

fn annotations(node: Node<'_>, depth: Depth) -> Vec<Annotation> {
    let modifiers = node.child("modifiers");
    let found = modifiers.into_iter().flat_map(Node::children);
    found
        .filter_map(|node| {
            let name = node.field("name")?.text();
            Some(Annotation {
                name: simple(name).to_owned(),
                arguments: node
                    .field("arguments")
                    .map(|list| arguments(list, depth))
                    .unwrap_or_default(),
            })
        })
        .collect()
}

fn arguments(list: Node<'_>, depth: Depth) -> Vec<(String, Expr)> {
    list.children()
        .into_iter()
        .map(|node| {
            if node.kind() == "element_value_pair" {
                let name = node.field("key").map_or("value", Node::text);
                let null = Expr::Literal(Literal::Null);
                let value = node
                    .field("value")
                    .map_or(null, |value| expr::expr(value, depth));
                (name.to_owned(), value)
            } else {
                ("value".to_owned(), expr::expr(node, depth))
            }
        })
        .collect()
}
