@ServerEndpoint("/single/{user}")
public class Single {
    private static Map<String, Single> users = new ConcurrentHashMap<>();
    private Session session;
    private String user;

    @OnOpen
    public void onOpen(Session session, @PathParam("user") String user) throws IOException {
        this.session = session;
        this.user = user;
        Single older = users.get(user);
        if (older != null) {
            older.session.getBasicRemote().sendText("you are here twice");
            older.session.close();
        }
        users.put(user, this);
    }

    @OnClose
    public void onClose() {
        users.remove(user);
    }
}
