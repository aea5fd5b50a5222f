package io.rowlock.app.load;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.credits.audit.CreditAudit;
import io.rowlock.app.load.Call.Repeat;
import io.rowlock.app.load.CreditPromises.Told;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The course credits under load: students take, start and finish the courses of two majors. Many clients finish the same
 * course of the same student at once, and several courses of a student are finished at once.
 */
final class CreditLoad implements LoadedSystem {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MAJORS = 2;
    private static final int LESSONS = 12;

    /** Accesses that several clients finish at once. */
    private static final int HOT = 4;

    /** In percent: how many of those who finish a course go for one of these. */
    private static final int HOT_PERCENT = 50;

    /** Finished accesses that are remembered to be finished again. */
    private static final int REMEMBERED = 64;

    /** An access as it was last seen. */
    private record Seen(String id, String student, String course) {}

    private final String application = UUID.randomUUID().toString();
    private final String run = UUID.randomUUID().toString();
    private final List<String> courses = new ArrayList<>();
    private final CreditPromises promises = new CreditPromises(application);
    private final AtomicLong keys = new AtomicLong();
    private final AtomicLong opened = new AtomicLong();
    private final Queue<Seen> toStart = new ConcurrentLinkedQueue<>();
    private final Queue<Seen> toFinish = new ConcurrentLinkedQueue<>();
    private final AtomicReferenceArray<@Nullable Seen> hot = new AtomicReferenceArray<>(HOT);
    private final AtomicReferenceArray<@Nullable Seen> finished = new AtomicReferenceArray<>(REMEMBERED);

    @Override
    public String title() {
        return "Credits";
    }

    @Override
    public String api() {
        return "/api";
    }

    @Override
    public List<String> serverOptions() {
        return List.of("rowlock.credits.rate-limit.max=0");
    }

    // ---- what is there before the clients start

    @Override
    public void prepare(Caller caller) throws CannotLoad, InterruptedException {
        caller.requireRoutes(CreditStep.values(), "No credits answer there");
        for (int major = 1; major <= MAJORS; major++) {
            String[] id = new String[1];
            caller.require(write(
                    CreditStep.CREATE_MAJOR,
                    object().put("applicationId", application).put("name", "Load " + run),
                    made -> id[0] = made.path("id").asString()));
            for (int lesson = 1; lesson <= LESSONS; lesson++) {
                caller.require(write(
                        CreditStep.CREATE_COURSE,
                        object().put("majorId", id[0]).put("lesson", lesson).put("name", "Lesson " + lesson),
                        made -> courses.add(made.path("id").asString())));
            }
        }
    }

    private Call write(CreditStep step, ObjectNode body, Consumer<JsonNode> done) {
        return post(step, step.path(), body, key(), Repeat.NO, 0, answer -> done.accept(answer.json()));
    }

    // ---- what is asked for

    @Override
    public Call next(SplittableRandom random) {
        CreditStep step = CreditStep.next(random);
        return switch (step) {
            case OPEN -> open(random);
            case START -> start(random);
            case FINISH -> finish(random);
            case FINISH_AGAIN -> finishAgain(random);
            case NOT_FINISHED -> notFinished(random);
            case EXPIRE -> expire(random);
            case READ_ACCESS -> readAccess(random);
            case READ_CREDITS -> read(step, "/credits/students/" + student(random) + "/credits?limit=20");
            case CREATE_MAJOR, CREATE_COURSE ->
                throw new IllegalStateException("Never drawn by chance: its weight is 0");
        };
    }

    /** One student after the other, all courses of each: so that several courses of one are under way at a time. */
    private Call open(SplittableRandom random) {
        long number = opened.getAndIncrement();
        String student = student(number / courses.size());
        String course = courses.get((int) (number % courses.size()));
        String key = key();
        return post(
                CreditStep.OPEN, CreditStep.OPEN.path(), who(student, course), key, Mix.repeat(random), 1, answer -> {
                    if (answer.isSuccess()) {
                        toStart.add(told(key, answer));
                    }
                });
    }

    private Call start(SplittableRandom random) {
        Seen access = toStart.poll();
        if (access == null) {
            return open(random);
        }
        String key = key();
        return post(
                CreditStep.START,
                CreditStep.START.path(),
                who(access.student(), access.course()),
                key,
                Mix.repeat(random),
                0,
                answer -> {
                    if (answer.isSuccess()) {
                        toFinish.add(told(key, answer));
                    }
                });
    }

