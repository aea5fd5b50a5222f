package io.rowlock.lab.cache;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Caches with a token for the loader, and what is built on that, in a few lines of memory. */
final class ModelTier implements CacheAdapter {

    enum Kind {
        /** A token for the loader, taken away by what is done after the commit. */
        TOKEN,
        /** And an intent before it, kept as a flag. */
        FLAG,
        /** And an intent before it, counted by writer. */
        COUNTED,
        /** And the version of the last write, which no older fill gets past. */
        COUNTED_WITH_FLOOR,
        /** And nothing read in an old snapshot is put in. */
        REFUSING
    }

    private final Kind kind;
    private final Set<Integer> writers = new HashSet<>();
    private @Nullable Long value;
    private @Nullable Object token;
    private long floor;

    private ModelTier(Kind kind) {
        this.kind = kind;
    }

    static CacheCheck check(Kind kind) {
        Set<WriterStep> steps = kind == Kind.TOKEN ? EnumSet.of(WriterStep.AFTER) : EnumSet.allOf(WriterStep.class);
        return CacheCheck.of(kind.name(), steps, () -> new ModelTier(kind));
    }

    @Override
    public Lookup lookup() {
        if (!writers.isEmpty()) {
            return new Lookup.Miss("writing");
        }
        if (value != null) {
            return new Lookup.Hit(value);
        }
        if (token != null) {
            return new Lookup.Miss("loading");
        }
        token = new Object();
        return new Lookup.Miss(token);
    }

    @Override
    public void fill(Lookup.Miss miss, long version, Snapshot snapshot) {
        boolean old = kind == Kind.REFUSING && snapshot == Snapshot.BEFORE_LOOKUP;
        boolean under = kind.compareTo(Kind.COUNTED_WITH_FLOOR) >= 0 && version < floor;
        if (!old && !under && writers.isEmpty() && miss.ticket() == token) {
            value = version;
            token = null;
        }
    }

    @Override
    public void beforeCommit(int writer) {
        writers.add(kind == Kind.FLAG ? 0 : writer);
        value = null;
        token = null;
    }

    @Override
    public void afterCommit(int writer, long version) {
        writers.remove(kind == Kind.FLAG ? 0 : writer);
        value = null;
        token = null;
        floor = Math.max(floor, version);
    }

    @Override
    public void evict() {
        writers.clear();
        value = null;
        token = null;
        floor = 0;
    }
}
