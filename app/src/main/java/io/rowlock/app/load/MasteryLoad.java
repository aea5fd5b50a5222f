package io.rowlock.app.load;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.load.Call.Repeat;
import io.rowlock.app.load.MasteryPromises.Reached;
import io.rowlock.app.load.MasteryPromises.Told;
import io.rowlock.app.mastery.audit.MasteryAudit;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The mastery system under load: simulated learners answer, most of them one after another, some of them from many clients at once; a few
 * begin anew. The audit computes every model anew from the log.
 */
final class MasteryLoad implements LoadedSystem {
    private static final JsonMapper JSON = new JsonMapper();
    /** Users who are looked at again and again: those, and some for whom hardly anybody answers, so that a cache is of use. */
    private static final int LOOKED_AT = 10;

    /** The least. */
    static final int USERS_MIN = LOOKED_AT;

    /** Users whom many clients answer for at once. */
    private static final int HOT = 4;

    /** In percent: how many of the answers are theirs. */
    private static final int HOT_PERCENT = 20;

    private static final int WORDS = 200;

    /** For the first answer of a learner. */
    private static final int FIRST_ATTEMPTS = 20;

    /** In percent: answers that are nonsense, for which there is a fallback. */
    private static final int NONSENSE_PERCENT = 2;

    private static final String READS = "rowlock_cache_reads_total";
    private static final String VERIFIED = "rowlock_cache_coherent_after_seconds_count";

    private final String prefix = "load-" + UUID.randomUUID().toString().substring(0, 8) + "-";
    private final MasteryPromises promises = new MasteryPromises(prefix);
    private final AtomicLong keys = new AtomicLong();
    private final Map<String, String> figures = new LinkedHashMap<>();
    private final int users;
    private final boolean plain;

    /** @param users how many simulated learners there are */
    MasteryLoad(int users) {
        this(users, false);
    }

    private MasteryLoad(int users, boolean plain) {
        this.users = users;
        this.plain = plain;
    }

    /** One in which each request makes sense and is sent once, so that there is no reason for a fallback and as many arrive as are due. */
    static MasteryLoad plain(int users) {
        return new MasteryLoad(users, true);
    }

    @Override
    public String title() {
        return "Mastery";
    }

    @Override
    public String api() {
        return "/api/amas";
    }

    /** Decisions have time while servers are killed and others start; rewards are due when their day has come, which is not in a run. */
    @Override
    public List<String> serverOptions() {
        return List.of("rowlock.mastery.decision-timeout=5s");
    }

    @Override
    public void prepare(Caller caller) throws CannotLoad, InterruptedException {
        caller.requireRoutes(MasteryStep.values(), "No mastery system answers there");
        for (int user = 0; user < LOOKED_AT; user++) {
            lookedAt(caller, user);
        }
    }

    /** Whoever is looked at is there. The first decisions of a server on a busy machine may come too late. */
    private void lookedAt(Caller caller, int user) throws CannotLoad, InterruptedException {
        for (int attempt = 0; promises.reached(name(user)).equals(Reached.NOTHING); attempt++) {
            if (attempt == FIRST_ATTEMPTS) {
                throw new CannotLoad("The service records no answer (attempts=" + attempt + ")");
            }
            caller.require(process(new SplittableRandom(user), user, Repeat.NO, false));
        }
    }

    @Override
    public Call next(SplittableRandom random) {
        MasteryStep step = MasteryStep.next(random);
        return switch (step) {
            case PROCESS -> process(random, user(random), repeat(random), isNonsense(random));
            case RESET -> reset(random);
            case READ_STATE -> readState(name(random.nextInt(LOOKED_AT)));
            case READ_STRATEGY -> read(step, "/strategy?userId=" + name(user(random)));
            case READ_PHASE -> read(step, "/phase?userId=" + name(user(random)));
            case READ_REWARDS -> read(step, "/delayed-rewards?userId=" + name(user(random)) + "&limit=10");
        };
    }

