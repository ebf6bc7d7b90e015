@ServerEndpoint("/divide")
public class Divide {
    @OnMessage
    public void onMessage(String text, Session session) throws IOException {
        String answer;
        try {
            int number = Integer.parseInt(text);
            if (number < 0) {
                throw new IllegalArgumentException("negative: " + number);
            }
            answer = "fine";
        } catch (Exception e) {
            answer = "bad: " + e.getMessage();
        } finally {
            System.out.println("done");
        }
        session.getBasicRemote().sendText(answer);
    }
}
