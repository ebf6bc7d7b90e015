@ServerEndpoint("/guarded")
public class Guarded {
    private static Set<Session> all = new CopyOnWriteArraySet<>();

    @OnOpen
    public void onOpen(Session session) {
        all.add(session);
    }

    @OnClose
    public void onClose(Session session) {
        all.remove(session);
    }

    @OnMessage
    public void onMessage(String text, Session session) throws IOException {
        if (Filters.refuse(text)) {
            return;
        }
        for (Session other : all) {
            other.getBasicRemote().sendText(text);
        }
    }

    public static int broadcastOdd(List<String> texts) {
        int sent = 0;
        for (String text : texts) {
            if (Filters.refuse(text)) {
                continue;
            }
            sent++;
            for (Session other : all) {
                other.getAsyncRemote().sendText(text);
            }
        }
        return sent;
    }
}
