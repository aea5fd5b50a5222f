package io.rowlock.internal.table;

import io.rowlock.Key;
import io.rowlock.Table;
import io.rowlock.Version;
import io.rowlock.dialect.Engine;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A finished table: how its rows are read and written, and the SQL of each single step. Immutable. */
public final class TableDef<T, K> implements Table<T, K> {
    private final TableSpec<T> spec;
    private final Class<K> keyType;
    private final List<Column> columns;
    private final List<Column> keys;
    private final List<Column> plain;
    private final @Nullable Column versionComponent;
    private final @Nullable Column incarnationComponent;
    private final MethodHandle constructor;
    private final @Nullable MethodHandle keyConstructor;

    private final String physicalName;
    private final String selectColumns;
    private final String whereKey;
    private final String select;
    private final String selectOne;
    private final String selectAtVersion;
    private final String delete;
    private final String update;
    private final String insert;

    public TableDef(TableSpec<T> spec, Class<K> keyType) {
        this.spec = spec;
        this.keyType = keyType;
        this.columns = columnsOf(spec);
        this.keys = spec.keyComponents().stream().map(this::component).toList();
        this.versionComponent = byColumn(spec.versionColumn());
        this.incarnationComponent = spec.incarnation() == null ? null : byColumn(spec.incarnation());
        this.plain = columns.stream()
                .filter(c -> !keys.contains(c) && !c.equals(versionComponent) && !c.equals(incarnationComponent))
                .toList();
        this.constructor = constructorOf(spec.rows());
        this.keyConstructor = keyType.isRecord() ? constructorOf(keyType) : null;
        requireFitting();

        this.selectColumns = String.join(", ", selected());
        this.physicalName = spec.name().toLowerCase(Locale.ROOT);
        this.whereKey = keys.stream().map(c -> c.name() + " = ?").collect(Collectors.joining(" AND "));
        this.select = "SELECT " + selectColumns + " FROM " + name() + " WHERE " + whereKey;
        this.selectOne = "SELECT 1 FROM " + name() + " WHERE " + whereKey;
        this.selectAtVersion = selectOne + andVersion();
        this.delete = "DELETE FROM " + name() + " WHERE " + whereKey + andVersion();
        this.update = updateSql();
        this.insert = insertSql(List.of());
    }

    private void requireFitting() {
        if (keyConstructor == null && !boxed(keys.get(0).javaType()).equals(keyType)) {
            throw new IllegalArgumentException("The key's type is not the component's (table=" + name() + ", component="
                    + keys.get(0).component() + ", is="
                    + boxed(keys.get(0).javaType()).getSimpleName() + ", given=" + keyType.getSimpleName() + ")");
        }
        if (versionComponent != null && !isWhole(versionComponent.javaType())) {
            throw new IllegalArgumentException("A version is a long or int (table=" + name() + ", component="
                    + versionComponent.component() + ")");
        }
        if (incarnationComponent != null && boxed(incarnationComponent.javaType()) != Long.class) {
            throw new IllegalArgumentException("An incarnation is a long (table=" + name() + ", component="
                    + incarnationComponent.component() + ")");
        }
    }

    private static boolean isWhole(Class<?> type) {
        return boxed(type) == Long.class || boxed(type) == Integer.class;
    }

    private static Class<?> boxed(Class<?> type) {
        return MethodType.methodType(type).wrap().returnType();
    }

    // ---- description

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public Class<T> rows() {
        return spec.rows();
    }

    /** The name that two tables over one SQL table share, whatever case they were written in. */
    public String physicalName() {
        return physicalName;
    }

    public boolean hasTombstones() {
        return spec.tombstones();
    }

    public boolean hasIncarnation() {
        return spec.incarnation() != null;
    }

    /** Whether a deleted row's versions can be told from those of a later row under its key. */
    public boolean mayDelete() {
        return spec.tombstones() || spec.incarnation() != null || spec.keysNeverReturn();
    }

    // ---- rows and keys

    @Override
    @SuppressWarnings("unchecked")
    public K key(T row) {
        if (keyConstructor == null) {
            return (K) Objects.requireNonNull(keys.get(0).valueOf(row), () -> "key of a row of " + name());
        }
        Object[] parts = keys.stream().map(c -> c.valueOf(row)).toArray();
        return (K) construct(keyConstructor, parts);
    }

    /** The key's values, in the order of {@link #keyColumns}. */
    public Object[] keyParts(K key) {
        return keyConstructor == null ? new Object[] {key} : RecordParts.of((Record) key);
    }

    /** The key as bytes that are the same everywhere, for tombstones and gates. */
    public Key keyAsText(K key) {
        return Key.of(physicalName(), keyParts(key));
    }

