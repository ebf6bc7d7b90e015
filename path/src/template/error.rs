//! What can be wrong with the text of a template.

use std::fmt;
use std::ops::Range;

use crate::decode::EncodingError;

/// Which rule the text of a template breaks, and where.
///
/// Its `Display` is one sentence that says what is wrong, what to write instead, and at which
/// character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    at: Range<usize>,
    character: usize,
    kind: TemplateErrorKind,
}

/// The rules that the text of a template can break.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TemplateErrorKind {
    /// The text does not start with `/`, or is empty.
    NoLeadingSlash,
    /// Two slashes follow each other.
    EmptySegment,
    /// A segment is `.` or `..`, plain or percent-encoded.
    DotSegment,
    /// A `?`, a `#`, white space or a control character.
    ForbiddenCharacter(char),
    /// A segment holds a variable and something beside it.
    PartialVariable,
    /// One of `<`, `>`, `{` and `}` has no partner in its segment.
    LoneBracket(char),
    /// The name between the brackets is not a name.
    BadVariableName(String),
    /// A variable's name stands in the path already.
    RepeatedVariable {
        /// The name.
        name: String,
        /// The byte range of the segment in which it stands first.
        first: Range<usize>,
    },
    /// A literal segment cannot be percent-decoded.
    BadEncoding(EncodingError),
}

impl TemplateError {
    pub(super) fn new(source: &str, at: Range<usize>, kind: TemplateErrorKind) -> Self {
        let character = source
            .char_indices()
            .take_while(|&(start, _)| start < at.start)
            .count()
            + 1;
        Self {
            at,
            character,
            kind,
        }
    }

    /// The place in the template's text, as a byte range; it starts and ends between characters.
    #[must_use]
    pub fn at(&self) -> Range<usize> {
        self.at.clone()
    }

    /// The rule that is broken.
    #[must_use]
    pub fn kind(&self) -> &TemplateErrorKind {
        &self.kind
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} (at character {} of the path)",
            self.kind, self.character
        )
    }
}

impl std::error::Error for TemplateError {}

impl fmt::Display for TemplateErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLeadingSlash => f.write_str("a path starts with `/`, as in `/webSocket/<uId>`: put a `/` first"),
            Self::EmptySegment => f.write_str("`//` holds an empty segment: write one `/`"),
            Self::DotSegment => {
                f.write_str("a segment cannot be `.` or `..`, which clients resolve before they ask: leave it out")
            }
            Self::ForbiddenCharacter('?') => f.write_str(
                "a path ends before the `?`: leave the query out and take its values as query parameters, \
                 or write `%3F` for a question mark",
            ),
            Self::ForbiddenCharacter('#') => {
                f.write_str("a path ends before the `#`, which clients do not send: leave it out, or write `%23`")
            }
            Self::ForbiddenCharacter(' ') => f.write_str("a path holds no spaces: leave it out, or write `%20`"),
            Self::ForbiddenCharacter(found) => {
                let code = u32::from(*found);
                write!(f, "a path holds no white space or control characters: leave out the character U+{code:04X}")
            }
            Self::PartialVariable => f.write_str(
                "a variable fills a whole segment: write `/` on both sides of it, as in `/user/<id>`, \
                 or make the whole segment one variable",
            ),
            Self::LoneBracket(found) => {
                let (partner, code) = match found {
                    '<' => ('>', "%3C"),
                    '>' => ('<', "%3E"),
                    '{' => ('}', "%7B"),
                    _ => ('{', "%7D"),
                };
                write!(
                    f,
                    "`{found}` has no `{partner}` that goes with it in the same segment: write a variable as `<name>` \
                     or `{{name}}`, and the character itself as `{code}`"
                )
            }
            Self::BadVariableName(name) => write!(
                f,
                "`{name}` cannot be a variable's name: it starts with a letter or `_` and goes on with letters, \
                 digits and `_`"
            ),
            Self::RepeatedVariable { name, .. } => {
                write!(f, "the variable `{name}` stands in this path already: give one of the two another name")
            }
            Self::BadEncoding(reason) => reason.fmt(f),
        }
    }
}
