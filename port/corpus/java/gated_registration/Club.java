@ServerEndpoint("/club/{member}")
public class Club {
    private static Map<String, Session> members = new ConcurrentHashMap<>();

    @OnOpen
    public void onOpen(Session session, @PathParam("member") String member) {
        if (member.startsWith("gold-")) {
            members.put(member, session);
        }
    }

    @OnClose
    public void onClose(@PathParam("member") String member) {
        members.remove(member);
    }

    public static void tell(String text) {
        for (Session session : members.values()) {
            session.getAsyncRemote().sendText(text);
        }
    }
}
