@ServerEndpoint("/{tenant}/inbox/{user}")
public class Tenant {
    private static Map<String, Session> users = new ConcurrentHashMap<>();

    @OnOpen
    public void onOpen(Session session, @PathParam("tenant") String tenant, @PathParam("user") String user) {
        users.put(user, session);
        System.out.println(tenant + " has " + users.size());
    }

    @OnClose
    public void onClose(@PathParam("user") String user) {
        users.remove(user);
    }

    public static boolean has(String user) {
        return users.containsKey(user);
    }
}
