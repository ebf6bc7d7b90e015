@ServerEndpoint("/even/{number}")
public class Even {
    private static Set<Even> all = new CopyOnWriteArraySet<>();
    private Session session;
    private Long number;

    @OnOpen
    public void onOpen(Session session, @PathParam("number") Long number) {
        this.session = session;
        this.number = number;
        all.add(this);
    }

    @OnClose
    public void onClose() {
        all.remove(this);
    }

    @OnMessage
    public void onMessage(String text) throws IOException {
        int reached = 0;
        for (Even other : all) {
            if (other != this && other.number.equals(this.number)) {
                other.session.getBasicRemote().sendText(text);
                reached++;
            }
        }
        session.getBasicRemote().sendText(reached + " reached");
    }
}
