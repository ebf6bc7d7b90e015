use proptest::prelude::*;

use super::*;

const KEEPING: DeflateConfig = DeflateConfig {
    level: super::super::Level::FASTEST,
    threshold: 0,
    server_context_takeover: true,
    client_context_takeover: true,
    server_max_window_bits: WindowBits::MAX,
    client_max_window_bits: WindowBits::MAX,
};

fn accept(config: DeflateConfig, headers: &[&str]) -> Option<(Agreement, String)> {
    config.accept(headers.iter().map(|header| header.as_bytes()))
}

/// Checks the answer of a server that would keep all context and use full windows.
#[track_caller]
fn answers(offer: &str, answer: &str) -> Agreement {
    let (agreement, header) = accept(KEEPING, &[offer]).expect(offer);
    assert_eq!(header, answer);
    agreement
}

fn check(config: DeflateConfig, answer: &str) -> Result<Option<Agreement>, InvalidAnswer> {
    config.check([answer.as_bytes()])
}

fn bits(bits: u8) -> WindowBits {
    WindowBits::new(bits).unwrap()
}

#[test]
fn section_7_1_a_plain_offer_gets_a_plain_answer() {
    let agreement = answers("permessage-deflate", "permessage-deflate");
    assert_eq!(
        agreement,
        Agreement {
            outgoing_takeover: true,
            outgoing_window_bits: WindowBits::MAX,
            incoming_takeover: true,
        }
    );
}

#[test]
fn section_7_1_1_1_the_server_keeps_no_context_if_either_side_says_so() {
    let asked = "permessage-deflate; server_no_context_takeover";
    assert!(!answers(asked, asked).outgoing_takeover);
    let config = DeflateConfig {
        server_context_takeover: false,
        ..KEEPING
    };
    let (agreement, header) = accept(config, &["permessage-deflate"]).unwrap();
    assert_eq!(header, asked);
    assert!(!agreement.outgoing_takeover && agreement.incoming_takeover);
}

#[test]
fn section_7_1_1_2_the_client_keeps_no_context_if_either_side_says_so() {
    let asked = "permessage-deflate; client_no_context_takeover";
    assert!(!answers(asked, asked).incoming_takeover);
    let config = DeflateConfig {
        client_context_takeover: false,
        ..KEEPING
    };
    let (agreement, header) = accept(config, &["permessage-deflate"]).unwrap();
    assert_eq!(header, asked);
    assert!(agreement.outgoing_takeover && !agreement.incoming_takeover);
}

#[test]
fn section_7_1_2_1_the_server_window_is_the_smaller_one_and_is_named() {
    let asked = "permessage-deflate; server_max_window_bits=10";
    assert_eq!(answers(asked, asked).outgoing_window_bits, bits(10));
    let full = "permessage-deflate; server_max_window_bits=15";
    answers(full, full);
    let config = DeflateConfig {
        server_max_window_bits: bits(12),
        ..KEEPING
    };
    for (offer, agreed) in [
        ("", 12),
        ("; server_max_window_bits=13", 12),
        ("; server_max_window_bits=9", 9),
    ] {
        let (agreement, header) = accept(config, &[&format!("permessage-deflate{offer}")]).unwrap();
        assert_eq!(
            header,
            format!("permessage-deflate; server_max_window_bits={agreed}")
        );
        assert_eq!(agreement.outgoing_window_bits, bits(agreed));
    }
}

#[test]
fn section_7_1_2_1_a_server_window_of_8_bits_is_declined() {
    assert_eq!(
        accept(KEEPING, &["permessage-deflate; server_max_window_bits=8"]),
        None
    );
}

#[test]
fn section_7_1_2_2_the_client_window_is_named_only_if_offered_and_only_to_make_it_smaller() {
    answers(
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate",
    );
    answers(
        "permessage-deflate; client_max_window_bits=8",
        "permessage-deflate",
    );
    let config = DeflateConfig {
        client_max_window_bits: bits(12),
        ..KEEPING
    };
    for (offer, answer) in [
        ("permessage-deflate", "permessage-deflate"),
        (
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; client_max_window_bits=12",
        ),
        (
            "permessage-deflate; client_max_window_bits=15",
            "permessage-deflate; client_max_window_bits=12",
        ),
        (
            "permessage-deflate; client_max_window_bits=12",
            "permessage-deflate",
        ),
        (
            "permessage-deflate; client_max_window_bits=8",
            "permessage-deflate",
        ),
    ] {
        assert_eq!(accept(config, &[offer]).unwrap().1, answer, "{offer}");
    }
}

#[test]
fn section_7_1_what_browsers_offer_costs_no_context_by_default() {
    let (agreement, header) = accept(
        DeflateConfig::default(),
        &["permessage-deflate; client_max_window_bits"],
    )
    .unwrap();
    assert_eq!(
        header,
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
    );
    assert!(!agreement.outgoing_takeover && !agreement.incoming_takeover);
}

