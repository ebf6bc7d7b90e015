@ServerEndpoint("/seats/{seat}")
public class Seats {
    private static ConcurrentHashMap<Integer, Session> seats = new ConcurrentHashMap<>();

    @OnOpen
    public void onOpen(Session session, @PathParam("seat") Integer seat) {
        seats.put(seat, session);
    }

    @OnClose
    public void onClose(@PathParam("seat") Integer seat) {
        seats.remove(seat);
    }

    public static void all(String text) {
        for (Session session : seats.values()) {
            session.getAsyncRemote().sendText(text);
        }
    }

    public static void numbers() {
        for (Integer seat : seats.keySet()) {
            System.out.println(seat + 1);
        }
    }

    public static int taken() {
        return seats.size();
    }
}
