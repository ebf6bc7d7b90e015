//! The rules of frames and messages, one test each, named after the section of RFC 6455.

use super::*;

fn with_first_byte(first: u8) -> Wire {
    Wire::default().raw(&[first, 0x80, 0, 0, 0, 0])
}

#[test]
fn section_5_1_a_client_must_mask() {
    Wire::default()
        .raw(b"\x81\x05Hello")
        .fails(ProtocolError::Unmasked, 1002);
}

#[test]
fn section_5_1_a_server_must_not_mask() {
    let mut wire = Vec::new();
    encode_frame(&mut wire, Opcode::Text, true, KEY, b"Hello");
    let mut decoder = Decoder::new(Role::Client, LIMITS);
    let (events, error) = decode(&mut decoder, &wire, &[]);
    assert_eq!((events, error), (vec![], Some(ProtocolError::Masked)));
    assert_eq!(ProtocolError::Masked.close_code(), 1002);
}

#[test]
fn section_5_1_a_client_reads_unmasked_frames() {
    let mut decoder = Decoder::new(Role::Client, LIMITS);
    let result = decode(&mut decoder, b"\x81\x05Hello\x82\x01\xff", &[]);
    assert_eq!(result, (vec![text("Hello"), binary(&[0xff])], None));
}

#[test]
fn section_5_2_reserved_bits_without_an_extension() {
    for bit in [0x40, 0x20, 0x10, 0x70] {
        for opcode in [0, 1, 2, 8, 9, 10] {
            with_first_byte(0x80 | bit | opcode).fails(ProtocolError::ReservedBits, 1002);
        }
    }
}

#[test]
fn section_5_2_reserved_opcodes() {
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
        with_first_byte(0x80 | opcode).fails(ProtocolError::ReservedOpcode(opcode), 1002);
        with_first_byte(opcode).fails(ProtocolError::ReservedOpcode(opcode), 1002);
    }
}

#[test]
fn section_5_2_a_length_takes_the_fewest_bytes() {
    let not_minimal: [&[u8]; 5] = [
        b"\x82\xfe\x00\x00\0\0\0\0",
        b"\x82\xfe\x00\x7d\0\0\0\0",
        b"\x82\xff\x00\x00\x00\x00\x00\x00\x00\x01\0\0\0\0",
        b"\x82\xff\x00\x00\x00\x00\x00\x00\x00\x7e\0\0\0\0",
        b"\x82\xff\x00\x00\x00\x00\x00\x00\xff\xff\0\0\0\0",
    ];
    for header in not_minimal {
        Wire::default()
            .raw(header)
            .fails(ProtocolError::LengthNotMinimal, 1002);
    }
}

#[test]
fn section_5_2_every_form_of_length_is_read() {
    for length in [0, 1, 125, 126, 127, 128, 65_535, 65_536] {
        let payload = vec![b'x'; length];
        Wire::default()
            .whole(Opcode::Binary, &payload)
            .whole(Opcode::Text, &payload)
            .gives(&[binary(&payload), text(&"x".repeat(length))], None);
    }
}

#[test]
fn section_5_2_the_highest_bit_of_a_64_bit_length_is_0() {
    Wire::default()
        .raw(b"\x82\xff\x80\x00\x00\x00\x00\x00\x00\x00\0\0\0\0")
        .fails(ProtocolError::LengthTopBit, 1002);
    Wire::default()
        .raw(b"\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0")
        .fails(ProtocolError::LengthTopBit, 1002);
}

#[test]
fn section_5_4_fragments_make_one_message() {
    Wire::default()
        .frame(Opcode::Text, false, b"Hel")
        .frame(Opcode::Continuation, false, b"")
        .frame(Opcode::Continuation, true, b"lo")
        .frame(Opcode::Binary, false, b"")
        .frame(Opcode::Continuation, true, b"")
        .whole(Opcode::Text, b"next")
        .gives(&[text("Hello"), binary(b""), text("next")], None);
}

