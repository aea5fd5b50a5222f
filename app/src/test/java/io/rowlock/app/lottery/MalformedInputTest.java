package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Services;
import io.rowlock.app.credits.CreditRequests;
import io.rowlock.app.mastery.MasteryRequests;
import io.rowlock.app.story.StoryRequests;
import io.rowlock.app.sync.SyncRequests;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Thousands of requests that are wrong in one place, each made from one that a rule refuses. Whatever is wrong with them, the
 * service answers in its one shape, blames itself for nothing, shows nothing of its inside, and its books stay as they are.
 */
class MalformedInputTest {
    private static final int REQUESTS = 5_000;
    /** The engines differ in what their columns take, and in nothing before that. */
    private static final int REQUESTS_ON_OTHERS = 1_500;

    private static final long SEED = Long.getLong("rowlock.test.seed", 20_251_120);
    private static final int READ_TIMEOUT_MILLIS = 30_000;

    private static final UUID NOBODY = UUID.fromString(Shop.NOBODY);
    private static final JsonMapper JSON = new JsonMapper();

    /** What an answer never has in it. None of it is sent, so none of it is an echo. */
    private static final Pattern INSIDE =
            Pattern.compile("Exception|Caused by|\\bat (java|org|io|jdk|tools)\\.|SQLSTATE|\\.java:|<html|<body");

    /** JSON values that fit nowhere. */
    private static final List<String> STRANGE = List.of(
            "null",
            "true",
            "[]",
            "{}",
            "[[[[[[[[]]]]]]]]",
            "\"\"",
            "\" \"",
            "0",
            "-1",
            "1.5",
            "1e308",
            "1e400",
            "-0.0",
            "99999999999999999999999999999999",
            "-9223372036854775809",
            "2147483648",
            "\"NaN\"",
            "\"-1.00\"",
            "\"0.00\"",
            "\"1.005\"",
            "\"1e3\"",
            "\"99999999999999999999.00\"",
            "\"' OR '1'='1\"",
            "\"1; DROP TABLE users; --\"",
            "\"'); DELETE FROM transactions; --\"",
            "\"<script>alert(1)</script>\"",
            "\"&lt;img src=x onerror=alert(1)&gt;\"",
            "\"${jndi:ldap://127.0.0.1/a}\"",
            "\"#{7*7}\"",
            "\"../../etc/passwd\"",
            "\"\\u0000\"",
            "\"a\\u0000b\"",
            "\"\\ud800\"",
            "\"\\udc00\\ud800\"",
            "\"\\u202eabc\"",
            "\"\u5f69\u7968 \ud83c\udf9f\"",
            "\"e\u0301\u0301\u0301\"",
            "\"00000000-0000-0000-0000-000000000000\"",
            "\"00000000-0000-4000-8000-00000000000g\"",
            "\"" + "x".repeat(300) + "\"",
            "\"" + "\u00e9".repeat(5_000) + "\"");

    /** What can stand in no name, number or id: in place of another character it makes no request that is as good as before. */
    private static final String NO_LETTERS = "\"\\{}[]:,;'<>&%$#@!|~\u0000\u0001\n\u007f\u00ff\u20ac";

    private static final List<String> STRANGE_TEXTS = List.of(
            "x",
            "0",
            "-1",
            "%00",
            "%ff%fe",
            "%2e%2e%2f",
            "'%20OR%201=1--",
            "%3Cscript%3E",
            "\u5f69\u7968",
            "1e9",
            "9999999999999999999999",
            "null",
            "NaN",
            "00000000-0000-4000-8000",
            "a".repeat(2_000));

