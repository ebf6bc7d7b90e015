//! `Events` of `Events.java`, ported from Java.

use wspring::prelude::*;

#[derive(Default)]
pub struct Events;

// TODO(line 1): `decoders`, the decoders: give the payload `FromMessage`, or take `Json`
//     @ServerEndpoint(value = "/events", decoders = EventDecoder.class, encoders = EventEncoder.class)
// TODO(line 1): `encoders`, the encoders: give what is sent `IntoMessage`, or send `Json`
//     @ServerEndpoint(value = "/events", decoders = EventDecoder.class, encoders = EventEncoder.class)
#[server_endpoint("/events")]
impl Events {
    // TODO(line 3): the payload is a `Event`, which a decoder makes: derive `Deserialize` for it and take `Json<Event>`, or give it `FromMessage`
    //     @OnMessage
    //     public void onMessage(Event event, Session session) throws Exception {
    //         session.getBasicRemote().sendObject(event);
    //     }
    #[on_message]
    fn on_binary(_data: &[u8]) {
        tracing::info!("binary");
    }
}
