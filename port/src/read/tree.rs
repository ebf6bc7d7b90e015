//! The syntax tree of tree-sitter, with the text beside each node.

use tree_sitter::{Parser, Tree};

/// Parses `text`; none only if the grammar does not fit the parser.
pub(super) fn parse(text: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_java::LANGUAGE.into())
        .ok()?;
    parser.parse(text, None)
}

/// A node and the text of its file.
#[derive(Clone, Copy)]
pub(crate) struct Node<'t> {
    node: tree_sitter::Node<'t>,
    source: &'t str,
}

impl<'t> Node<'t> {
    pub(super) fn new(node: tree_sitter::Node<'t>, source: &'t str) -> Self {
        Self { node, source }
    }

    pub(super) fn kind(self) -> &'static str {
        self.node.kind()
    }

    /// Returns its text.
    pub(super) fn text(self) -> &'t str {
        self.source.get(self.node.byte_range()).unwrap_or_default()
    }

    /// Returns its text with the indentation of its first line taken from all lines.
    pub(super) fn outdented(self) -> String {
        let indent = self.node.start_position().column;
        let mut lines = self.text().lines().map(str::trim_end);
        let mut text = lines.next().unwrap_or_default().to_owned();
        for line in lines {
            let blank = line.len() - line.trim_start().len();
            text.push('\n');
            text.push_str(line.get(blank.min(indent)..).unwrap_or_default());
        }
        text
    }

    /// Returns its first line, from 1.
    pub(super) fn line(self) -> usize {
        self.node.start_position().row + 1
    }

    pub(super) fn field(self, name: &str) -> Option<Self> {
        let node = self.node.child_by_field_name(name)?;
        Some(Self { node, ..self })
    }

    /// Returns the named children, without comments.
    pub(super) fn children(self) -> Vec<Self> {
        let mut cursor = self.node.walk();
        self.node
            .named_children(&mut cursor)
            .filter(|node| !node.is_extra())
            .map(|node| Self { node, ..self })
            .collect()
    }

    /// Returns all children, with the words of the language, without comments.
    pub(super) fn tokens(self) -> Vec<Self> {
        let mut cursor = self.node.walk();
        self.node
            .children(&mut cursor)
            .filter(|node| !node.is_extra())
            .map(|node| Self { node, ..self })
            .collect()
    }

    pub(super) fn child(self, kind: &str) -> Option<Self> {
        self.children()
            .into_iter()
            .find(|child| child.kind() == kind)
    }

    pub(super) fn has_error(self) -> bool {
        self.node.has_error()
    }

    /// Returns the line of the first syntax error below, from 1.
    pub(super) fn first_error(self) -> Option<usize> {
        let mut node = self.node;
        if !node.has_error() {
            return None;
        }
        loop {
            if node.is_error() || node.is_missing() {
                return Some(node.start_position().row + 1);
            }
            let mut cursor = node.walk();
            let broken = node
                .children(&mut cursor)
                .find(|child| child.has_error() || child.is_missing());
            match broken {
                Some(child) => node = child,
                None => return Some(node.start_position().row + 1),
            }
        }
    }
}