    private static final List<String> STRANGE_HEADERS = List.of(
            "If-Match: \"1\"\r\nIf-Match: \"2\"",
            "If-Match: 17",
            "If-Match: \"99999999999999999999999\"",
            "If-Match: \"-1\"",
            "If-Match: W/\"1\"",
            "If-Match: ' OR 1=1",
            "If-Match: ",
            "Idempotency-Key: a\r\nIdempotency-Key: b",
            "Idempotency-Key: ",
            "Idempotency-Key: " + "k".repeat(500),
            "Idempotency-Key: '; DROP TABLE users; --",
            "Idempotency-Key: \u00e9\u00e9",
            "Accept: text/html",
            "Accept: nonsense",
            "Accept: application/json;q=nonsense",
            "Accept-Language: zz-ZZ-zz-nonsense;q=7",
            "Accept-Language: " + "a,".repeat(200) + "b",
            "Content-Type: application/json\r\nContent-Type: text/plain",
            "Content-Encoding: gzip",
            "Transfer-Encoding: nonsense",
            "X-Forwarded-For: <script>\r\nForwarded: for=\"'--\"",
            "Range: bytes=0-1",
            "Expect: nonsense",
            "Cookie: a=\"\\\"; b=" + "c".repeat(3_000));

    @RegisterExtension
    static final Services SERVICES = new Services();

    /** A request in its parts; {@code fields} are JSON texts by name. */
    private record Request(
            String method, String path, String query, List<String> headers, Map<String, String> fields, String body) {
        static Request post(String path, Map<String, String> fields) {
            return of("POST", path, fields);
        }

        static Request of(String method, String path, Map<String, String> fields) {
            return new Request(method, path, "", List.of("Content-Type: application/json"), fields, json(fields));
        }

        static Request get(String path, String query) {
            return new Request("GET", path, query, List.of(), Map.of(), "");
        }

        Request withFields(Map<String, String> changed) {
            return withBody(json(changed));
        }

        Request withBody(String changed) {
            return new Request(method, path, query, headers, fields, changed);
        }

        Request withPath(String changed) {
            return new Request(method, changed, query, headers, fields, body);
        }

        Request withQuery(String changed) {
            return new Request(method, path, changed, headers, fields, body);
        }

        Request withHeaders(List<String> changed) {
            return new Request(method, path, query, changed, fields, body);
        }

        private static String json(Map<String, String> fields) {
            return fields.entrySet().stream()
                    .map(field -> "\"" + field.getKey() + "\":" + field.getValue())
                    .collect(Collectors.joining(",", "{", "}"));
        }

        @Override
        public String toString() {
            String text = method + " " + path + query + " " + headers + " " + body;
            return text.length() > 600 ? text.substring(0, 600) + "…" : text;
        }
    }

    private record Answer(int status, String head, String body) {
        boolean isJson() {
            return head.toLowerCase(Locale.ROOT).contains("content-type: application/json")
                    || head.toLowerCase(Locale.ROOT).contains("content-type: application/problem+json");
        }
    }

    @Databases
    void whateverIsWrongNothingHappens(Database database) {
        String url = SERVICES.on(database).url();
        List<Request> refused = refusedByARule(database);
        everyWritingRouteIsHere(database, refused);
        Books books = Books.of(database);
        Books.Copy before = books.copy();
        Random random = new Random(SEED);
        int requests = database.engine() == Engine.SQLITE ? REQUESTS : REQUESTS_ON_OTHERS;
        Map<Integer, Integer> statuses = new TreeMap<>();
        int reached = 0;
        for (int i = 0; i < requests; i++) {
            Request request = refused.get(random.nextInt(refused.size()));
            // One in four is as it was: the service itself has to refuse it.
            Request sent = random.nextInt(4) == 0 ? request : spoil(request, random);
            Answer answer = send(url, sent);
            statuses.merge(answer.status(), 1, Integer::sum);
            reached += reachedTheService(answer) ? 1 : 0;
            assertThat(answer.status() < 500 || answer.status() == 503)
                    .as("seed %d, request %d: %s%n-> %s", SEED, i, sent, answer)
                    .isTrue();
            assertThat(INSIDE.matcher(answer.body()).find())
                    .as("seed %d, request %d: %s%n-> %s", SEED, i, sent, answer)
                    .isFalse();
            if (answer.status() >= 400 && !answer.body().isEmpty()) {
                assertThat(answer.isJson())
                        .as("seed %d, request %d: %s%n-> %s", SEED, i, sent, answer)
                        .isTrue();
                assertThat(JSON.readTree(answer.body()).path("code").asString())
                        .as("seed %d, request %d: %s%n-> %s", SEED, i, sent, answer)
                        .isNotEmpty();
            }
        }
        System.out.printf(
                "%s: %d requests, %d reached the service, by status %s%n",
                database.engine(), requests, reached, statuses);
        assertThat(reached).isGreaterThanOrEqualTo(requests / 3);
        assertThat(books.copy()).isEqualTo(before);
    }

