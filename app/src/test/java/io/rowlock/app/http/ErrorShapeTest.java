package io.rowlock.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http;
import io.rowlock.app.Http.Answer;
import io.rowlock.app.Services;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whoever refuses a request, the answer has one shape, says what to do better, and names nothing of Java. */
class ErrorShapeTest {
    private static final String MONEY = "an amount of money, text with at most two decimals such as \"150.00\"";
    private static final String USER = "00000000-0000-4000-8000-00000000dead";
    private static final String BALANCE = "/api/lottery/users/" + USER + "/balances/balance";

    @RegisterExtension
    static final Services SERVICES = new Services();

    /** A body that is posted, and what is said about it. */
    private record Case(String path, String body, int status, String code, String fact, String value) {}

    private static final List<Case> BODIES = List.of(
            new Case("/api/lottery/users", "", 400, "MALFORMED", "", ""),
            new Case("/api/lottery/users", "{", 400, "MALFORMED", "/line", "1"),
            new Case("/api/lottery/users", "nonsense", 400, "MALFORMED", "/line", "1"),
            new Case("/api/lottery/users", "{\"telegramId\":\"1\"} x", 400, "MALFORMED", "/line", "1"),
            new Case("/api/lottery/users", "[]", 400, "MALFORMED", "", ""),
            new Case("/api/lottery/users", "\"text\"", 400, "MALFORMED", "", ""),
            new Case("/api/lottery/users", "null", 400, "MALFORMED", "", ""),
            new Case("/api/lottery/users", "{}", 400, "MALFORMED", "/field", "telegramId"),
            new Case("/api/lottery/users", "{\"telegramId\":null}", 400, "MALFORMED", "/field", "telegramId"),
            new Case("/api/lottery/users", "{\"telegramId\":17}", 400, "MALFORMED", "/expected", "text"),
            new Case("/api/lottery/users", "{\"telegramId\":true}", 400, "MALFORMED", "/expected", "text"),
            new Case("/api/lottery/users", "{\"telegramId\":{}}", 400, "MALFORMED", "/field", "telegramId"),
            new Case("/api/lottery/users", "{\"telegramId\":\"x\"}", 400, "MALFORMED", "/field", "telegramId"),
            new Case("/api/lottery/users", "{\"telegramId\":\"1\",\"id\":7}", 400, "MALFORMED", "/field", "id"),
            new Case("/api/lottery/users", "{\"telegramId\":\"1\",\"telegramId\":\"2\"}", 400, "MALFORMED", "", ""),
            new Case(BALANCE, "{\"operation\":\"add\"}", 400, "MALFORMED", "/field", "amount"),
            new Case(BALANCE, "{\"amount\":\"1.00\"}", 400, "MALFORMED", "/field", "operation"),
            new Case(BALANCE, "{\"operation\":\"steal\",\"amount\":\"1.00\"}", 400, "MALFORMED", "/field", "operation"),
            new Case(BALANCE, "{\"operation\":\"\",\"amount\":\"1.00\"}", 400, "MALFORMED", "/field", "operation"),
            new Case(BALANCE, "{\"operation\":0,\"amount\":\"1.00\"}", 400, "MALFORMED", "/field", "operation"),
            new Case(BALANCE, "{\"operation\":\"add\",\"amount\":150.0}", 400, "MALFORMED", "/field", "amount"),
            new Case(BALANCE, "{\"operation\":\"add\",\"amount\":150}", 400, "MALFORMED", "/expected", MONEY),
            new Case(BALANCE, "{\"operation\":\"add\",\"amount\":\"1.234\"}", 400, "MALFORMED", "/field", "amount"),
            new Case(BALANCE, "{\"operation\":\"add\",\"amount\":\"1e3\"}", 400, "MALFORMED", "/field", "amount"),
            new Case(BALANCE, "{\"operation\":\"add\",\"amount\":\"\"}", 400, "MALFORMED", "/field", "amount"),
            new Case(
                    BALANCE,
                    "{\"operation\":\"add\",\"amount\":\"99999999999999999999\"}",
                    400,
                    "MALFORMED",
                    "/field",
                    "amount"),
            new Case(
                    BALANCE,
                    "{\"operation\":\"add\",\"amount\":\"1.00\",\"description\":\"a\\u0000b\"}",
                    400,
                    "MALFORMED",
                    "/field",
                    "description"),
            new Case(
                    BALANCE,
                    "{\"operation\":\"add\",\"amount\":\"1.00\",\"description\":\"\\ud800\"}",
                    400,
                    "MALFORMED",
                    "/field",
                    "description"),
            new Case(
                    BALANCE,
                    "{\"operation\":\"add\",\"amount\":\"-1.00\"}",
                    422,
                    "AMOUNT_OUT_OF_RANGE",
                    "/amount",
                    "-1.00"),
            new Case(BALANCE, "{\"operation\":\"add\",\"amount\":\"1.00\"}", 404, "UNKNOWN_USER", "/userId", USER),
            new Case(
                    "/api/lottery/participations",
                    "{\"userId\":\"x\",\"roundId\":\"" + USER + "\",\"quantity\":1}",
                    400,
                    "MALFORMED",
                    "/field",
                    "userId"),
            new Case(
                    "/api/lottery/participations",
                    "{\"userId\":\"" + USER + "\",\"roundId\":\"" + USER + "\",\"quantity\":\"1\"}",
                    400,
                    "MALFORMED",
                    "/expected",
                    "a whole number"),
            new Case(
                    "/api/lottery/participations",
                    "{\"userId\":\"" + USER + "\",\"roundId\":\"" + USER + "\",\"quantity\":1.5}",
                    400,
                    "MALFORMED",
                    "/field",
                    "quantity"),
            new Case(
                    "/api/lottery/participations",
                    "{\"userId\":\"" + USER + "\",\"roundId\":\"" + USER + "\",\"quantity\":99999999999}",
                    400,
                    "MALFORMED",
                    "/field",
                    "quantity"),
            new Case(
                    "/api/lottery/participations",
                    "{\"userId\":\"" + USER + "\",\"roundId\":\"" + USER + "\",\"quantity\":0}",
                    422,
                    "QUANTITY_OUT_OF_RANGE",
                    "/min",
                    "1"),
            new Case("/api/lottery/users/not-an-id/balances/balance", "{}", 400, "MALFORMED", "/field", "userId"),
            new Case("/api/lottery/users/" + USER + "/balances/gold", "{}", 400, "MALFORMED", "/field", "type"),
            new Case("/api/lottery/nothing", "{}", 404, "NOT_FOUND", "/path", "/api/lottery/nothing"),
            new Case("/api/lottery/rounds/" + USER, "{}", 405, "METHOD_NOT_ALLOWED", "/allowed/0", "GET"),
            new Case("/actuator/shutdown", "{}", 404, "NOT_FOUND", "", ""));

