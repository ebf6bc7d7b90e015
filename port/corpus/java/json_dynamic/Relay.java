@Slf4j
@ServerEndpoint("/relay/{userId}")
public class Relay {
    private static ConcurrentHashMap<String, Relay> relays = new ConcurrentHashMap<>();
    private Session session;
    private String userId = "";

    @OnOpen
    public void onOpen(Session session, @PathParam("userId") String userId) {
        this.session = session;
        this.userId = userId;
        relays.put(userId, this);
    }

    @OnClose
    public void onClose() {
        relays.remove(userId);
    }

    @OnMessage
    public void onMessage(String message, Session session) {
        log.info("user {} says {}", userId, message);
        if (StringUtils.isNotBlank(message)) {
            try {
                JSONObject json = JSON.parseObject(message);
                json.put("from", this.userId);
                String to = json.getString("to");
                if (StringUtils.isNotBlank(to) && relays.containsKey(to)) {
                    relays.get(to).sendMessage(json.toJSONString());
                } else {
                    log.error("{} is not on this server", to);
                }
            } catch (Exception e) {
                e.printStackTrace();
            }
        }
    }

    public void sendMessage(String message) throws IOException {
        this.session.getBasicRemote().sendText(message);
    }
}
