package io.rowlock.internal.table;

import io.rowlock.dialect.Engine;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How one Java type travels to and from a column, on each engine. Drivers differ in what they do with UUIDs and times;
 * here each has one form per engine: native on PostgreSQL, text or UTC elsewhere.
 */
final class ColumnType {
    // Of fixed width, so that text sorts as time does.
    private static final DateTimeFormatter INSTANT =
            new DateTimeFormatterBuilder().appendInstant(6).toFormatter(Locale.ROOT);
    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS", Locale.ROOT);

    private static final Map<Class<?>, ColumnType> BY_TYPE = Map.ofEntries(
            everywhere(long.class, Types.BIGINT, PreparedStatement::setLong, ResultSet::getLong),
            everywhere(int.class, Types.INTEGER, PreparedStatement::setInt, ResultSet::getInt),
            everywhere(short.class, Types.SMALLINT, PreparedStatement::setShort, ResultSet::getShort),
            everywhere(boolean.class, Types.BOOLEAN, PreparedStatement::setBoolean, ResultSet::getBoolean),
            everywhere(double.class, Types.DOUBLE, PreparedStatement::setDouble, ResultSet::getDouble),
            everywhere(float.class, Types.REAL, PreparedStatement::setFloat, ResultSet::getFloat),
            everywhere(String.class, Types.VARCHAR, PreparedStatement::setString, ResultSet::getString),
            everywhere(byte[].class, Types.BINARY, PreparedStatement::setBytes, ResultSet::getBytes),
            Map.entry(
                    BigDecimal.class,
                    new ColumnType(form(Types.NUMERIC, PreparedStatement::setBigDecimal, ResultSet::getBigDecimal))
                            .onSqlite(text(BigDecimal::toPlainString, BigDecimal::new))),
            Map.entry(
                    UUID.class,
                    new ColumnType(text(UUID::toString, UUID::fromString)).onPostgres(object(Types.OTHER, UUID.class))),
            Map.entry(Instant.class, instants()),
            Map.entry(
                    LocalDate.class,
                    new ColumnType(object(Types.DATE, LocalDate.class))
                            .onSqlite(text(LocalDate::toString, LocalDate::parse))),
            Map.entry(
                    LocalDateTime.class,
                    new ColumnType(object(Types.TIMESTAMP, LocalDateTime.class).before(ColumnType::micros))
                            .onSqlite(text(LOCAL::format, LocalDateTime::parse).before(ColumnType::micros))));

    private static final Map<Class<?>, Class<?>> UNBOXED = Map.of(
            Long.class, long.class,
            Integer.class, int.class,
            Short.class, short.class,
            Boolean.class, boolean.class,
            Double.class, double.class,
            Float.class, float.class);

    private final Form ordinary;
    private final Form postgres;
    private final Form sqlite;

    private ColumnType(Form everywhere) {
        this(everywhere, everywhere, everywhere);
    }

    private ColumnType(Form ordinary, Form postgres, Form sqlite) {
        this.ordinary = ordinary;
        this.postgres = postgres;
        this.sqlite = sqlite;
    }

    private ColumnType onPostgres(Form form) {
        return new ColumnType(ordinary, form, sqlite);
    }

    private ColumnType onSqlite(Form form) {
        return new ColumnType(ordinary, postgres, form);
    }

    /** The column type for a Java type, or null if there is none. */
    static @Nullable ColumnType of(Class<?> type) {
        return type.isEnum() ? enums(type) : BY_TYPE.get(UNBOXED.getOrDefault(type, type));
    }

