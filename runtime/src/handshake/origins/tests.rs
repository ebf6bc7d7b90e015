use http::Request;

use super::*;

fn verify(origins: &Origins, host: &str, origin: &str) -> Result<Trust, Refusal> {
    let request = Request::get("/chat")
        .header(header::HOST, host)
        .header(header::ORIGIN, origin);
    let (parts, ()) = request.body(()).unwrap().into_parts();
    origins.verify(&parts, &Hosts::any())
}

#[test]
fn by_default_only_the_own_origin_passes() {
    let same = Origins::same();
    for (host, origin) in [
        ("localhost:8009", "http://localhost:8009"),
        ("Example.com", "https://example.com"),
        ("example.com:443", "https://example.com"),
        ("example.com", "http://example.com:80"),
        ("[::1]:8009", "http://[::1]:8009"),
    ] {
        assert_eq!(
            verify(&same, host, origin),
            Ok(Trust::Full),
            "{origin} at {host}"
        );
    }
    for (host, origin) in [
        ("localhost:8009", "http://localhost:8010"),
        ("localhost:8009", "http://localhost"),
        ("example.com", "https://example.com.evil.org"),
        ("example.com", "https://evil-example.com"),
        ("example.com", "https://user@example.com"),
        ("example.com", "null"),
        ("example.com", ""),
        ("example.com", "example.com"),
        ("example.com", "https://example.com/path"),
        ("example.com", "file://example.com"),
    ] {
        assert!(verify(&same, host, origin).is_err(), "{origin} at {host}");
    }
}

#[test]
fn a_list_is_compared_exactly_and_keeps_the_own_origin() {
    let list = Origins::list(["https://app.example.com", "http://localhost:3000"]).unwrap();
    assert_eq!(
        verify(&list, "api.example.com", "https://app.example.com"),
        Ok(Trust::Full)
    );
    assert_eq!(
        verify(&list, "api.example.com", "https://app.example.com:443"),
        Ok(Trust::Full)
    );
    assert_eq!(
        verify(&list, "api.example.com", "https://api.example.com"),
        Ok(Trust::Full)
    );
    assert!(verify(&list, "api.example.com", "http://app.example.com").is_err());
    assert!(verify(&list, "api.example.com", "https://app.example.com.evil.org").is_err());
}

#[test]
fn two_origins_are_refused_and_none_passes() {
    let request = Request::get("/chat")
        .header(header::HOST, "example.com")
        .header(header::ORIGIN, "https://example.com")
        .header(header::ORIGIN, "https://evil.org");
    let (two, ()) = request.body(()).unwrap().into_parts();
    assert!(Origins::same().verify(&two, &Hosts::any()).is_err());

    let (none, ()) = Request::get("/chat").body(()).unwrap().into_parts();
    assert_eq!(
        Origins::same().verify(&none, &Hosts::any()),
        Ok(Trust::Full)
    );
}

#[test]
fn what_is_not_an_origin_is_refused_when_it_is_listed() {
    for text in [
        "",
        "example.com",
        "https://",
        "https://example.com/",
        "https://example.com:",
        "https://example.com:65536",
        "https://*.example.com",
        "https://user@example.com",
        "chrome-extension://abc/",
        "wss://example.com",
        "://example.com",
        "1a://example.com",
        "a b://example.com",
        "Null",
        "*",
    ] {
        assert_eq!(Origins::list([text]), Err(InvalidOrigin(text.to_owned())));
    }
}

#[test]
fn every_origin_that_a_browser_sends_can_be_listed() {
    for text in [
        "null",
        "file://",
        "chrome-extension://abcdefghijklmnop",
        "moz-extension://6c9f5b0e-1f0c-4c29-a4bd-1c9d1a7f7d5e",
        "capacitor://localhost",
        "tauri://localhost:1430",
        "http://[::1]:8009",
    ] {
        let list = Origins::list([text]).unwrap();
        assert_eq!(
            verify(&list, "example.com", text),
            Ok(Trust::Full),
            "{text}"
        );
        assert_eq!(list.to_string().parse(), Ok(list.clone()), "{text}");
        assert!(verify(&Origins::same(), "example.com", text).is_err());
        for other in [
            "null",
            "file://",
            "chrome-extension://other",
            "http://a.example",
        ] {
            assert_eq!(verify(&list, "example.com", other).is_ok(), other == text);
        }
    }
}

#[test]
fn a_scheme_without_a_port_is_not_the_server_s_own_origin() {
    for (host, origin) in [
        ("example.com", "file://example.com"),
        ("localhost", "capacitor://localhost"),
        ("", "file://"),
    ] {
        assert!(verify(&Origins::same(), host, origin).is_err(), "{origin}");
    }
}

#[test]
fn a_refusal_says_what_was_compared_on_one_line() {
    let refusal = verify(&Origins::same(), "example.com", "https://example.com:8443");
    let text = refusal.unwrap_err().to_string();
    for part in [
        "https://example.com:8443",
        "Host is example.com",
        "`origins`",
    ] {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
    let long = format!("https://{}", "\u{85}x\u{202e}".repeat(1000));
    let text = verify(&Origins::same(), "example.com", &long)
        .unwrap_err()
        .to_string();
    assert!(
        text.len() < 1000 && !text.contains(['\u{85}', '\u{202e}']),
        "{text}"
    );
}
