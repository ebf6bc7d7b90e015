@ServerEndpoint("/status")
public class Status {
    private static final ObjectMapper mapper = new ObjectMapper();

    @OnMessage
    public void onMessage(String text, Session session) throws Exception {
        Map<String, Object> answer = new HashMap<>(4);
        answer.put("text", text);
        answer.put("length", text.length());
        answer.put("ok", true);
        session.getBasicRemote().sendText(mapper.writeValueAsString(answer));
    }
}
