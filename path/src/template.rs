//! What an endpoint's path is made of, and how its text is parsed.

mod error;

use std::fmt;
use std::ops::Range;

pub use self::error::{TemplateError, TemplateErrorKind};
use crate::decode::decode;

/// A parsed path template, such as `/webSocket/<uId>`.
///
/// The grammar is described at the [crate]. Two templates are equal when their texts are; whether
/// they match the same paths is what [`Router::insert`](crate::Router::insert) finds out.
///
/// Java: the `value` of `@ServerEndpoint`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Template {
    source: Box<str>,
    segments: Box<[Segment]>,
}

/// What stands between two slashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Segment {
    /// Percent-decoded; empty only in the last segment.
    Literal(Box<str>),
    /// The variable's name.
    Variable(Box<str>),
}

impl Template {
    /// Parses the text of a template.
    ///
    /// # Errors
    ///
    /// The first rule of the grammar that the text breaks, with its place in the text.
    ///
    /// # Examples
    ///
    /// ```
    /// use wspring_path::Template;
    ///
    /// let template = Template::parse("/room/{room}/seat/<seat>")?;
    /// assert!(template.variables().eq(["room", "seat"]));
    ///
    /// let error = Template::parse("/room//seat").unwrap_err();
    /// assert_eq!(error.at(), 5..7);
    /// # Ok::<(), wspring_path::TemplateError>(())
    /// ```
    pub fn parse(source: &str) -> Result<Self, TemplateError> {
        let error = |at, kind| TemplateError::new(source, at, kind);
        let forbidden = |c: char| matches!(c, '?' | '#') || c.is_whitespace() || c.is_control();
        if let Some((at, found)) = source.char_indices().find(|&(_, c)| forbidden(c)) {
            let at = at..at + found.len_utf8();
            return Err(error(at, TemplateErrorKind::ForbiddenCharacter(found)));
        }
        let Some(path) = source.strip_prefix('/') else {
            let first = source.chars().next().map_or(0, char::len_utf8);
            return Err(error(0..first, TemplateErrorKind::NoLeadingSlash));
        };

        let mut segments = Vec::new();
        let mut variables: Vec<(&str, Range<usize>)> = Vec::new();
        let mut start = 1;
        for text in path.split('/') {
            let at = start..start + text.len();
            start = at.end + 1;
            if text.is_empty() && at.end < source.len() {
                return Err(error(
                    at.start - 1..at.end + 1,
                    TemplateErrorKind::EmptySegment,
                ));
            }
            let Some(name) = variable_name(text, at.start).map_err(|(at, kind)| error(at, kind))?
            else {
                let literal = decode(text)
                    .map_err(|reason| error(at.clone(), TemplateErrorKind::BadEncoding(reason)))?;
                if is_dots(&literal) {
                    return Err(error(at, TemplateErrorKind::DotSegment));
                }
                segments.push(Segment::Literal(literal.into()));
                continue;
            };
            if let Some((_, first)) = variables.iter().find(|(other, _)| *other == name) {
                let (name, first) = (name.into(), first.clone());
                return Err(error(
                    at,
                    TemplateErrorKind::RepeatedVariable { name, first },
                ));
            }
            variables.push((name, at));
            segments.push(Segment::Variable(name.into()));
        }
        Ok(Self {
            source: source.into(),
            segments: segments.into(),
        })
    }

    /// The text that was parsed, unchanged.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// The names of the variables, from left to right.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Variable(name) => Some(&**name),
            Segment::Literal(_) => None,
        })
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.source)
    }
}

/// Whether a decoded segment is one that URLs resolve away (RFC 3986 section 5.2.4), and that
/// therefore names nothing.
pub(crate) fn is_dots(segment: &str) -> bool {
    matches!(segment, "." | "..")
}

/// The name of the variable that fills the segment, or none if the segment is a literal. `start` is
/// where it starts.
fn variable_name(
    text: &str,
    start: usize,
) -> Result<Option<&str>, (Range<usize>, TemplateErrorKind)> {
    const BRACKETS: [char; 4] = ['<', '>', '{', '}'];
    let Some(first) = text.find(BRACKETS) else {
        return Ok(None);
    };
    let whole = start..start + text.len();
    for (open, close) in [('<', '>'), ('{', '}')] {
        let Some((before, rest)) = text.split_once(open) else {
            continue;
        };
        let Some((name, after)) = rest.split_once(close) else {
            continue;
        };
        if !before.is_empty() || !after.is_empty() {
            return Err((whole, TemplateErrorKind::PartialVariable));
        }
        return if is_name(name) {
            Ok(Some(name))
        } else {
            Err((whole, TemplateErrorKind::BadVariableName(name.into())))
        };
    }
    let alone = text[first..].chars().next().unwrap_or_default();
    Err((
        start + first..start + first + 1,
        TemplateErrorKind::LoneBracket(alone),
    ))
}

fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|c| c == '_' || c.is_alphabetic())
        && characters.all(|c| c == '_' || c.is_alphanumeric())
}

#[cfg(test)]
mod tests;
