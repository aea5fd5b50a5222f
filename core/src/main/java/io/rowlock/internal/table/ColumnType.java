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
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How one Java type travels to and from a column, on each engine. Drivers differ in what they do with UUIDs and times;
 * here each has one form per engine: native on PostgreSQL, text or UTC elsewhere.
 */
abstract class ColumnType {
    private static final Map<Class<?>, ColumnType> BY_TYPE = Map.ofEntries(
            Map.entry(long.class, new Longs()),
            Map.entry(int.class, new Ints()),
            Map.entry(short.class, new Shorts()),
            Map.entry(boolean.class, new Booleans()),
            Map.entry(double.class, new Doubles()),
            Map.entry(float.class, new Floats()),
            Map.entry(String.class, new Strings()),
            Map.entry(BigDecimal.class, new Decimals()),
            Map.entry(byte[].class, new Bytes()),
            Map.entry(UUID.class, new Uuids()),
            Map.entry(Instant.class, new Instants()),
            Map.entry(LocalDate.class, new LocalDates()),
            Map.entry(LocalDateTime.class, new LocalDateTimes()));

    private static final Map<Class<?>, Class<?>> UNBOXED = Map.of(
            Long.class, long.class,
            Integer.class, int.class,
            Short.class, short.class,
            Boolean.class, boolean.class,
            Double.class, double.class,
            Float.class, float.class);

    /** The column type for a Java type, or null if there is none. */
    static @Nullable ColumnType of(Class<?> type) {
        if (type.isEnum()) {
            return new Enums(type);
        }
        return BY_TYPE.get(UNBOXED.getOrDefault(type, type));
    }