    private Call finish(SplittableRandom random) {
        if (random.nextInt(100) < HOT_PERCENT) {
            int slot = random.nextInt(HOT);
            Seen access = hot.get(slot);
            if (access == null) {
                access = toFinish.poll();
                if (access != null && !hot.compareAndSet(slot, null, access)) {
                    toFinish.add(access);
                    access = hot.get(slot);
                }
            }
            if (access != null) {
                Seen finishing = access;
                return finish(CreditStep.FINISH, finishing, random, () -> hot.compareAndSet(slot, finishing, null));
            }
        }
        Seen access = toFinish.poll();
        return access == null ? start(random) : finish(CreditStep.FINISH, access, random, () -> {});
    }

    private Call finishAgain(SplittableRandom random) {
        Seen access = finished.get(random.nextInt(REMEMBERED));
        return access == null ? finish(random) : finish(CreditStep.FINISH_AGAIN, access, random, () -> {});
    }

    private Call finish(CreditStep step, Seen access, SplittableRandom random, Runnable over) {
        String key = key();
        ObjectNode body =
                who(access.student(), access.course()).put("isFinished", true).put("isFinalTest", random.nextBoolean());
        int place = random.nextInt(REMEMBERED);
        return post(step, step.path(), body, key, Mix.repeat(random), 1, answer -> {
            if (answer.isSuccess()) {
                finished.set(place, told(key, answer));
            }
            if (answer.isSuccess() || answer.isRefusal()) {
                over.run();
            }
        });
    }

    private Call notFinished(SplittableRandom random) {
        Seen access = toFinish.peek();
        return access == null
                ? start(random)
                : post(
                        CreditStep.NOT_FINISHED,
                        CreditStep.NOT_FINISHED.path(),
                        who(access.student(), access.course()).put("isFinished", false),
                        key(),
                        Mix.repeat(random),
                        0,
                        answer -> {});
    }

    private Call expire(SplittableRandom random) {
        Seen access = random.nextBoolean() ? toStart.poll() : hot.get(random.nextInt(HOT));
        if (access == null) {
            return open(random);
        }
        String key = key();
        return post(
                CreditStep.EXPIRE,
                "/credits/accesses/" + access.id() + "/expire",
                null,
                key,
                Mix.repeat(random),
                0,
                answer -> {
                    if (answer.isSuccess()) {
                        Seen unused = told(key, answer);
                    }
                });
    }

    private Call readAccess(SplittableRandom random) {
        Seen access = finished.get(random.nextInt(REMEMBERED));
        return access == null
                ? read(CreditStep.READ_CREDITS, "/credits/students/" + student(random) + "/credits")
                : read(CreditStep.READ_ACCESS, "/credits/accesses/" + access.id());
    }

    // ----

    private Seen told(String key, Answer answer) {
        JsonNode access = answer.json();
        Seen seen = new Seen(
                access.path("id").asString(),
                access.path("studentId").asString(),
                access.path("courseId").asString());
        promises.add(new Told(
                key,
                seen.id(),
                seen.student(),
                seen.course(),
                access.path("status").asString()));
        return seen;
    }

    private static ObjectNode who(String student, String course) {
        return object().put("studentId", student).put("courseId", course);
    }

    private static Call read(CreditStep step, String path) {
        return new Call(step, path, null, null, null, Repeat.NO, 0, answer -> {});
    }

    private static Call post(
            CreditStep step,
            String path,
            @Nullable ObjectNode body,
            String key,
            Repeat repeat,
            int most,
            Consumer<Answer> answered) {
        return new Call(step, path, body == null ? null : body.toString(), key, null, repeat, most, answered);
    }

    private String student(SplittableRandom random) {
        return student(random.nextLong(1 + opened.get() / courses.size()));
    }

    private String student(long number) {
        return new UUID(UUID.fromString(run).getMostSignificantBits(), number).toString();
    }

    private String key() {
        return "load-" + run + "-" + keys.incrementAndGet();
    }

    private static ObjectNode object() {
        return JSON.createObjectNode();
    }

    // ---- what came of it

    @Override
    public CreditPromises promises() {
        return promises;
    }

    @Override
    public List<Finding> books(Connection connection) throws SQLException {
        return CreditAudit.run(connection);
    }
}
