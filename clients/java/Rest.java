import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** ECGrid REST by java.net.http: sets a user's password, then shows a refusal, which HttpClient tells by the status alone. */
public class Rest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final String USER_ID = System.getenv("PASSGATE_TARGET_USER_ID");

    public static void main(String[] args) throws Exception {
        HttpResponse<String> set = setPassword(System.getenv().getOrDefault("PASSGATE_NEW_PASSWORD", "NewPassw0rd!"));
        if (set.statusCode() != 200 || !set.body().matches("\\{\\s*\"success\"\\s*:\\s*true\\s*,\\s*\"data\"\\s*:\\s*true\\s*}")) {
            throw new IllegalStateException("unexpected answer: " + set.statusCode() + " " + set.body());
        }
        System.out.println("user " + USER_ID + " has a new password: " + set.body());

        HttpResponse<String> refused = setPassword("Onlyletters!"); // no digit
        if (refused.statusCode() != 400 || !refused.body().contains("\"InvalidParameter\"")) {
            throw new IllegalStateException("not refused as expected: " + refused.statusCode() + " " + refused.body());
        }
        System.out.println("refused, status " + refused.statusCode() + ": " + refused.body());
    }

    private static HttpResponse<String> setPassword(String newPassword) throws Exception {
        String quoted = newPassword.replace("\\", "\\\\").replace("\"", "\\\"");
        String body = "{ \"userId\": " + USER_ID + ", \"newPassword\": \"" + quoted + "\" }";
        HttpRequest request = HttpRequest.newBuilder()
                .uri(URI.create(System.getenv("PASSGATE_BASE_URL") + "/v2/users/password"))
                .header("X-API-Key", System.getenv("PASSGATE_API_KEY"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
