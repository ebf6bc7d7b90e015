@ServerEndpoint("/names/{name}")
public class Names {
    private static Map<String, Session> names = new HashMap<>();

    @OnOpen
    public void onOpen(Session session, @PathParam("name") String name) {
        names.put(name, session);
    }

    @OnClose
    public void onClose(@PathParam("name") String name) {
        names.remove(name);
    }

    public static Map<String, Session> getNames() {
        return names;
    }
}
