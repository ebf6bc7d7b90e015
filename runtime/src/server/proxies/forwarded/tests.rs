use super::*;

const REFUSED: &str = "refused";

fn read(lines: &[(&str, &str)]) -> Result<Forwarded, Refusal> {
    let proxies = TrustedProxies::list(["10.0.0.0/8", "fd00::/8"]).unwrap();
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let name: HeaderName = name.parse().unwrap();
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        headers.append(name, value);
    }
    Forwarded::read(&headers, &proxies)
}

fn client(lines: &[(&str, &str)]) -> String {
    match read(lines) {
        Err(Refusal::Forwarded(_)) => REFUSED.to_owned(),
        Err(refusal) => panic!("{refusal}"),
        Ok(Forwarded {
            address, is_hidden, ..
        }) => {
            let hidden = if is_hidden { " hidden" } else { "" };
            address.map_or_else(|| "none".to_owned(), |address| address.to_string()) + hidden
        }
    }
}

#[test]
fn the_client_is_the_last_address_that_is_not_a_trusted_proxy() {
    for (forwarded, x, expected) in [
        ("for=192.0.2.1", "192.0.2.1", "192.0.2.1:0"),
        (
            "for=1.1.1.1, for=192.0.2.1",
            "1.1.1.1, 192.0.2.1",
            "192.0.2.1:0",
        ),
        (
            "for=1.1.1.1,for=192.0.2.1,for=10.0.0.1,for=10.0.0.2",
            "1.1.1.1,192.0.2.1,10.0.0.1,10.0.0.2",
            "192.0.2.1:0",
        ),
        // Every one of them is trusted: the first is the client.
        (
            "for=10.0.0.1, for=10.0.0.2",
            "10.0.0.1, 10.0.0.2",
            "10.0.0.1:0",
        ),
        ("for=\"192.0.2.1:80\"", "192.0.2.1:80", "192.0.2.1:80"),
        ("for=\"[2001:db8::1]\"", "[2001:db8::1]", "[2001:db8::1]:0"),
        (
            "for=\"[2001:db8::1]:80\"",
            "[2001:db8::1]:80",
            "[2001:db8::1]:80",
        ),
        (
            "for=\"[::ffff:192.0.2.1]\"",
            "::ffff:192.0.2.1",
            "192.0.2.1:0",
        ),
        ("for=unknown", "unknown", "none hidden"),
        ("for=_secret", "_secret", "none hidden"),
        (
            "for=unknown, for=10.0.0.1",
            "unknown, 10.0.0.1",
            "10.0.0.1:0 hidden",
        ),
        // Whatever the client itself has sent is not looked at.
        ("for=\", for=192.0.2.1", "\", 192.0.2.1", "192.0.2.1:0"),
        ("x, for=192.0.2.1", "x, 192.0.2.1", "192.0.2.1:0"),
        ("for=192.0.2.1,", "192.0.2.1, ,", "192.0.2.1:0"),
        ("for=x", "x", REFUSED),
        ("for=192.0.2.1:x", "192.0.2.1:x", REFUSED),
        ("for=192.0.2.256", "192.0.2.256", REFUSED),
        ("for=\"[2001:db8::1\"", "[2001:db8::1", REFUSED),
        ("for=\u{e9}", "\u{e9}", REFUSED),
        ("192.0.2.1", "for=192.0.2.1", REFUSED),
        ("", "", "none"),
    ] {
        assert_eq!(client(&[("forwarded", forwarded)]), expected, "{forwarded}");
        assert_eq!(client(&[("x-forwarded-for", x)]), expected, "{x}");
    }
    let bare = client(&[("x-forwarded-for", "2001:db8::1")]);
    assert_eq!(bare, "[2001:db8::1]:0");
}

#[test]
fn headers_that_stand_twice_are_one_list() {
    let twice = |name, first, second| client(&[(name, first), (name, second)]);
    let expected = "192.0.2.1:0";
    assert_eq!(twice("x-forwarded-for", "1.1.1.1", "192.0.2.1"), expected);
    assert_eq!(twice("forwarded", "for=1.1.1.1", "for=192.0.2.1"), expected);
    assert_eq!(twice("x-forwarded-for", "192.0.2.1", "10.0.0.1"), expected);
}