#[test]
fn section_5_4_control_frames_may_come_between_fragments() {
    Wire::default()
        .frame(Opcode::Text, false, b"Hel")
        .whole(Opcode::Ping, b"between")
        .frame(Opcode::Continuation, false, b"l")
        .whole(Opcode::Pong, b"")
        .frame(Opcode::Continuation, true, b"o")
        .gives(
            &[
                Event::Ping(control(b"between")),
                Event::Pong(control(b"")),
                text("Hello"),
            ],
            None,
        );
}

#[test]
fn section_5_4_a_close_frame_may_come_between_fragments() {
    Wire::default()
        .frame(Opcode::Text, false, b"Hel")
        .whole(Opcode::Close, b"\x03\xe9away")
        .gives(&[close(1001, "away")], None);
}

#[test]
fn section_5_4_a_continuation_needs_a_message() {
    for fin in [false, true] {
        Wire::default()
            .frame(Opcode::Continuation, fin, b"lo")
            .fails(ProtocolError::UnexpectedContinuation, 1002);
    }
    Wire::default()
        .frame(Opcode::Text, false, b"Hel")
        .frame(Opcode::Continuation, true, b"lo")
        .frame(Opcode::Continuation, true, b"again")
        .gives(
            &[text("Hello")],
            Some(ProtocolError::UnexpectedContinuation),
        );
}

#[test]
fn section_5_4_messages_do_not_overlap() {
    for opcode in [Opcode::Text, Opcode::Binary] {
        for fin in [false, true] {
            Wire::default()
                .frame(Opcode::Text, false, b"Hel")
                .frame(opcode, fin, b"lo")
                .fails(ProtocolError::ExpectedContinuation, 1002);
        }
    }
}

#[test]
fn section_5_6_a_character_may_be_split_over_fragments() {
    let bytes = "€".as_bytes();
    Wire::default()
        .frame(Opcode::Text, false, &bytes[..1])
        .frame(Opcode::Continuation, false, &bytes[1..2])
        .whole(Opcode::Ping, b"")
        .frame(Opcode::Continuation, true, &bytes[2..])
        .gives(&[Event::Ping(control(b"")), text("€")], None);
}

#[test]
fn section_8_1_text_is_utf8() {
    for payload in [
        &b"\xc0\x80"[..],
        b"ab\xff",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82",
    ] {
        Wire::default()
            .whole(Opcode::Text, payload)
            .fails(ProtocolError::InvalidText, 1007);
        Wire::default()
            .frame(Opcode::Text, false, b"good ")
            .frame(Opcode::Continuation, true, payload)
            .fails(ProtocolError::InvalidText, 1007);
    }
}

#[test]
fn section_8_1_bad_text_fails_before_its_frame_is_complete() {
    // A frame of 1,000 bytes, of which 8 have arrived.
    let mut wire = b"\x81\xfe\x03\xe8\0\0\0\0".to_vec();
    wire.extend_from_slice(b"good so");
    let mut decoder = Decoder::new(Role::Server, LIMITS);
    assert_eq!(decode(&mut decoder, &wire, &[]), (vec![], None));
    let (_, error) = decode(&mut decoder, b"\xff", &[]);
    assert_eq!(error, Some(ProtocolError::InvalidText));
}

