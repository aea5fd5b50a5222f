package io.rowlock.internal.table;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What has been said about a table so far; each step answers a new one, checked. */
public record TableSpec<T>(
        String name,
        Class<T> rows,
        Map<String, String> columns,
        List<String> keyComponents,
        @Nullable String version,
        @Nullable String incarnation,
        boolean tombstones,
        boolean keysNeverReturn,
        @Nullable String fence) {

    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");

    public static <T> TableSpec<T> of(String name, Class<T> rows) {
        for (String part : name.split("\\.", -1)) {
            requireIdentifier("table", part, name);
        }
        Map<String, String> columns = new LinkedHashMap<>();
        for (RecordComponent component : rows.getRecordComponents()) {
            if (ColumnType.of(component.getType()) == null) {
                throw new IllegalArgumentException(
                        "Record " + rows.getSimpleName() + " has a component that no column can hold"
                                + " (component=" + component.getName() + ", type="
                                + component.getType().getSimpleName()
                                + "): use a number, text, boolean, byte[], UUID, Instant, LocalDate, LocalDateTime or enum");
            }
            columns.put(component.getName(), snake(component.getName()));
        }
        return new TableSpec<>(name, rows, columns, List.of(), null, null, false, false, null);
    }

    public TableSpec<T> keyedBy(String component, Class<?> type) {
        requireComponent(component);
        return keyed(List.of(component));
    }

    public TableSpec<T> keyedBy(Class<? extends Record> components) {
        List<String> names = new ArrayList<>();
        for (RecordComponent component : components.getRecordComponents()) {
            requireComponent(component.getName());
            names.add(component.getName());
        }
        if (names.isEmpty()) {
            throw new IllegalArgumentException(
                    "A key has components (table=" + name + ", key=" + components.getSimpleName() + ")");
        }
        return keyed(names);
    }

    private TableSpec<T> keyed(List<String> names) {
        return new TableSpec<>(name, rows, columns, names, version, incarnation, tombstones, keysNeverReturn, fence);
    }

    public TableSpec<T> withColumn(String component, String column) {
        requireComponent(component);
        requireIdentifier("column", column, column);
        Map<String, String> renamed = new LinkedHashMap<>(columns);
        renamed.put(component, column);
        return new TableSpec<>(
                name, rows, renamed, keyComponents, version, incarnation, tombstones, keysNeverReturn, fence);
    }

    public TableSpec<T> withVersion(String column) {
        requireIdentifier("version column", column, column);
        return new TableSpec<>(
                name, rows, columns, keyComponents, column, incarnation, tombstones, keysNeverReturn, fence);
    }

    public TableSpec<T> withIncarnation(String column) {
        requireIdentifier("incarnation column", column, column);
        return new TableSpec<>(name, rows, columns, keyComponents, version, column, false, keysNeverReturn, fence);
    }

    public TableSpec<T> withTombstones() {
        return new TableSpec<>(name, rows, columns, keyComponents, version, null, true, keysNeverReturn, fence);
    }

    public TableSpec<T> withKeysThatNeverReturn() {
        return new TableSpec<>(name, rows, columns, keyComponents, version, incarnation, tombstones, true, fence);
    }

    public TableSpec<T> withFence(String column) {
        requireIdentifier("fence column", column, column);
        if (columns.containsValue(column)) {
            throw new IllegalArgumentException("A fence column is Rowlock's and no component of the record (table="
                    + name + ", column=" + column + ")");
        }
        return new TableSpec<>(
                name, rows, columns, keyComponents, version, incarnation, tombstones, keysNeverReturn, column);
    }

    /** The version column: the one named, else {@code version}. */
    String versionColumn() {
        return version != null ? version : "version";
    }

    private void requireComponent(String component) {
        if (!columns.containsKey(component)) {
            throw new IllegalArgumentException("Record " + rows.getSimpleName() + " has no component '" + component
                    + "' (table=" + name + ", components=" + columns.keySet() + ")");
        }
    }

    private static void requireIdentifier(String what, String part, String whole) {
        if (!IDENTIFIER.matcher(part).matches()) {
            throw new IllegalArgumentException("Not a plain identifier (" + what + "='" + whole
                    + "'): letters, digits and _ only, beginning with a letter, 63 characters at most");
        }
    }

    private static String snake(String component) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < component.length(); i++) {
            char c = component.charAt(i);
            if (Character.isUpperCase(c) && i > 0) {
                name.append('_');
            }
            name.append(c);
        }
        return name.toString().toLowerCase(Locale.ROOT);
    }
}
