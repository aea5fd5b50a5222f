package io.rowlock.watch.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import net.ttddyy.dsproxy.proxy.ParameterSetOperation;
import org.jspecify.annotations.Nullable;

/** The values of a statement's parameters, from the calls that set them. */
final class BoundValues {

    /** More than any engine takes; a wrong index must not cost memory before the driver refuses it. */
    private static final int PARAMETERS_MAX = 65_536;

    private BoundValues() {}

    /**
     * In the order of their indexes; those set by name come last, in the order of setting.
     *
     * @param before what was bound when the statement ran last. A driver keeps a value that is not set again; the library
     *     forgets it when a row is added to a batch
     */
    static List<@Nullable Object> of(List<ParameterSetOperation> operations, List<@Nullable Object> before) {
        List<@Nullable Object> values = new ArrayList<>(operations.size());
        List<@Nullable Object> named = new ArrayList<>(0);
        long set = 0;
        for (ParameterSetOperation operation : operations) {
            if (ParameterSetOperation.isRegisterOutParameterOperation(operation)) {
                continue;
            }
            Object value = value(operation);
            if (operation.getArgs()[0] instanceof Integer index && index > 0 && index <= PARAMETERS_MAX) {
                while (values.size() < index) {
                    values.add(values.size() < before.size() ? before.get(values.size()) : null);
                }
                values.set(index - 1, value);
                set++;
            } else {
                named.add(value);
            }
        }
        // As many as are set, or more: the tail of a row that was not set again.
        for (int i = values.size(); set > 0 && i < before.size(); i++) {
            values.add(before.get(i));
        }
        values.addAll(named);
        return values;
    }

    private static @Nullable Object value(ParameterSetOperation operation) {
        if (ParameterSetOperation.isSetNullParameterOperation(operation)) {
            return null;
        }
        Object[] arguments = operation.getArgs();
        Object value = arguments.length > 1 ? arguments[1] : null;
        return value instanceof InputStream || value instanceof Reader ? "(stream)" : value;
    }
}
