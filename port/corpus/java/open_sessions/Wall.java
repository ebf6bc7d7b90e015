@ServerEndpoint("/wall")
public class Wall {
    @OnMessage
    public void onMessage(String text, Session session) {
        for (Session other : session.getOpenSessions()) {
            if (other.isOpen() && !other.getId().equals(session.getId())) {
                other.getAsyncRemote().sendText(text);
            }
        }
    }
}
