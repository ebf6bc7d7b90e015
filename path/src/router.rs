//! Templates with values, and the search for the one that a request's path means.

mod node;

use std::borrow::Cow;
use std::fmt;

use self::node::Node;
use crate::decode::{EncodingError, decode};
use crate::nearest;
use crate::template::Template;

/// Values behind path templates, found by the path of a request.
///
/// The rules are described at the [crate]. The time of a search grows with the length of the path
/// and, at worst, with the number of templates; a search that meets neither variables nor
/// percent-encoding allocates nothing.
///
/// # Examples
///
/// ```
/// use wspring_path::{Router, Template};
///
/// let mut router = Router::new();
/// router.insert(Template::parse("/<v1>/d")?, 1)?;
/// router.insert(Template::parse("/b/<v2>")?, 2)?;
/// assert_eq!(*router.match_path("/b/d")?.value, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Router<T> {
    routes: Vec<(Template, T)>,
    root: Node,
}

/// What a path means: the result of [`Router::match_path`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Match<'r, 'p, T> {
    /// What was inserted with the template.
    pub value: &'r T,
    /// The template that matches the path.
    pub template: &'r Template,
    /// The percent-decoded values of the template's variables, in its order. None is empty, `.` or
    /// `..`.
    pub values: Vec<Cow<'p, str>>,
}

/// Why a path means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MatchError {
    /// No template matches: HTTP 404.
    NotFound,
    /// The path is malformed, whatever the templates: HTTP 400.
    BadPath(EncodingError),
}

/// A template that matches the same paths as one that was inserted before it.
///
/// Java: a deployment error, section 3.1.1 of the specification.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conflict<T> {
    /// The template that was refused.
    pub template: Template,
    /// The value that came with it.
    pub value: T,
    /// The template that was there before.
    pub other: Template,
    /// A copy of the value behind that one.
    pub other_value: T,
}

impl<T> Router<T> {
    /// A router without templates, in which no path is found.
    #[must_use]
    pub fn new() -> Self {
        Self {
            routes: Vec::new(),
            root: Node::default(),
        }
    }

    /// Puts a value behind a template.
    ///
    /// # Errors
    ///
    /// [`Conflict`] if a template that matches the same paths is there already: the same text, the
    /// same after percent-decoding, or the same but for the names of its variables. The router
    /// is as before then.
    pub fn insert(&mut self, template: Template, value: T) -> Result<(), Conflict<T>>
    where
        T: Clone,
    {
        let index = self.routes.len();
        let route = self.root.insert(template.segments(), index);
        if route == index {
            self.routes.push((template, value));
            return Ok(());
        }
        let (other, other_value) = self.routes[route].clone();
        Err(Conflict {
            template,
            value,
            other,
            other_value,
        })
    }

    /// Finds what the path of a request means.
    ///
    /// `path` is the raw path, still percent-encoded, without the query. It is cut and decoded
    /// here.
    ///
    /// # Errors
    ///
    /// [`MatchError::NotFound`] if no template matches, [`MatchError::BadPath`] if the path cannot
    /// be percent-decoded.
    pub fn match_path<'r, 'p>(&'r self, path: &'p str) -> Result<Match<'r, 'p, T>, MatchError> {
        let path = path.strip_prefix('/').ok_or(MatchError::NotFound)?;
        let mut values = Vec::new();
        if let Some(route) = self.root.find(Some(path), &mut values)? {
            let (template, value) = &self.routes[route];
            return Ok(Match {
                value,
                template,
                values,
            });
        }
        // The search saw only as much as it needed; whether a path is malformed must not depend on
        // the templates.
        path.split('/')
            .try_for_each(|segment| decode(segment).map(drop))?;
        Err(MatchError::NotFound)
    }

    /// The template that was probably meant by a path that is not found, if one is reasonably near.
    ///
    /// It compares the first 96 characters with every template, for the answer to a person. A path of
    /// more than 1,024 bytes or 64 segments has no nearest template, because no person wrote it.
    #[must_use]
    pub fn nearest(&self, path: &str) -> Option<&Template> {
        nearest::nearest(self.iter().map(|(template, _)| template), path)
    }

    /// All templates with their values, in the order in which they were inserted.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Template, &T)> {
        self.routes
            .iter()
            .map(|(template, value)| (template, value))
    }
}

impl<T> Default for Router<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Match<'_, '_, T> {
    /// The value of one variable, or none if the template has no variable of this name.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables()
            .find_map(|(variable, value)| (variable == name).then_some(value))
    }

    /// The names and values of the variables, in the order of the template.
    ///
    /// Java: `Session.getPathParameters()`.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.template
            .variables()
            .zip(self.values.iter().map(|value| &**value))
    }
}

impl From<EncodingError> for MatchError {
    fn from(reason: EncodingError) -> Self {
        Self::BadPath(reason)
    }
}

impl fmt::Display for MatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => {
                f.write_str("no path template matches this path: compare it, segment by segment")
            }
            Self::BadPath(reason) => write!(f, "the path is malformed: {reason}"),
        }
    }
}

impl std::error::Error for MatchError {}

impl<T> fmt::Display for Conflict<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            template, other, ..
        } = self;
        write!(
            f,
            "`{template}` matches the same paths as `{other}`: change a literal segment of one, or remove one"
        )
    }
}

impl<T: fmt::Debug> std::error::Error for Conflict<T> {}

#[cfg(test)]
mod tests;
