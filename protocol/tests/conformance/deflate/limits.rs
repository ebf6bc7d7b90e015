//! The limits on compressed messages.

use super::*;

fn too_big(size: u64) -> ProtocolError {
    ProtocolError::MessageTooBig {
        size,
        limit: LIMITS.max_text_size,
    }
}

#[test]
fn size_is_limited_after_inflating() {
    let most = vec![b'x'; LIMITS.max_text_size];
    let bomb = miniz_oxide::deflate::compress_to_vec(&vec![b'x'; 50_000_000], 9);
    for opcode in [Opcode::Text, Opcode::Binary] {
        Compressed::default()
            .whole(opcode, &compress(&most))
            .always_gives(&[match opcode {
                Opcode::Text => text(str::from_utf8(&most).unwrap()),
                _ => binary(&most),
            }]);
        Compressed::default()
            .whole(opcode, &compress(&[&most[..], b"y"].concat()))
            .fails(too_big(65_537), 1009);
        Compressed::default()
            .whole(opcode, &bomb)
            .fails(too_big(65_537), 1009);
    }
}

#[test]
fn size_is_limited_over_all_fragments() {
    let (first, second) = (compress(&[b'x'; 40_000]), compress(&[b'y'; 40_000]));
    // Two blocks with BFINAL, in fragments of one message.
    let first = [&first[..], b"\x00\x00\xff\xff"].concat();
    Compressed::default()
        .first(Opcode::Binary, false, &first)
        .plain(Opcode::Continuation, true, &second)
        .fails(too_big(65_537), 1009);
}

#[test]
fn a_hopeless_size_is_refused_when_it_is_announced() {
    // Headers alone: twice the limit and 64 bytes may be announced, in one frame or several.
    let mut wire = Compressed::default();
    wire.0
        .extend_from_slice(b"\xc2\xff\0\0\0\0\x00\x02\x00\x41\0\0\0\0");
    let error = ProtocolError::MessageTooBig {
        size: 131_137,
        limit: 131_136,
    };
    wire.fails(error, 1009);
    let mut wire = Compressed::default().first(Opcode::Binary, false, b"\x00");
    wire.0
        .extend_from_slice(b"\x80\xff\0\0\0\0\x00\x02\x00\x40\0\0\0\0");
    wire.fails(error, 1009);
}

#[test]
fn content_that_grew_by_compression_is_accepted() {
    // A stored block for each byte is six times as long as the content, yet below the announced limit.
    let stored = |n: usize| b"\x00\x01\x00\xfe\xffx".repeat(n);
    Compressed::default()
        .whole(Opcode::Binary, &[stored(20_000), vec![0]].concat())
        .always_gives(&[binary(&[b'x'; 20_000])]);
}

#[test]
fn fragments_are_counted_even_if_empty() {
    let mut wire = Compressed::default().first(Opcode::Text, false, b"");
    for _ in 1..MAX_FRAGMENTS {
        wire = wire.plain(Opcode::Continuation, false, b"");
    }
    wire.plain(Opcode::Continuation, true, b"\x00").fails(
        ProtocolError::TooManyFragments {
            limit: MAX_FRAGMENTS,
        },
        1008,
    );
}
