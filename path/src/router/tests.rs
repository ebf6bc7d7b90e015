use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::*;

/// A router in which the value behind each template is the template's own text.
fn router<'s>(templates: &[&'s str]) -> Router<&'s str> {
    let mut router = Router::new();
    for &text in templates {
        router
            .insert(Template::parse(text).expect(text), text)
            .expect(text);
    }
    router
}

fn found(templates: &[&str], path: &str) -> Result<String, MatchError> {
    router(templates)
        .match_path(path)
        .map(|found| found.value.to_string())
}

/// Asserts which template a path means, and the values of its variables in order.
#[track_caller]
fn assert_match(router: &Router<&str>, path: &str, template: &str, values: &[&str]) {
    let found = router.match_path(path).expect(path);
    assert_eq!(
        (*found.value, found.template.as_str()),
        (template, template),
        "{path}"
    );
    assert_eq!(found.values, values, "{path}");
}

#[test]
fn c2_the_number_of_segments_must_be_the_same() {
    for path in ["/a", "/a/b/", "/a/b/c", "/", "/b/a"] {
        assert_eq!(
            found(&["/a/<v>"], path),
            Err(MatchError::NotFound),
            "{path}"
        );
    }
    assert_match(&router(&["/a/<v>"]), "/a/b", "/a/<v>", &["b"]);
}

#[test]
fn c3_a_literal_beats_a_variable() {
    let router = router(&["/{v}", "/a"]);
    assert_match(&router, "/a", "/a", &[]);
    assert_match(&router, "/b", "/{v}", &["b"]);
}

#[test]
fn c3_an_earlier_literal_beats_a_later_one() {
    for templates in [["/{v1}/d", "/b/{v2}"], ["/b/{v2}", "/{v1}/d"]] {
        assert_match(&router(&templates), "/b/d", "/b/{v2}", &["d"]);
        assert_match(&router(&templates), "/c/d", "/{v1}/d", &["c"]);
    }
}

/// The cases of the Jakarta TCK's `spec/configuration/urimatching`.
#[test]
fn c3_fourteen_templates_of_one_to_three_segments() {
    let router = router(&[
        "/{a}/c/d", "/d/{a}/c", "/c/{a}/d", "/c/d/{a}", "/a/{c}/d", "/a/d/{c}", "/a/c/{d}",
        "/a/c/d", "/{c}/d", "/d/{c}", "/c/{d}", "/c/d", "/{a}", "/a",
    ]);
    for (path, template, values) in [
        ("/a", "/a", &[][..]),
        ("/b", "/{a}", &["b"]),
        ("/c/d", "/c/d", &[]),
        ("/c/a", "/c/{d}", &["a"]),
        ("/d/d", "/d/{c}", &["d"]),
        ("/d/a", "/d/{c}", &["a"]),
        ("/a/d", "/{c}/d", &["a"]),
        ("/a/c/d", "/a/c/d", &[]),
        ("/a/c/a", "/a/c/{d}", &["a"]),
        ("/a/d/d", "/a/d/{c}", &["d"]),
        ("/a/a/d", "/a/{c}/d", &["a"]),
        ("/c/d/d", "/c/d/{a}", &["d"]),
        ("/c/c/d", "/c/{a}/d", &["c"]),
        ("/d/c/c", "/d/{a}/c", &["c"]),
        ("/b/c/d", "/{a}/c/d", &["b"]),
        ("/d/c/d", "/{a}/c/d", &["d"]),
    ] {
        assert_match(&router, path, template, values);
    }
    for path in ["/a/c/d/e", "/a/a", "/b/b/b", "/"] {
        assert_eq!(router.match_path(path), Err(MatchError::NotFound), "{path}");
    }
}

#[test]
fn c4_what_matches_nothing_is_not_found() {
    for path in [
        "/webSocket1",
        "/webSocket",
        "/webSocket/",
        "/webSocket/1/2",
        "/WebSocket/1",
        "webSocket/1",
        "",
        "*",
    ] {
        assert_eq!(
            found(&["/webSocket/<uId>"], path),
            Err(MatchError::NotFound),
            "{path}"
        );
    }
    assert_eq!(found(&[], "/"), Err(MatchError::NotFound));
}

