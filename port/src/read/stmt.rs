//! Statements.

use super::Node;
use super::depth::Depth;
use super::expr::expr;
use super::ty::ty;
use crate::model::{Catch, Expr, Stmt, StmtKind, SwitchCase};

/// Reads the statements of a block.
pub(super) fn block(node: Node<'_>, depth: Depth) -> Vec<Stmt> {
    let mut found = Vec::new();
    for node in node.children() {
        statement(node, depth, &mut found);
    }
    found
}

/// Reads a branch, which is a block or one statement.
fn branch(node: Option<Node<'_>>, depth: Depth) -> Vec<Stmt> {
    let Some(node) = node else {
        return Vec::new();
    };
    if matches!(node.kind(), "block" | "constructor_body") {
        return block(node, depth);
    }
    let mut found = Vec::new();
    statement(node, depth, &mut found);
    found
}

/// Reads one statement, which may declare several variables.
fn statement(node: Node<'_>, depth: Depth, found: &mut Vec<Stmt>) {
    let Some(depth) = depth.deeper() else {
        found.push(made(node, StmtKind::Other));
        return;
    };
    match node.kind() {
        // A semicolon alone.
        ";" => {}
        "local_variable_declaration" => locals(node, depth, found),
        _ => found.push(made(node, kind(node, depth).unwrap_or(StmtKind::Other))),
    }
}

fn made(node: Node<'_>, kind: StmtKind) -> Stmt {
    Stmt {
        kind,
        line: node.line(),
        text: node.outdented(),
    }
}

fn locals(node: Node<'_>, depth: Depth, found: &mut Vec<Stmt>) {
    for declarator in node.children() {
        let (Some(written), Some(name)) = (node.field("type"), declarator.field("name")) else {
            continue;
        };
        let mut ty = ty(written);
        if let Some(dimensions) = declarator.field("dimensions") {
            ty.dimensions += dimensions.text().matches('[').count();
        }
        let value = declarator.field("value").map(|value| expr(value, depth));
        let name = name.text().to_owned();
        found.push(made(node, StmtKind::Local { ty, name, value }));
    }
}

fn kind(node: Node<'_>, depth: Depth) -> Option<StmtKind> {
    Some(match node.kind() {
        "block" => StmtKind::Block(block(node, depth)),
        "expression_statement" => StmtKind::Expr(first(node, depth)?),
        "if_statement" => StmtKind::If {
            condition: expr(node.field("condition")?, depth),
            then: branch(node.field("consequence"), depth),
            otherwise: node
                .field("alternative")
                .map(|node| branch(Some(node), depth)),
        },
        "while_statement" => StmtKind::While {
            condition: expr(node.field("condition")?, depth),
            body: branch(node.field("body"), depth),
        },
        "for_statement" => counted(node, depth)?,
        "enhanced_for_statement" => StmtKind::ForEach {
            ty: ty(node.field("type")?),
            name: node.field("name")?.text().to_owned(),
            values: expr(node.field("value")?, depth),
            body: branch(node.field("body"), depth),
        },
        "try_statement" => StmtKind::Try {
            body: branch(node.field("body"), depth),
            catches: catches(node, depth),
            finally: node
                .child("finally_clause")
                .and_then(|node| node.child("block"))
                .map(|node| block(node, depth)),
        },
        "synchronized_statement" => StmtKind::Synchronized {
            on: expr(node.child("parenthesized_expression")?, depth),
            body: branch(node.field("body"), depth),
        },
        "switch_expression" | "switch_statement" => switch(node, depth)?,
        "return_statement" => StmtKind::Return(first(node, depth)),
        "throw_statement" => StmtKind::Throw(first(node, depth)?),
        "break_statement" if node.children().is_empty() => StmtKind::Break,
        "continue_statement" if node.children().is_empty() => StmtKind::Continue,
        _ => return None,
    })
}

fn first(node: Node<'_>, depth: Depth) -> Option<Expr> {
    let child = node.children().first().copied()?;
    Some(expr(child, depth))
}

/// Reads `for (int i = 0; …; …)`; several declarations or updates stay as text.
fn counted(node: Node<'_>, depth: Depth) -> Option<StmtKind> {
    let mut init = Vec::new();
    statement(node.field("init")?, depth, &mut init);
    let update = node.field("update")?;
    Some(StmtKind::For {
        init,
        condition: node.field("condition").map(|node| expr(node, depth)),
        update: vec![expr(update, depth)],
        body: branch(node.field("body"), depth),
    })
}

fn catches(node: Node<'_>, depth: Depth) -> Vec<Catch> {
    let clauses = node
        .children()
        .into_iter()
        .filter(|child| child.kind() == "catch_clause");
    clauses
        .map(|clause| {
            let param = clause.child("catch_formal_parameter");
            let types = param.and_then(|param| param.child("catch_type"));
            let name = param.and_then(|param| param.field("name"));
            Catch {
                types: types
                    .into_iter()
                    .flat_map(Node::children)
                    .map(|node| ty(node).name)
                    .collect(),
                name: name.map_or("", Node::text).to_owned(),
                body: branch(clause.field("body"), depth),
            }
        })
        .collect()
}

/// Reads a `switch` whose groups all end with `break`, `return`, `throw` or `continue`.
fn switch(node: Node<'_>, depth: Depth) -> Option<StmtKind> {
    let value = expr(node.field("condition")?, depth);
    let groups = node.field("body")?.children();
    let mut cases: Vec<SwitchCase> = Vec::new();
    let mut labels = Vec::new();
    let mut is_default = false;
    let last = groups.len().checked_sub(1)?;
    for (index, group) in groups.into_iter().enumerate() {
        let is_rule = group.kind() == "switch_rule";
        let mut body = Vec::new();
        for child in group.children() {
            if child.kind() == "switch_label" {
                let constants = child.children();
                is_default |= constants.is_empty();
                labels.extend(constants.into_iter().map(|node| expr(node, depth)));
            } else if child.kind() == "block" && (is_rule || group.children().len() == 2) {
                body = block(child, depth);
            } else {
                statement(child, depth, &mut body);
            }
        }
        if body.is_empty() && !is_rule {
            continue;
        }
        match body.last().map(|stmt| &stmt.kind) {
            _ if is_rule => {}
            Some(StmtKind::Break) => {
                body.pop();
            }
            Some(StmtKind::Return(_) | StmtKind::Throw(_) | StmtKind::Continue) => {}
            _ if index == last => {}
            _ => return None,
        }
        // Labels that stand with `default` change nothing.
        let labels = std::mem::take(&mut labels);
        let labels = if is_default { Vec::new() } else { labels };
        if is_default && index != last {
            return None;
        }
        is_default = false;
        let inner_break = body.iter().any(breaks);
        if inner_break {
            return None;
        }
        cases.push(SwitchCase { labels, body });
    }
    Some(StmtKind::Switch { value, cases })
}

/// Returns whether the statement has a `break` that would leave the `switch`.
fn breaks(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Break => true,
        StmtKind::While { .. }
        | StmtKind::For { .. }
        | StmtKind::ForEach { .. }
        | StmtKind::Switch { .. } => false,
        _ => stmt.children().into_iter().any(breaks),
    }
}
