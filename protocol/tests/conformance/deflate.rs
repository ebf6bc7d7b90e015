//! Compressed messages, one test per rule, named after the section of RFC 7692.

mod limits;
mod parts;
mod properties;

use super::*;

const HELLO: &[u8] = b"\xf2\x48\xcd\xc9\xc9\x07\x00";

/// The frames of a client that compresses.
#[derive(Clone, Default)]
struct Compressed(Vec<u8>);

impl Compressed {
    /// The first or only frame of a compressed message.
    fn first(mut self, opcode: Opcode, fin: bool, payload: &[u8]) -> Self {
        encode_compressed_frame(&mut self.0, opcode, fin, KEY, payload);
        self
    }

    fn whole(self, opcode: Opcode, payload: &[u8]) -> Self {
        self.first(opcode, true, payload)
    }

    /// A frame without RSV1.
    fn plain(mut self, opcode: Opcode, fin: bool, payload: &[u8]) -> Self {
        encode_frame(&mut self.0, opcode, fin, KEY, payload);
        self
    }

    /// An empty frame with any first byte.
    fn with_first_byte(mut self, first: u8) -> Self {
        self.0.extend_from_slice(&[first, 0x80, 0, 0, 0, 0]);
        self
    }

    /// Lets a server read it, at once and byte by byte, with the same result.
    #[track_caller]
    fn gives(&self, takeover: bool, events: &[Event<'static>], error: Option<ProtocolError>) {
        for lengths in [&[] as &[usize], &[1]] {
            let mut decoder = server(takeover, LIMITS);
            let (got, failed) = decode(&mut decoder, &self.0, lengths);
            assert_eq!(got, events, "pieces of {lengths:?}");
            assert_eq!(failed, error, "pieces of {lengths:?}");
        }
    }

    /// The same with and without context takeover.
    #[track_caller]
    fn always_gives(&self, events: &[Event<'static>]) {
        self.gives(false, events, None);
        self.gives(true, events, None);
    }

    #[track_caller]
    fn fails(&self, error: ProtocolError, code: u16) {
        assert_eq!(error.close_code(), code);
        self.gives(false, &[], Some(error));
        self.gives(true, &[], Some(error));
    }
}

/// Returns a server's decoder with permessage-deflate, and with context takeover by the client if asked for.
fn server(takeover: bool, limits: Limits) -> Decoder {
    let config = DeflateConfig {
        client_context_takeover: takeover,
        ..DeflateConfig::default()
    };
    let (agreement, _) = config.accept([b"permessage-deflate".as_slice()]).unwrap();
    Decoder::new(Role::Server, limits).with_deflate(&agreement)
}

/// Returns a client's compressor, which compresses all but empty messages.
fn client(takeover: bool) -> Deflater {
    let config = DeflateConfig {
        threshold: 0,
        client_context_takeover: takeover,
        ..DeflateConfig::default()
    };
    let answer = b"permessage-deflate; server_no_context_takeover".as_slice();
    let agreement = config.check([answer]).unwrap().unwrap();
    Deflater::new(&config, &agreement)
}

fn compress(content: &[u8]) -> Vec<u8> {
    client(false).compress(content).unwrap().to_vec()
}

#[test]
fn section_5_1_compression_that_was_not_negotiated_is_refused() {
    let mut wire = Vec::new();
    encode_compressed_frame(&mut wire, Opcode::Text, true, KEY, HELLO);
    Wire(wire).fails(ProtocolError::ReservedBits, 1002);
}

#[test]
fn section_6_rsv1_is_for_the_first_frame_of_a_message() {
    for opcode in [8, 9, 10] {
        Compressed::default()
            .with_first_byte(0x80 | 0x40 | opcode)
            .fails(ProtocolError::MisplacedRsv1, 1002);
    }
    for fin in [0x00, 0x80] {
        Compressed::default()
            .first(Opcode::Text, false, HELLO)
            .with_first_byte(fin | 0x40)
            .fails(ProtocolError::MisplacedRsv1, 1002);
        Compressed::default()
            .plain(Opcode::Text, false, b"Hello")
            .with_first_byte(fin | 0x40)
            .fails(ProtocolError::MisplacedRsv1, 1002);
    }
}

#[test]
fn section_6_the_other_reserved_bits_stay_reserved() {
    for bits in [0x10, 0x20, 0x30, 0x50, 0x60, 0x70] {
        for opcode in [0, 1, 2, 8, 9, 10] {
            Compressed::default()
                .with_first_byte(0x80 | bits | opcode)
                .fails(ProtocolError::ReservedBits, 1002);
        }
    }
    Compressed::default()
        .with_first_byte(0x80 | 0x40 | 3)
        .fails(ProtocolError::ReservedOpcode(3), 1002);
}

#[test]
fn section_6_messages_without_rsv1_are_plain() {
    Compressed::default()
        .plain(Opcode::Text, true, b"plain")
        .whole(Opcode::Text, HELLO)
        .plain(Opcode::Binary, false, HELLO)
        .plain(Opcode::Continuation, true, b"")
        .whole(Opcode::Binary, HELLO)
        .always_gives(&[
            text("plain"),
            text("Hello"),
            binary(HELLO),
            binary(b"Hello"),
        ]);
}

#[test]
fn section_6_1_fragments_and_control_frames() {
    let mut wire = Compressed::default().first(Opcode::Text, false, b"");
    for byte in HELLO {
        wire =
            wire.plain(Opcode::Ping, true, b"between")
                .plain(Opcode::Continuation, false, &[*byte]);
    }
    let mut events: Vec<_> = HELLO
        .iter()
        .map(|_| Event::Ping(control(b"between")))
        .collect();
    events.push(text("Hello"));
    wire.plain(Opcode::Continuation, true, b"")
        .always_gives(&events);
}

#[test]
fn section_7_2_3_1_one_block() {
    Compressed::default()
        .whole(Opcode::Text, HELLO)
        .always_gives(&[text("Hello")]);
    Compressed::default()
        .first(Opcode::Text, false, &HELLO[..3])
        .plain(Opcode::Continuation, true, &HELLO[3..])
        .always_gives(&[text("Hello")]);
}

#[test]
fn section_7_2_3_2_a_shared_window() {
    let wire = Compressed::default()
        .whole(Opcode::Text, HELLO)
        .whole(Opcode::Text, b"\xf2\x00\x11\x00\x00");
    wire.gives(true, &[text("Hello"), text("Hello")], None);
    wire.gives(false, &[text("Hello")], Some(ProtocolError::InvalidDeflate));
}

#[test]
fn section_7_2_3_3_a_block_without_compression() {
    Compressed::default()
        .whole(
            Opcode::Text,
            b"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00",
        )
        .always_gives(&[text("Hello")]);
}

#[test]
fn section_7_2_3_4_a_final_block() {
    Compressed::default()
        .whole(Opcode::Text, b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00")
        .whole(Opcode::Text, HELLO)
        .always_gives(&[text("Hello"), text("Hello")]);
}

#[test]
fn section_7_2_3_4_a_final_block_and_nothing_after_it_ends() {
    Compressed::default()
        .whole(Opcode::Binary, b"\x03\x80")
        .whole(Opcode::Text, b"\xf3\x48\xcd\xc9\xc9\x07\x00")
        .whole(Opcode::Text, HELLO)
        .always_gives(&[binary(b""), text("Hello"), text("Hello")]);
}

#[test]
fn section_7_2_3_5_two_blocks() {
    Compressed::default()
        .whole(
            Opcode::Text,
            b"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
        )
        .always_gives(&[text("Hello")]);
}

#[test]
fn section_7_2_3_6_an_empty_message() {
    Compressed::default()
        .whole(Opcode::Text, b"\x00")
        .first(Opcode::Text, false, b"")
        .plain(Opcode::Continuation, true, b"\x00")
        .whole(Opcode::Text, HELLO)
        .always_gives(&[text(""), text(""), text("Hello")]);
}

#[test]
fn section_7_2_2_data_that_is_not_deflate_is_refused() {
    for payload in [
        &b"Hello"[..],
        b"\x07",
        b"\xff\xff\xff\xff",
        b"\x78\x9c\xf2\x48",
        b"\xf2\x00\x11\x00\x00",
    ] {
        Compressed::default()
            .whole(Opcode::Binary, payload)
            .fails(ProtocolError::InvalidDeflate, 1007);
    }
}

#[test]
fn section_7_2_2_a_message_cut_short_is_refused() {
    Compressed::default()
        .whole(Opcode::Binary, &HELLO[..4])
        .gives(false, &[], Some(ProtocolError::InvalidDeflate));
}

#[test]
fn section_8_text_is_checked_after_inflating() {
    for content in [&b"aaaaaaaaaaaaaaaa\xff"[..], b"aaaaaaaaaaaaaaaa\xe2\x82"] {
        let payload = compress(content);
        Compressed::default()
            .whole(Opcode::Text, &payload)
            .fails(ProtocolError::InvalidText, 1007);
        Compressed::default()
            .whole(Opcode::Binary, &payload)
            .always_gives(&[binary(content)]);
    }
    let euros = "€".repeat(20_000);
    let payload = compress(euros.as_bytes());
    let (first, second) = payload.split_at(payload.len() / 2);
    Compressed::default()
        .first(Opcode::Text, false, first)
        .plain(Opcode::Continuation, true, second)
        .always_gives(&[text(&euros)]);
}

#[test]
fn the_first_fault_decides_however_the_message_is_cut() {
    // A stored block of invalid UTF-8, then a block of a type that does not exist.
    Compressed::default()
        .whole(Opcode::Text, b"\x00\x02\x00\xfd\xffx\xff\x07")
        .fails(ProtocolError::InvalidText, 1007);
    Compressed::default()
        .whole(Opcode::Binary, b"\x00\x02\x00\xfd\xffx\xff\x07")
        .fails(ProtocolError::InvalidDeflate, 1007);
}

#[test]
fn section_8_bad_text_fails_before_its_frame_is_complete() {
    // A stored block yields each byte as it arrives: 8 of 1,000, then one more.
    let mut wire = b"\xc1\xfe\x03\xe8\0\0\0\0".to_vec();
    wire.extend_from_slice(b"\x00\xe0\x03\x1f\xfcgoo");
    let mut decoder = server(false, LIMITS);
    assert_eq!(decode(&mut decoder, &wire, &[]), (vec![], None));
    assert!(decoder.is_mid_message());
    let (_, error) = decode(&mut decoder, b"\xff", &[]);
    assert_eq!(error, Some(ProtocolError::InvalidText));
}

#[test]
fn after_an_error_nothing_is_read() {
    Compressed::default()
        .whole(Opcode::Text, HELLO)
        .whole(Opcode::Text, b"\x07")
        .whole(Opcode::Text, HELLO)
        .gives(true, &[text("Hello")], Some(ProtocolError::InvalidDeflate));
}

#[test]
fn a_compressed_message_leaves_nothing_unfinished() {
    for takeover in [false, true] {
        let mut decoder = server(takeover, LIMITS);
        let wire = Compressed::default().whole(Opcode::Text, HELLO).0;
        let (_, error) = decode(&mut decoder, &wire, &[]);
        assert_eq!(error, None);
        assert!(!decoder.is_mid_message());
    }
}
