@ServerEndpoint("/router")
public class Router {
    private int calls;

    @OnMessage
    public void onMessage(String message, Session session) throws IOException {
        calls++;
        switch (message) {
            case "ping":
                session.getBasicRemote().sendText("pong");
                break;
            case "count":
            case "calls":
                session.getBasicRemote().sendText(String.valueOf(calls));
                break;
            case "bye":
                session.close();
                return;
            default:
                session.getBasicRemote().sendText("unknown: " + message);
        }
        System.out.printf("%d calls%n", calls);
    }
}
