@ServerEndpoint("/trap/{name}")
public class Trap {
    private static Map<String, Session> all = new ConcurrentHashMap<>();
    private String name;

    @OnOpen
    public void onOpen(Session session, @PathParam("name") String name) {
        this.name = name;
        all.put(name, session);
    }

    @OnClose
    public void onClose() {
        all.remove(name);
    }

    @OnMessage
    public void onMessage(String text) throws IOException {
        String name = Aliases.resolve(text);
        Session target = all.get(name);
        if (target != null) {
            target.getBasicRemote().sendText(text);
        }
    }
}
