@ServerEndpoint("/rooms/{room}/{user}")
public class Rooms {
    private static Map<String, Set<Session>> rooms = new ConcurrentHashMap<>();

    @OnOpen
    public void onOpen(Session session, @PathParam("room") String room, @PathParam("user") String user) {
        rooms.computeIfAbsent(room, key -> ConcurrentHashMap.newKeySet()).add(session);
    }

    @OnMessage
    public void onMessage(String text, @PathParam("room") String room, @PathParam("user") String user) {
        for (Session member : rooms.get(room)) {
            member.getAsyncRemote().sendText(user + ": " + text);
        }
    }
}