    @Databases(Engine.SQLITE)
    void aBodyThatIsNotWhatItHasToBeIsRefused(Database database) {
        Http http = SERVICES.on(database).http();
        for (Case each : BODIES) {
            Answer answer = http.post(each.path(), each.body());

            assertThat(answer.status()).as("%s: %s", each, answer).isEqualTo(each.status());
            assertThat(answer.code()).as("%s: %s", each, answer).isEqualTo(each.code());
            requireShape(answer.text());
            if (!each.fact().isEmpty()) {
                assertThat(answer.json().at("/facts" + each.fact()).asString(""))
                        .as("%s: %s", each, answer)
                        .isEqualTo(each.value());
            }
        }
    }

    @Databases(Engine.SQLITE)
    void aRequestThatFitsNothingIsRefused(Database database) {
        Http http = SERVICES.on(database).http();

        refused(http.get("/nothing/here"), 404, "NOT_FOUND");
        refused(http.get("/error"), 404, "NOT_FOUND");
        refused(http.get("/api/lottery/users"), 405, "METHOD_NOT_ALLOWED");
        refused(http.send(http.request("/api/lottery/users").DELETE()), 405, "METHOD_NOT_ALLOWED");
        refused(
                http.send(http.request("/api/lottery/users").method("TRACE", BodyPublishers.noBody())),
                405,
                "METHOD_NOT_ALLOWED");
        refused(
                http.send(http.request("/api/lottery/users")
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString("{}"))),
                415,
                "UNSUPPORTED_MEDIA_TYPE");
        refused(
                http.send(http.request("/api/lottery/users")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString("telegramId=1"))),
                415,
                "UNSUPPORTED_MEDIA_TYPE");
        refused(
                http.send(http.request("/api/lottery/users").POST(BodyPublishers.ofString("{}"))),
                415,
                "UNSUPPORTED_MEDIA_TYPE");
        refused(http.send(http.request("/api/lottery/rounds").header("Accept", "text/html")), 406, "NOT_ACCEPTABLE");
        refused(http.send(http.request("/nothing").header("Accept", "text/html")), 404, "NOT_FOUND");
        refused(http.get("/api/lottery/rounds?limit=many"), 400, "MALFORMED");
        refused(http.get("/api/lottery/rounds?limit=501"), 400, "MALFORMED");
        refused(
                http.post(BALANCE, "{\"operation\":\"add\",\"amount\":\"1.00\"}", "If-Match", "seven"),
                400,
                "MALFORMED");
        refused(
                http.post(BALANCE, "{\"operation\":\"add\",\"amount\":\"1.00\"}", "If-Match", "\"0\""),
                400,
                "MALFORMED");
    }

    /** Only the sentence is another; code and facts are what programs go by. */
    @Databases(Engine.SQLITE)
    void whoAsksForChineseIsToldInChinese(Database database) throws IOException {
        Http http = SERVICES.on(database).http();
        for (Case each : BODIES) {
            Answer english = http.post(each.path(), each.body());
            Answer chinese = http.post(each.path(), each.body(), "Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8");

            assertThat(chinese.status()).as("%s", each).isEqualTo(english.status());
            assertThat(chinese.code()).as("%s", each).isEqualTo(english.code());
            assertThat(chinese.json().get("facts"))
                    .as("%s", each)
                    .isEqualTo(english.json().get("facts"));
            assertThat(chinese.at("/message")).as("%s", each).containsPattern("\\p{IsHan}");
            assertThat(english.at("/message")).as("%s", each).doesNotContainPattern("\\p{IsHan}");
        }
        String tooLong = "{\"telegramId\":\"" + "1".repeat(BodyLimit.BYTES_MAX) + "\"}";
        assertThat(http.post("/api/lottery/users", tooLong, "Accept-Language", "zh")
                        .at("/message"))
                .isEqualTo("请求过大");
        String illegal = raw(
                URI.create(SERVICES.on(database).url()),
                "GET /a|b HTTP/1.1\r\nHost: x\r\nAccept-Language: zh\r\nConnection: close\r\n\r\n");
        requireShape(illegal.substring(illegal.indexOf("\r\n\r\n") + 4));
    }

    @Databases(Engine.SQLITE)
    void aBodyThatIsTooLongIsRefused(Database database) {
        Http http = SERVICES.on(database).http();
        String body = "{\"telegramId\":\"" + "1".repeat(BodyLimit.BYTES_MAX) + "\"}";

        Answer told = http.post("/api/lottery/users", body);
        HttpRequest.Builder chunked = http.request("/api/lottery/users")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))));

        refused(told, 413, "TOO_LARGE");
        refused(http.send(chunked), 413, "TOO_LARGE");
    }

    /** What Tomcat refuses before any of our code runs. */
    @Databases(Engine.SQLITE)
    void aRequestThatIsNoHttpIsRefused(Database database) throws IOException {
        URI url = URI.create(SERVICES.on(database).url());
        for (String request : List.of(
                "GET /%2e%2e/%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /a|b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
                "GET /\\..\\ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(20_000) + "\r\nConnection: close\r\n\r\n",
                "nonsense\r\n\r\n")) {
            String answer = raw(url, request);

            String told = request.substring(0, Math.min(40, request.length()));
            assertThat(answer).as(told).startsWith("HTTP/1.1 400");
            requireShape(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        }
    }

    private static String raw(URI url, String request) throws IOException {
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            // The body of an answer in pieces stands in one line of its own.
            return answer.contains("Transfer-Encoding: chunked")
                    ? answer.replaceFirst("\r\n\r\n[0-9a-f]+\r\n", "\r\n\r\n").replaceFirst("\r\n0\r\n\r\n$", "")
                    : answer;
        }
    }

    private static void refused(Answer answer, int status, String code) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.header("Content-Type"))
                .as("%s", answer)
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
        requireShape(answer.text());
        assertThat(answer.code()).as("%s", answer).isEqualTo(code);
    }

    private static void requireShape(String body) {
        JsonNode json = new JsonMapper().readTree(body);
        assertThat(json.propertyNames()).as(body).containsExactly("code", "message", "facts");
        assertThat(json.get("code").asString()).as(body).matches("[A-Z]+(_[A-Z]+)*");
        assertThat(json.get("message").asString()).as(body).isNotBlank();
        assertThat(json.get("facts").isObject()).as(body).isTrue();
        assertThat(body)
                .doesNotContain(
                        "java", "Exception", "io.rowlock", "jackson", "springframework", "tomcat", "Bodies", "\tat ");
    }
}
