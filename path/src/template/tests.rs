use proptest::prelude::*;

use super::*;
use crate::decode::EncodingError;

fn refused(source: &str) -> (Range<usize>, TemplateErrorKind) {
    let error = Template::parse(source).expect_err(source);
    (error.at(), error.kind().clone())
}

fn literal(text: &str) -> Segment {
    Segment::Literal(text.into())
}

fn variable(name: &str) -> Segment {
    Segment::Variable(name.into())
}

#[test]
fn c1_a_path_is_literals_and_variables() {
    for (source, segments) in [
        ("/", vec![literal("")]),
        ("/a", vec![literal("a")]),
        ("/a/", vec![literal("a"), literal("")]),
        (
            "/webSocket/<uId>",
            vec![literal("webSocket"), variable("uId")],
        ),
        (
            "/<a>/{b}/c",
            vec![variable("a"), variable("b"), literal("c")],
        ),
        (
            "/{_}/<用户1>/",
            vec![variable("_"), variable("用户1"), literal("")],
        ),
        ("/...", vec![literal("...")]),
        (
            "/a;b=c,d+e~!$&'()*@:|^`\"\\",
            vec![literal("a;b=c,d+e~!$&'()*@:|^`\"\\")],
        ),
    ] {
        let template = Template::parse(source).expect(source);
        assert_eq!(template.segments(), segments, "{source}");
        assert_eq!(
            (template.as_str(), template.to_string().as_str()),
            (source, source)
        );
    }
}

#[test]
fn a1_both_spellings_of_a_variable_mean_the_same() {
    let (angled, curly) = (
        Template::parse("/a/<x>").unwrap(),
        Template::parse("/a/{x}").unwrap(),
    );
    assert_eq!(angled.segments(), curly.segments());
    assert!(angled.variables().eq(["x"]));
}

#[test]
fn variables_come_in_order() {
    assert!(
        Template::parse("/<z>/x/{a}/<m>")
            .unwrap()
            .variables()
            .eq(["z", "a", "m"])
    );
}

#[test]
fn c1_a_path_starts_with_a_slash() {
    assert_eq!(refused(""), (0..0, TemplateErrorKind::NoLeadingSlash));
    assert_eq!(
        refused("webSocket/<uId>"),
        (0..1, TemplateErrorKind::NoLeadingSlash)
    );
    assert_eq!(refused("é/a"), (0..2, TemplateErrorKind::NoLeadingSlash));
}

#[test]
fn c1_empty_and_dot_segments_are_refused() {
    for (source, at) in [
        ("//", 0..2),
        ("//a", 0..2),
        ("/a//b", 2..4),
        ("/a//", 2..4),
        ("/<a>//", 4..6),
    ] {
        assert_eq!(
            refused(source),
            (at, TemplateErrorKind::EmptySegment),
            "{source}"
        );
    }
    for (source, at) in [
        ("/.", 1..2),
        ("/a/./b", 3..4),
        ("/a/..", 3..5),
        ("/../a", 1..3),
        ("/%2E%2e/a", 1..7),
    ] {
        assert_eq!(
            refused(source),
            (at, TemplateErrorKind::DotSegment),
            "{source}"
        );
    }
}

#[test]
fn c1_a_variable_fills_a_whole_segment() {
    for (source, at) in [
        ("/x<a>", 1..5),
        ("/a/<b>c", 3..7),
        ("/{a}{b}", 1..7),
        ("/é/{a}.<b>", 4..11),
    ] {
        assert_eq!(
            refused(source),
            (at, TemplateErrorKind::PartialVariable),
            "{source}"
        );
    }
}

#[test]
fn c1_a_bracket_needs_its_partner_in_the_segment() {
    for (source, at, bracket) in [
        ("/a/<b", 3, '<'),
        ("/a/b>", 4, '>'),
        ("/<a}", 1, '<'),
        ("/{a>", 1, '{'),
        ("/<a/b>", 1, '<'),
        ("/}a{", 1, '}'),
        ("/é}", 3, '}'),
    ] {
        assert_eq!(
            refused(source),
            (at..at + 1, TemplateErrorKind::LoneBracket(bracket)),
            "{source}"
        );
    }
}

