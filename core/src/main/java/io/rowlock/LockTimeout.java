package io.rowlock;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A lock was not had in time: a row's in the database, or a key's in this JVM. Nothing of the unit is stored. */
public final class LockTimeout extends RowlockException {
    private static final long serialVersionUID = 1;

    public LockTimeout(Map<String, Object> facts, @Nullable Throwable cause) {
        super("Lock not had in time", facts, cause);
    }
}