#[test]
fn section_7_1_the_first_offer_that_can_be_honored_is_accepted() {
    for bad in [
        "permessage-deflate; server_max_window_bits=8",
        "permessage-deflate; bogus=1",
        "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=\"",
        "permessage-deflate;",
        "x-webkit-deflate-frame",
        "permessage-bzip2; a=1",
        ";",
        "",
    ] {
        assert_eq!(accept(KEEPING, &[bad]), None, "{bad}");
        let good = "permessage-deflate; server_max_window_bits=\"11\"";
        let answer = "permessage-deflate; server_max_window_bits=11";
        let in_another_header = accept(KEEPING, &[bad, good, "permessage-deflate"]).unwrap();
        assert_eq!(in_another_header.1, answer, "{bad}");
        if !bad.contains('"') {
            let list = format!("{bad}, {good}, permessage-deflate");
            assert_eq!(accept(KEEPING, &[&list]).unwrap().1, answer, "{list}");
        }
    }
    assert_eq!(accept(KEEPING, &[]), None);
}

#[test]
fn section_7_1_a_client_offers_what_it_wants() {
    assert_eq!(
        KEEPING.offer(),
        "permessage-deflate; client_max_window_bits"
    );
    let config = DeflateConfig {
        server_max_window_bits: bits(10),
        client_max_window_bits: bits(9),
        ..DeflateConfig::default()
    };
    assert_eq!(
        config.offer(),
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
         server_max_window_bits=10; client_max_window_bits=9"
    );
}

#[test]
fn section_7_1_a_client_accepts_answers_that_follow_from_its_offer() {
    assert_eq!(KEEPING.check([]), Ok(None));
    let agreement = check(KEEPING, "permessage-deflate").unwrap().unwrap();
    assert!(agreement.outgoing_takeover && agreement.incoming_takeover);
    assert_eq!(agreement.outgoing_window_bits, WindowBits::MAX);

    let answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
        server_max_window_bits=8; client_max_window_bits=\"11\"";
    let agreement = check(KEEPING, answer).unwrap().unwrap();
    assert!(!agreement.outgoing_takeover && !agreement.incoming_takeover);
    assert_eq!(agreement.outgoing_window_bits, bits(11));
}

#[test]
fn section_7_1_a_client_refuses_answers_that_do_not_follow_from_its_offer() {
    for answer in [
        "permessage-deflate; bogus",
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; client_max_window_bits=8",
        "permessage-deflate; client_max_window_bits=16",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "permessage-deflate, permessage-deflate",
        "permessage-deflate, foo",
        "foo",
        ";",
    ] {
        assert_eq!(check(KEEPING, answer), Err(InvalidAnswer), "{answer}");
    }
    let twice = [b"permessage-deflate".as_slice(), b"permessage-deflate"];
    assert_eq!(KEEPING.check(twice), Err(InvalidAnswer));

    let asking = DeflateConfig {
        server_context_takeover: false,
        server_max_window_bits: bits(10),
        client_max_window_bits: bits(10),
        ..KEEPING
    };
    let fits = "permessage-deflate; server_no_context_takeover; server_max_window_bits=10";
    assert!(check(asking, fits).unwrap().is_some());
    for answer in [
        "permessage-deflate; server_max_window_bits=10",
        "permessage-deflate; server_no_context_takeover",
        "permessage-deflate; server_no_context_takeover; server_max_window_bits=11",
        &format!("{fits}; client_max_window_bits=11"),
    ] {
        assert_eq!(check(asking, answer), Err(InvalidAnswer), "{answer}");
    }
}

fn configs() -> impl Strategy<Value = DeflateConfig> {
    (any::<bool>(), any::<bool>(), 9..=15_u8, 9..=15_u8).prop_map(|(server, client, s, c)| {
        DeflateConfig {
            server_context_takeover: server,
            client_context_takeover: client,
            server_max_window_bits: bits(s),
            client_max_window_bits: bits(c),
            ..KEEPING
        }
    })
}

proptest! {
    #[test]
    fn our_client_and_our_server_always_agree(client in configs(), server in configs()) {
        let (at_server, answer) = server.accept([client.offer().as_bytes()]).unwrap();
        let at_client = client.check([answer.as_bytes()]).unwrap().unwrap();
        prop_assert_eq!(at_server.outgoing_takeover, at_client.incoming_takeover);
        prop_assert_eq!(at_client.outgoing_takeover, at_server.incoming_takeover);
        let keeps = |server: bool, client: bool| server && client;
        prop_assert_eq!(
            at_server.outgoing_takeover,
            keeps(server.server_context_takeover, client.server_context_takeover)
        );
        prop_assert_eq!(
            at_client.outgoing_takeover,
            keeps(server.client_context_takeover, client.client_context_takeover)
        );
        let smaller = server.server_max_window_bits.min(client.server_max_window_bits);
        prop_assert_eq!(at_server.outgoing_window_bits, smaller);
        let smaller = server.client_max_window_bits.min(client.client_max_window_bits);
        prop_assert_eq!(at_client.outgoing_window_bits, smaller);
    }

    #[test]
    fn any_header_is_survived(
        header in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..200),
            "(permessage-deflate|server_max_window_bits|[;,=\"\\\\ ]|1[0-9]|[a-z]){0,20}"
                .prop_map(String::into_bytes),
        ],
    ) {
        let _ = KEEPING.check([header.as_slice()]);
        if let Some((agreement, answer)) = KEEPING.accept([header.as_slice()]) {
            prop_assert!(answer.starts_with(NAME));
            prop_assert!(agreement.outgoing_window_bits >= bits(9));
        }
    }
}
