@ServerEndpoint("/pair/{room}/{user}")
public class Pair {
    private static Map<String, Session> pairs = new ConcurrentHashMap<>();

    @OnOpen
    public void onOpen(Session session, @PathParam("room") String room, @PathParam("user") String user) {
        pairs.put(room + "/" + user, session);
    }

    @OnClose
    public void onClose(@PathParam("room") String room, @PathParam("user") String user) {
        pairs.remove(room + "/" + user);
    }
}
