package io.rowlock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.Version;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tokens, options, descriptions of regions, and what is left in the outbox: what they hold and what they refuse. */
class ValuesTest {
    private static final WriteToken SEVEN = WriteToken.none().with("books", "1", Version.of(7));

    @Test
    void aTokenAdmitsWhatIsNoOlder() {
        assertThat(SEVEN.admits("books", "1", Version.of(6))).isFalse();
        assertThat(SEVEN.admits("books", "1", Version.of(7))).isTrue();
        assertThat(SEVEN.admits("books", "1", Version.of(8))).isTrue();
        assertThat(SEVEN.admits("books", "2", Version.of(1))).isTrue();
        assertThat(SEVEN.admits("other", "1", Version.of(1))).isTrue();
        // Of another row that stood under the key nobody can tell.
        assertThat(SEVEN.admits("books", "1", new Version(9, 5))).isFalse();
        assertThat(WriteToken.none().with("books", "1", null).admits("books", "1", Version.of(99)))
                .isFalse();
        assertThat(WriteToken.none().admits("books", "1", Version.of(1))).isTrue();
    }

    @Test
    void aTokenIsTheSameAfterItsJourney() {
        WriteToken two = SEVEN.with("books", "zwei", new Version(3, -5)).with("other", "", null);
        assertThat(two.toString()).matches("[A-Za-z0-9_-]+");
        assertThat(WriteToken.parse(two.toString())).isEqualTo(two).hasSameHashCodeAs(two);
        assertThat(WriteToken.none().toString()).isEmpty();
        assertThat(WriteToken.parse("")).isEqualTo(WriteToken.none());
        assertThat(SEVEN.and(WriteToken.none().with("books", "1", Version.of(8))))
                .isEqualTo(WriteToken.none().with("books", "1", Version.of(8)));
    }

    /** One that would be too long to be carried names nothing, and admits nothing that is kept apart. */
    @Test
    void aTokenOfTooManyKeysAdmitsNothing() {
        WriteToken many = WriteToken.none();
        for (int i = 0; i < WriteToken.KEYS_MAX; i++) {
            many = many.with("books", "k" + i, Version.of(1));
        }
        assertThat(many.admits("books", "other", Version.of(1))).isTrue();
        WriteToken more = many.and(SEVEN);
        assertThat(more.admits("books", "other", Version.of(1))).isFalse();
        assertThat(WriteToken.parse(more.toString())).isEqualTo(more);
        assertThat(more.with("a", "b", null)).isEqualTo(more);
    }

    @Test
    void whatIsNoTokenIsRefused() {
        for (String text : List.of("!", "AA", "AQ", "AQAB", "B".repeat(70_000))) {
            assertThatThrownBy(() -> WriteToken.parse(text))
                    .as(text.substring(0, 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void optionsRefuseWhatCannotBe() {
        CacheOptions options = CacheOptions.defaults();
        assertThat(options.withEpochBound(Duration.ofSeconds(3)).reopenAfter()).isEqualTo(Duration.ofSeconds(6));
        assertThatThrownBy(() -> options.withEpochBound(Duration.ofMillis(99))).hasMessageContaining("epochBound");
        assertThatThrownBy(() -> options.withEpochBound(Duration.ofMinutes(2))).hasMessageContaining("epochBound");
        assertThatThrownBy(() -> options.withReopenAfter(Duration.ofMillis(999)))
                .hasMessageContaining("reopenAfter");
        assertThatThrownBy(() -> options.withKeysMax(0)).hasMessageContaining("keysMax");
        assertThatThrownBy(() -> options.withKeysMax(1_001)).hasMessageContaining("keysMax");
        assertThatThrownBy(() -> options.withLoad(Duration.ZERO, Duration.ZERO)).hasMessageContaining("loadMax");
        assertThatThrownBy(() -> options.withRefreshWait(Duration.ofMillis(-1))).hasMessageContaining("refreshWait");
        assertThatThrownBy(() -> options.withIntentMargin(Duration.ZERO)).hasMessageContaining("intentMargin");
        assertThatThrownBy(() -> options.withSweepAfter(Duration.ZERO)).hasMessageContaining("sweepAfter");
        assertThatThrownBy(() -> options.withFloorFor(Duration.ZERO)).hasMessageContaining("floorFor");
        assertThatThrownBy(() -> options.withVerifyEvery(-1)).hasMessageContaining("verifyEvery");
    }

    @Test
    void aRegionRefusesWhatCannotBe() {
        assertThat(Shelf.spec().name()).isEqualTo("books");
        assertThatThrownBy(() -> RegionSpec.of("Große Bücher", Shelf.CODEC, (tx, key) -> java.util.Optional.empty()))
                .hasMessageContaining("A region's name");
        assertThatThrownBy(() -> Shelf.spec().withKeepFor(Duration.ZERO)).hasMessageContaining("keepFor");
        assertThatThrownBy(() -> Shelf.spec().withBytesMax(0)).hasMessageContaining("bytesMax");
        assertThatThrownBy(() -> Shelf.spec().withLocal(Duration.ofSeconds(-1), 1))
                .hasMessageContaining("staleMax");
        assertThatThrownBy(() -> Shelf.spec().withLocal(Duration.ofSeconds(1), 0))
                .hasMessageContaining("valuesMax");
    }

    @Test
    void whatIsLeftInTheOutboxIsReadBack() {
        List<Outbox.Written> writes = List.of(
                new Outbox.Written("books", "1", Version.of(7)),
                new Outbox.Written("books", "ü", new Version(1, -9)),
                new Outbox.Written("other", "", null));
        assertThat(Outbox.decode(Outbox.encode(writes))).isEqualTo(writes);
        assertThatThrownBy(() -> Outbox.decode(new byte[] {9, 0}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another release");
        assertThatThrownBy(() -> Outbox.decode(new byte[] {1, 0, 0}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot be read");
    }
}
