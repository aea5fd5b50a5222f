package io.rowlock.app.load;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.load.Call.Repeat;
import io.rowlock.app.load.SyncPromises.Ended;
import io.rowlock.app.sync.audit.SyncAudit;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The sync under load: many clients begin, cancel and read sessions over the same instances, some of which are slow and some cannot
 * be reached. Sessions meet at the instances, and whoever comes second skips them.
 */
final class SyncLoad implements LoadedSystem {
    private static final JsonMapper JSON = new JsonMapper();

    /** Sessions that are remembered to be read. */
    private static final int REMEMBERED = 64;

    /** In percent: sessions whose key is sent again after the answer. */
    private static final int AGAIN_PERCENT = 5;

    /** Longer than it takes until a session that a killed server has left is recovered. */
    private static final Duration SETTLE = Duration.ofMinutes(2);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final Set<String> ENDS = Set.of("completed", "failed", "cancelled");

    private final SyncTargets targets;
    private final String run = UUID.randomUUID().toString();
    private final SyncPromises promises = new SyncPromises();
    private final AtomicLong keys = new AtomicLong();
    private final List<String> instances = new ArrayList<>();
    private final Queue<String> running = new ConcurrentLinkedQueue<>();
    private final AtomicReferenceArray<@Nullable String> seen = new AtomicReferenceArray<>(REMEMBERED);

    SyncLoad() throws CannotLoad {
        targets = SyncTargets.open();
    }

    @Override
    public String title() {
        return "Sync";
    }

    @Override
    public String api() {
        return "";
    }

    /** Locks of killed servers expire within seconds, and what cannot be reached is given up soon. */
    @Override
    public List<String> serverOptions() {
        return List.of(
                "rowlock.sync.sqlite-folders=" + targets.folder(),
                "rowlock.sync.schedule-every=0s",
                "rowlock.sync.lock-timeout=5s",
                "rowlock.sync.answer-wait=25s",
                "rowlock.sync.recover-every=1s",
                "rowlock.sync.take-over-after=6s",
                "rowlock.sync.recover-after=60s",
                "rowlock.sync.limits.connect=1s",
                "rowlock.sync.limits.statement=3s",
                "rowlock.sync.limits.whole=10s",
                "rowlock.sync.sessions-at-once=200");
    }

    // ---- what is there before the clients start

    @Override
    public void prepare(Caller caller) throws CannotLoad, InterruptedException {
        caller.requireRoutes(SyncStep.values(), "No sync answers there");
        for (Map.Entry<String, String> target : targets.urls().entrySet()) {
            ObjectNode body = JSON.createObjectNode()
                    .put("name", "load-" + target.getKey() + "-" + run.substring(0, 8))
                    .put("url", target.getValue());
            caller.require(new Call(
                    SyncStep.REGISTER,
                    SyncStep.REGISTER.path(),
                    body.toString(),
                    key(),
                    null,
                    Repeat.NO,
                    0,
                    answer -> instances.add(answer.json().path("id").asString())));
        }
    }

    // ---- what is asked for

    @Override
    public Call next(SplittableRandom random) {
        SyncStep step = SyncStep.next(random);
        return switch (step) {
            case SYNC_ALL -> syncAll(random);
            case CANCEL -> cancel(random);
            case LIST_RUNNING -> listRunning();
            case READ_SESSION -> readSession(random);
            case READ_DETAILS -> readOne(step, "/account-sync-optimized/sync-details-batch?session_id=", "", random);
            case READ_ERRORS -> readOne(step, "/sync_sessions/api/sessions/", "/error-logs", random);
            case READ_STATISTICS -> read(step, "/sync_sessions/api/statistics", answer -> {});
            case READ_ACCOUNTS ->
                read(
                        step,
                        "/api/sync/instances/" + instances.get(random.nextInt(instances.size())) + "/accounts",
                        answer -> {});
            case CLEAN_UP -> new Call(step, step.path(), "{\"days\":1}", key(), null, Repeat.NO, 0, answer -> {});
            case REGISTER -> throw new IllegalStateException("Never drawn by chance: its weight is 0");
        };
    }

