//! The tree of segments: every template is a way from the root to a node.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::decode::{EncodingError, decode};
use crate::template::{Segment, is_dots};

/// All templates that begin with the same segments, variables' names apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// The index of the template that ends here.
    route: Option<usize>,
    literals: HashMap<Box<str>, Self>,
    variable: Option<Box<Self>>,
}

impl Node {
    /// Lets the way along `segments` end at `route`, unless one ends there already; returns the one
    /// that does.
    pub(super) fn insert(&mut self, segments: &[Segment], route: usize) -> usize {
        let Some((segment, rest)) = segments.split_first() else {
            return *self.route.get_or_insert(route);
        };
        let next = match segment {
            Segment::Literal(literal) => self.literals.entry(literal.clone()).or_default(),
            Segment::Variable(_) => self.variable.get_or_insert_default(),
        };
        next.insert(rest, route)
    }

    /// Where the way along `path` ends, literals first; `values` collects what the variables stand
    /// for.
    ///
    /// It visits each node at most once, because only one way leads to each.
    pub(super) fn find<'p>(
        &self,
        path: Option<&'p str>,
        values: &mut Vec<Cow<'p, str>>,
    ) -> Result<Option<usize>, EncodingError> {
        let Some(path) = path else {
            return Ok(self.route);
        };
        let (segment, rest) = path
            .split_once('/')
            .map_or((path, None), |(segment, rest)| (segment, Some(rest)));
        let segment = decode(segment)?;

        if let Some(next) = self.literals.get(&*segment) {
            let found = next.find(rest, values)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        let Some(next) = &self.variable else {
            return Ok(None);
        };
        if segment.is_empty() || is_dots(&segment) {
            return Ok(None);
        }
        values.push(segment);
        let found = next.find(rest, values)?;
        if found.is_none() {
            values.pop();
        }
        Ok(found)
    }
}
