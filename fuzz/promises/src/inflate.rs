use wspring_protocol::{
    Decoder, DeflateConfig, Deflater, Event, Opcode, Role, encode_compressed_frame, encode_frame,
};

use super::choices::Choices;
use super::decoding::decode;
use super::parts::same_in_parts;

/// Checks that any bytes can be the payload of a compressed message, and that any message survives our
/// compression.
///
/// # Panics
///
/// If a promise is broken.
pub fn inflate(data: &[u8]) {
    let mut choices = Choices(data);
    let limits = choices.limits();
    let takeover = choices.one_of(&[false, true]);
    let step = choices.one_of(&[1, 2, 3, 7, 64, 1000]);
    let cut = usize::from(choices.byte());
    let data = choices.0;
    let config = DeflateConfig {
        client_context_takeover: takeover,
        server_context_takeover: takeover,
        ..DeflateConfig::default()
    };
    let (agreement, _) = config
        .accept([&b"permessage-deflate"[..]])
        .expect("the plainest offer");

    // From a hostile peer: twice, so that the second one meets the state that the first one left, each in
    // two fragments.
    let mut wire = Vec::new();
    let (first, second) = data.split_at(cut.min(data.len()));
    for _ in 0..2 {
        encode_compressed_frame(&mut wire, Opcode::Binary, false, None, first);
        encode_frame(&mut wire, Opcode::Continuation, true, None, second);
    }
    let decoder = || Decoder::new(Role::Client, limits).with_deflate(&agreement);
    let at_once = decode(decoder(), limits, &wire, wire.len().max(1));
    assert_eq!(decode(decoder(), limits, &wire, step), at_once);
    same_in_parts(decoder(), &wire, step, &at_once);

    // Compressed by us: the same message comes out.
    let mut deflater = Deflater::new(&config, &agreement);
    let mut wire = Vec::new();
    let mut expected = Vec::new();
    for message in [data, first, second, data] {
        if message.len() > limits.max_binary_size {
            continue;
        }
        match deflater.compress(message) {
            Some(compressed) => {
                encode_compressed_frame(&mut wire, Opcode::Binary, true, None, &compressed);
            }
            None => encode_frame(&mut wire, Opcode::Binary, true, None, message),
        }
        expected.push(Event::Binary(message.to_vec().into()));
    }
    assert_eq!(decode(decoder(), limits, &wire, step), (expected, None));
}
