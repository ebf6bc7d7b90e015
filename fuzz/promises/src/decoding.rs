use wspring_protocol::{
    Decoder, Event, Limits, MAX_CLOSE_REASON, MAX_CONTROL_PAYLOAD, Position, ProtocolError,
    is_sendable_close_code,
};

/// The events in some input, and the error after them.
pub(crate) type Decoded = (Vec<Event<'static>>, Option<ProtocolError>);

/// Decodes `wire`, cut into pieces of up to `step` bytes, and checks the promises for all input.
pub(crate) fn decode(mut decoder: Decoder, limits: Limits, wire: &[u8], step: usize) -> Decoded {
    let mut wire = wire.to_vec();
    let mut events = Vec::new();
    for piece in wire.chunks_mut(step) {
        let mut rest = &mut *piece;
        loop {
            let before = rest.len();
            match decoder.decode(&mut rest) {
                Ok(Some(event)) => {
                    assert!(rest.len() < before, "an event takes at least a byte");
                    check(&event, limits);
                    let is_last = matches!(event, Event::Close(_));
                    events.push(event.into_owned());
                    if is_last {
                        return (events, None);
                    }
                }
                Ok(None) => break assert!(rest.is_empty(), "the rest of the input is lost"),
                Err(error) => {
                    assert!([1002, 1007, 1008, 1009].contains(&error.close_code()));
                    assert!(error.to_string().len() <= MAX_CLOSE_REASON);
                    assert_eq!(
                        decoder.decode(&mut rest),
                        Ok(None),
                        "nothing follows an error"
                    );
                    assert!(rest.is_empty() && !decoder.is_mid_message());
                    return (events, Some(error));
                }
            }
        }
    }
    (events, None)
}

fn check(event: &Event<'_>, limits: Limits) {
    match event {
        Event::Text(text) => assert!(text.len() <= limits.max_text_size),
        Event::Binary(bytes) => assert!(bytes.len() <= limits.max_binary_size),
        Event::TextPart(text, position) => assert!(*position == Position::Last || !text.is_empty()),
        Event::BinaryPart(bytes, position) => {
            assert!(*position == Position::Last || !bytes.is_empty());
        }
        Event::Ping(payload) | Event::Pong(payload) => {
            assert!(payload.len() <= MAX_CONTROL_PAYLOAD);
        }
        Event::Close(Some(close)) => {
            assert!(close.reason.len() <= MAX_CLOSE_REASON);
            assert!(is_sendable_close_code(close.code));
        }
        Event::Close(None) => {}
    }
}
