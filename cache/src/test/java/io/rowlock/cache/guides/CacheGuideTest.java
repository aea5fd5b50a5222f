package io.rowlock.cache.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Rowlock;
import io.rowlock.RowlockTables;
import io.rowlock.Update;
import io.rowlock.cache.MemoryTier;
import io.rowlock.cache.Region;
import io.rowlock.cache.guides.CacheGuideExamples.Card;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import io.rowlock.once.Codec;
import java.sql.SQLException;
import java.time.Duration;

/** The examples of the guide to the cache do what it says. */
class CacheGuideTest {
    private static final Codec<Card> CARDS = Codec.text().as(card -> card.name() + "|" + card.posts(), text -> {
        String[] parts = text.split("\\|", -1);
        return new Card(parts[0], Long.parseLong(parts[1]));
    });

    @Databases
    void theExamplesHold(Database database) throws SQLException {
        database.execute(
                "DROP TABLE IF EXISTS profiles",
                "DROP TABLE IF EXISTS posts",
                "CREATE TABLE profiles (id BIGINT PRIMARY KEY, name VARCHAR(40) NOT NULL, version BIGINT DEFAULT 1 NOT NULL)",
                "CREATE TABLE posts (id BIGINT PRIMARY KEY, count BIGINT NOT NULL, version BIGINT DEFAULT 1 NOT NULL)",
                "INSERT INTO profiles (id, name) VALUES (1, 'ada'), (2, 'bob')",
                "INSERT INTO posts (id, count) VALUES (1, 3)");
        RowlockTables.createMissing(database.dataSource());
        MemoryTier store = new MemoryTier();
        CacheGuideExamples here =
                new CacheGuideExamples(Rowlock.on(database.dataSource()).build(), store.line());
        CacheGuideExamples there =
                new CacheGuideExamples(Rowlock.on(database.dataSource()).build(), store.line());
        try {
            Region<Long, Card> cards = there.cache.region(there.cards(CARDS));
            Region<Long, Card> unused = here.cache.region(here.cards(CARDS));
            Eventually.until(
                    "all regions are open",
                    Duration.ofSeconds(30),
                    () -> cards.state().shared()
                            && here.profiles.state().shared()
                            && there.profiles.state().shared());

            assertThat(there.name(1)).contains("ada");
            assertThat(there.name(9)).isEmpty();
            assertThat(cards.get(1L).orElseThrow().value()).isEqualTo(new Card("ada", 3));
            assertThat(here.rename(1, "eva")).isInstanceOf(Update.Applied.class);
            assertThat(there.name(1)).contains("eva");
            assertThat(cards.get(1L).orElseThrow().value()).isEqualTo(new Card("eva", 3));
            assertThat(there.mine(2, here.renamed(2, "ben")).name()).isEqualTo("ben");
            here.shout();
            assertThat(there.name(1)).contains("EVA");
            assertThat(here.cache.coherence().beyond()).isZero();
        } finally {
            here.cache.close();
            there.cache.close();
        }
    }
}
