package io.rowlock.watch.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import net.ttddyy.dsproxy.proxy.ResultSetProxyLogic;
import org.jspecify.annotations.Nullable;

/** A result set that tells of each row that the program moves to. */
final class ObservedRows implements ResultSetProxyLogic {

    private final ResultSet rows;
    private final ObservedStatement statement;
    private final @Nullable JdbcStep step;
    private final Sink sink;
    private @Nullable List<String> columns;
    private int shown;

    /** Who is told of a row. */
    interface Sink {
        void row(JdbcStep step, List<String> columns, List<@Nullable Object> values);

        void exhausted(JdbcStep step);
    }

    ObservedRows(ResultSet rows, ObservedStatement statement, Sink sink) {
        this.rows = rows;
        this.statement = statement;
        this.step = statement.step();
        this.sink = sink;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        switch (method.getName()) {
            case "getTarget" -> {
                return rows;
            }
            case "equals" -> {
                return arguments != null && (arguments[0] == proxy || rows.equals(arguments[0]));
            }
            case "getStatement" -> {
                Statement proxied = statement.proxy();
                return proxied == null ? rows.getStatement() : proxied;
            }
            case "next", "previous", "first", "last", "absolute", "relative" -> {
                Object moved = call(method, arguments);
                if (step != null && Boolean.TRUE.equals(moved) && shown < ObservedDataSource.ROWS_MAX) {
                    shown++;
                    show(step);
                }
                if (step != null
                        && Boolean.FALSE.equals(moved)
                        && method.getName().equals("next")) {
                    sink.exhausted(step);
                }
                return moved;
            }
            default -> {
                return call(method, arguments);
            }
        }
    }

    private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
        if (method.getDeclaringClass() != ResultSet.class
                && method.getDeclaringClass() != Wrapper.class
                && method.getDeclaringClass() != AutoCloseable.class
                && method.getDeclaringClass() != Object.class) {
            return null; // what the library's own interface asks besides
        }
        try {
            return method.invoke(rows, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private void show(JdbcStep step) {
        List<String> names = columns();
        List<@Nullable Object> values = new ArrayList<>(names.size());
        for (int i = 1; i <= names.size(); i++) {
            values.add(value(i));
        }
        sink.row(step, names, Collections.unmodifiableList(values));
    }

    private List<String> columns() {
        if (columns == null) {
            columns = names();
        }
        return columns;
    }

    private List<String> names() {
        try {
            ResultSetMetaData meta = rows.getMetaData();
            int count = Math.min(meta.getColumnCount(), ObservedDataSource.COLUMNS_MAX);
            List<String> names = new ArrayList<>(count);
            for (int i = 1; i <= count; i++) {
                names.add(meta.getColumnLabel(i).toLowerCase(Locale.ROOT));
            }
            return List.copyOf(names);
        } catch (SQLException e) {
            return List.of();
        }
    }

    private @Nullable Object value(int column) {
        try {
            Object value = rows.getObject(column);
            if (value instanceof String text && text.length() > ObservedDataSource.VALUE_LENGTH_MAX) {
                return text.substring(0, ObservedDataSource.VALUE_LENGTH_MAX);
            }
            if (value instanceof byte[] bytes && bytes.length > ObservedDataSource.VALUE_LENGTH_MAX) {
                return Arrays.copyOf(bytes, ObservedDataSource.VALUE_LENGTH_MAX);
            }
            return value;
        } catch (SQLException | RuntimeException e) {
            return null; // no value for us; the program may have a better way to ask
        }
    }
}
