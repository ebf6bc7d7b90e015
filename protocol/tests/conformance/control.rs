//! The rules of control frames and closing, one test each, named after the section of RFC 6455.

use super::*;

#[test]
fn section_5_5_control_frames_are_not_fragmented() {
    for opcode in [Opcode::Close, Opcode::Ping, Opcode::Pong] {
        Wire::default()
            .frame(opcode, false, b"")
            .fails(ProtocolError::FragmentedControl, 1002);
    }
}

#[test]
fn section_5_5_control_frames_carry_at_most_125_bytes() {
    let longest = [b'x'; 125];
    Wire::default()
        .whole(Opcode::Ping, &longest)
        .whole(Opcode::Pong, &longest)
        .gives(
            &[
                Event::Ping(control(&longest)),
                Event::Pong(control(&longest)),
            ],
            None,
        );
    for opcode in [Opcode::Close, Opcode::Ping, Opcode::Pong] {
        for length in [126, 65_536] {
            Wire::default()
                .whole(opcode, &vec![b'x'; length])
                .fails(ProtocolError::LongControl, 1002);
        }
    }
}

#[test]
fn section_5_5_1_close_frames() {
    Wire::default()
        .whole(Opcode::Close, b"")
        .gives(&[Event::Close(None)], None);
    Wire::default()
        .whole(Opcode::Close, b"\x03\xe8")
        .gives(&[close(1000, "")], None);
    let reason = "x".repeat(MAX_CLOSE_REASON);
    let mut payload = 4321_u16.to_be_bytes().to_vec();
    payload.extend_from_slice(reason.as_bytes());
    Wire::default()
        .whole(Opcode::Close, &payload)
        .gives(&[close(4321, &reason)], None);
}

#[test]
fn section_5_5_1_nothing_is_read_after_a_close_frame() {
    Wire::default()
        .whole(Opcode::Close, b"\x03\xe8")
        .whole(Opcode::Text, b"too late")
        .raw(&[0xff; 100])
        .gives(&[close(1000, "")], None);
}

#[test]
fn section_5_5_1_half_a_close_code() {
    Wire::default()
        .whole(Opcode::Close, b"\x03")
        .fails(ProtocolError::HalfCloseCode, 1002);
}

#[test]
fn section_7_1_7_nothing_is_read_after_an_error() {
    let mut decoder = Decoder::new(Role::Server, LIMITS);
    let (_, error) = decode(&mut decoder, b"\x83\x80", &[]);
    assert_eq!(error, Some(ProtocolError::ReservedOpcode(3)));
    assert!(!decoder.is_mid_message());
    let wire = Wire::default().whole(Opcode::Text, b"too late").0;
    assert_eq!(decode(&mut decoder, &wire, &[]), (vec![], None));
}

#[test]
fn section_7_4_codes_that_must_not_be_sent() {
    for code in [
        0_u16, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535,
    ] {
        Wire::default()
            .whole(Opcode::Close, &code.to_be_bytes())
            .fails(ProtocolError::InvalidCloseCode(code), 1002);
    }
}

#[test]
fn section_7_4_codes_that_may_be_sent() {
    let codes = [
        1000_u16, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
    ];
    for code in codes.into_iter().chain([3000, 3999, 4000, 4999]) {
        Wire::default()
            .whole(Opcode::Close, &code.to_be_bytes())
            .gives(&[close(code, "")], None);
    }
}

#[test]
fn section_8_1_a_close_reason_is_utf8() {
    Wire::default()
        .whole(Opcode::Close, b"\x03\xe8\xff")
        .fails(ProtocolError::InvalidCloseReason, 1007);
}
