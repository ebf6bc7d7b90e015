public class Outer {
    @ServerEndpoint("/inner")
    public static class Inner {
        @OnMessage
        public boolean onMessage(boolean value) {
            return !value;
        }
    }
}