    /** Binds a value of any supported type, as {@code tx.execute} takes them. */
    static void bindAny(PreparedStatement statement, int index, @Nullable Object value, Engine engine)
            throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.NULL);
            return;
        }
        Class<?> declared = value instanceof Enum<?> e ? e.getDeclaringClass() : value.getClass();
        ColumnType type = of(declared);
        if (type == null) {
            throw new IllegalArgumentException(
                    "Cannot bind a value of " + value.getClass().getName()
                            + ": give a number, text, boolean, byte array, UUID, Instant, LocalDate, LocalDateTime or enum");
        }
        type.bindValue(statement, index, value, engine);
    }

    final void bind(PreparedStatement statement, int index, @Nullable Object value, Engine engine) throws SQLException {
        if (value == null) {
            statement.setNull(index, sqlType(engine));
        } else {
            bindValue(statement, index, value, engine);
        }
    }

    final @Nullable Object read(ResultSet rows, int index, Engine engine) throws SQLException {
        Object value = readValue(rows, index, engine);
        return rows.wasNull() ? null : value;
    }

    abstract void bindValue(PreparedStatement statement, int index, Object value, Engine engine) throws SQLException;

    abstract @Nullable Object readValue(ResultSet rows, int index, Engine engine) throws SQLException;

    abstract int sqlType(Engine engine);

    private static final class Longs extends ColumnType {
        @Override
        void bindValue(PreparedStatement statement, int index, Object value, Engine engine) throws SQLException {
            statement.setLong(index, (Long) value);
        }

        @Override
        Object readValue(ResultSet rows, int index, Engine engine) throws SQLException {
            return rows.getLong(index);
        }

        @Override
        int sqlType(Engine engine) {
            return Types.BIGINT;
        }
    }

    private static final class Ints extends ColumnType {
        @Override
        void bindValue(PreparedStatement statement, int index, Object value, Engine engine) throws SQLException {
            statement.setInt(index, (Integer) value);
        }

        @Override
        Object readValue(ResultSet rows, int index, Engine engine) throws SQLException {
            return rows.getInt(index);
        }

        @Override
        int sqlType(Engine engine) {
            return Types.INTEGER;
        }
    }

    private static final class Shorts extends ColumnType {
        @Override
        void bindValue(PreparedStatement statement, int index, Object value, Engine engine) throws SQLException {
            statement.setShort(index, (Short) value);
        }

        @Override
        Object readValue(ResultSet rows, int index, Engine engine) throws SQLException {
            return rows.getShort(index);
        }

        @Override
        int sqlType(Engine engine) {
            return Types.SMALLINT;
        }
    }

    private static final class Booleans extends ColumnType {
        @Override
        void bindValue(PreparedStatement statement, int index, Object value, Engine engine) throws SQLException {
            statement.setBoolean(index, (Boolean) value);
        }

        @Override
        Object readValue(ResultSet rows, int index, Engine engine) throws SQLException {
            return rows.getBoolean(index);
        }

        @Override
        int sqlType(Engine engine) {
            return Types.BOOLEAN;
        }
    }

    private static final class Doubles extends ColumnType {
        @Override
        void bindValue(PreparedStatement statement, int index, Object value, Engine engine) throws SQLException {
            statement.setDouble(index, (Double) value);
        }

        @Override
        Object readValue(ResultSet rows, int index, Engine engine) throws SQLException {
            return rows.getDouble(index);
        }

        @Override
        int sqlType(Engine engine) {
            return Types.DOUBLE;
        }
    }

    private static final class Floats extends ColumnType {
        @Override
        void bindValue(PreparedStatement statement, int index, Object value, Engine engine) throws SQLException {
            statement.setFloat(index, (Float) value);
        }

        @Override
        Object readValue(ResultSet rows, int index, Engine engine) throws SQLException {
            return rows.getFloat(index);
        }

        @Override
        int sqlType(Engine engine) {
            return Types.REAL;
        }
    }

    private static final class Strings extends ColumnType {
        @Override
        void bindValue(PreparedStatement statement, int index, Object value, Engine engine) throws SQLException {
            statement.setString(index, (String) value);
        }

        @Override
        @Nullable
        Object readValue(ResultSet rows, int index, Engine engine) throws SQLException {
            return rows.getString(index);
        }

        @Override
        int sqlType(Engine engine) {
            return Types.VARCHAR;
        }
    }

    private static final class Decimals extends ColumnType {
        @Override
        void bindValue(PreparedStatement statement, int index, Object value, Engine engine) throws SQLException {
            if (engine == Engine.SQLITE) {
                statement.setString(index, ((BigDecimal) value).toPlainString());
            } else {
                statement.setBigDecimal(index, (BigDecimal) value);
            }
        }

        @Override
        @Nullable
        Object readValue(ResultSet rows, int index, Engine engine) throws SQLException {
            if (engine == Engine.SQLITE) {
                String text = rows.getString(index);
                return text == null ? null : new BigDecimal(text);
            }
            return rows.getBigDecimal(index);
        }

        @Override
        int sqlType(Engine engine) {
            return engine == Engine.SQLITE ? Types.VARCHAR : Types.NUMERIC;
        }
    }

    private static final class Bytes extends ColumnType {
        @Override
        void bindValue(PreparedStatement statement, int index, Object value, Engine engine) throws SQLException {
            statement.setBytes(index, (byte[]) value);
        }

        @Override
        @Nullable
        Object readValue(ResultSet rows, int index, Engine engine) throws SQLException {
            return rows.getBytes(index);
        }

        @Override
        int sqlType(Engine engine) {
            return Types.BINARY;
        }
    }

    private static final class Uuids extends ColumnType {
        @Override
        void bindValue(PreparedStatement statement, int index, Object value, Engine engine) throws SQLException {
            if (engine == Engine.POSTGRESQL) {
                statement.setObject(index, value);
            } else {
                statement.setString(index, value.toString());
            }
        }

        @Override
        @Nullable
        Object readValue(ResultSet rows, int index, Engine engine) throws SQLException {
            if (engine == Engine.POSTGRESQL) {
                return rows.getObject(index, UUID.class);
            }
            String text = rows.getString(index);
            return text == null ? null : UUID.fromString(text);
        }

        @Override
        int sqlType(Engine engine) {
            return engine == Engine.POSTGRESQL ? Types.OTHER : Types.VARCHAR;
        }
    }

    /** Microseconds, the finest that every engine keeps. */
    private static final class Instants extends ColumnType {
        @Override
        void bindValue(PreparedStatement statement, int index, Object value, Engine engine) throws SQLException {
            Instant instant = ((Instant) value).truncatedTo(ChronoUnit.MICROS);
            switch (engine) {
                case POSTGRESQL -> statement.setObject(index, instant.atOffset(ZoneOffset.UTC));
                case MARIADB, MYSQL -> statement.setObject(index, LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
                case SQLITE -> statement.setString(index, instant.toString());
            }
        }

        @Override
        @Nullable
        Object readValue(ResultSet rows, int index, Engine engine) throws SQLException {
            return switch (engine) {
                case POSTGRESQL -> {
                    OffsetDateTime time = rows.getObject(index, OffsetDateTime.class);
                    yield time == null ? null : time.toInstant();
                }
                case MARIADB, MYSQL -> {
                    LocalDateTime time = rows.getObject(index, LocalDateTime.class);
                    yield time == null ? null : time.toInstant(ZoneOffset.UTC);
                }
                case SQLITE -> {
                    String text = rows.getString(index);
                    yield text == null ? null : Instant.parse(text);
                }
            };
        }

        @Override
        int sqlType(Engine engine) {
            return switch (engine) {
                case POSTGRESQL -> Types.TIMESTAMP_WITH_TIMEZONE;
                case MARIADB, MYSQL -> Types.TIMESTAMP;
                case SQLITE -> Types.VARCHAR;
            };
        }
    }

    private static final class LocalDates extends ColumnType {
        @Override
        void bindValue(PreparedStatement statement, int index, Object value, Engine engine) throws SQLException {
            if (engine == Engine.SQLITE) {
                statement.setString(index, value.toString());
            } else {
                statement.setObject(index, value);
            }
        }

        @Override
        @Nullable
        Object readValue(ResultSet rows, int index, Engine engine) throws SQLException {
            if (engine == Engine.SQLITE) {
                String text = rows.getString(index);
                return text == null ? null : LocalDate.parse(text);
            }
            return rows.getObject(index, LocalDate.class);
        }

        @Override
        int sqlType(Engine engine) {
            return engine == Engine.SQLITE ? Types.VARCHAR : Types.DATE;
        }
    }

    private static final class LocalDateTimes extends ColumnType {
        @Override
        void bindValue(PreparedStatement statement, int index, Object value, Engine engine) throws SQLException {
            LocalDateTime time = ((LocalDateTime) value).truncatedTo(ChronoUnit.MICROS);
            if (engine == Engine.SQLITE) {
                statement.setString(index, time.toString());
            } else {
                statement.setObject(index, time);
            }
        }

        @Override
        @Nullable
        Object readValue(ResultSet rows, int index, Engine engine) throws SQLException {
            if (engine == Engine.SQLITE) {
                String text = rows.getString(index);
                return text == null ? null : LocalDateTime.parse(text);
            }
            return rows.getObject(index, LocalDateTime.class);
        }

        @Override
        int sqlType(Engine engine) {
            return engine == Engine.SQLITE ? Types.VARCHAR : Types.TIMESTAMP;
        }
    }

    private static final class Enums extends ColumnType {
        private final Class<?> type;

        Enums(Class<?> type) {
            this.type = type;
        }

        @Override
        void bindValue(PreparedStatement statement, int index, Object value, Engine engine) throws SQLException {
            statement.setString(index, ((Enum<?>) value).name());
        }

        @Override
        @Nullable
        Object readValue(ResultSet rows, int index, Engine engine) throws SQLException {
            String name = rows.getString(index);
            if (name == null) {
                return null;
            }
            for (Object constant : type.getEnumConstants()) {
                if (((Enum<?>) constant).name().equals(name)) {
                    return constant;
                }
            }
            throw new IllegalStateException("Stored name is none of " + type.getSimpleName() + " (name=" + name + ")");
        }

        @Override
        int sqlType(Engine engine) {
            return Types.VARCHAR;
        }
    }
}
