package io.rowlock.lab.cache;

import java.util.List;
import java.util.Optional;

/**
 * One run of a check.
 *
 * @param schedule that it can be {@linkplain CacheCheck#replay run again} by: {@code cold R1.lookup R1.read W1.commit R1.fill}
 * @param story what happened, a line a step
 * @param cached what the cache would serve at the end, if it would serve anything
 * @param committed what the database has at the end
 */
public record CacheRun(String schedule, List<String> story, Optional<Long> cached, long committed) {
    public CacheRun {
        story = List.copyOf(story);
    }

    /** Whether the cache serves what is older than the database's, until it expires. */
    public boolean isStale() {
        return cached.isPresent() && cached.get() < committed;
    }

    /**
     * A test that holds a cache to this schedule: a method for JUnit and AssertJ.
     *
     * @param method its name
     * @param check an expression of the {@link CacheCheck}
     */
    public String asTest(String method, String check) {
        return """
                /**
                 * %s
                 */
                @Test
                void %s() {
                    assertThat(%s.replay("%s").isStale()).isFalse();
                }
                """.formatted(String.join("\n * ", story), method, check, schedule);
    }

    /** The schedule, the story and how it ends. */
    @Override
    public String toString() {
        return schedule + "\n  " + String.join("\n  ", story);
    }
}
