@ClientEndpoint
public class Prices {
    private Session session;

    @OnOpen
    public void onOpen(Session session) {
        this.session = session;
    }

    @OnMessage
    public void onMessage(String price) {
        System.out.println(price);
    }

    public void subscribe(String name) {
        this.session.getAsyncRemote().sendText("subscribe " + name);
    }
}
