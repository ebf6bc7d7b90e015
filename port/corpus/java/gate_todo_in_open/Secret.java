@ServerEndpoint("/secret/{user}")
public class Secret {
    private static Map<String, Session> users = new ConcurrentHashMap<>();

    @OnOpen
    public void onOpen(Session session, @PathParam("user") String user) throws IOException {
        if (!Vault.knows(user, session.getRequestURI())) {
            session.close();
            return;
        }
        users.put(user, session);
        session.getBasicRemote().sendText("welcome");
    }

    @OnClose
    public void onClose(@PathParam("user") String user) {
        users.remove(user);
    }
}