    /** Compares two keys in Java, because engines do not agree on the order of UUIDs and texts. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    public int compareKeys(Object a, Object b) {
        Object[] left = keyConstructor == null ? new Object[] {a} : RecordParts.of((Record) a);
        Object[] right = b instanceof Record record ? RecordParts.of(record) : new Object[] {b};
        for (int i = 0; i < Math.min(left.length, right.length); i++) {
            int order = left[i].getClass() == right[i].getClass() && left[i] instanceof Comparable comparable
                    ? comparable.compareTo(right[i])
                    : left[i].toString().compareTo(right[i].toString());
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.length, right.length);
    }

    /** The key's columns. */
    public List<String> keyColumns() {
        return keys.stream().map(Column::name).toList();
    }

    /** The condition that a row has a key, to be bound by {@link #bindKey}. */
    public String whereKey() {
        return whereKey;
    }

    /** Whether a component of the record is kept in this column. */
    public boolean hasColumn(String name) {
        return byColumn(name) != null;
    }

    /** The names of the record's components. */
    public List<String> componentNames() {
        return columns.stream().map(Column::component).toList();
    }

    /** The column of a component that the record has. */
    public String columnOf(String component) {
        return component(component).name();
    }

    /** The type of a component that the record has, boxed. */
    public Class<?> typeOf(String component) {
        return boxed(component(component).javaType());
    }

    /** The value of a component of a row. */
    public @Nullable Object valueOf(String component, T row) {
        return component(component).valueOf(row);
    }

    /** Binds a value as that of a component. */
    public void bindComponent(PreparedStatement statement, int index, String component, Object value, Engine engine)
            throws SQLException {
        component(component).type().bind(statement, index, value, engine);
    }

