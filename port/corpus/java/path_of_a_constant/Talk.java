@ServerEndpoint(value = Urls.CHAT, subprotocols = {"v1.talk"})
public class Talk {
    @OnMessage
    public String onMessage(@PathParam("user") String user, String text) {
        return user + ": " + text;
    }
}