    /** A learner has an ability of its own, and answers accordingly. */
    private Call process(SplittableRandom random, int user, Repeat repeat, boolean nonsense) {
        double ability = 0.4 + 0.5 * new SplittableRandom(user).nextDouble();
        boolean correct = random.nextDouble() < ability;
        String word = "w" + random.nextInt(WORDS);
        String key = key();
        ObjectNode body = JSON.createObjectNode()
                .put("userId", name(user))
                .put("wordId", word)
                .put("isCorrect", correct)
                .put("responseTime", nonsense ? 250_000 : Math.round(900 + 6000 * (1 - ability) + random.nextInt(2500)))
                .put("retryCount", correct ? 0 : random.nextInt(3))
                .put("pauseCount", random.nextInt(3));
        return new Call(
                MasteryStep.PROCESS,
                MasteryStep.PROCESS.path(),
                body.toString(),
                key,
                null,
                repeat,
                nonsense ? 0 : 1,
                answer -> {
                    JsonNode data = answer.json().path("data");
                    if (answer.isSuccess() && data.path("recorded").asBoolean()) {
                        promises.acknowledged(name(user), Reached.in(data.path("state")));
                        promises.add(new Told(
                                key,
                                data.path("eventId").asString(),
                                name(user),
                                word,
                                data.path("reward").asDouble()));
                    }
                });
    }

    private Call reset(SplittableRandom random) {
        return new Call(
                MasteryStep.RESET,
                MasteryStep.RESET.path(),
                JSON.createObjectNode().put("userId", name(user(random))).toString(),
                key(),
                null,
                repeat(random),
                0,
                answer -> {});
    }

    /** Whoever reads after an answer was acknowledged, on whichever server, is shown that one or a later one. */
    private Call readState(String user) {
        Reached before = promises.reached(user);
        return new Call(
                MasteryStep.READ_STATE,
                MasteryStep.READ_STATE.path() + "?userId=" + user,
                null,
                null,
                null,
                Repeat.NO,
                0,
                answer -> {
                    if (answer.isSuccess()) {
                        promises.shown(user, before, Reached.in(answer.json().path("data")));
                    }
                });
    }

    private static Call read(MasteryStep step, String path) {
        return new Call(step, path, null, null, null, Repeat.NO, 0, answer -> {});
    }

    private Repeat repeat(SplittableRandom random) {
        return plain ? Repeat.NO : Mix.repeat(random);
    }

    private boolean isNonsense(SplittableRandom random) {
        return !plain && random.nextInt(100) < NONSENSE_PERCENT;
    }

    private int user(SplittableRandom random) {
        return random.nextInt(100) < HOT_PERCENT ? random.nextInt(HOT) : random.nextInt(users);
    }

    /** What the names of its learners begin with, and of nobody else. */
    String prefix() {
        return prefix;
    }

    private String name(int user) {
        return prefix + user;
    }

    private String key() {
        return prefix + keys.incrementAndGet();
    }

    // ---- what came of it

    /** Asks the servers what their caches did, those that were killed since they were started last. */
    @Override
    public void settle(Caller caller) throws InterruptedException {
        figures.put(
                "cache",
                String.format(
                        Locale.ROOT,
                        "%,.0f reads from Redis, %,.0f from the database; %.0f of %,.0f sampled were too old",
                        caller.metric(READS, "source=\"shared\""),
                        caller.metric(READS, "source=\"database\""),
                        caller.metric(VERIFIED, "outcome=\"beyond\""),
                        caller.metric(VERIFIED, "")));
        figures.put(
                "shown",
                String.format(
                        Locale.ROOT,
                        "%,d learners, each held against what had been acknowledged before",
                        promises.shownCount()));
    }

    @Override
    public Map<String, String> figures() {
        return figures;
    }

    @Override
    public MasteryPromises promises() {
        return promises;
    }

    @Override
    public List<Finding> books(Connection connection) throws SQLException {
        return MasteryAudit.run(connection);
    }
}
