@Component
@ServerEndpoint(value = "/desk/{sid}")
public class Desk {
    private static CopyOnWriteArraySet<Desk> desks = new CopyOnWriteArraySet<Desk>();
    private static int onlineCount = 0;
    private Session session;
    private String sid = "";

    @OnOpen
    public void onOpen(Session session, @PathParam("sid") String sid) {
        this.session = session;
        desks.add(this);
        addOnlineCount();
        this.sid = sid;
        System.out.println("open: " + sid + ", now " + getOnlineCount());
        try {
            sendMessage("welcome");
        } catch (IOException e) {
            System.out.println("failed: " + e.getMessage());
        }
    }

    @OnClose
    public void onClose() {
        desks.remove(this);
        subOnlineCount();
        System.out.println("closed, now " + getOnlineCount());
    }

    @OnMessage
    public void onMessage(String message, Session session) {
        System.out.println("from " + sid + ": " + message);
        for (Desk item : desks) {
            try {
                item.sendMessage(message);
            } catch (IOException e) {
                e.printStackTrace();
            }
        }
    }

    @OnError
    public void onError(Session session, Throwable error) {
        error.printStackTrace();
    }

    public void sendMessage(String message) throws IOException {
        this.session.getBasicRemote().sendText(message);
    }

    public static void sendInfo(String message, String sid) throws IOException {
        for (Desk item : desks) {
            try {
                if (sid == null) {
                    item.sendMessage(message);
                } else if (item.sid.equals(sid)) {
                    item.sendMessage(message);
                }
            } catch (IOException e) {
                continue;
            }
        }
    }

    public static synchronized int getOnlineCount() {
        return onlineCount;
    }

    public static synchronized void addOnlineCount() {
        Desk.onlineCount++;
    }

    public static synchronized void subOnlineCount() {
        Desk.onlineCount--;
    }
}
