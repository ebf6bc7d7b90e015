@ServerEndpoint("/chat")
public class Chat {
    private static Set<Session> peers = Collections.synchronizedSet(new HashSet<>());

    @OnOpen
    public void onOpen(Session peer) {
        peers.add(peer);
    }

    @OnMessage
    public void onMessage(String text, Session peer) throws IOException {
        for (Session other : peers) {
            if (!other.equals(peer)) {
                other.getBasicRemote().sendText(text);
            }
        }
    }

    @OnClose
    public void onClose(Session peer) {
        peers.remove(peer);
    }
}