    /** The same row with its version and incarnation components set to these. */
    public T stamped(T row, Version version) {
        if (versionComponent == null && incarnationComponent == null) {
            return row;
        }
        @Nullable Object[] values = new Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
            Column column = columns.get(i);
            values[i] = stamp(column, column.valueOf(row), version);
        }
        return rows().cast(construct(constructor, values));
    }

    private @Nullable Object stamp(Column column, @Nullable Object value, Version version) {
        if (column.equals(versionComponent)) {
            return boxed(column.javaType()) == Integer.class
                    ? (Object) Math.toIntExact(version.number())
                    : (Object) version.number();
        }
        return column.equals(incarnationComponent) ? (Object) version.incarnation() : value;
    }

    // ---- reading

    /** One row as read: its value, key and version. */
    public record Fetched<T, K>(T value, K key, Version version) {}

    /** What to select, in the order that {@link #fetch} reads it. */
    public String selectColumns() {
        return selectColumns;
    }

    /** How many columns {@link #selectColumns} names. */
    public int selectedCount() {
        return selected().size();
    }

    private List<String> selected() {
        List<String> names = new ArrayList<>();
        columns.forEach(c -> names.add(c.name()));
        if (versionComponent == null) {
            names.add(spec.versionColumn());
        }
        if (spec.incarnation() != null && incarnationComponent == null) {
            names.add(spec.incarnation());
        }
        return names;
    }

    /** Reads the row the cursor stands on, selected by {@link #selectColumns} from this column on. */
    public Fetched<T, K> fetch(ResultSet rows, Engine engine) throws SQLException {
        @Nullable Object[] values = new Object[columns.size()];
        int index = 1;
        for (int i = 0; i < values.length; i++) {
            Column column = columns.get(i);
            Object value = column.type().read(rows, index++, engine);
            if (value == null && column.javaType().isPrimitive()) {
                throw new IllegalStateException(
                        "A null cannot go into a primitive component (table=" + name() + ", column="
                                + column.name() + ", component=" + column.component() + "): declare it as "
                                + boxed(column.javaType()).getSimpleName());
            }
            values[i] = value;
        }
        T value = this.rows().cast(construct(constructor, values));
        long number = versionComponent == null
                ? rows.getLong(index++)
                : ((Number) versionComponent.valueOf(value)).longValue();
        long incarnation = 0;
        if (spec.incarnation() != null) {
            incarnation = incarnationComponent == null
                    ? rows.getLong(index)
                    : ((Number) incarnationComponent.valueOf(value)).longValue();
        }
        if (number < 1) {
            throw new IllegalStateException("A row's version is less than 1 (table=" + name() + ", column="
                    + spec.versionColumn() + ", version=" + number + "): give the column DEFAULT 1 NOT NULL");
        }
        return new Fetched<>(value, key(value), new Version(number, incarnation));
    }

    // ---- SQL of single steps; each ends with its WHERE so that a flow can add a locking clause

    public String select() {
        return select;
    }

    /** Selects many rows by key. */
    public String selectMany(int count) {
        String one = keys.size() == 1 ? "?" : keys.stream().map(c -> "?").collect(Collectors.joining(", ", "(", ")"));
        String left = keys.size() == 1
                ? keys.get(0).name()
                : keys.stream().map(Column::name).collect(Collectors.joining(", ", "(", ")"));
        String in = String.join(", ", java.util.Collections.nCopies(count, one));
        boolean values = keys.size() > 1;
        return "SELECT " + selectColumns + " FROM " + name() + " WHERE " + left + " IN (" + (values ? "VALUES " : "")
                + in + ")";
    }

    /** One row if it is there at this version. */
    public String selectAtVersion() {
        return selectAtVersion;
    }

    public String selectOne() {
        return selectOne;
    }

    /** The column that counts changes. */
    public String versionColumn() {
        return spec.versionColumn();
    }

    public String update() {
        return update;
    }

    public String insert() {
        return insert;
    }

    public String delete() {
        return delete;
    }

    // ---- the same under a lease's token, for tables with a fence column

    /** Whether rows can carry the token of a lease. */
    public boolean hasFence() {
        return spec.fence() != null;
    }

    public String updateStamped() {
        String sets = plain.stream().map(c -> c.name() + " = ?, ").collect(Collectors.joining());
        return "UPDATE " + name() + " SET " + sets + spec.fence() + " = ?, " + spec.versionColumn() + " = "
                + spec.versionColumn() + " + 1 WHERE " + whereKey + andVersion() + andNoLaterStamp();
    }

    /** The token is its first value. */
    public String insertStamped() {
        return insertSql(List.of(Objects.requireNonNull(spec.fence())));
    }

    public String deleteStamped() {
        return delete + andNoLaterStamp();
    }

    /** A row if it carries a later token. */
    public String selectLaterStamp() {
        return selectOne + " AND " + spec.fence() + " > ?";
    }

    private String andNoLaterStamp() {
        return " AND (" + spec.fence() + " IS NULL OR " + spec.fence() + " <= ?)";
    }

    public int bindUpdateStamped(
            PreparedStatement statement, int index, T row, K key, Version expected, long token, Engine engine)
            throws SQLException {
        int next = bindPlain(statement, index, row, engine);
        statement.setLong(next++, token);
        next = bindKeyAndVersion(statement, next, key, expected, engine);
        statement.setLong(next++, token);
        return next;
    }

    private int bindPlain(PreparedStatement statement, int index, T row, Engine engine) throws SQLException {
        int next = index;
        for (Column column : plain) {
            column.type().bind(statement, next++, column.valueOf(row), engine);
        }
        return next;
    }

    private String andVersion() {
        String version = " AND " + spec.versionColumn() + " = ?";
        return spec.incarnation() == null ? version : version + " AND " + spec.incarnation() + " = ?";
    }

    private String updateSql() {
        String sets = plain.stream().map(c -> c.name() + " = ?, ").collect(Collectors.joining());
        return "UPDATE " + name() + " SET " + sets + spec.versionColumn() + " = " + spec.versionColumn() + " + 1 WHERE "
                + whereKey + andVersion();
    }

    private String insertSql(List<String> first) {
        List<String> names = new ArrayList<>(first);
        keys.forEach(c -> names.add(c.name()));
        plain.forEach(c -> names.add(c.name()));
        names.add(spec.versionColumn());
        if (spec.incarnation() != null) {
            names.add(spec.incarnation());
        }
        String marks = names.stream().map(n -> "?").collect(Collectors.joining(", "));
        return "INSERT INTO " + name() + " (" + String.join(", ", names) + ") VALUES (" + marks + ")";
    }

    // ---- binding, in the order of the texts above; each answers the next index

    public int bindKey(PreparedStatement statement, int index, K key, Engine engine) throws SQLException {
        Object[] parts = keyParts(key);
        int next = index;
        for (int i = 0; i < parts.length; i++) {
            keys.get(i).type().bind(statement, next++, parts[i], engine);
        }
        return next;
    }

    public int bindKeyAndVersion(PreparedStatement statement, int index, K key, Version version, Engine engine)
            throws SQLException {
        int next = bindKey(statement, index, key, engine);
        statement.setLong(next++, version.number());
        if (spec.incarnation() != null) {
            statement.setLong(next++, version.incarnation());
        }
        return next;
    }

    public int bindUpdate(PreparedStatement statement, int index, T row, K key, Version expected, Engine engine)
            throws SQLException {
        return bindKeyAndVersion(statement, bindPlain(statement, index, row, engine), key, expected, engine);
    }

    public int bindInsert(PreparedStatement statement, int index, T row, Version version, Engine engine)
            throws SQLException {
        int next = index;
        for (Column column : keys) {
            column.type().bind(statement, next++, column.valueOf(row), engine);
        }
        next = bindPlain(statement, next, row, engine);
        statement.setLong(next++, version.number());
        if (spec.incarnation() != null) {
            statement.setLong(next++, version.incarnation());
        }
        return next;
    }

    /** Binds one value of any supported type. */
    public static void bindAny(PreparedStatement statement, int index, @Nullable Object value, Engine engine)
            throws SQLException {
        ColumnType.bindAny(statement, index, value, engine);
    }

    // ---- the database's own word

    /** A query that answers no row but tells the table's columns. */
    public String probe() {
        return "SELECT * FROM " + name() + " WHERE 1 = 0";
    }

    /**
     * Holds the description against the columns that the database has.
     *
     * @throws IllegalArgumentException naming the first that is missing, and what to write
     */
    public void requireColumns(ResultSetMetaData actual) throws SQLException {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= actual.getColumnCount(); i++) {
            names.add(actual.getColumnName(i).toLowerCase(Locale.ROOT));
        }
        for (Column column : columns) {
            if (!names.contains(column.name().toLowerCase(Locale.ROOT)) && !column.equals(versionComponent)) {
                throw new IllegalArgumentException("Unknown column (table=" + name() + ", column=" + column.name()
                        + ", component=" + column.component() + ", columns=" + names + "): write .column(\""
                        + column.component() + "\", \"its_name\")");
            }
        }
        if (!names.contains(spec.versionColumn().toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("Missing version column (table=" + name() + ", column="
                    + spec.versionColumn() + ", columns=" + names
                    + "): write .version(\"its_name\") or add it: ALTER TABLE "
                    + name() + " ADD COLUMN " + spec.versionColumn() + " BIGINT DEFAULT 1 NOT NULL");
        }
        String fence = spec.fence();
        if (fence != null && !names.contains(fence.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("Missing fence column (table=" + name() + ", column=" + fence
                    + ", columns=" + names + "): add it: ALTER TABLE " + name() + " ADD COLUMN " + fence + " BIGINT");
        }
        String incarnation = spec.incarnation();
        if (incarnation != null && !names.contains(incarnation.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("Missing incarnation column (table=" + name() + ", column=" + incarnation
                    + ", columns=" + names + "): add it: ALTER TABLE " + name() + " ADD COLUMN " + incarnation
                    + " BIGINT DEFAULT 0 NOT NULL");
        }
    }

    // ---- reflection, once per table

    private Column component(String name) {
        return columns.stream()
                .filter(c -> c.component().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private @Nullable Column byColumn(String name) {
        return columns.stream()
                .filter(c -> c.name().equalsIgnoreCase(name))
                .findFirst()
                .orElse(null);
    }

    private static List<Column> columnsOf(TableSpec<?> spec) {
        List<Column> columns = new ArrayList<>();
        for (RecordComponent component : spec.rows().getRecordComponents()) {
            columns.add(new Column(
                    component.getName(),
                    Objects.requireNonNull(spec.columns().get(component.getName())),
                    component.getType(),
                    Objects.requireNonNull(ColumnType.of(component.getType())),
                    accessor(component.getAccessor(), spec.rows())));
        }
        return List.copyOf(columns);
    }

    static MethodHandle accessor(Method accessor, Class<?> owner) {
        try {
            accessor.setAccessible(true);
            return MethodHandles.lookup().unreflect(accessor).asType(MethodType.methodType(Object.class, Object.class));
        } catch (IllegalAccessException | RuntimeException closed) {
            throw notOpen(owner, closed);
        }
    }

    private static MethodHandle constructorOf(Class<?> record) {
        Class<?>[] types = Arrays.stream(record.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = record.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return MethodHandles.lookup()
                    .unreflectConstructor(constructor)
                    .asType(MethodType.genericMethodType(types.length))
                    .asSpreader(Object[].class, types.length);
        } catch (ReflectiveOperationException | RuntimeException closed) {
            throw notOpen(record, closed);
        }
    }

    private static IllegalArgumentException notOpen(Class<?> record, Exception closed) {
        return new IllegalArgumentException(
                "Record " + record.getName()
                        + " cannot be reached: make it public in an exported package, or write 'opens "
                        + record.getPackageName() + " to io.rowlock.core' in its module-info",
                closed);
    }

    private static Object construct(MethodHandle constructor, @Nullable Object[] values) {
        try {
            return constructor.invokeExact(values);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable checked) {
            throw new IllegalStateException("Record constructor threw", checked);
        }
    }

    @Override
    public String toString() {
        return "Table[" + name() + " of " + rows().getSimpleName() + "]";
    }
}