#[test]
fn c1_a_variable_has_an_identifiers_name() {
    for (source, name) in [
        ("/<>", ""),
        ("/{1a}", "1a"),
        ("/<user-id>", "user-id"),
        ("/<path..>", "path.."),
        ("/{id:[0-9]+}", "id:[0-9]+"),
        ("/<%61>", "%61"),
        ("/<{a}>", "{a}"),
    ] {
        assert_eq!(
            refused(source),
            (
                1..source.len(),
                TemplateErrorKind::BadVariableName(name.into())
            ),
            "{source}"
        );
    }
}

#[test]
fn c1_a_variable_is_named_once() {
    let repeated = |first| TemplateErrorKind::RepeatedVariable {
        name: "a".into(),
        first,
    };
    assert_eq!(refused("/{a}/{a}"), (5..8, repeated(1..4)));
    assert_eq!(refused("/x/<a>/<b>/{a}/c"), (11..14, repeated(3..6)));
    assert!(Template::parse("/{a}/{A}").is_ok());
}

#[test]
fn c1_characters_that_cannot_be_in_a_path_are_refused() {
    for (source, at, found) in [
        ("/a?b=<c>", 2..3, '?'),
        ("/a#b", 2..3, '#'),
        (" /a", 0..1, ' '),
        ("/a b", 2..3, ' '),
        ("/a\n", 2..3, '\n'),
        ("/<a >", 3..4, ' '),
        ("/é\u{3000}", 3..6, '\u{3000}'),
        ("/\u{7f}", 1..2, '\u{7f}'),
        ("/a\0", 2..3, '\0'),
    ] {
        assert_eq!(
            refused(source),
            (at, TemplateErrorKind::ForbiddenCharacter(found)),
            "{source:?}"
        );
    }
}

#[test]
fn c11_a_literal_may_be_percent_encoded() {
    let segments = |source: &str| Template::parse(source).unwrap().segments().to_vec();
    assert_eq!(
        segments("/%77ebSocket/caf%C3%A9"),
        segments("/webSocket/café")
    );
    assert_eq!(segments("/%3Ca%3E/a%2Fb"), [literal("<a>"), literal("a/b")]);
    for (source, at, reason) in [
        ("/a/%", 3..4, EncodingError::MalformedEscape),
        ("/%ZZ/a", 1..4, EncodingError::MalformedEscape),
        ("/a%FF", 1..5, EncodingError::NotUtf8),
        ("/%00", 1..4, EncodingError::Nul),
    ] {
        assert_eq!(
            refused(source),
            (at, TemplateErrorKind::BadEncoding(reason)),
            "{source}"
        );
    }
}

#[test]
fn c1_an_error_says_what_to_write_and_where() {
    for (source, says) in [
        ("webSocket", ["`/`", "at character 1 "]),
        ("/é//b", ["write one `/`", "at character 3 "]),
        ("/a/..", ["leave it out", "at character 4 "]),
        ("/a?b", ["`%3F`", "at character 3 "]),
        ("/a\u{7f}", ["U+007F", "at character 3 "]),
        ("/x<a>", ["write `/` on both sides", "at character 2 "]),
        ("/a}", ["`%7D`", "at character 3 "]),
        ("/<1>", ["starts with a letter or `_`", "at character 2 "]),
        ("/<a>/<a>", ["another name", "at character 6 "]),
        ("/100%", ["`%25`", "at character 2 "]),
    ] {
        let message = Template::parse(source).expect_err(source).to_string();
        for part in says {
            assert!(message.contains(part), "{source}: {message}");
        }
    }
}

proptest! {
    #[test]
    fn parse_never_panics_and_points_into_the_text(source in r"/?([/<>{}%?#.aé_0 \x00]|%2e|\PC){0,24}") {
        match Template::parse(&source) {
            Ok(template) => prop_assert_eq!(template.as_str(), source),
            Err(error) => {
                prop_assert!(source.get(error.at()).is_some(), "{:?} {:?}", source, error);
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }
}
