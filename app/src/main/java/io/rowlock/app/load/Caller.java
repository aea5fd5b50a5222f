package io.rowlock.app.load;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends requests until they are answered. A request that got no answer is sent again, to the next server in turn and with
 * the same key, for at most {@link #PATIENCE}: then nobody knows what became of it. So is one that a second sending could
 * do twice.
 *
 * <p>Safe for use by many threads.
 */
final class Caller implements AutoCloseable {
    /** Longer than a killed server takes to come back on a busy machine. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Above every deadline of the service: what takes longer will never be answered. */
    private static final Duration ANSWER_WAIT = Duration.ofSeconds(30);

    private static final Duration CONNECT_WAIT = Duration.ofSeconds(5);
    /** Between two sendings: twice as long each time, so that a server that starts is not kept busy by refused connections. */
    private static final Duration BETWEEN_MIN = Duration.ofMillis(20);

    private static final Duration BETWEEN_MAX = Duration.ofMillis(500);
    private static final int HTTP_THREADS = 4;

    private final List<String> urls;
    private final String api;
    private final LongSupplier nanoTime;
    private final ExecutorService executor = Executors.newFixedThreadPool(HTTP_THREADS, work -> {
        Thread thread = new Thread(work, "load-http");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_WAIT)
            .executor(executor)
            .build();

    /**
     * What became of a request.
     *
     * @param answer the last answer, or null if there was none
     * @param attempts how often it was sent for it
     * @param answeredNanos when it was answered, or given up
     * @param again the answer to the same key sent once more; null if it was not, or got none
     */
    record Reply(
            @Nullable Answer answer,
            int attempts,
            long answeredNanos,
            @Nullable Answer again) {}

    /**
     * @param urls where the servers are, without a slash at the end
     * @param api what the paths of all requests begin with
     */
    Caller(List<String> urls, String api, LongSupplier nanoTime) {
        this.urls = List.copyOf(urls);
        this.api = api;
        this.nanoTime = nanoTime;
    }

    /**
     * Sends a request and, if it says so, sends it twice.
     *
     * @param home the server that is asked first
     */
    Reply send(Call call, int home) throws InterruptedException {
        CompletableFuture<@Nullable Answer> beside = call.repeat() == Call.Repeat.AT_ONCE
                ? client.sendAsync(request(call, home + 1), BodyHandlers.ofString())
                        .handle((response, failed) -> response == null ? null : answer(response))
                : CompletableFuture.completedFuture(null);
        int attempts = 0;
        long pauseNanos = BETWEEN_MIN.toNanos();
        long end = nanoTime.getAsLong() + PATIENCE.toNanos();
        Answer answer;
        boolean again;
        do {
            if (attempts > 0) {
                LockSupport.parkNanos(pauseNanos);
                pauseNanos = Math.min(pauseNanos * 2, BETWEEN_MAX.toNanos());
            }
            Sending sending = once(call, home + attempts);
            answer = sending.answer();
            again = !sending.arrived() || call.isRepeatable();
            attempts++;
        } while ((answer == null || answer.isWorthAnother()) && again && nanoTime.getAsLong() < end);
        long answered = nanoTime.getAsLong();
        Answer second = beside.join();
        if (answer == null) {
            // The other of two that were sent at once tells it as well.
            return new Reply(second, attempts, answered, null);
        }
        if (call.repeat() == Call.Repeat.AFTERWARDS) {
            second = once(call, home + attempts).answer();
        }
        return new Reply(answer, attempts, answered, second);
    }

    /** What became of one sending; it did not arrive if there was nobody to connect to. */
    private record Sending(@Nullable Answer answer, boolean arrived) {}

    private Sending once(Call call, int server) throws InterruptedException {
        try {
            return new Sending(answer(client.send(request(call, server), BodyHandlers.ofString())), true);
        } catch (ConnectException | HttpConnectTimeoutException nobodyThere) {
            return new Sending(null, false);
        } catch (IOException noAnswer) {
            return new Sending(null, true);
        }
    }

    private static Answer answer(HttpResponse<String> response) {
        return new Answer(
                response.statusCode(),
                response.body(),
                response.headers().firstValue("ETag").orElse(null),
                response.headers()
                        .firstValue("Idempotent-Replayed")
                        .filter("true"::equals)
                        .isPresent());
    }

    private HttpRequest request(Call call, int server) {
        String body = call.body();
        BodyPublisher publisher = body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url(server) + api + call.path()))
                .timeout(ANSWER_WAIT)
                .method(call.method(), publisher);
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        String key = call.key();
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        String ifMatch = call.ifMatch();
        if (ifMatch != null) {
            request.header("If-Match", ifMatch);
        }
        return request.build();
    }

    private String url(int server) {
        return urls.get(Math.floorMod(server, urls.size()));
    }

    /**
     * What the service says it has: method and path below the API, variables as <code>{}</code>.
     *
     * @throws IOException if it does not say
     */
    Set<String> routes() throws IOException, InterruptedException {
        HttpResponse<String> reference = client.send(
                HttpRequest.newBuilder(URI.create(url(0) + "/v3/api-docs"))
                        .timeout(ANSWER_WAIT)
                        .build(),
                BodyHandlers.ofString());
        Set<String> routes = new HashSet<>();
        try {
            JsonNode paths = new JsonMapper().readTree(reference.body()).path("paths");
            paths.propertyStream()
                    .filter(path -> path.getKey().startsWith(api))
                    .forEach(path -> path.getValue()
                            .propertyNames()
                            .forEach(method -> routes.add(method.toUpperCase(java.util.Locale.ROOT) + " "
                                    + path.getKey().substring(api.length()).replaceAll("\\{[^}]*}", "{}"))));
        } catch (JacksonException noJson) {
            throw new IOException("No API reference there", noJson);
        }
        return routes;
    }

    /**
     * What all servers together have counted.
     *
     * @param name as it stands in their metrics
     * @param label that has to stand there too, such as {@code source="shared"}; empty for whichever
     * @return the sum; of those that do not answer nothing
     */
    double metric(String name, String label) throws InterruptedException {
        double sum = 0;
        for (int server = 0; server < urls.size(); server++) {
            try {
                HttpResponse<String> metrics = client.send(
                        HttpRequest.newBuilder(URI.create(url(server) + "/actuator/prometheus"))
                                .timeout(ANSWER_WAIT)
                                .build(),
                        BodyHandlers.ofString());
                sum += metrics.body()
                        .lines()
                        .filter(line -> line.matches(Pattern.quote(name) + "[{ ].*") && line.contains(label))
                        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                        .sum();
            } catch (IOException noAnswer) {
                // It counts nothing.
            }
        }
        return sum;
    }

    /**
     * Makes sure that the service says it has all of these.
     *
     * @param absent what is told if it does not: {@code No credits answer there}
     */
    void requireRoutes(Kind[] kinds, String absent) throws CannotLoad, InterruptedException {
        Set<String> routes;
        try {
            routes = routes();
        } catch (IOException failed) {
            throw new CannotLoad(absent + ": " + failed.getMessage(), failed);
        }
        for (Kind kind : kinds) {
            if (!routes.contains(kind.route())) {
                throw new CannotLoad(absent + ": the API reference does not name " + kind.route());
            }
        }
    }

    /**
     * Whether a route knows keys.
     *
     * @param probe a request that changes nothing, to be sent twice with one key
     */
    boolean knowsKeys(Call probe) throws InterruptedException {
        Answer again = send(probe, 0).again();
        return again != null && again.replayed();
    }

    /**
     * Sends what every run begins with, and passes the answer on.
     *
     * @throws CannotLoad if it is not done
     */
    void require(Call call) throws CannotLoad, InterruptedException {
        Answer answer = send(call, 0).answer();
        if (answer == null) {
            throw new CannotLoad(
                    "The service did not answer (request=" + call.step().route() + ")");
        }
        if (!answer.isSuccess()) {
            throw new CannotLoad("The service refused what every run begins with (request="
                    + call.step().route() + ", status=" + answer.status() + ", code=" + answer.code() + ")");
        }
        call.answered().accept(answer);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
