package io.rowlock.internal.table;

import java.lang.invoke.MethodHandle;

/** One component of a row's record and the column it is kept in. */
record Column(String component, String name, Class<?> javaType, ColumnType type, MethodHandle accessor) {
    Object valueOf(Object row) {
        try {
            return accessor.invokeExact(row);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable checked) {
            throw new IllegalStateException("Record accessor threw (component=" + component + ")", checked);
        }
    }
}