#[test]
fn section_10_4_size_is_limited_when_it_is_announced() {
    let too_big = |size| ProtocolError::MessageTooBig {
        size,
        limit: LIMITS.max_text_size,
    };
    // Headers alone, without any payload.
    Wire::default()
        .raw(b"\x82\xff\0\0\0\0\x00\x01\x00\x01\0\0\0\0")
        .fails(too_big(65_537), 1009);
    Wire::default()
        .raw(b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0")
        .fails(too_big(i64::MAX as u64), 1009);
}

#[test]
fn section_10_4_size_is_limited_over_all_fragments() {
    let half = [b'x'; 32_768];
    Wire::default()
        .frame(Opcode::Text, false, &half)
        .frame(Opcode::Continuation, false, &half)
        .frame(Opcode::Continuation, true, b"")
        .frame(Opcode::Binary, false, &half)
        .frame(Opcode::Continuation, false, &half)
        .raw(b"\x80\x81\0\0\0\0")
        .gives(
            &[text(&"x".repeat(65_536))],
            Some(ProtocolError::MessageTooBig {
                size: 65_537,
                limit: 65_536,
            }),
        );
}

#[test]
fn section_10_4_each_kind_has_its_own_limit() {
    let limits = Limits {
        max_text_size: 4,
        max_binary_size: 6,
        ..LIMITS
    };
    for (opcode, limit) in [(Opcode::Text, 4), (Opcode::Binary, 6)] {
        let good = Wire::default()
            .whole(opcode, &b"123456"[..limit])
            .frame(opcode, false, b"123")
            .frame(Opcode::Continuation, true, &b"456"[..limit - 3]);
        let (events, error) = decode(&mut Decoder::new(Role::Server, limits), &good.0, &[]);
        assert_eq!((events.len(), error), (2, None));
        // Only the header of the frame that exceeds the limit has arrived.
        for (first, length) in [(None, limit + 1), (Some(&b"123"[..]), limit - 2)] {
            let mut wire = Wire::default();
            let mut begins = opcode;
            if let Some(payload) = first {
                wire = wire.frame(opcode, false, payload);
                begins = Opcode::Continuation;
            }
            encode_header(&mut wire.0, begins, true, KEY, length);
            let (events, error) = decode(&mut Decoder::new(Role::Server, limits), &wire.0, &[1]);
            let size = limit as u64 + 1;
            assert_eq!(events, []);
            assert_eq!(error, Some(ProtocolError::MessageTooBig { size, limit }));
        }
    }
}

#[test]
fn section_10_4_new_limits_apply_from_the_next_frame_on() {
    let mut decoder = Decoder::new(Role::Server, LIMITS);
    let begun = Wire::default().frame(Opcode::Text, false, b"12345678");
    assert_eq!(decode(&mut decoder, &begun.0, &[]), (vec![], None));
    decoder.set_limits(Limits::new(5, None));
    // A message that has arrived stays, and may even end.
    let ended = Wire::default()
        .frame(Opcode::Continuation, true, b"")
        .whole(Opcode::Text, b"12345")
        .frame(Opcode::Text, false, b"12345");
    let (events, error) = decode(&mut decoder, &ended.0, &[]);
    assert_eq!(
        (events, error),
        (vec![text("12345678"), text("12345")], None)
    );
    let (_, error) = decode(&mut decoder, b"\x80\x81\0\0\0\0", &[]);
    assert_eq!(
        error,
        Some(ProtocolError::MessageTooBig { size: 6, limit: 5 })
    );

    let mut decoder = Decoder::new(Role::Server, Limits::new(5, None));
    decoder.set_limits(LIMITS);
    let (events, _) = decode(
        &mut decoder,
        &Wire::default().whole(Opcode::Text, b"123456").0,
        &[],
    );
    assert_eq!(events, [text("123456")]);
}

#[test]
fn section_10_4_by_default_a_message_may_have_one_fragment_for_each_64_bytes() {
    let limits = Limits {
        max_text_size: 1 << 20,
        max_binary_size: 1,
        max_fragments: None,
    };
    for (opcode, limit) in [(Opcode::Text, 16_384), (Opcode::Binary, 1_024)] {
        let mut wire = Wire::default().frame(opcode, false, b"");
        for _ in 1..limit {
            wire = wire.frame(Opcode::Continuation, false, b"");
        }
        let mut decoder = Decoder::new(Role::Server, limits);
        assert_eq!(decode(&mut decoder, &wire.0, &[]), (vec![], None));
        let (_, error) = decode(&mut decoder, b"\x80\x80\0\0\0\0", &[]);
        assert_eq!(error, Some(ProtocolError::TooManyFragments { limit }));
    }
}

#[test]
fn section_10_4_fragments_are_counted_even_if_empty() {
    let mut wire = Wire::default().frame(Opcode::Text, false, b"");
    for _ in 2..MAX_FRAGMENTS {
        wire = wire.frame(Opcode::Continuation, false, b"");
    }
    let allowed = Wire(wire.0.clone()).frame(Opcode::Continuation, true, b"");
    allowed.gives(&[text("")], None);
    wire.frame(Opcode::Continuation, false, b"")
        .frame(Opcode::Continuation, true, b"")
        .fails(
            ProtocolError::TooManyFragments {
                limit: MAX_FRAGMENTS,
            },
            1008,
        );
}