#[test]
fn c5_c6_templates_that_match_the_same_paths_are_reported_with_the_other_one() {
    for (first, second) in [
        ("/a", "/a"),
        ("/caf%C3%A9", "/café"),
        ("/a/<x>", "/a/{y}"),
        ("/{a}/b/{c}/", "/<c>/b/<a>/"),
    ] {
        let mut router = router(&["/z", first]);
        let conflict = router
            .insert(Template::parse(second).unwrap(), "second")
            .expect_err(second);
        assert_eq!(
            (conflict.template.as_str(), conflict.value),
            (second, "second")
        );
        assert_eq!(
            (conflict.other.as_str(), conflict.other_value),
            (first, first)
        );
        let message = conflict.to_string();
        assert!(
            message.contains(&format!("`{first}`")) && message.contains(&format!("`{second}`")),
            "{message}"
        );
        assert_eq!(
            router.iter().map(|(_, value)| *value).collect::<Vec<_>>(),
            ["/z", first]
        );
    }
}

#[test]
fn c6_variables_of_one_place_may_have_different_names() {
    let router = router(&["/{room}/chat", "/{user}/mail"]);
    assert_eq!(
        router.match_path("/7/chat").unwrap().variable("room"),
        Some("7")
    );
    assert_eq!(
        router.match_path("/7/mail").unwrap().variable("user"),
        Some("7")
    );
    assert_eq!(router.match_path("/7/mail").unwrap().variable("room"), None);
}

#[test]
fn c7_a_literal_expansion_stands_beside_its_template() {
    let router = router(&["/bookings/{guest}", "/bookings/SallyBrown"]);
    assert_match(&router, "/bookings/SallyBrown", "/bookings/SallyBrown", &[]);
    assert_match(
        &router,
        "/bookings/JimBrown",
        "/bookings/{guest}",
        &["JimBrown"],
    );
}

#[test]
fn c8_the_last_slash_counts() {
    let router = router(&["/a", "/a/", "/b/", "/{v}/{w}/"]);
    assert_match(&router, "/a", "/a", &[]);
    assert_match(&router, "/a/", "/a/", &[]);
    assert_match(&router, "/x/y/", "/{v}/{w}/", &["x", "y"]);
    assert_eq!(router.match_path("/b"), Err(MatchError::NotFound));
    assert_eq!(router.match_path("/x/y"), Err(MatchError::NotFound));
}

#[test]
fn c8_the_root_is_a_path() {
    assert_match(&router(&["/"]), "/", "/", &[]);
    assert_eq!(found(&["/"], "//"), Err(MatchError::NotFound));
}

#[test]
fn c9_a_variable_is_never_empty() {
    for path in ["/a/", "/a//b", "//b", "//"] {
        assert_eq!(
            found(&["/a/{v}", "/a/{v}/b", "/{v}", "/{v}/b"], path),
            Err(MatchError::NotFound),
            "{path}"
        );
    }
}

#[test]
fn c10_the_search_goes_back_where_a_literal_leads_nowhere() {
    let router = router(&["/a/{x}/c", "/{y}/b/d", "/{y}/{z}/{q}"]);
    assert_match(&router, "/a/b/d", "/{y}/b/d", &["a"]);
    assert_match(&router, "/a/b/c", "/a/{x}/c", &["b"]);
    assert_match(&router, "/a/e/f", "/{y}/{z}/{q}", &["a", "e", "f"]);
}

#[test]
fn c11_a_path_is_cut_before_it_is_decoded() {
    let router = router(&["/webSocket/<uId>", "/a%2Fb"]);
    for (path, value) in [
        ("/webSocket/%31%32", "12"),
        ("/%77ebSocket/1", "1"),
        ("/webSocket/1%2F2", "1/2"),
        ("/webSocket/%3F%23%25", "?#%"),
        ("/webSocket/a+b", "a+b"),
        ("/webSocket/1;a=b", "1;a=b"),
        ("/webSocket/%E5%BC%A0", "张"),
        ("/webSocket/张", "张"),
    ] {
        assert_match(&router, path, "/webSocket/<uId>", &[value]);
    }
    assert_match(&router, "/a%2fb", "/a%2Fb", &[]);
    assert_eq!(router.match_path("/a/b"), Err(MatchError::NotFound));
}

