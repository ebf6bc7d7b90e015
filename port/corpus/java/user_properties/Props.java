@ServerEndpoint("/props")
public class Props {
    @OnOpen
    public void onOpen(Session session) {
        session.getUserProperties().put("since", System.currentTimeMillis());
    }

    @OnMessage
    public String onMessage(String text, Session session) {
        return "since " + session.getUserProperties().get("since");
    }
}
