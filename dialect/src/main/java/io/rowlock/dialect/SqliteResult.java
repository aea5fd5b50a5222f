package io.rowlock.dialect;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The extended result code of a SQLite failure. The driver keeps it in a class of its own, which this module does not
 * depend on: it is read by reflection, and from the message where that fails.
 */
final class SqliteResult {
    private static final Pattern NAME = Pattern.compile("\\[SQLITE_(\\w+)]");

    private SqliteResult() {}

    static int code(SQLException error) {
        Integer code = fromDriver(error);
        return code != null ? code : fromMessage(error);
    }

    private static @Nullable Integer fromDriver(SQLException error) {
        try {
            Method result = error.getClass().getMethod("getResultCode");
            Object value = result.invoke(error);
            Field code = value.getClass().getField("code");
            return code.getInt(value);
        } catch (ReflectiveOperationException | RuntimeException notThisDriver) {
            return null;
        }
    }

    private static int fromMessage(SQLException error) {
        String message = error.getMessage() == null ? "" : error.getMessage();
        Matcher name = NAME.matcher(message);
        if (!name.find()) {
            return error.getErrorCode();
        }
        return switch (name.group(1)) {
            case "BUSY_SNAPSHOT" -> 517;
            case "CONSTRAINT_PRIMARYKEY" -> 1555;
            case "CONSTRAINT_UNIQUE" -> 2067;
            case "CONSTRAINT_ROWID" -> 2579;
            default -> error.getErrorCode();
        };
    }
}
