package io.rowlock.app.http;

import io.rowlock.Key;
import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.Work;
import io.rowlock.once.Codec;
import io.rowlock.once.Fingerprint;
import io.rowlock.once.Once;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests that a client may send again because it does not know what became of them. Every operation that is posted runs
 * through here:
 *
 * <pre>{@code
 * ResponseEntity<Receipt> participate(@Valid @RequestBody NewParticipation body) {
 *     return idempotent.post(body, () -> bought(purchases.participate(body.userId(), body.roundId(), body.quantity())));
 * }
 * }</pre>
 *
 * <p><b>Promise.</b> With the header {@code Idempotency-Key} the operation has effects once. Its whole answer (status, entity
 * tag, location, body) is stored in the transaction of its effects, and whoever comes again with the key gets that answer with
 * {@code Idempotent-Replayed: true}, for a day; who comes meanwhile waits for it. That a rule refuses it, that something does
 * not exist, and that it meets another version are answers too. Malformed requests, limits on how often somebody may come,
 * and failures of this side are not: the same key may be tried again. A key that comes with another request (path,
 * {@code If-Match}, or body by its content) is refused. Without the header the operation just runs.
 *
 * <p><b>Holds when</b> all that the operation does to the database it does in units of the one {@link Rowlock}: they join the
 * one begun here, and commit with the answer. The operation may run several times, as bodies of units do. <b>Breaks when</b>
 * it acts on the outside world, or wants several commits.
 *
 * <p><b>Requests that commit in parts</b> ask {@link #run} first, and are no operation of {@link #post}: many items, each
 * committed for itself. Their key is taken for them, with what they ask for, in a commit of its own, and gives them the name of
 * a run, which is the same whenever the request comes again. Under that name each part is done and answered once:
 *
 * <pre>{@code
 * List<ItemResult<Told>> change(List<Item> items, Optional<String> run) {
 *     return rowlock.batch(
 *                     run.map(name -> BATCH.resumable(name, Item::index, CODEC, Idempotent.KEPT)).orElse(BATCH), items)
 *             .results();
 * }
 * }</pre>
 *
 * <p>So after a break the parts that are done answer as they did, and the rest is done; and while two of the same request run
 * at once, each part is done by one of them. What is stored of a part has no language: a code and facts, the sentence is made
 * on the way out.
 *
 * <p>Safe for use by many threads.
 */
@Component
public final class Idempotent {
    /** The header that a client names its request with. */
    public static final String KEY = "Idempotency-Key";

    /** The header of an answer that was given before. */
    public static final String REPLAYED = "Idempotent-Replayed";

    /**
     * How long answers are kept, by the database's clock. Parts of a run that are kept for as long outlive the run's name, which
     * was stored before them: no later request finds parts of an earlier one.
     */
    public static final Duration KEPT = Duration.ofDays(1);

    private static final Unit POST = Unit.named("idempotent-post");
    private static final Unit RUN = Unit.named("idempotent-run");
    private static final int KEY_LENGTH_MAX = 200;
    private static final Pattern VISIBLE_ASCII = Pattern.compile("[!-~]{1," + KEY_LENGTH_MAX + "}");

    /** Stored answers outlive this version of the program: what it does not know it passes over. */
    private static final JsonMapper STORED = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private static final Codec<Answer> ANSWER = stored(Answer.class);
    private static final Codec<UUID> RUN_NAME = Codec.text().as(UUID::toString, UUID::fromString);

    private final Rowlock rowlock;
    private final JsonMapper json;
    private final JsonMapper canonical;
    private final HttpServletRequest request;

    /** @param request stands for the one that the calling thread answers */
    Idempotent(Rowlock rowlock, JsonMapper json, HttpServletRequest request) {
        this.rowlock = rowlock;
        this.json = json;
        this.canonical = json.rebuild()
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .build();
        this.request = request;
    }

    /**
     * Runs what was posted, or repeats the answer it had.
     *
     * @param body what the request's body said, or null if it has none
     * @param operation does it; refuses by an {@link ApiException}
     * @throws ApiException if the operation threw it and came without a key, or the key was used for something else
     * @throws Malformed if the key is none
     */
    public <T> ResponseEntity<T> post(@Nullable Object body, Supplier<ResponseEntity<T>> operation) {
        String key = key();
        if (key == null) {
            return operation.get();
        }
        return this.<Answer>once(POST, key, body, ANSWER, tx -> answer(operation))
                .fold(first -> entity(first.answer(), false), repeat -> entity(repeat.answer(), true), mismatch -> {
                    throw reused(key, mismatch);
                });
    }

    /**
     * The name of the run that a request which commits in parts is: the same whenever it comes again with its key, and of no
     * other request. Empty if it came without a key.
     *
     * @param body what the request's body said, or null if it has none
     * @throws ApiException if the key was used for something else
     * @throws Malformed if the key is none
     */
    public Optional<String> run(@Nullable Object body) {
        String key = key();
        if (key == null) {
            return Optional.empty();
        }
        UUID run = once(RUN, key, body, RUN_NAME, tx -> tx.newId("run")).orElseThrow(mismatch -> reused(key, mismatch));
        return Optional.of(run.toString());
    }

    /**
     * What the client has named its request, for operations that are done once under ids of their own, and store their answers under
     * those. Empty if it came without a key.
     *
     * @throws Malformed if the key is none
     */
    public Optional<String> name() {
        return Optional.ofNullable(key());
    }

    /** How something is stored that is to be answered again: as JSON; what this version does not know of it is passed over. */
    public static <R> Codec<R> stored(Class<R> type) {
        return Codec.text().as(STORED::writeValueAsString, text -> STORED.readValue(text, type));
    }

    private <R> Once<R> once(
            Unit unit, String key, @Nullable Object body, Codec<R> codec, Work<R, RuntimeException> work) {
        return rowlock.once(unit, Key.of("http", compact(key)), fingerprint(body), codec, KEPT, work);
    }

    private static ApiException reused(String key, Once.Mismatch<?> mismatch) {
        return ApiException.refused(new IdempotencyKeyReused(key, mismatch.answeredAt()));
    }

    /** The key was used for another request. */
    record IdempotencyKeyReused(String idempotencyKey, Instant answeredAt) {}

    private @Nullable String key() {
        List<String> keys = Collections.list(request.getHeaders(KEY));
        if (keys.isEmpty()) {
            return null;
        }
        if (keys.size() > 1 || !VISIBLE_ASCII.matcher(keys.get(0)).matches()) {
            throw new Malformed(KEY + " once, with 1 to " + KEY_LENGTH_MAX + " visible ASCII characters");
        }
        return keys.get(0);
    }

    /** A part of a key grows where it has a colon or a backslash; these come back as characters that no key here has. */
    private static String compact(String key) {
        return key.replace(':', '\u0001').replace('\\', '\u0002');
    }

    /** Of what was understood, so that the same content in another order or with other spaces is the same request. */
    private Fingerprint fingerprint(@Nullable Object body) {
        return Fingerprint.of(
                request.getMethod(),
                request.getRequestURI(),
                request.getHeader(HttpHeaders.IF_MATCH),
                canonical.writeValueAsString(body));
    }

    private Answer answer(Supplier<? extends ResponseEntity<?>> operation) {
        try {
            ResponseEntity<?> done = operation.get();
            return new Answer(
                    done.getStatusCode().value(),
                    done.getHeaders().getETag(),
                    done.getHeaders().getFirst(HttpHeaders.LOCATION),
                    json.valueToTree(done.getBody()),
                    null);
        } catch (ApiException refused) {
            if (refused.status() == HttpStatus.TOO_MANY_REQUESTS) {
                throw refused;
            }
            return new Answer(
                    refused.status().value(),
                    refused.headers().getETag(),
                    null,
                    json.valueToTree(refused.error()),
                    refused.error().key());
        }
    }

    /**
     * An answer as it is stored.
     *
     * @param message which of the {@link Messages} it has, or null if it is no error
     */
    record Answer(
            int status,
            @Nullable String etag,
            @Nullable String location,
            JsonNode body,
            @Nullable String message) {}

    /** The body goes as the JSON that was stored, whatever type the operation would have answered. */
    @SuppressWarnings("unchecked")
    private static <T> ResponseEntity<T> entity(Answer answer, boolean replayed) {
        ResponseEntity.BodyBuilder entity = ResponseEntity.status(answer.status());
        if (answer.etag() != null) {
            entity.eTag(answer.etag());
        }
        if (answer.location() != null) {
            entity.header(HttpHeaders.LOCATION, answer.location());
        }
        if (replayed) {
            entity.header(REPLAYED, "true");
        }
        if (answer.message() != null && answer.body() instanceof ObjectNode error) {
            Locale language = LocaleContextHolder.getLocale();
            entity.header(HttpHeaders.CONTENT_LANGUAGE, language.toLanguageTag());
            error.put("message", Messages.text(answer.message(), error.path("facts"), language));
        }
        return (ResponseEntity<T>) entity.body(answer.body());
    }
}
