package io.rowlock.cache;

import io.rowlock.Table;
import io.rowlock.once.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What a region of a cache keeps, and how. Immutable: each method answers a changed copy.
 *
 * <pre>{@code
 * static final RegionSpec<Long, Profile> PROFILES_CACHED = RegionSpec.of(PROFILES, PROFILE_CODEC)
 *         .withKeepFor(Duration.ofHours(1));
 * }</pre>
 *
 * <p><b>Holds when</b> everything that changes a value is a write of a Rowlock with this region: of a row in one of the region's tables,
 * or by SQL of its own after {@link Region#announce}. <b>Breaks when</b> other programs write the rows; {@link Region#clear} after they
 * have.
 *
 * @param <K> the type of its keys
 * @param <T> the type of its values
 */
public final class RegionSpec<K, T> {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_.-]{0,99}");

    /** A table whose rows make up values of the region. */
    record Source<K>(String table, Function<Object, K> key, boolean versioned) {}

    private final String name;
    private final Codec<T> codec;
    private final CacheLoader<K, T> loader;
    private final boolean oneStatement;
    private final List<Source<K>> sources;
    private final Function<? super K, String> keyText;
    private final Duration keepFor;
    private final int bytesMax;
    private final Duration localFor;
    private final int localMax;

    private RegionSpec(
            String name,
            Codec<T> codec,
            CacheLoader<K, T> loader,
            boolean oneStatement,
            List<Source<K>> sources,
            Function<? super K, String> keyText,
            Duration keepFor,
            int bytesMax,
            Duration localFor,
            int localMax) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("A region's name is up to 100 of a-z, 0-9, '_', '.' and '-', and begins"
                    + " with a letter (name=" + name + ")");
        }
        this.name = name;
        this.codec = codec;
        this.loader = loader;
        this.oneStatement = oneStatement;
        this.sources = List.copyOf(sources);
        this.keyText = keyText;
        this.keepFor = requirePositive("keepFor", keepFor);
        this.bytesMax = bytesMax;
        this.localFor = localFor;
        this.localMax = localMax;
    }

    private static Duration requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("A bound is longer than nothing (" + name + "=" + value + ")");
        }
        return value;
    }

    /** The rows of a table by their keys, under the table's name. Their versions are those of the rows. */
    public static <K, T> RegionSpec<K, T> of(Table<T, K> table, Codec<T> codec) {
        RegionSpec<K, T> bare =
                bare(table.name().toLowerCase(Locale.ROOT), codec, (tx, key) -> tx.peek(table, key), true);
        return bare.withSource(table, key -> key, true);
    }

    /**
     * Values that are made of several rows. Say by {@link #madeOf} of which.
     *
     * @param loader reads in one snapshot, however many statements it takes
     */
    public static <K, T> RegionSpec<K, T> of(String name, Codec<T> codec, CacheLoader<K, T> loader) {
        return bare(name, codec, loader, false);
    }

    private static <K, T> RegionSpec<K, T> bare(
            String name, Codec<T> codec, CacheLoader<K, T> loader, boolean oneStatement) {
        return new RegionSpec<>(
                name,
                Objects.requireNonNull(codec, "codec"),
                Objects.requireNonNull(loader, "loader"),
                oneStatement,
                List.of(),
                String::valueOf,
                Duration.ofMinutes(10),
                1024 * 1024,
                Duration.ofSeconds(1),
                10_000);
    }

    @SuppressWarnings("unchecked") // rows of a table have that table's keys
    private <J> RegionSpec<K, T> withSource(
            Table<?, J> table, Function<? super J, ? extends K> key, boolean versioned) {
        List<Source<K>> more = new ArrayList<>(sources);
        more.add(new Source<>(table.name().toLowerCase(Locale.ROOT), row -> key.apply((J) row), versioned));
        return new RegionSpec<>(
                name, codec, loader, oneStatement, more, keyText, keepFor, bytesMax, localFor, localMax);
    }

    /**
     * Rows of this table are part of a value: writing one is writing the value.
     *
     * @param key the value's key, of the row's
     */
    public <J> RegionSpec<K, T> madeOf(Table<?, J> table, Function<? super J, ? extends K> key) {
        return withSource(table, key, false);
    }

    /** How a key is written; default {@code toString}. The same text for the same value in every process. At most 200 bytes. */
    public RegionSpec<K, T> withKeyText(Function<? super K, String> text) {
        return new RegionSpec<>(
                name, codec, loader, oneStatement, sources, text, keepFor, bytesMax, localFor, localMax);
    }

    /** How long the shared tier keeps a value that nobody writes; default 10 min. Not a bound on staleness: there is none to bound. */
    public RegionSpec<K, T> withKeepFor(Duration time) {
        return new RegionSpec<>(
                name, codec, loader, oneStatement, sources, keyText, time, bytesMax, localFor, localMax);
    }

    /** How many bytes a value may have to be kept in the shared tier; default 1 MiB. A larger one is read from the database each time. */
    public RegionSpec<K, T> withBytesMax(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("A value has bytes (bytesMax=" + bytes + ")");
        }
        return new RegionSpec<>(
                name, codec, loader, oneStatement, sources, keyText, keepFor, bytes, localFor, localMax);
    }

    /**
     * This JVM's tier. A value of it can be as much older than what was last committed by another process as {@code staleMax}, and no more;
     * what this process has committed, and what a {@link WriteToken} names, it is never older than.
     *
     * @param staleMax for how long a value is taken from it without asking the shared tier, default 1 s; zero for no such tier
     * @param valuesMax how many values it keeps, default 10,000
     */
    public RegionSpec<K, T> withLocal(Duration staleMax, int valuesMax) {
        if (staleMax.isNegative() || valuesMax < 1) {
            throw new IllegalArgumentException("A tier of this JVM keeps something for some time (staleMax=" + staleMax
                    + ", valuesMax=" + valuesMax + ")");
        }
        return new RegionSpec<>(
                name, codec, loader, oneStatement, sources, keyText, keepFor, bytesMax, staleMax, valuesMax);
    }

    /** Without a tier in this JVM: every hit is one of the shared tier's. */
    public RegionSpec<K, T> withoutLocal() {
        return withLocal(Duration.ZERO, localMax);
    }

    /** The region's name. */
    public String name() {
        return name;
    }

    Codec<T> codec() {
        return codec;
    }

    CacheLoader<K, T> loader() {
        return loader;
    }

    /** Whether a load is one statement, which sees one moment by itself. */
    boolean isOneStatement() {
        return oneStatement;
    }

    List<Source<K>> sources() {
        return sources;
    }

    String textOf(K key) {
        return keyText.apply(key);
    }

    Duration keepFor() {
        return keepFor;
    }

    int bytesMax() {
        return bytesMax;
    }

    Duration localFor() {
        return localFor;
    }

    int localMax() {
        return localMax;
    }
}
