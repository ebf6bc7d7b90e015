@ServerEndpoint("/visits")
public class Visits {
    private static final AtomicInteger online = new AtomicInteger(0);
    private static final AtomicLong messages = new AtomicLong();
    private static int total = 0;

    @OnOpen
    public void onOpen() {
        online.incrementAndGet();
        total++;
    }

    @OnMessage
    public String onMessage(String text) {
        return messages.incrementAndGet() + " messages, " + online.get() + " online, " + total + " in all";
    }

    @OnClose
    public void onClose() {
        online.decrementAndGet();
    }
}
