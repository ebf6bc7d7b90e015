@ServerEndpoint("/words")
public class Words {
    private final Object lock = new Object();
    private String last;

    @OnMessage
    public void onMessage(String text, Session session) throws IOException {
        synchronized (lock) {
            if (last == null) {
                last = text;
            } else if (text.equalsIgnoreCase(last)) {
                session.getBasicRemote().sendText("again");
            } else if (text.length() > 5 && !text.startsWith("x") || "y".equals(text)) {
                last = text.toUpperCase();
            } else {
                last = null;
            }
        }
    }

    @OnError
    public void onError(Throwable error) {
        System.err.println(error.getMessage());
    }
}
