package io.rowlock.lab.spec;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The rows of an answer in columns, as PostgreSQL's client library prints them: a column is as wide as its widest value,
 * and one that holds only numbers stands at the right.
 *
 * <p>Widths are counted in bytes of UTF-8, as the C library counts them.
 */
final class AlignedRows {

    private static final DateTimeFormatter ISO_DATE_TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral(' ')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .toFormatter(Locale.ROOT);
    private static final DateTimeFormatter POSTGRES_DATE = DateTimeFormatter.ofPattern("MM-dd-yyyy", Locale.ROOT);
    private static final DateTimeFormatter POSTGRES_DATE_TIME = new DateTimeFormatterBuilder()
            .appendPattern("EEE MMM dd HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
            .appendPattern(" yyyy")
            .toFormatter(Locale.ENGLISH);

    private static final Predicate<String> MAYBE_DATE = Pattern.compile(
                    "\\d{4}-\\d\\d-\\d\\d( \\d\\d:\\d\\d:\\d\\d(\\.\\d+)?([+-]\\d\\d(:?\\d\\d)?)?)?")
            .asMatchPredicate();

    private AlignedRows() {}

    /** Reads all rows; the answer of a statement without columns is empty. */
    static String print(ResultSet rows) throws SQLException {
        ResultSetMetaData meta = rows.getMetaData();
        int columns = meta.getColumnCount();
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
            names.add(meta.getColumnLabel(i));
        }
        List<String[]> values = new ArrayList<>();
        while (rows.next()) {
            String[] row = new String[columns];
            for (int i = 0; i < columns; i++) {
                String value = rows.getString(i + 1);
                // Asking the type of a column that is not built in would send a query of the driver's own.
                row[i] = value == null ? "" : MAYBE_DATE.test(value) ? text(value, meta.getColumnType(i + 1)) : value;
            }
            values.add(row);
        }
        return columns == 0 ? "" : print(names, values);
    }

    static String print(List<String> names, List<String[]> rows) {
        int columns = names.size();
        int[] width = new int[columns];
        boolean[] left = new boolean[columns];
        for (int i = 0; i < columns; i++) {
            width[i] = bytes(names.get(i));
            for (String[] row : rows) {
                width[i] = Math.max(width[i], bytes(row[i]));
                left[i] |= !row[i].isEmpty() && !looksLikeNumber(row[i]);
            }
        }
        StringBuilder out = new StringBuilder();
        line(out, names.toArray(String[]::new), width, left);
        for (int i = 0; i < columns; i++) {
            out.append(i == 0 ? "" : "+").append("-".repeat(width[i]));
        }
        out.append('\n');
        rows.forEach(row -> line(out, row, width, left));
        return out.append("(%d row%s)\n\n".formatted(rows.size(), rows.size() == 1 ? "" : "s"))
                .toString();
    }

    private static void line(StringBuilder out, String[] values, int[] width, boolean[] left) {
        for (int i = 0; i < values.length; i++) {
            String space = " ".repeat(Math.max(0, width[i] - bytes(values[i])));
            out.append(i == 0 ? "" : "|")
                    .append(left[i] ? "" : space)
                    .append(values[i])
                    .append(left[i] ? space : "");
        }
        out.append('\n');
    }

    /** What the client library takes for a number, which is not quite what a number is. */
    private static boolean looksLikeNumber(String value) {
        char first = value.charAt(0);
        char last = value.charAt(value.length() - 1);
        return first != 'E'
                && first != 'e'
                && last >= '0'
                && last <= '9'
                && value.chars().allMatch(c -> (c >= '0' && c <= '9') || ".Ee -".indexOf(c) >= 0);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** The tests are written for the date style "Postgres, MDY", in which the JDBC driver refuses to work. */
    private static String text(String value, int type) {
        try {
            return switch (type) {
                case Types.DATE -> LocalDate.parse(value).format(POSTGRES_DATE);
                case Types.TIMESTAMP -> dateTime(value);
                default -> value;
            };
        } catch (DateTimeException e) {
            // A day that Java's calendar lacks; shown as the server has sent it.
            return value;
        }
    }

    private static String dateTime(String value) {
        int zone = Math.max(value.lastIndexOf('+'), value.lastIndexOf('-'));
        if (zone <= value.indexOf(':')) {
            return LocalDateTime.parse(value, ISO_DATE_TIME).format(POSTGRES_DATE_TIME);
        }
        String offset = value.substring(zone);
        String name = offset.equals("-08") ? "PST" : offset.equals("-07") ? "PDT" : offset;
        return LocalDateTime.parse(value.substring(0, zone), ISO_DATE_TIME).format(POSTGRES_DATE_TIME) + " " + name;
    }
}
