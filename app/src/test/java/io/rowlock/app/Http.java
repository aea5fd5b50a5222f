package io.rowlock.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of the service, for tests. Safe for use by many threads. */
public final class Http {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String url;

    /** @param url where the service is, without a slash at the end */
    public Http(String url) {
        this.url = url;
    }

    /**
     * What the service answered.
     *
     * @param status the HTTP status
     * @param text the body as it came
     */
    public record Answer(int status, String text, HttpResponse<String> response) {
        /** The body as JSON. */
        public JsonNode json() {
            try {
                return JSON.readTree(text);
            } catch (JacksonException no) {
                throw new AssertionError("Not JSON (status=" + status + ", body=" + text + ")", no);
            }
        }

        /** A header, if there is one. */
        public Optional<String> header(String name) {
            return response.headers().firstValue(name);
        }

        /** A field of the body as text, by its path, such as {@code /participation/id}. */
        public String at(String pointer) {
            return json().at(pointer).asString();
        }

        /** The code of an error. */
        public String code() {
            return at("/code");
        }

        @Override
        public String toString() {
            return status + " " + text;
        }
    }

    /** Asks for a path. */
    public Answer get(String path) {
        return send(request(path).GET());
    }

    /** Posts JSON, with header names and values by turns. */
    public Answer post(String path, String json, String... headers) {
        return send(with(request(path).header("Content-Type", "application/json"), headers)
                .POST(BodyPublishers.ofString(json)));
    }

    /** Puts JSON, with header names and values by turns. */
    public Answer put(String path, String json, String... headers) {
        return send(with(request(path).header("Content-Type", "application/json"), headers)
                .PUT(BodyPublishers.ofString(json)));
    }

    /** Begins a request that none of the others makes. */
    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(PATIENCE);
    }

    private static HttpRequest.Builder with(HttpRequest.Builder request, String... headers) {
        return headers.length == 0 ? request : request.headers(headers);
    }

    /** Sends a request. */
    public Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body(), response);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", interrupted);
        }
    }
}
