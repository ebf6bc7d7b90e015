use super::*;

/// The messages of which `events` are the parts; one that is not finished is left out.
pub(super) fn join(events: Vec<Event<'static>>) -> Vec<Event<'static>> {
    let mut joined = Vec::new();
    let mut begun: Option<Event<'static>> = None;
    for event in events {
        let position = match &event {
            Event::TextPart(_, position) | Event::BinaryPart(_, position) => *position,
            Event::Text(_) | Event::Binary(_) => {
                assert_eq!(begun, None, "a message begins inside another one");
                joined.push(event);
                continue;
            }
            Event::Ping(_) | Event::Pong(_) | Event::Close(_) => {
                joined.push(event);
                continue;
            }
        };
        let all = match (begun.take(), event) {
            (None, event) => {
                assert_eq!(position, Position::First);
                event
            }
            (Some(Event::TextPart(before, _)), Event::TextPart(part, _)) => {
                Event::TextPart(Cow::Owned(before.into_owned() + &part), position)
            }
            (Some(Event::BinaryPart(before, _)), Event::BinaryPart(part, _)) => {
                Event::BinaryPart([before, part].concat().into(), position)
            }
            (before, event) => panic!("{event:?} after {before:?}"),
        };
        match all {
            Event::TextPart(text, Position::Last) => joined.push(Event::Text(text)),
            Event::BinaryPart(bytes, Position::Last) => joined.push(Event::Binary(bytes)),
            all => begun = Some(all),
        }
    }
    joined
}
