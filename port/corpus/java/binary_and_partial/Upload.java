@ServerEndpoint("/upload")
public class Upload {
    private long bytes;

    @OnMessage(maxMessageSize = 1048576)
    public void onBinary(byte[] data, boolean last, Session session) throws IOException {
        bytes += 1;
        if (last) {
            session.getBasicRemote().sendText("done");
        }
    }

    @OnMessage
    public void onText(Session session, String text) {
        System.out.println(text.trim());
    }

    @OnMessage
    public void onPong(PongMessage pong) {
        System.out.println("alive");
    }
}
