@Component
@ServerEndpoint("/notices/{userId}")
public class Notices {
    private static NoticeService noticeService;
    private static Map<String, Notices> open = new ConcurrentHashMap<>();
    private Session session;
    private String userId;

    @Autowired
    public void setNoticeService(NoticeService noticeService) {
        Notices.noticeService = noticeService;
    }

    @OnOpen
    public void onOpen(Session session, @PathParam("userId") String userId) {
        this.session = session;
        this.userId = userId;
        open.put(userId, this);
        int unread = noticeService.countUnread(userId);
        push(userId, unread + " unread");
    }

    @OnMessage
    public void onMessage(String id) {
        String text = noticeService.find(id);
        if (text == null) {
            push(userId, "none");
            return;
        }
        markRead(id);
        push(userId, text);
    }

    @OnClose
    public void onClose() {
        open.remove(userId);
    }

    private void markRead(String id) {
        if (!noticeService.isRead(id, userId)) {
            noticeService.markRead(id, userId, System.currentTimeMillis());
        }
    }

    public static void push(String userId, String text) {
        Notices endpoint = open.get(userId);
        if (endpoint != null) {
            try {
                endpoint.session.getBasicRemote().sendText(text);
            } catch (IOException e) {
                e.printStackTrace();
            }
        }
    }
}
