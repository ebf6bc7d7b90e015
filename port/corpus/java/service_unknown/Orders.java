@Component
@ServerEndpoint("/orders/{user}")
public class Orders {
    private static OrderService orderService;
    private String user;

    @Autowired
    public void setOrderService(OrderService service) {
        Orders.orderService = service;
    }

    @OnOpen
    public void onOpen(@PathParam("user") String user, Session session) throws IOException {
        this.user = user;
        if (!orderService.mayConnect(user)) {
            session.close();
            return;
        }
        session.getBasicRemote().sendText("welcome");
    }

    @OnMessage
    public String onMessage(String id) {
        String status = orderService.status(user, id);
        return status;
    }
}
