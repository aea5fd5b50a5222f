package io.rowlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.Version;
import io.rowlock.cache.SharedTier.Change;
import io.rowlock.cache.SharedTier.Granted;
import io.rowlock.cache.SharedTier.Hit;
import io.rowlock.cache.SharedTier.Loading;
import io.rowlock.cache.SharedTier.TierKey;
import io.rowlock.cache.SharedTier.Writing;
import io.rowlock.cache.TierAway;
import io.rowlock.engines.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each step of the tier on a real Redis, whether that is one server or many: what it answers, what it leaves, and that it ends. */
abstract class RedisTierContract {
    static final Duration LONG = Duration.ofMinutes(1);
    private static final byte[] BYTES = {0, -1, 'v', '\r', '\n'};

    final Keys keys = newKeys();
    final RedisTier tier = keys.tier();
    final String store = tier.identity();
    final TierKey key = new TierKey(store, "books", 7, "one {1} ü");

    abstract Keys newKeys();

    @AfterEach
    void close() {
        tier.close();
        keys.close();
    }

    private boolean fill(String token, Version version) {
        return tier.fill(key, token, BYTES, version, Duration.ofSeconds(2), LONG);
    }

    @Test
    void aValueIsServedAsItWasFilled() {
        assertThat(tier.look(key, "a", LONG)).isInstanceOf(Granted.class);
        assertThat(tier.look(key, "b", LONG)).isInstanceOf(Loading.class);
        assertThat(fill("a", new Version(9_007_199_254_740_000L, -77))).isTrue();

        assertThat(tier.look(key, "c", LONG)).isInstanceOfSatisfying(Hit.class, hit -> {
            assertThat(hit.bytes()).isEqualTo(BYTES);
            assertThat(hit.version()).isEqualTo(new Version(9_007_199_254_740_000L, -77));
            assertThat(hit.age()).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(30));
        });
        assertThat(tier.peek(key)).contains(new Version(9_007_199_254_740_000L, -77));
        assertThat(tier.look(new TierKey(store, "books", 8, key.key()), "d", LONG))
                .isInstanceOf(Granted.class);
    }

    @Test
    void onlyTheLoadersTokenFillsAndOnlyOnce() {
        assertThat(fill("nobody", Version.of(1))).isFalse();
        assertThat(tier.look(key, "a", LONG)).isInstanceOf(Granted.class);
        assertThat(fill("b", Version.of(1))).isFalse();
        assertThat(fill("a", Version.of(1))).isTrue();
        assertThat(fill("a", Version.of(2))).isFalse();
        assertThat(tier.peek(key)).contains(Version.of(1));
    }

    @Test
    void aWriterTakesValueAndTokenAway() {
        assertThat(tier.look(key, "a", LONG)).isInstanceOf(Granted.class);
        tier.intend(List.of(key), "w1", LONG);
        assertThat(fill("a", Version.of(1))).isFalse();
        assertThat(tier.look(key, "b", LONG)).isInstanceOf(Writing.class);
        assertThat(tier.peek(key)).isEmpty();

        tier.intend(List.of(key), "w2", LONG);
        tier.release(List.of(new Change(key, Version.of(5))), "w1", LONG);
        assertThat(tier.look(key, "c", LONG)).isInstanceOf(Writing.class);
        tier.withdraw(List.of(key), "w2");

        assertThat(tier.look(key, "d", LONG)).isInstanceOf(Granted.class);
        assertThat(fill("d", Version.of(4))).as("below the floor").isFalse();
        assertThat(fill("d", Version.of(5))).isTrue();
    }

    /** The floor is of one incarnation, and only rises within it. */
    @Test
    void theFloorOnlyRises() {
        tier.release(List.of(new Change(key, new Version(5, 3))), "w", LONG);
        tier.release(List.of(new Change(key, new Version(4, 3))), "w", LONG);
        tier.release(List.of(new Change(key, null)), "w", LONG);
        assertThat(tier.look(key, "a", LONG)).isInstanceOf(Granted.class);
        assertThat(fill("a", new Version(4, 3))).isFalse();
        assertThat(fill("a", new Version(1, 4))).as("another row under the key").isTrue();
    }

    /** By the server's clock, without which nothing here looks at one. */
    @Test
    void whatHasADeadlineEndsByItself() {
        tier.intend(List.of(key), "w", Duration.ofMillis(150));
        assertThat(tier.look(key, "a", LONG)).isInstanceOf(Writing.class);
        Eventually.until(
                "the writer is given up",
                Duration.ofSeconds(10),
                () -> tier.look(key, "b", Duration.ofMillis(150)) instanceof Granted);
        Eventually.until(
                "the loader is given up", Duration.ofSeconds(10), () -> tier.look(key, "c", LONG) instanceof Granted);
        assertThat(fill("b", Version.of(1))).isFalse();
        assertThat(fill("c", Version.of(1))).isTrue();
    }

    /** An intent said twice, and a release, do no more than said once. */
    @Test
    void stepsMayBeDoneTwice() {
        tier.intend(List.of(key), "w", LONG);
        tier.intend(List.of(key), "w", LONG);
        tier.release(List.of(new Change(key, Version.of(2))), "w", LONG);
        tier.release(List.of(new Change(key, Version.of(2))), "w", LONG);
        tier.withdraw(List.of(key), "w");
        assertThat(tier.look(key, "a", LONG)).isInstanceOf(Granted.class);
    }

    @Test
    void everyKeyExpires() {
        tier.intend(List.of(key), "w", LONG);
        TierKey other = new TierKey(store, "books", 7, "two");
        assertThat(tier.look(other, "a", LONG)).isInstanceOf(Granted.class);
        tier.release(List.of(new Change(new TierKey(store, "books", 7, "three"), Version.of(2))), "w", LONG);
        List<String> all = keys.redis().keys(keys.prefix + "*");
        assertThat(all).hasSize(3);
        all.forEach(one -> assertThat(keys.redis().pttl(one)).as(one).isBetween(1L, LONG.toMillis()));
    }

    @Test
    void manyKeysGoInOneJourney() {
        List<TierKey> many = LongStream.range(0, 500)
                .mapToObj(i -> new TierKey(store, "books", 7, "k" + i))
                .toList();
        tier.intend(many, "w", LONG);
        assertThat(tier.look(many.get(499), "a", LONG)).isInstanceOf(Writing.class);
        tier.withdraw(many, "w");
        assertThat(tier.look(many.get(0), "a", LONG)).isInstanceOf(Granted.class);
    }

    @Test
    void listenersOfAllProcessesAreTold() {
        Ear ear = new Ear();
        try (RedisTier other = RedisTier.at(keys.options())) {
            other.listen(ear);
            assertThat(other.identity()).isEqualTo(tier.identity());
            tier.release(List.of(new Change(key, Version.of(2))), "w", LONG);
            Eventually.until("the other was told", Duration.ofSeconds(10), () -> ear.hasHeard(key));
        }
        assertThat(ear.toldOnce()).containsExactly("connected", "books/" + key.key(), "disconnected");
        assertThat(ear.told).filteredOn("connected"::equals).hasSize(1);
        assertThat(ear.told).filteredOn("disconnected"::equals).hasSize(1);
    }

    @Test
    void aServerThatHasForgottenTheScriptsIsTaughtThemAgain() {
        keys.redis().scriptFlush();
        tier.intend(List.of(key, new TierKey(store, "books", 7, "two")), "w", LONG);
        assertThat(tier.look(key, "a", LONG)).isInstanceOf(Writing.class);
    }

    /** Who asked which store it is, and was held up until another was in its place, does nothing there. */
    @Test
    void noStepForAnotherStoreIsDone() {
        assertThat(tier.look(key, "a", LONG)).isInstanceOf(Granted.class);
        assertThat(fill("a", Version.of(1))).isTrue();
        TierKey former = new TierKey("another", key.region(), key.epoch(), key.key());

        List.<ThrowingCallable>of(
                        () -> tier.look(former, "b", LONG),
                        () -> tier.peek(former),
                        () -> tier.intend(List.of(key, former), "w", LONG),
                        () -> tier.release(List.of(new Change(former, Version.of(2))), "w", LONG),
                        () -> tier.withdraw(List.of(former), "w"),
                        () -> tier.fill(former, "b", BYTES, Version.of(2), Duration.ZERO, LONG))
                .forEach(step ->
                        assertThatThrownBy(step).isInstanceOf(TierAway.class).hasMessageContaining("another store"));

        assertThat(tier.peek(key)).contains(Version.of(1));
        assertThat(tier.identity()).isEqualTo(store);
    }

    @Test
    void whoeverIsNotConnectedIsAwayAtOnce() {
        try (RedisTier other = RedisTier.at(keys.options())) {
            assertThatThrownBy(() -> other.look(key, "a", LONG))
                    .isInstanceOf(TierAway.class)
                    .hasMessageContaining("not connected");
        }
        tier.close();
        assertThatThrownBy(() -> tier.look(key, "a", LONG)).isInstanceOf(TierAway.class);
        assertThatThrownBy(tier::identity).isInstanceOf(TierAway.class);
    }
}
