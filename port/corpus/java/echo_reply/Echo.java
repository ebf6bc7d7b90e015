import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;

@ServerEndpoint("/echo")
public class Echo {
    @OnMessage
    public String onMessage(String message) {
        return "echo: " + message;
    }
}