#[test]
fn c11_a_path_that_cannot_be_decoded_is_bad_wherever_it_leads() {
    for (path, reason) in [
        ("/a/%ZZ", EncodingError::MalformedEscape),
        ("/a/1%", EncodingError::MalformedEscape),
        ("/a/%FF", EncodingError::NotUtf8),
        ("/a/%00", EncodingError::Nul),
        ("/%ZZ/1", EncodingError::MalformedEscape),
        ("/a/1/2/3/%FF", EncodingError::NotUtf8),
        ("/other/%ZZ/x", EncodingError::MalformedEscape),
    ] {
        let error = found(&["/a/<v>"], path).expect_err(path);
        assert_eq!(error, MatchError::BadPath(reason), "{path}");
        assert!(error.to_string().contains(&reason.to_string()));
    }
}

#[test]
fn c11_dot_segments_match_nothing() {
    for path in [
        "/webSocket/..",
        "/webSocket/.",
        "/webSocket/%2e%2E",
        "/./1",
        "/a/../1",
        "/%2e/1",
    ] {
        assert_eq!(
            found(&["/webSocket/<uId>", "/{a}/{b}/1", "/{a}/1"], path),
            Err(MatchError::NotFound),
            "{path}"
        );
    }
}

#[test]
fn c12_how_a_literal_is_spelled_does_not_change_its_rank() {
    for literal in ["/~x", "/%7Bx", "/%7Dx", "/|x", "/é", "/用户", "/a"] {
        assert_match(&router(&["/{v}", literal]), literal, literal, &[]);
        assert_match(&router(&[literal, "/{v}"]), literal, literal, &[]);
    }
}

#[test]
fn a_match_of_plain_text_borrows() {
    let router = router(&["/a/<v>", "/a/b"]);
    let found = router.match_path("/a/c").unwrap();
    assert!(matches!(found.values[..], [Cow::Borrowed("c")]));
    // An empty vector has allocated nothing.
    assert_eq!(router.match_path("/a/b").unwrap().values.capacity(), 0);
}

#[test]
fn d6_values_come_under_their_names() {
    let router = router(&["/{a}/x/<b>"]);
    let found = router.match_path("/1/x/2").unwrap();
    assert!(found.variables().eq([("a", "1"), ("b", "2")]));
    assert_eq!(
        (found.variable("b"), found.variable("c")),
        (Some("2"), None)
    );
}

#[test]
fn c4_nearest_gives_the_template() {
    let router = router(&["/chat", "/webSocket/<uId>"]);
    assert_eq!(
        router.nearest("/webSocket42").map(Template::as_str),
        Some("/webSocket/<uId>")
    );
    assert_eq!(router.nearest("/favicon.ico"), None);
}

proptest! {
    #[test]
    fn a_template_matches_its_own_expansion(
        segments in prop::collection::vec(("[^\u{0}]{1,8}", any::<bool>()), 1..6),
        last_slash: bool,
    ) {
        prop_assume!(segments.iter().all(|(text, _)| !matches!(text.as_str(), "." | "..")));
        let (mut template, mut path, mut values) = (String::new(), String::new(), Vec::new());
        for (index, (text, is_variable)) in segments.iter().enumerate() {
            let encoded = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            path += &format!("/{encoded}");
            if *is_variable {
                template += &format!("/<v{index}>");
                values.push(text.as_str());
            } else {
                template += &format!("/{encoded}");
            }
        }
        if last_slash {
            template.push('/');
            path.push('/');
        }
        assert_match(&router(&[&template]), &path, &template, &values);
    }

    #[test]
    fn match_path_never_panics(path in r"([/%.a]|%2e|%2F|\PC|\x00){0,24}") {
        let router = router(&["/", "/a", "/a/", "/<x>/a", "/a/<x>", "/<x>/<y>/<z>"]);
        if let Ok(found) = router.match_path(&path) {
            prop_assert_eq!(found.values.len(), found.template.variables().count());
            prop_assert!(found.values.iter().all(|value| !matches!(&**value, "" | "." | "..")));
        }
        let _ = router.nearest(&path);
    }
}
