@ServerEndpoint("/login")
public class Login {
    private static Map<String, Session> users = new ConcurrentHashMap<>();

    @OnMessage
    public void onMessage(String name, Session session) throws IOException {
        users.put(name, session);
        session.getBasicRemote().sendText("hello " + name);
    }

    @OnClose
    public void onClose(Session session) {
        users.values().remove(session);
    }
}
