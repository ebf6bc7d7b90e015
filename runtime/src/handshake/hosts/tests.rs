use std::net::SocketAddr;

use http::Request;

use super::*;

const LOOPBACK: &str = "127.0.0.1:8080";

/// A request of the page `origin` to its own host, and how it comes.
fn request(origin: &str, local: Option<&str>, headers: &[(&str, &str)]) -> Parts {
    let host = origin.split_once("://").unwrap().1;
    let mut request = Request::get("/chat")
        .header(header::HOST, host)
        .header(header::ORIGIN, origin);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let local = local.map(|address| address.parse::<SocketAddr>().unwrap());
    let peer = Peer {
        remote_addr: local,
        local_addr: local,
        ..Peer::default()
    };
    let request = request.extension(peer).body(()).unwrap();
    request.into_parts().0
}

fn trust(hosts: &Hosts, request: &Parts) -> Result<Trust, Refusal> {
    let origin = request.headers[header::ORIGIN].to_str().unwrap();
    hosts.trust(&Origin::parse(origin).unwrap(), request)
}

#[test]
fn a_foreign_name_for_a_loopback_address_is_not_trusted() {
    for local in [
        LOOPBACK,
        "127.8.8.8:80",
        "[::1]:8080",
        "[::ffff:127.0.0.1]:1",
    ] {
        for origin in [
            "http://evil.example",
            "http://evil.example:8080",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example:8080",
            "http://notlocalhost",
            "HTTP://EVIL.EXAMPLE",
        ] {
            let refused = trust(&Hosts::auto(), &request(origin, Some(local), &[]));
            let text = refused.expect_err(origin).to_string();
            assert!(text.contains("`hosts`"), "{text}");
            assert!(text.contains(&origin.to_ascii_lowercase()), "{text}");
        }
    }
}

/// A browser that runs beside a trusted proxy comes from the same address.
#[test]
fn a_proxy_on_this_machine_is_trusted_when_it_has_named_its_client() {
    for (remote, is_trusted) in [
        (Remote::Peer, false),
        (Remote::Proxy, false),
        (Remote::Client, true),
    ] {
        let mut request = request("http://evil.example", Some(LOOPBACK), &[]);
        let peer = request.extensions.get_mut::<Peer>().unwrap();
        peer.remote = remote;
        let trusted = trust(&Hosts::auto(), &request);
        assert_eq!(trusted == Ok(Trust::Full), is_trusted, "{remote:?}");
    }
}

#[test]
fn what_cannot_be_such_a_page_is_trusted() {
    let is_full = |request: &Parts| trust(&Hosts::auto(), request) == Ok(Trust::Full);
    for origin in [
        "http://localhost:8080",
        "http://LOCALHOST",
        "http://app.localhost:8080",
        "http://localhost.:8080",
        "http://127.0.0.1:8080",
        "http://127.1.2.3",
        "http://[::1]:8080",
        "http://192.168.1.7:8080",
        "https://app.example",
    ] {
        assert!(is_full(&request(origin, Some(LOOPBACK), &[])), "{origin}");
    }
    let evil = "http://evil.example";
    for address in ["192.168.1.7:8080", "[2001:db8::1]:80", "0.0.0.0:80"] {
        assert!(is_full(&request(evil, Some(address), &[])), "{address}");
    }
    for header in [
        ("forwarded", "for=192.0.2.60"),
        ("via", "1.1 proxy"),
        ("x-forwarded-for", ""),
        ("X-Forwarded-Proto", "http"),
        ("x-real-ip", "192.0.2.60"),
    ] {
        assert!(
            is_full(&request(evil, Some(LOOPBACK), &[header])),
            "{header:?}"
        );
    }
    let mut secure = request(evil, Some(LOOPBACK), &[]);
    secure.extensions.insert(Secure::default());
    assert!(is_full(&secure));
    // A header that is only like one of those.
    let other = request(evil, Some(LOOPBACK), &[("x-forward", "1")]);
    assert!(trust(&Hosts::auto(), &other).is_err());
}

#[test]
fn where_the_address_is_not_known_yet_trust_depends_on_it() {
    for (origin, expected) in [
        ("http://evil.example", Trust::UnlessLoopback),
        ("http://localhost", Trust::Full),
        ("https://evil.example", Trust::Full),
    ] {
        assert_eq!(
            trust(&Hosts::auto(), &request(origin, None, &[])),
            Ok(expected)
        );
    }
}

#[test]
fn a_setting_takes_the_place_of_the_guard() {
    let request = request("http://app.test", Some(LOOPBACK), &[]);
    for hosts in [Hosts::any(), Hosts::list(["app.test"]).unwrap()] {
        assert_eq!(hosts.verify(&request), Ok(()));
        assert_eq!(trust(&hosts, &request), Ok(Trust::Full));
    }
}

#[test]
fn a_listed_host_is_answered_whatever_its_spelling() {
    let hosts = Hosts::list(["App.example", "api.example:8443", "[::1]", "10.0.0.1"]).unwrap();
    for (host, is_known) in [
        ("app.example", true),
        ("APP.example.:8080", true),
        ("api.example:8443", true),
        ("api.example", false),
        ("api.example:443", false),
        ("[0:0:0:0:0:0:0:1]:80", true),
        ("[::ffff:10.0.0.1]", true),
        ("10.0.0.1:1", true),
        ("app.example.evil.org", false),
        ("evil-app.example", false),
        ("user@app.example", false),
        ("app.example:", false),
        ("app.example:x", false),
        ("", false),
    ] {
        let (parts, ()) = Request::get("/")
            .header(header::HOST, host)
            .body(())
            .unwrap()
            .into_parts();
        assert_eq!(hosts.verify(&parts).is_ok(), is_known, "{host}");
        assert_eq!(Hosts::auto().verify(&parts), Ok(()));
    }
    // The target counts more than `Host` (RFC 9112 §3.2.2).
    for (target, is_known) in [
        ("http://app.example/", true),
        ("http://other.example/", false),
    ] {
        let request = Request::get(target).header(header::HOST, "app.example");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        assert_eq!(hosts.verify(&parts).is_ok(), is_known, "{target}");
    }
}

#[test]
fn what_is_not_a_host_is_refused_when_it_is_listed() {
    for text in [
        "",
        "http://a.example",
        "a.example/",
        "a.example:",
        "a.example:65536",
        "*.a.example",
        "a b",
        "a@b",
    ] {
        assert_eq!(Hosts::list([text]), Err(InvalidHost(text.to_owned())));
    }
}

#[test]
fn hosts_are_read_as_they_are_written() {
    for text in ["auto", "any", "a.example,b.example:80,[::1]:8080,127.0.0.1"] {
        let hosts: Hosts = text.parse().unwrap();
        assert_eq!(hosts.to_string(), text);
    }
}