    /** Binds a value of any supported type, as {@code tx.execute} takes them. */
    static void bindAny(PreparedStatement statement, int index, @Nullable Object value, Engine engine)
            throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.NULL);
            return;
        }
        Class<?> declared = value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
        ColumnType type = of(declared);
        if (type == null) {
            throw new IllegalArgumentException(
                    "Cannot bind a value of " + value.getClass().getName()
                            + ": give a number, text, boolean, byte array, UUID, Instant, LocalDate, LocalDateTime or enum");
        }
        type.bind(statement, index, value, engine);
    }

    void bind(PreparedStatement statement, int index, @Nullable Object value, Engine engine) throws SQLException {
        Form form = on(engine);
        if (value == null) {
            statement.setNull(index, form.sqlType);
        } else {
            form.bind.bind(statement, index, value);
        }
    }

    @Nullable
    Object read(ResultSet rows, int index, Engine engine) throws SQLException {
        Object value = on(engine).read.read(rows, index);
        return rows.wasNull() ? null : value;
    }

    private Form on(Engine engine) {
        return switch (engine) {
            case POSTGRESQL -> postgres;
            case SQLITE -> sqlite;
            case MARIADB, MYSQL -> ordinary;
        };
    }

    // ---- forms

    /** How a value is bound. */
    @FunctionalInterface
    private interface Bind<T> {
        void bind(PreparedStatement statement, int index, T value) throws SQLException;
    }

    /** How a value is read; {@code wasNull} is asked afterwards. */
    @FunctionalInterface
    private interface Read {
        @Nullable
        Object read(ResultSet rows, int index) throws SQLException;
    }

    /** One type on one engine. */
    private record Form(int sqlType, Bind<Object> bind, Read read) {
        /** Does this to a value before it is bound. */
        Form before(UnaryOperator<Object> change) {
            return new Form(
                    sqlType, (statement, index, value) -> bind.bind(statement, index, change.apply(value)), read);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> Form form(int sqlType, Bind<T> bind, Read read) {
        return new Form(sqlType, (statement, index, value) -> bind.bind(statement, index, (T) value), read);
    }

    private static <T> Map.Entry<Class<?>, ColumnType> everywhere(Class<?> type, int sqlType, Bind<T> bind, Read read) {
        return Map.entry(type, new ColumnType(form(sqlType, bind, read)));
    }

    /** A type that the driver knows by itself. */
    private static Form object(int sqlType, Class<?> type) {
        return new Form(sqlType, PreparedStatement::setObject, (rows, index) -> rows.getObject(index, type));
    }

    private static <T> Form text(Function<T, String> write, Function<String, T> read) {
        return ColumnType.<T>form(
                Types.VARCHAR,
                (statement, index, value) -> statement.setString(index, write.apply(value)),
                (rows, index) -> {
                    String text = rows.getString(index);
                    return text == null ? null : read.apply(text);
                });
    }

    /** Microseconds are the finest that every engine keeps. */
    private static Object micros(Object time) {
        return time instanceof Instant instant
                ? instant.truncatedTo(ChronoUnit.MICROS)
                : ((LocalDateTime) time).truncatedTo(ChronoUnit.MICROS);
    }

    private static ColumnType instants() {
        Form utc = ColumnType.<Instant>form(
                Types.TIMESTAMP,
                (statement, index, value) -> statement.setObject(index, LocalDateTime.ofInstant(value, ZoneOffset.UTC)),
                (rows, index) -> {
                    LocalDateTime time = rows.getObject(index, LocalDateTime.class);
                    return time == null ? null : time.toInstant(ZoneOffset.UTC);
                });
        Form zoned = ColumnType.<Instant>form(
                Types.TIMESTAMP_WITH_TIMEZONE,
                (statement, index, value) -> statement.setObject(index, value.atOffset(ZoneOffset.UTC)),
                (rows, index) -> {
                    OffsetDateTime time = rows.getObject(index, OffsetDateTime.class);
                    return time == null ? null : time.toInstant();
                });
        Form iso = text(INSTANT::format, Instant::parse);
        return new ColumnType(
                utc.before(ColumnType::micros), zoned.before(ColumnType::micros), iso.before(ColumnType::micros));
    }

    private static ColumnType enums(Class<?> type) {
        return new ColumnType(text(Enum<?>::name, name -> constant(type, name)));
    }

    private static Enum<?> constant(Class<?> type, String name) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return (Enum<?>) constant;
            }
        }
        throw new IllegalStateException("Stored name is none of " + type.getSimpleName() + " (name=" + name + ")");
    }
}