    private static boolean reachedTheService(Answer answer) {
        if (answer.status() < 300 || answer.status() == 409 || answer.status() == 422) {
            return true;
        }
        return answer.status() == 404
                && answer.isJson()
                && JSON.readTree(answer.body()).path("code").asString().startsWith("UNKNOWN_");
    }

    // ---- what the rules refuse

    private static List<Request> refusedByARule(Database database) {
        try (Shop shop = new Shop(SERVICES.on(database).http())) {
            String telegramId = "777000001";
            String poor = shop.http()
                    .post("/api/lottery/users", "{\"telegramId\":\"" + telegramId + "\"}")
                    .at("/id");
            String round = shop.round(10);
            String product = shop.http().post("/api/lottery/products", """
                            {"name":"Kettle","totalShares":5,"pricePerShare":"1.00","marketPrice":"9.00","stock":1}""").at("/id");
            String order = shop.http()
                    .post("/api/lottery/orders", """
                            {"userId":"%s","productId":"%s","quantity":1}""".formatted(poor, product))
                    .at("/id");
            assertThat(shop.http()
                            .put("/api/lottery/orders/" + order + "/status", "{\"status\":\"cancelled\"}")
                            .status())
                    .isEqualTo(200);
            assertThat(shop.http()
                            .post("/api/lottery/orders", """
                            {"userId":"%s","productId":"%s","quantity":1}""".formatted(poor, product))
                            .status())
                    .isEqualTo(201);
            List<Request> all =
                    new ArrayList<>(refusedByARule(telegramId, quoted(poor), quoted(round), quoted(product), order));
            List<CreditRequests.Refused> others = new ArrayList<>(CreditRequests.refused(shop.http()));
            others.addAll(StoryRequests.refused(shop.http()));
            others.addAll(SyncRequests.refused());
            others.addAll(MasteryRequests.refused());
            for (CreditRequests.Refused refused : others) {
                Map<String, String> body = refused.body();
                all.add(
                        body == null
                                ? Request.get(refused.path(), refused.query())
                                : Request.of(refused.method(), refused.path(), body));
            }
            return all;
        }
    }

