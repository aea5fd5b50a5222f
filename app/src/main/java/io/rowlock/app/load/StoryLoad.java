package io.rowlock.app.load;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.load.Call.Repeat;
import io.rowlock.app.load.StoryPromises.Told;
import io.rowlock.app.story.audit.StoryAudit;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The stories under load: many clients take the same few stories from draft to done, step by step, each from the version that it
 * has seen last, which others may have changed since. Stories that are over are deleted and made again under the same paths, so that
 * versions of old ones go about while new ones have the same numbers.
 */
final class StoryLoad implements LoadedSystem {
    private static final JsonMapper JSON = new JsonMapper();

    /** Stories that are worked on at a time. */
    private static final int STORIES = 32;

    /** Of these, so many are hot. */
    private static final int HOT = 4;

    /** In percent: how many requests go for one of the hot ones. */
    private static final int HOT_PERCENT = 50;

    /** The way of a story: who takes it from one status to the next. */
    private static final Map<String, String[]> NEXT = Map.of(
            "draft", new String[] {"sm", "ready_for_development"},
            "ready_for_development", new String[] {"dev", "in_progress"},
            "in_progress", new String[] {"dev", "ready_for_review"},
            "ready_for_review", new String[] {"qa", "ready_for_done"},
            "ready_for_done", new String[] {"qa", "done"});

    private static final Map<String, String[]> PROCESSING = Map.of(
            "ready_for_development", new String[] {"dev", "in_progress"},
            "in_progress", new String[] {"dev", "review"},
            "ready_for_done", new String[] {"qa", "completed"});

    /**
     * A story as it was last seen.
     *
     * @param tag its version; empty for one of which only the id is known
     * @param status empty for one that is not there
     */
    private record Seen(int slot, String id, String tag, String status) {
        boolean isThere() {
            return !status.isEmpty();
        }
    }

    private final String run = UUID.randomUUID().toString();
    private final StoryPromises promises = new StoryPromises("load/" + run + "/");
    private final AtomicLong keys = new AtomicLong();
    private final AtomicReferenceArray<@Nullable Seen> seen = new AtomicReferenceArray<>(STORIES);
    /** Versions that have passed. */
    private final AtomicReferenceArray<@Nullable Seen> passed = new AtomicReferenceArray<>(STORIES);

    private final Map<String, Integer> slots = new ConcurrentHashMap<>();

    @Override
    public String title() {
        return "Stories";
    }

    @Override
    public String api() {
        return "/api/story";
    }

    @Override
    public List<String> serverOptions() {
        return List.of();
    }

    // ---- what is there before the clients start

    @Override
    public void prepare(Caller caller) throws CannotLoad, InterruptedException {
        caller.requireRoutes(StoryStep.values(), "No stories answer there");
        ObjectNode body = object().put("epicPath", epic());
        ArrayNode paths = body.putArray("storyPaths");
        for (int slot = 0; slot < STORIES; slot++) {
            paths.add(path(slot));
        }
        caller.require(post(
                StoryStep.INITIALIZE, StoryStep.INITIALIZE.path(), body, key(), null, Repeat.NO, STORIES, done -> {}));
        for (int slot = 0; slot < STORIES; slot++) {
            int number = slot;
            caller.require(read(
                    StoryStep.LIST,
                    "/stories?path=" + path(slot),
                    answer -> learn(number, answer.json().path(0))));
        }
    }

    private String epic() {
        return "load/" + run + ".md";
    }

    private String path(int slot) {
        return "load/" + run + "/story-" + slot + ".md";
    }

    /** Takes note of a story as somebody has shown it. */
    private void learn(int slot, JsonNode story) {
        String id = story.path("id").asString("");
        if (!id.isEmpty()) {
            slots.put(id, slot);
            Seen now = new Seen(
                    slot,
                    id,
                    story.path("etag").asString(),
                    story.path("status").asString());
            Seen before = seen.getAndSet(slot, now);
            if (before != null && !before.tag().isEmpty() && !before.tag().equals(now.tag())) {
                passed.set(slot, before);
            }
        }
    }

    // ---- what is asked for

