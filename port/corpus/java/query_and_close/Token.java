@ServerEndpoint("/token")
public class Token {
    private static final Logger LOGGER = LoggerFactory.getLogger(Token.class);

    @OnOpen
    public void onOpen(Session session) throws IOException {
        String query = session.getQueryString();
        if (query == null || !query.contains("token=")) {
            session.close(new CloseReason(CloseReason.CloseCodes.VIOLATED_POLICY, "no token"));
            return;
        }
        session.setMaxIdleTimeout(60000);
        LOGGER.info("opened with {}", query);
    }

    @OnClose
    public void onClose(Session session, CloseReason reason) {
        LOGGER.info("{} closed: {} {}", session.getId(), reason.getCloseCode().getCode(), reason.getReasonPhrase());
    }
}
