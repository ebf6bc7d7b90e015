@ServerEndpoint("/sums")
public class Sums {
    private static final int LIMIT = 3;
    private static final String HELLO = "sums up to " + LIMIT;
    private List<String> history = new ArrayList<>();

    @OnMessage
    public String onMessage(String text) {
        int sum = 0;
        for (String part : text.split(",")) {
            sum += Integer.parseInt(part.trim());
        }
        for (int i = 0; i < LIMIT; i++) {
            history.add(text + i);
        }
        while (sum > 100) {
            sum -= 100;
        }
        return history.size() > 10 ? HELLO : "sum " + sum;
    }
}