    @Override
    public Call next(SplittableRandom random) {
        StoryStep step = StoryStep.next(random);
        int slot = random.nextInt(100) < HOT_PERCENT ? random.nextInt(HOT) : random.nextInt(STORIES);
        Seen story = seen.get(slot);
        if (story == null || !story.isThere()) {
            return create(slot, random);
        }
        if (story.tag().isEmpty()) {
            return look(story);
        }
        return switch (step) {
            case MOVE -> move(story, random);
            case MERGE -> merge(story, random);
            case STALE -> stale(story, random);
            case PROCESSING -> process(story, random);
            case TOGETHER -> together(story, random);
            case GIVE_UP ->
                change(step, story, object().put("role", "sm").put("status", "failed"), story.tag(), random);
            case CREATE -> create(slot, random);
            case DELETE -> delete(story);
            case READ -> look(story);
            case READ_HISTORY -> read(step, "/stories/" + story.id() + "/history?limit=5", answer -> {});
            case LIST -> read(step, "/stories?folder=load/" + run + "&limit=20", answer -> {});
            case COUNT -> read(step, "/statistics?epic=" + epic(), answer -> {});
            case INITIALIZE -> throw new IllegalStateException("Never drawn by chance: its weight is 0");
        };
    }

    private Call create(int slot, SplittableRandom random) {
        String key = key();
        return post(
                StoryStep.CREATE,
                StoryStep.CREATE.path(),
                object().put("epicPath", epic()).put("storyPath", path(slot)),
                key,
                null,
                Mix.repeat(random),
                1,
                answer -> {
                    if (answer.isSuccess()) {
                        told(key, answer.json());
                        learn(slot, answer.json());
                    } else if (answer.code().equals("STORY_EXISTS")) {
                        String id = answer.json().at("/facts/storyId").asString();
                        seen.set(slot, new Seen(slot, id, "", "unknown"));
                    }
                });
    }

    private Call look(Seen story) {
        return read(StoryStep.READ, "/stories/" + story.id(), answer -> {
            if (answer.isSuccess()) {
                learn(story.slot(), answer.json());
            } else {
                gone(story, answer);
            }
        });
    }

    private Call move(Seen story, SplittableRandom random) {
        String[] next = NEXT.get(story.status());
        return next == null
                ? delete(story)
                : change(
                        StoryStep.MOVE,
                        story,
                        object().put("role", next[0]).put("status", next[1]),
                        story.tag(),
                        random);
    }

    private Call merge(Seen story, SplittableRandom random) {
        Seen old = passed.get(story.slot());
        ObjectNode body = object().put("role", "qa").put("onConflict", "merge");
        if (random.nextBoolean()) {
            body.put("iteration", random.nextInt(10));
        } else {
            body.set("qaResult", object().put("result", "CONCERNS").put("round", random.nextInt(1000)));
        }
        return change(
                StoryStep.MERGE, story, body, old != null && random.nextBoolean() ? old.tag() : story.tag(), random);
    }

    private Call stale(Seen story, SplittableRandom random) {
        Seen old = passed.get(story.slot());
        return change(
                StoryStep.STALE,
                story,
                object().put("role", "dev").put("phase", "late"),
                old == null ? story.tag() : old.tag(),
                random);
    }

    private Call process(Seen story, SplittableRandom random) {
        String[] next = PROCESSING.get(story.status());
        if (next == null) {
            return move(story, random);
        }
        ObjectNode body = object().put("role", next[0]).put("status", next[1]);
        body.set("metadata", object().put("by", "load"));
        return change(StoryStep.PROCESSING, "/processing", story, body, story.tag(), random);
    }

    private Call change(StoryStep step, Seen story, ObjectNode body, String tag, SplittableRandom random) {
        return change(step, "/status", story, body, tag, random);
    }

    private Call change(
            StoryStep step, String route, Seen story, ObjectNode body, String tag, SplittableRandom random) {
        String key = key();
        return post(
                step,
                "/stories/" + story.id() + route,
                body,
                key,
                '"' + tag + '"',
                Mix.repeat(random),
                1,
                answer -> answered(key, story, answer));
    }