    private static List<Request> refusedByARule(
            String telegramId, String poor, String round, String product, String cancelled) {
        String nobody = quoted(NOBODY.toString());
        String api = "/api/lottery";
        String poorPath = api + "/users/" + unquoted(poor);
        String nobodyPath = api + "/users/" + NOBODY;
        return List.of(
                Request.post(api + "/users", fields("telegramId", quoted(telegramId))),
                Request.post(
                        poorPath + "/balances/balance",
                        fields("operation", "\"deduct\"", "amount", "\"1.00\"", "description", "\"x\"")),
                Request.post(
                        poorPath + "/balances/platform_balance",
                        fields("operation", "\"deduct\"", "amount", "\"1.00\"")),
                Request.post(nobodyPath + "/balances/balance", fields("operation", "\"add\"", "amount", "\"1.00\"")),
                Request.post(nobodyPath + "/free-count/reset", fields()),
                Request.post(
                        api + "/products",
                        fields(
                                "name", "\"Teapot\"",
                                "totalShares", "10",
                                "pricePerShare", "\"10000.01\"",
                                "marketPrice", "\"10000.01\"",
                                "stock", "1")),
                Request.post(api + "/rounds", fields("productId", nobody)),
                Request.post(api + "/participations", fields("userId", poor, "roundId", round, "quantity", "1")),
                Request.post(api + "/participations", fields("userId", nobody, "roundId", round, "quantity", "1")),
                Request.post(api + "/participations", fields("userId", poor, "roundId", nobody, "quantity", "101")),
                Request.post(
                        api + "/participations",
                        fields("userId", poor, "roundId", nobody, "quantity", "1", "useType", "\"free\"")),
                Request.post(api + "/participations/bulk", fields("userId", poor, "roundId", round, "quantity", "5")),
                Request.post(api + "/participations/quick", fields("userId", poor, "quantity", "1")),
                Request.post(api + "/rounds/" + unquoted(round) + "/draw", fields()),
                Request.post(api + "/rounds/" + NOBODY + "/draw", fields()),
                Request.post(poorPath + "/transfer", fields("amount", "\"1.00\"")),
                Request.post(api + "/recharges", fields("userId", nobody, "amount", "\"1.00\"")),
                Request.post(
                        api + "/payments",
                        fields(
                                "paymentId", "\"p-1\"",
                                "orderId", nobody,
                                "amount", "\"0.00\"",
                                "status", "\"paid\"")),
                Request.post(api + "/orders/expire", fields("limit", "1")),
                Request.post(
                        api + "/balances/batch",
                        fields(
                                "items",
                                "[{\"userId\":" + poor + ",\"balanceType\":\"balance\",\"operation\":\"deduct\","
                                        + "\"amount\":\"1.00\"}]")),
                Request.post(api + "/orders", fields("userId", poor, "productId", product, "quantity", "1")),
                Request.post(api + "/orders", fields("userId", nobody, "productId", nobody, "quantity", "1")),
                Request.of("PUT", api + "/orders/" + cancelled + "/status", fields("status", "\"paid\"")),
                Request.of("PUT", api + "/orders/" + NOBODY + "/status", fields("status", "\"paid\"")),
                Request.get(api + "/rounds", "?limit=5&status=active"),
                Request.get(api + "/products", "?limit=5"),
                Request.get(poorPath, ""),
                Request.get(poorPath + "/transactions", "?limit=5"),
                Request.get(poorPath + "/balances/balance", ""),
                Request.get(api + "/orders/" + cancelled, ""),
                Request.get(api + "/payments", "?limit=5&status=unmatched"),
                Request.get(poorPath + "/balances/balance/precheck", "?amount=1.00"),
                Request.get(api + "/rounds/" + unquoted(round) + "/precheck", "?quantity=1"),
                Request.get(api + "/monitoring", "?action=full-rounds&limit=5"),
                Request.get(api + "/audit-log", "?limit=5"));
    }

    private static Map<String, String> fields(String... namesAndValues) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    private static String unquoted(String text) {
        return text.substring(1, text.length() - 1);
    }

    /** A route that nobody thought of here would go untried. */
    private static void everyWritingRouteIsHere(Database database, List<Request> requests) {
        JsonNode paths = SERVICES.on(database).http().get("/v3/api-docs").json().get("paths");
        Set<String> untried = new TreeSet<>();
        paths.properties()
                .forEach(path -> path.getValue().properties().forEach(method -> {
                    String verb = method.getKey().toUpperCase(Locale.ROOT);
                    Pattern route = Pattern.compile(path.getKey().replaceAll("\\{\\w+}", "[^/]+"));
                    boolean tried = requests.stream()
                            .anyMatch(request -> request.method().equals(verb)
                                    && route.matcher(request.path()).matches());
                    if (!tried && !verb.equals("GET")) {
                        untried.add(verb + " " + path.getKey());
                    }
                }));
        assertThat(untried).isEmpty();
    }

    // ---- what can be wrong

    private static Request spoil(Request request, Random random) {
        return switch (random.nextInt(request.fields().isEmpty() ? 3 : 10)) {
            case 0 -> spoilHeaders(request, random);
            case 1 -> spoilPath(request, random);
            case 2 -> spoilQuery(request, random);
            case 3 -> request.withBody(brokenJson(request.body(), random));
            case 4 -> request.withFields(without(request.fields(), random));
            case 5 -> request.withFields(with(request.fields(), "extra", any(STRANGE, random)));
            default -> request.withFields(with(request.fields(), any(keys(request), random), any(STRANGE, random)));
        };
    }

    private static List<String> keys(Request request) {
        return List.copyOf(request.fields().keySet());
    }

    private static <T> T any(List<T> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }

    private static Map<String, String> with(Map<String, String> fields, String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(fields);
        changed.put(name, value);
        return changed;
    }

    private static Map<String, String> without(Map<String, String> fields, Random random) {
        Map<String, String> changed = new LinkedHashMap<>(fields);
        changed.remove(any(List.copyOf(fields.keySet()), random));
        return changed;
    }

    private static Request spoilHeaders(Request request, Random random) {
        if (random.nextInt(5) == 0) {
            return request.withHeaders(random.nextBoolean() ? List.of() : List.of("Content-Type: text/plain"));
        }
        List<String> headers = new ArrayList<>(request.headers());
        headers.add(any(STRANGE_HEADERS, random));
        return request.withHeaders(headers);
    }

    private static Request spoilPath(Request request, Random random) {
        List<String> parts = new ArrayList<>(Arrays.asList(request.path().split("/", -1)));
        int at = 1 + random.nextInt(parts.size() - 1);
        parts.set(at, encoded(any(STRANGE_TEXTS, random)));
        return request.withPath(String.join("/", parts));
    }

    private static Request spoilQuery(Request request, Random random) {
        String name = any(List.of("limit", "status", "offset", "q", "%00", "a[]"), random);
        String value = encoded(any(STRANGE_TEXTS, random));
        String more = random.nextInt(4) == 0 ? "&" + name + "=" + value : "";
        return request.withQuery("?" + name + "=" + value + more);
    }

    private static String encoded(String text) {
        return text.contains("%") ? text : URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String brokenJson(String json, Random random) {
        int at = random.nextInt(json.length());
        return switch (random.nextInt(5)) {
            case 0 -> json.substring(0, at);
            case 1 ->
                json.substring(0, at) + NO_LETTERS.charAt(random.nextInt(NO_LETTERS.length())) + json.substring(at + 1);
            case 2 ->
                random.ints(json.length(), 0, 0x3000)
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining());
            case 3 -> json + json;
            default -> "[".repeat(1_000 + random.nextInt(2_000));
        };
    }

    // ---- a client that sends anything

    private static Answer send(String url, Request request) {
        URI where = URI.create(url);
        try (Socket socket = new Socket(where.getHost(), where.getPort())) {
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            byte[] body = bytes(request.body(), request.toString().hashCode() % 3 == 0);
            String head = request.method() + " " + request.path() + request.query() + " HTTP/1.1\r\nHost: "
                    + where.getAuthority() + "\r\nConnection: close\r\n"
                    + request.headers().stream().map(line -> line + "\r\n").collect(Collectors.joining())
                    + (request.method().equals("GET") ? "" : "Content-Length: " + body.length + "\r\n")
                    + "\r\n";
            bytes.writeBytes(head.getBytes(StandardCharsets.UTF_8));
            bytes.writeBytes(body);
            socket.getOutputStream().write(bytes.toByteArray());
            socket.getOutputStream().flush();
            return parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw new UncheckedIOException("No answer to " + request, failed);
        }
    }

    /** As UTF-8, or in a way that is not UTF-8 once a character is not ASCII. */
    private static byte[] bytes(String body, boolean wrong) {
        return body.getBytes(wrong ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    private static Answer parse(String text) {
        int end = text.indexOf("\r\n\r\n");
        assertThat(end).as("an HTTP answer: %s", text).isPositive();
        String head = text.substring(0, end);
        String body = text.substring(end + 4);
        if (head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
            body = unchunked(body);
        }
        return new Answer(Integer.parseInt(head.split(" ", 3)[1]), head, body);
    }

    private static String unchunked(String chunked) {
        byte[] bytes = chunked.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int at = 0;
        while (at < bytes.length) {
            int lineEnd = at;
            while (bytes[lineEnd] != '\r') {
                lineEnd++;
            }
            int size = Integer.parseInt(new String(bytes, at, lineEnd - at, StandardCharsets.US_ASCII).trim(), 16);
            if (size == 0) {
                break;
            }
            body.write(bytes, lineEnd + 2, size);
            at = lineEnd + 2 + size + 2;
        }
        return body.toString(StandardCharsets.UTF_8);
    }
}
