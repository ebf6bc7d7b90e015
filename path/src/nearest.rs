//! Which template somebody may have meant who asked for a path that does not exist.

use crate::template::{Segment, Template};

/// Only this many characters of a path and a template are compared: the work grows with its square.
const COMPARED: usize = 96;

/// A path with more bytes or segments is not a slip of a person. Each template costs a walk over all
/// of its segments.
const LONGEST: usize = 1024;
const MOST_SEGMENTS: usize = 64;

/// Returns the template that the fewest edits turn `path` into, or none if none is reasonably near, or
/// the path is too long to be compared; of equals, the first.
pub(crate) fn nearest<'r>(
    templates: impl Iterator<Item = &'r Template>,
    path: &str,
) -> Option<&'r Template> {
    if path.len() > LONGEST || path.split('/').nth(MOST_SEGMENTS + 1).is_some() {
        return None;
    }
    let path: String = path.chars().take(COMPARED).collect();
    templates
        .filter_map(|template| Some((edits(template, &path)?, template)))
        .min_by_key(|&(edits, _)| edits)
        .map(|(_, template)| template)
}

/// How many characters of `path` are wrong, or none if they are more than three for ten of the
/// template's own: its values are the path's, so that they do not say which template was meant.
fn edits(template: &Template, path: &str) -> Option<usize> {
    let meant: String = filled_in(template, path).chars().take(COMPARED).collect();
    let meant_length = meant.chars().count();
    let lacks_last_value = segments(path).count() < template.segments().len()
        && matches!(template.segments().last(), Some(Segment::Variable(_)));
    // In `/webSocket42` the missing value hangs on the segment before it, however long it is.
    let compared = if lacks_last_value {
        meant_length
    } else {
        COMPARED
    };
    let asked: String = path.chars().take(compared).collect();
    let asked_length = asked.chars().count();

    let allowed = own_length(template).min(COMPARED) * 3 / 10;
    // Each character too many is an edit, so very different lengths need no closer look.
    if meant_length.abs_diff(asked_length) > allowed {
        return None;
    }
    Some(strsim::osa_distance(&meant, &asked)).filter(|&edits| edits <= allowed)
}

/// The template with the path's own segments for its variables, and `*` where the path has none.
fn filled_in(template: &Template, path: &str) -> String {
    let mut asked = segments(path);
    let mut filled = String::with_capacity(COMPARED);
    for segment in template.segments() {
        let value = asked.next().unwrap_or("*");
        filled.push('/');
        filled.push_str(match segment {
            Segment::Literal(literal) => literal,
            Segment::Variable(_) => value,
        });
    }
    filled
}

/// The characters of a template without its variables.
fn own_length(template: &Template) -> usize {
    let own = template.segments().iter().map(|segment| match segment {
        Segment::Literal(literal) => "/".len() + literal.chars().count(),
        Segment::Variable(_) => "/".len(),
    });
    own.sum()
}

/// What a path has to say; a slash too many says nothing.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(templates: &[&str], path: &str) -> Option<String> {
        let templates: Vec<_> = templates
            .iter()
            .map(|text| Template::parse(text).unwrap())
            .collect();
        nearest(templates.iter(), path).map(ToString::to_string)
    }

    #[test]
    fn a_forgotten_slash_is_recognised() {
        // The address in the Java original's page.
        for path in [
            "/webSocket42",
            "/webSocket1234567890123456789",
            "/webSocket",
            "/webSocket/",
            "/webSocket/1/",
        ] {
            assert_eq!(
                hint(&["/chat", "/webSocket/<uId>"], path).as_deref(),
                Some("/webSocket/<uId>"),
                "{path}"
            );
        }
    }

    #[test]
    fn a_misspelled_literal_is_recognised_whatever_the_value() {
        for path in [
            "/websocket/42",
            "/WebSocket/a-rather-long-value",
            "/webSocket/1/2",
            "//webSocket/1",
            "webSocket/1",
        ] {
            assert_eq!(
                hint(&["/chat", "/webSocket/<uId>"], path).as_deref(),
                Some("/webSocket/<uId>"),
                "{path}"
            );
        }
    }

    #[test]
    fn swapped_letters_are_one_mistake() {
        assert_eq!(hint(&["/chat"], "/caht").as_deref(), Some("/chat"));
    }

    #[test]
    fn values_do_not_make_a_foreign_path_alike() {
        let templates = ["/typed/<count>/<flag>/<name>/<level>"];
        assert_eq!(hint(&templates, "/a/very/different/path"), None);
        assert_eq!(
            hint(&templates, "/tyepd/a/very/different/path").as_deref(),
            Some(templates[0])
        );
    }

    #[test]
    fn a_foreign_path_gets_no_hint() {
        for path in ["/", "", "/favicon.ico", "/chat/1/2/3", "/index.html", "*"] {
            assert_eq!(hint(&["/webSocket/<uId>"], path), None, "{path}");
        }
    }

    #[test]
    fn the_nearest_of_several_is_meant() {
        let templates = ["/user/<id>", "/users/<id>/chat", "/user/<id>/chats"];
        assert_eq!(
            hint(&templates, "/user/7/chat").as_deref(),
            Some("/users/<id>/chat")
        );
        assert_eq!(
            hint(&templates, "/user/7/chatss").as_deref(),
            Some("/user/<id>/chats")
        );
        assert_eq!(hint(&templates, "/usr/7").as_deref(), Some("/user/<id>"));
    }

    #[test]
    fn a_long_path_is_compared_only_at_its_start() {
        let long = format!("/webSocket/{}", "x".repeat(900));
        assert_eq!(
            hint(&["/webSockets/<uId>"], &long).as_deref(),
            Some("/webSockets/<uId>")
        );
        assert_eq!(hint(&["/webSocket"], &long), None);
    }

    #[test]
    fn a_path_that_no_person_wrote_gets_no_hint() {
        let many = |segments: usize| "/a".repeat(segments);
        let templates = ["/webSockets/<uId>", &many(MOST_SEGMENTS)];
        for (path, is_hinted) in [
            (format!("/webSocket/{}", "x".repeat(LONGEST - 11)), true),
            (format!("/webSocket/{}", "x".repeat(LONGEST - 10)), false),
            (format!("/webSocket/{}", "x".repeat(1 << 20)), false),
            (many(MOST_SEGMENTS), true),
            (many(MOST_SEGMENTS + 1), false),
            (many(15_000), false),
        ] {
            let hint = hint(&templates, &path);
            assert_eq!(hint.is_some(), is_hinted, "{} bytes", path.len());
        }
    }
}