    private void answered(String key, Seen story, Answer answer) {
        if (answer.isSuccess()) {
            told(key, answer.json());
            learn(story.slot(), answer.json());
        } else if (answer.status() == 409) {
            learn(story.slot(), answer.json().at("/facts/current"));
        } else {
            gone(story, answer);
        }
    }

    private Call together(Seen story, SplittableRandom random) {
        Seen other = seen.get(random.nextInt(STORIES));
        String[] next = NEXT.get(story.status());
        String[] also = other == null || other.slot() == story.slot() ? null : NEXT.get(other.status());
        if (next == null || also == null || other == null || other.tag().isEmpty()) {
            return move(story, random);
        }
        String key = key();
        ObjectNode body = object().put("role", "sm");
        ArrayNode changes = body.putArray("changes");
        changes.addObject().put("storyId", story.id()).put("status", next[1]).put("expectedVersion", story.tag());
        changes.addObject().put("storyId", other.id()).put("status", also[1]).put("expectedVersion", other.tag());
        return post(StoryStep.TOGETHER, StoryStep.TOGETHER.path(), body, key, null, Mix.repeat(random), 2, answer -> {
            if (answer.isSuccess()) {
                answer.json().forEach(each -> {
                    told(key, each);
                    learn(slotOf(each, story), each);
                });
            } else if (answer.status() == 409) {
                JsonNode current = answer.json().at("/facts/current");
                learn(slotOf(current, story), current);
            } else if (answer.status() == 404) {
                seen.set(story.slot(), new Seen(story.slot(), story.id(), "", "unknown"));
                seen.set(other.slot(), new Seen(other.slot(), other.id(), "", "unknown"));
            }
        });
    }

    private int slotOf(JsonNode story, Seen otherwise) {
        return slots.getOrDefault(story.path("id").asString(""), otherwise.slot());
    }

    private Call delete(Seen story) {
        promises.deleting(story.id(), story.tag());
        String key = key();
        return new Call(
                StoryStep.DELETE,
                "/stories/" + story.id(),
                null,
                null,
                '"' + story.tag() + '"',
                Repeat.NO,
                1,
                answer -> {
                    if (answer.isSuccess()) {
                        promises.add(new Told(key, story.id(), afterThe(story.tag()), ""));
                        passed.set(story.slot(), story);
                        seen.compareAndSet(story.slot(), story, new Seen(story.slot(), story.id(), "", ""));
                    } else if (answer.status() == 409) {
                        learn(story.slot(), answer.json().at("/facts/current"));
                    } else {
                        gone(story, answer);
                    }
                });
    }

    /** The version that a deleted story would have had next: its last line in the history. */
    private static String afterThe(String tag) {
        int dash = tag.indexOf('-');
        return Long.parseLong(tag.substring(0, dash)) + 1 + tag.substring(dash);
    }

    private void gone(Seen story, Answer answer) {
        if (answer.status() == 404) {
            seen.compareAndSet(story.slot(), story, new Seen(story.slot(), story.id(), "", ""));
        }
    }

    // ----

    private void told(String key, JsonNode story) {
        promises.add(new Told(
                key,
                story.path("id").asString(),
                story.path("etag").asString(),
                story.path("status").asString()));
    }

    private static Call read(StoryStep step, String path, Consumer<Answer> answered) {
        return new Call(step, path, null, null, null, Repeat.NO, 0, answered);
    }

    private static Call post(
            StoryStep step,
            String path,
            ObjectNode body,
            String key,
            @Nullable String ifMatch,
            Repeat repeat,
            int most,
            Consumer<Answer> answered) {
        return new Call(step, path, body.toString(), key, ifMatch, repeat, most, answered);
    }

    private String key() {
        return "load-" + run + "-" + keys.incrementAndGet();
    }

    private static ObjectNode object() {
        return JSON.createObjectNode();
    }

    // ---- what came of it

    @Override
    public StoryPromises promises() {
        return promises;
    }

    @Override
    public List<Finding> books(Connection connection) throws SQLException {
        return StoryAudit.run(connection);
    }
}
