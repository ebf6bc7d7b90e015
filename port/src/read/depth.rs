use super::Node;
use crate::model::Stmt;

/// How deep statements and expressions may be nested; deeper ones stay as text.
const MAX_DEPTH: usize = 120;

/// The depth of nesting, and what reads a block that is nested in an expression.
#[derive(Clone, Copy)]
pub(super) struct Depth {
    depth: usize,
    block: fn(Node<'_>, Self) -> Vec<Stmt>,
}

impl Depth {
    /// Returns the depth of a file, whose blocks are read by `block`.
    pub(super) fn new(block: fn(Node<'_>, Self) -> Vec<Stmt>) -> Self {
        Self { depth: 0, block }
    }

    /// Returns one more, or none at the bound.
    pub(super) fn deeper(self) -> Option<Self> {
        (self.depth < MAX_DEPTH).then(|| Self {
            depth: self.depth + 1,
            ..self
        })
    }

    /// Reads the block of a lambda.
    pub(super) fn block(self, node: Node<'_>) -> Vec<Stmt> {
        (self.block)(node, self)
    }
}
