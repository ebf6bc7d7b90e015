@ServerEndpoint("/gate/{user}")
public class Gate {
    private static Map<String, Session> users = new ConcurrentHashMap<>();

    @OnOpen
    public void onOpen(Session session, @PathParam("user") String user) {
        if (user.isEmpty()) {
            return;
        }
        users.put(user, session);
    }

    @OnClose
    public void onClose(@PathParam("user") String user) {
        users.remove(user);
    }

    @OnMessage
    public void onMessage(String text, @PathParam("user") String user) throws IOException {
        for (Map.Entry<String, Session> entry : users.entrySet()) {
            if (!entry.getKey().equals(user)) {
                entry.getValue().getBasicRemote().sendText(user + ": " + text);
            }
        }
    }
}
