@ServerEndpoint(value = "/events", decoders = EventDecoder.class, encoders = EventEncoder.class)
public class Events {
    @OnMessage
    public void onMessage(Event event, Session session) throws Exception {
        session.getBasicRemote().sendObject(event);
    }

    @OnMessage
    public void onBinary(ByteBuffer data) {
        System.out.println("binary");
    }
}
