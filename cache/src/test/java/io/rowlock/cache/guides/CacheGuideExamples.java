package io.rowlock.cache.guides;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Table;
import io.rowlock.Update;
import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.cache.Cache;
import io.rowlock.cache.Cached;
import io.rowlock.cache.Region;
import io.rowlock.cache.RegionSpec;
import io.rowlock.cache.SharedTier;
import io.rowlock.cache.WriteReceipt;
import io.rowlock.cache.WriteToken;
import io.rowlock.once.Codec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The Java of {@code docs/guides/cache.md}. */
final class CacheGuideExamples extends Given {
    CacheGuideExamples(Rowlock rowlock, SharedTier tier) {
        super(rowlock, tier);
    }

    static final Codec<Profile> PROFILE_CODEC = Codec.text()
            .as(profile -> profile.id() + "|" + profile.name() + "|" + profile.version(), text -> {
                String[] parts = text.split("\\|", -1);
                return new Profile(Long.parseLong(parts[0]), parts[1], Long.parseLong(parts[2]));
            });

    record Posts(long id, long count, long version) {}

    static final Table<Posts, Long> POSTS = Table.of("posts", Posts.class)
            .key("id", Long.class)
            .keysNeverReturn()
            .build();

    record Profile(long id, String name, long version) {
        Profile named(String next) {
            return new Profile(id, next, version);
        }
    }

    static final Table<Profile, Long> PROFILES = Table.of("profiles", Profile.class)
            .key("id", Long.class)
            .tombstones()
            .build();

    static final RegionSpec<Long, Profile> PROFILES_CACHED =
            RegionSpec.of(PROFILES, PROFILE_CODEC).withKeepFor(Duration.ofHours(1));

    Cache cache = Cache.on(rowlock).tier(tier).build();
    Region<Long, Profile> profiles = cache.region(PROFILES_CACHED);

    Optional<String> name(long id) {
        return profiles.get(id).map(profile -> profile.value().name());
    }

    Update<Profile> rename(long id, String name) {
        Cached<Profile> seen = profiles.get(id).orElseThrow();
        return rowlock.save(PROFILES, seen.value().named(name), seen.version());
    }

    String renamed(long id, String name) {
        WriteReceipt receipt = rowlock.transact(tx -> {
            Row<Profile> unused = tx.update(tx.read(PROFILES, id).orElseThrow(), profile -> profile.named(name));
            return cache.receiptOf(tx);
        });
        return receipt.token().toString();
    }

    Profile mine(long id, String token) {
        return profiles.get(id, WriteToken.parse(token)).orElseThrow().value();
    }

    void shout() {
        int unused = rowlock.<Integer, RuntimeException>transact(tx -> {
            profiles.announce(tx, List.of(1L, 2L));
            return tx.execute("UPDATE profiles SET name = UPPER(name), version = version + 1 WHERE id IN (1, 2)")
                    .count();
        });
    }

    record Card(String name, long posts) {}

    RegionSpec<Long, Card> cards(Codec<Card> codec) {
        return RegionSpec.<Long, Card>of(
                        "cards",
                        codec,
                        (tx, id) -> tx.peek(PROFILES, id)
                                .flatMap(profile -> tx.peek(POSTS, id)
                                        .map(posts -> new View<>(
                                                new Card(
                                                        profile.value().name(),
                                                        posts.value().count()),
                                                Version.of(profile.version().number()
                                                        + posts.version().number())))))
                .madeOf(PROFILES, id -> id)
                .madeOf(POSTS, id -> id);
    }
}
