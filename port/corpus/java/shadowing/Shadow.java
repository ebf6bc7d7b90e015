@ServerEndpoint("/shadow/{id}")
public class Shadow {
    private static final Map<String, Session> sessions = new ConcurrentHashMap<>();

    @OnOpen
    public void onOpen(Session s, @PathParam("id") String id) {
        sessions.put(id, s);
    }

    @OnClose
    public void onClose(Session s, @PathParam("id") String id) {
        sessions.remove(id);
    }

    public static boolean isOnline(String id) {
        return sessions.containsKey(id);
    }

    public static int count() {
        return sessions.size();
    }

    public static void sendMessage(String text, String id) throws IOException {
        Session session = sessions.get(id);
        session.getBasicRemote().sendText(text);
    }

    public static void sendMessage(String text) {
        for (String id : sessions.keySet()) {
            try {
                sendMessage(text, id);
            } catch (IOException e) {
                e.printStackTrace();
            }
        }
    }
}
