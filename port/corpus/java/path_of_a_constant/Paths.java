public interface Paths {
    String ROOT = "/api";
}
