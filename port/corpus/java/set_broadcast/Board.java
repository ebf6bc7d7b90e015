@ServerEndpoint("/board")
public class Board {
    private static final Set<Session> OPEN = new CopyOnWriteArraySet<>();
    private static final Logger log = LoggerFactory.getLogger(Board.class);

    @OnOpen
    public void onOpen(Session session) {
        OPEN.add(session);
        log.info("{} is here, {} in all", session.getId(), OPEN.size());
    }

    @OnMessage
    public void onMessage(String text, Session session) {
        for (Session other : OPEN) {
            try {
                other.getBasicRemote().sendText(text);
            } catch (IOException e) {
                log.warn("not sent", e);
            }
        }
    }

    @OnClose
    public void onClose(Session session) {
        OPEN.remove(session);
    }

    @OnError
    public void onError(Session session, Throwable error) {
        log.error("failed in " + session.getId(), error);
    }
}
