@ServerEndpoint("/sweep")
public class Sweep {
    private static Set<Session> sessions = new CopyOnWriteArraySet<>();

    @OnOpen
    public void onOpen(Session session) {
        sessions.add(session);
    }

    @OnMessage
    public void onMessage(String text) throws IOException {
        for (Session session : sessions) {
            if (!session.isOpen()) {
                sessions.remove(session);
            } else {
                session.getBasicRemote().sendText(text);
            }
        }
    }
}