    private Call syncAll(SplittableRandom random) {
        int place = random.nextInt(REMEMBERED);
        Repeat repeat = random.nextInt(100) < AGAIN_PERCENT ? Repeat.AFTERWARDS : Repeat.NO;
        return new Call(SyncStep.SYNC_ALL, SyncStep.SYNC_ALL.path(), null, key(), null, repeat, 1, answer -> {
            if (answer.isSuccess()) {
                String session = answer.json().path("session_id").asString();
                promises.begun(session);
                seen.set(place, session);
            }
        });
    }

    private Call cancel(SplittableRandom random) {
        String session = running.poll();
        if (session == null) {
            return listRunning();
        }
        String key = key();
        Repeat repeat = random.nextInt(100) < AGAIN_PERCENT ? Repeat.AFTERWARDS : Repeat.NO;
        return new Call(
                SyncStep.CANCEL,
                "/sync_sessions/api/sessions/" + session + "/cancel",
                null,
                key,
                null,
                repeat,
                0,
                answer -> {
                    if (answer.isSuccess()) {
                        promises.cancelled(session, key);
                        told(answer.json());
                    }
                });
    }

    private Call listRunning() {
        return read(SyncStep.LIST_RUNNING, "/sync_sessions/api/sessions?status=running&limit=10", answer -> {
            if (answer.isSuccess() && running.size() < REMEMBERED) {
                answer.json()
                        .forEach(session ->
                                running.add(session.path("session_id").asString()));
            }
        });
    }

    private Call readSession(SplittableRandom random) {
        String session = seen.get(random.nextInt(REMEMBERED));
        return session == null
                ? listRunning()
                : read(SyncStep.READ_SESSION, "/sync_sessions/api/sessions/" + session, answer -> {
                    if (answer.isSuccess()) {
                        told(answer.json().path("session"));
                    }
                });
    }

    private Call readOne(SyncStep step, String before, String after, SplittableRandom random) {
        String session = seen.get(random.nextInt(REMEMBERED));
        return session == null ? listRunning() : read(step, before + session + after, answer -> {});
    }

    private static Call read(SyncStep step, String path, Consumer<Answer> answered) {
        return new Call(step, path, null, null, null, Repeat.NO, 0, answered);
    }

    /** What an answer says of a session is a promise if that has ended. */
    private void told(JsonNode session) {
        String status = session.path("status").asString();
        if (ENDS.contains(status)) {
            promises.ended(new Ended(
                    session.path("session_id").asString(),
                    status,
                    session.path("total_instances").asInt(),
                    session.path("successful_instances").asInt(),
                    session.path("failed_instances").asInt()));
        }
    }

    private String key() {
        return "load-" + run + "-" + keys.incrementAndGet();
    }

    // ---- what came of it

    /** Sessions that a killed server has left are recovered by the others. */
    @Override
    public void settle(Caller caller) throws InterruptedException {
        long end = System.nanoTime() + SETTLE.toNanos();
        boolean[] over = new boolean[1];
        while (!over[0] && System.nanoTime() < end) {
            Call look = read(SyncStep.LIST_RUNNING, "/sync_sessions/api/sessions?status=running&limit=1", answer -> {});
            Answer answer = caller.send(look, 0).answer();
            over[0] = answer != null && answer.isSuccess() && answer.json().isEmpty();
            if (!over[0]) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    @Override
    public SyncPromises promises() {
        return promises;
    }

    @Override
    public Map<String, String> figures() {
        return Map.of("reachable", promises.success());
    }

    @Override
    public List<Finding> books(Connection connection) throws SQLException {
        return SyncAudit.run(connection);
    }

    @Override
    public void close() {
        targets.close();
    }
}
