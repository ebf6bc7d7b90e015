//! The path templates of wspring: how an endpoint's path is written, and which endpoint a request's
//! path means.
//!
//! The macros parse a template at compile time, the server matches requests against it at run time.
//! Both use this crate, so that there is one grammar. It does no I/O and knows nothing of
//! WebSocket.
//!
//! ```
//! use wspring_path::{MatchError, Router, Template};
//!
//! let mut router = Router::new();
//! router.insert(Template::parse("/webSocket/<uId>")?, "push")?;
//! router.insert(Template::parse("/webSocket/news")?, "news")?;
//!
//! let found = router.match_path("/webSocket/42")?;
//! assert_eq!((*found.value, found.variable("uId")), ("push", Some("42")));
//!
//! let found = router.match_path("/webSocket/news")?;
//! assert_eq!(*found.value, "news");
//!
//! assert_eq!(router.match_path("/webSocket42"), Err(MatchError::NotFound));
//! assert_eq!(router.nearest("/webSocket42").map(Template::as_str), Some("/webSocket/<uId>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How a template is written
//!
//! A template starts with `/`, and every `/` begins a segment.
//!
//! | segment | example | rule |
//! |---|---|---|
//! | literal | `webSocket`, `caf%C3%A9`, `café` | plain or percent-encoded, both mean the same |
//! | variable | `<uId>` or `{uId}` | both mean the same; fills the whole segment; a name is used once per path |
//! | empty | `/chat/` | only as the last one |
//!
//! A variable's name starts with a letter or `_` and goes on with letters, digits and `_`.
//!
//! Refused, each with the position and what to write instead ([`TemplateError`]): a path without
//! the first `/`; `//`, `/./` and `/../`; text beside a variable in one segment, as in `/x<a>`; a
//! bracket that stands alone; the same variable twice; `?`, `#`, white space and control
//! characters; a `%` that is not followed by two hexadecimal digits of UTF-8. To have one of these
//! characters in a literal, percent-encode it: `%3C` is `<`.
//!
//! # How a request is matched
//!
//! * The path is cut at each `/` first, and then each segment is percent-decoded. So `%2F` is a
//!   slash inside a value and never cuts, and `+` stays `+`. A segment that cannot be decoded is
//!   [`MatchError::BadPath`].
//! * The template must have as many segments as the path. A last `/` counts: `/chat/` and `/chat`
//!   are two paths.
//! * A variable takes any segment but an empty one, `.` and `..`. Upper and lower case differ.
//! * From left to right, a literal beats a variable: `/b/d` means `/b/<v2>`, not `/<v1>/d`. Where
//!   that choice leads nowhere, the next best template is tried.
//! * Two templates that match the same paths, such as `/a/<x>` and `/a/{y}`, cannot stand in one
//!   router ([`Conflict`]).
//!
//! # Differences from Jakarta WebSocket
//!
//! The rules are those of section 3.1.1 of its specification, with these choices. The last slash
//! counts; the specification says both. An empty variable never matches; Tomcat lets it. The search
//! goes back where a literal leads nowhere, as in Tomcat and Tyrus; by the letter it would not.
//! Values are decoded after the path was cut. Precedence does not depend on a literal's spelling.

mod decode;
mod nearest;
mod router;
mod template;

pub use decode::EncodingError;
pub use router::{Conflict, Match, MatchError, Router};
pub use template::{Template, TemplateError, TemplateErrorKind};
