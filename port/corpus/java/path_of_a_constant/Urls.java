public class Urls {
    public static final String CHAT = "/api/" + "talk/{user}";
}