#[test]
fn two_headers_that_name_different_clients_are_refused() {
    let both = |forwarded, x| client(&[("forwarded", forwarded), ("x-forwarded-for", x)]);
    assert_eq!(both("for=192.0.2.1", "192.0.2.1"), "192.0.2.1:0");
    assert_eq!(both("for=\"192.0.2.1:80\"", "192.0.2.1"), "192.0.2.1:80");
    assert_eq!(both("proto=https", "192.0.2.1"), "192.0.2.1:0");
    assert_eq!(both("for=192.0.2.1", ""), "192.0.2.1:0");
    for forged in ["for=1.1.1.1", "for=unknown", "for=10.0.0.1"] {
        assert_eq!(both(forged, "192.0.2.1"), REFUSED, "{forged}");
    }
}

#[test]
fn nothing_in_quotes_is_taken_for_another_proxy_s_word() {
    for (forwarded, expected) in [
        // A host of the client's choice, in quotes and without.
        ("for=192.0.2.1;host=\"a,for=6.6.6.6\"", REFUSED),
        ("for=192.0.2.1;host=\"a;for=6.6.6.6\"", REFUSED),
        ("for=192.0.2.1;host=\"a\\\",for=6.6.6.6\"", REFUSED),
        ("for=192.0.2.1;host=a;for=6.6.6.6", REFUSED),
        ("host=a;for=6.6.6.6;for=192.0.2.1", REFUSED),
        ("for=192.0.2.1;proto=http;host=a;proto=https", REFUSED),
        ("for=192.0.2.1;host=a;host=b", REFUSED),
        // Quotes of the client change nothing of what the proxy has written behind them.
        ("for=6.6.6.6;x=\", for=\"192.0.2.1:80\"", "192.0.2.1:80"),
        ("for=6.6.6.6;x=\"\\, for=192.0.2.1", "192.0.2.1:0"),
        ("\", for=192.0.2.1;host=\"a.b\"", "192.0.2.1:0"),
        ("\"\", for=192.0.2.1", "192.0.2.1:0"),
    ] {
        assert_eq!(client(&[("forwarded", forwarded)]), expected, "{forwarded}");
    }
}

#[test]
fn long_lists_are_bounded() {
    let hostile = "for=1.1.1.1,".repeat(2000) + "for=192.0.2.1";
    assert_eq!(client(&[("forwarded", &hostile)]), "192.0.2.1:0");
    for (count, expected) in [(31, "10.0.0.1:0"), (32, REFUSED), (2000, REFUSED)] {
        let list = "10.0.0.1,".repeat(count);
        assert_eq!(client(&[("x-forwarded-for", &list)]), expected);
        let list = "for=10.0.0.1,".repeat(count);
        assert_eq!(client(&[("forwarded", &list)]), expected);
    }
}

#[test]
fn scheme_and_host_are_those_of_the_client_s_connection() {
    let of = |lines: &[(&str, &str)]| {
        let Forwarded {
            is_secure, host, ..
        } = read(lines).unwrap();
        (is_secure, host.map(|host| host.to_string()))
    };
    let example = |is_secure| (is_secure, Some("example.com:8443".to_owned()));
    for forwarded in [
        "for=192.0.2.1;proto=https;host=\"example.com:8443\"",
        "For=192.0.2.1; Proto=HTTPS; Host=example.com:8443",
        "for=192.0.2.1;proto=https;host=example.com:8443, for=10.0.0.1;proto=http;host=inner",
        "for=1.1.1.1;proto=http;host=evil, for=192.0.2.1;proto=wss;host=example.com:8443",
        "for=192.0.2.1, for=10.0.0.1;proto=https;host=example.com:8443",
    ] {
        assert_eq!(
            of(&[("forwarded", forwarded)]),
            example(Some(true)),
            "{forwarded}"
        );
    }
    let x = |addresses, proto, host| {
        of(&[
            ("x-forwarded-for", addresses),
            ("x-forwarded-proto", proto),
            ("x-forwarded-host", host),
        ])
    };
    assert_eq!(
        x("192.0.2.1", "https", "example.com:8443"),
        example(Some(true))
    );
    assert_eq!(
        x("192.0.2.1, 10.0.0.1", "http", "example.com:8443"),
        example(Some(false))
    );
    assert_eq!(
        x(
            "192.0.2.1, 10.0.0.1",
            "https, http",
            "example.com:8443, inner"
        ),
        example(Some(true))
    );
    assert_eq!(x("", "", ""), (None, None));
    for host in ["user@example.com", "a b", ":80", "example.com/path"] {
        assert!(read(&[("x-forwarded-host", host)]).is_err(), "{host}");
    }
}
