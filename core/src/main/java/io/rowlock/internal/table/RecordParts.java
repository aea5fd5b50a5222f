package io.rowlock.internal.table;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.RecordComponent;

/** The component values of a record, in order; its accessors are looked up once per class. */
final class RecordParts {
    private static final ClassValue<MethodHandle[]> ACCESSORS = new ClassValue<>() {
        @Override
        protected MethodHandle[] computeValue(Class<?> type) {
            RecordComponent[] components = type.getRecordComponents();
            MethodHandle[] accessors = new MethodHandle[components.length];
            for (int i = 0; i < components.length; i++) {
                accessors[i] = TableDef.accessor(components[i].getAccessor(), type);
            }
            return accessors;
        }
    };

    private RecordParts() {}

    static Object[] of(Record record) {
        MethodHandle[] accessors = ACCESSORS.get(record.getClass());
        Object[] parts = new Object[accessors.length];
        for (int i = 0; i < parts.length; i++) {
            try {
                parts[i] = accessors[i].invokeExact((Object) record);
            } catch (RuntimeException | Error thrown) {
                throw thrown;
            } catch (Throwable checked) {
                throw new IllegalStateException("Record accessor threw", checked);
            }
        }
        return parts;
    }
}
