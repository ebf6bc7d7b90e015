@ServerEndpoint("/kick")
public class Kick {
    private static final Map<String, Session> SESSIONS = new ConcurrentHashMap<>();

    @OnOpen
    public void onOpen(Session session) {
        SESSIONS.put(session.getId(), session);
    }

    @OnClose
    public void onClose(Session session) {
        SESSIONS.remove(session.getId());
    }

    public static void kick(String id) throws IOException {
        Session session = SESSIONS.get(id);
        if (session != null) {
            session.close(new CloseReason(CloseReason.CloseCodes.VIOLATED_POLICY, "out"));
        }
    }

    public static void tell(String text) {
        for (Session session : SESSIONS.values()) {
            if (session.isOpen()) {
                session.getAsyncRemote().sendText(text);
            }
        }
    }
}
