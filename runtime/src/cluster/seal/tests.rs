use proptest::prelude::*;

use super::*;

const SUBJECT: Destination<'_> = Destination::Subject("wspring.all");

fn secrets(own: &str, accepted: &str, is_encrypting: bool) -> Secrets {
    Secrets {
        own: Secret::new(own),
        accepted: Secret::new(accepted),
        is_encrypting,
    }
}

fn header() -> Header {
    Header {
        from: NodeId::random(),
        number: 7,
        time: 1,
        until: FOR_EVER,
    }
}

/// One of each form, all of the same secret.
fn seals() -> [Seal; 3] {
    [("", false), ("s", false), ("s", true)]
        .map(|(secret, encrypting)| Seal::new(&secrets(secret, "", encrypting)))
}

#[test]
fn a_packet_is_read_as_it_was_written_and_where_it_was_sent_to() {
    let answer = Destination::Answer {
        asker: NodeId::random(),
        number: 3,
    };
    for seal in seals() {
        let header = header();
        for to in [SUBJECT, answer] {
            let bytes = seal.close(&header, to, [b"hello ", b"world"]);
            assert_eq!(bytes.len(), seal.overhead() + 11);
            assert_eq!(seal.open(&bytes, to), Ok((header, "hello world".into())));
        }
    }
}

#[test]
fn a_packet_that_was_changed_anywhere_or_is_sent_elsewhere_is_refused() {
    let [_, signed, encrypted] = seals();
    for seal in [signed, encrypted] {
        let bytes = seal.close(&header(), SUBJECT, [b"hello", b""]);
        for at in 0..bytes.len() {
            let mut changed = BytesMut::from(&*bytes);
            changed[at] ^= 1;
            assert!(seal.open(&changed.freeze(), SUBJECT).is_err(), "byte {at}");
            assert!(
                seal.open(&bytes.slice(..at), SUBJECT).is_err(),
                "{at} bytes"
            );
        }
        let elsewhere = Destination::Subject("wspring.node.1");
        assert_eq!(seal.open(&bytes, elsewhere), Err(Refused::Forged));
    }
}

#[test]
fn without_the_secret_nobody_writes_or_reads_a_packet() {
    let [open, signed, encrypted] = seals();
    let other = Seal::new(&secrets("another", "", false));
    for (writer, reader) in [
        (&open, &signed),
        (&open, &encrypted),
        (&signed, &open),
        (&encrypted, &open),
        (&other, &signed),
        (&signed, &other),
        (&encrypted, &other),
    ] {
        let bytes = writer.close(&header(), SUBJECT, [b"hello", b""]);
        assert_eq!(reader.open(&bytes, SUBJECT), Err(Refused::Forged));
    }
    let bytes = encrypted.close(&header(), SUBJECT, [b"hello", b"hello"]);
    assert!(!bytes.windows(5).any(|window| window == b"hello"));
    let again = encrypted.close(&header(), SUBJECT, [b"hello", b"hello"]);
    assert_ne!(
        bytes[HEADER..],
        again[HEADER..],
        "two nonces are not the same"
    );
}

/// Nodes change from one secret to another, and from signed to encrypted, one after the other.
#[test]
fn while_a_secret_is_being_changed_all_nodes_understand_each_other() {
    let steps = [
        secrets("old", "", false),
        secrets("old", "new", false),
        secrets("new", "old", false),
        secrets("new", "", false),
        secrets("new", "", true),
    ];
    for pair in steps.windows(2) {
        let pair = [&pair[0], &pair[1]].map(Seal::new);
        for (writer, reader) in [(0, 1), (1, 0)] {
            let bytes = pair[writer].close(&header(), SUBJECT, [b"hello", b""]);
            assert!(pair[reader].open(&bytes, SUBJECT).is_ok());
        }
    }
}

#[test]
fn another_version_is_told_from_what_is_none_of_ours() {
    let [open, ..] = seals();
    let bytes = open.close(&header(), SUBJECT, [b"", b""]);
    let mut other = BytesMut::from(&*bytes);
    other[0] = 2;
    assert_eq!(
        open.open(&other.freeze(), SUBJECT),
        Err(Refused::Version(2))
    );
    let mut other = BytesMut::from(&*bytes);
    other[1] = 9;
    assert_eq!(open.open(&other.freeze(), SUBJECT), Err(Refused::Malformed));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..200), form in 0..4_u8) {
        if let [version, of, ..] = &mut bytes[..] {
            (*version, *of) = (VERSION, form);
        }
        let bytes = Bytes::from(bytes);
        let [open, signed, encrypted] = seals();
        let _ = open.open(&bytes, SUBJECT);
        prop_assert!(signed.open(&bytes, SUBJECT).is_err());
        prop_assert!(encrypted.open(&bytes, SUBJECT).is_err());
    }
}
