@ServerEndpoint("/lobby/{name}")
public class Lobby {
    private static final Set<Lobby> all = ConcurrentHashMap.newKeySet();
    private Session session;
    private String name;

    @OnOpen
    public void onOpen(Session session, @PathParam("name") String name) {
        this.session = session;
        this.name = name;
        all.add(this);
        tellAll(name + " has come");
    }

    @OnClose
    public void onClose() {
        all.remove(this);
        tellAll(name + " has gone");
    }

    private void send(String text) {
        try {
            session.getBasicRemote().sendText(text);
        } catch (IOException e) {
            e.printStackTrace();
        }
    }

    private static void tellAll(String text) {
        all.forEach(lobby -> lobby.send(text));
    }
}
